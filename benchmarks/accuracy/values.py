"""Invented values as real systems write them. Nobody in them exists; numbers are drawn, not copied."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable

Dice = random.Random
Make = Callable[[Dice], str]


def words(text: str) -> list[str]:
    return text.split()


GIVEN = {
    "tuned": words(
        "Aaron Beatriz Chloe Dmitri Esperanza Fatima Gustavo Hannah Imani Javier Keisha Liam Mei "
        "Nathaniel Olivia Priya Quentin Rosa Samuel Thuy Ursula Victor Wendy Ximena Yusuf Zachary Andrea "
        "Brandon Cynthia Deborah"
    ),
    "held_out": words(
        "Abigail Benjamin Camila DeShawn Elena Francisco Guadalupe Hector Isabella Jamal Katherine "
        "Lakshmi Mateo Nguyet Oscar Patricia Ramon Svetlana Tyrone Valentina William Xavier Yolanda "
        "Agnieszka Bartholomew Consuelo Dolores Ebony Frederick Giovanni"
    ),
}
FAMILY = {
    "tuned": words(
        "Abernathy Baptiste Castillo Delgado Edwards Fitzgerald Gutierrez Hernandez Iverson Jefferson "
        "Kowalski Lopez McAllister Nakamura O'Connor Patel Quintero Ramirez Sullivan Tran Underwood "
        "Vasquez Whitfield Xiong Yamamoto Zimmerman Bennett Coleman Dominguez Espinoza"
    ),
    "held_out": words(
        "Alvarado Bautista Chaudhry De-La-Cruz Eriksson Figueroa Goldberg Hussein Ibarra Jankowski Kaplan "
        "Lindqvist MacDonald Nwosu O'Brien Petrovic Quispe Rosenthal Santiago Tsosie Urbina Villanueva "
        "Washington Yoder Zapata Castellanos Montgomery Richardson Thibodeaux Gonzales"
    ),
}
STREETS = words(
    "Alameda Birch Cypress Dogwood Elmhurst Foothill Grand Hawthorne Juniper Kingsley Laurel Magnolia"
)
CITIES = words(
    "Fresno Oakland Pasadena Modesto Stockton Vallejo Torrance Berkeley Salinas Visalia Redding Chico"
)


def digits(dice: Dice, pattern: str) -> str:
    """ "###-A": # is a digit, @ a digit from 2 to 9, A a capital."""
    out = []
    for sign in pattern:
        if sign == "#":
            out.append(dice.choice(string.digits))
        elif sign == "@":
            out.append(dice.choice("23456789"))
        elif sign == "A":
            out.append(dice.choice("ABCDEFGHJKLMNPRSTUVWXYZ"))
        else:
            out.append(sign)
    return "".join(out)


def like(*patterns: str) -> Make:
    return lambda dice: digits(dice, dice.choice(patterns))


def one_of(*words: str) -> Make:
    return lambda dice: dice.choice(words)


def between(low: float, high: float, places: int = 0) -> Make:
    return lambda dice: f"{dice.uniform(low, high):.{places}f}"


def ssn(style: str) -> Make:
    def make(dice: Dice) -> str:
        area = dice.choice([n for n in (dice.randrange(1, 900) for _ in range(4)) if n != 666])
        parts = f"{area:03d}", f"{dice.randrange(1, 100):02d}", f"{dice.randrange(1, 10_000):04d}"
        return style.join(parts)

    return make


def _luhn(body: str) -> str:
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = int(sign) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def card(style: str) -> Make:
    def make(dice: Dice) -> str:
        number = _luhn(digits(dice, dice.choice(["4##############", "51#############", "54#############"])))
        return style.join(number[at : at + 4] for at in range(0, 16, 4))

    return make


def npi(dice: Dice) -> str:
    body = digits(dice, "1########")
    return _luhn("80840" + body)[5:]


def iban(dice: Dice) -> str:
    bank = digits(dice, "##################")
    rest = int(bank + "131400") % 97
    return f"DE{98 - rest:02d}{bank}"


def vin(dice: Dice) -> str:
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    worth = dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9],
            strict=True,
        )
    )
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    signs = [dice.choice(letters) for _ in range(17)]
    signs[0] = dice.choice("1245JW")
    # The tenth is the model year, for which I, O, Q, U, Z and 0 are never used (49 CFR 565.15, table VII).
    signs[9] = dice.choice("ABCDEFGHJKLMNPRSTVWXY123456789")
    signs[12:] = [dice.choice("0123456789") for _ in range(5)]
    total = sum(w * (int(s) if s.isdigit() else worth[s]) for w, s in zip(weights, signs, strict=True))
    signs[8] = "0123456789X"[total % 11]
    return "".join(signs)


def routing(dice: Dice) -> str:
    body = dice.choice(["01", "02", "06", "11", "12", "26", "32"]) + digits(dice, "######")
    total = sum(int(sign) * weight for sign, weight in zip(body, [3, 7, 1] * 3, strict=False))
    return body + str(-total % 10)


def phone(*styles: str) -> Make:
    def make(dice: Dice) -> str:
        area, exchange = (
            dice.randrange(212, 989),
            dice.choice([n for n in (dice.randrange(220, 999) for _ in range(9)) if n % 100 != 11]),
        )
        area = area + 1 if area % 100 == 11 else area
        return dice.choice(styles).format(a=area, e=exchange, n=dice.randrange(1000, 9999))

    return make


def email(family: str, style: str) -> Make:
    def make(dice: Dice) -> str:
        given, surname = (
            dice.choice(GIVEN[family]),
            dice.choice(FAMILY[family]).replace("'", "").replace("-", ""),
        )
        host = dice.choice(["sample.example", "mail.example.org", "dept.example.gov", "campus.example.edu"])
        return (
            style.format(
                f=given.lower(),
                i=given[0].lower(),
                l=surname.lower(),
                F=given,
                L=surname,
                n=dice.randrange(99),
            )
            + "@"
            + host
        )

    return make


def name(family: str, style: str) -> Make:
    """Styles: f given, l family, m initial, F and L in capitals, s a suffix now and then."""

    def make(dice: Dice) -> str:
        given, surname = dice.choice(GIVEN[family]), dice.choice(FAMILY[family])
        suffix = dice.choice(["", "", "", "", " Jr", " III"])
        return style.format(
            f=given,
            l=surname,
            m=dice.choice("ABCDEJKLMRST"),
            F=given.upper(),
            L=surname.upper(),
            s=suffix,
            i=given[0],
        )

    return make


def date(style: str, low: int, high: int) -> Make:
    months = words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")

    def make(dice: Dice) -> str:
        year, month, day = dice.randrange(low, high), dice.randrange(1, 13), dice.randrange(1, 29)
        return style.format(y=year, m=month, d=day, b=months[month - 1], t=year % 100)

    return make


def address(style: str) -> Make:
    def make(dice: Dice) -> str:
        kind = dice.choice(["St", "Ave", "Blvd", "Dr", "Ct", "Ln"])
        return style.format(
            n=dice.randrange(1, 9999), s=dice.choice(STREETS), k=kind, d=dice.choice("NSEW"), u=dice.randrange(1, 400),
            c=dice.choice(CITIES), z=dice.randrange(90_001, 96_100), S=dice.choice(STREETS).upper(), K=kind.upper(),
        )  # fmt: skip

    return make


def ip4(dice: Dice) -> str:
    return f"{dice.randrange(11, 223)}.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"


def ip6(dice: Dice) -> str:
    return "2001:db8:" + ":".join(f"{dice.randrange(1, 65536):x}" for _ in range(6))


def mac(glue: str) -> Make:
    return lambda dice: glue.join(f"{dice.randrange(256):02X}" for _ in range(6))


def guid(dice: Dice) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def blanks(make: Make, share: float, marker: str) -> Make:
    """Now and then a null marker instead."""
    return lambda dice: marker if dice.random() < share else make(dice)
