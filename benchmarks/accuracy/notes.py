"""Invented notes of case workers with planted identifiers, and notes that only look so."""

from __future__ import annotations

import random

from benchmarks.accuracy.cultures import written
from benchmarks.accuracy.values import Make, address, card, date, email, ip4, like, name, phone, ssn, vin

_PLANTS: dict[str, dict[str, list[tuple[str, Make]]]] = {
    "tuned": {
        "SSN": [("Applicant's SSN is {}.", ssn("-")), ("Verified social {} at the counter", ssn("-"))],
        "EMAIL": [
            ("Please reply to {} by Friday", email("tuned", "{f}.{l}")),
            ("Cc {}, thanks", email("tuned", "{i}{l}")),
        ],
        "PHONE": [
            ("Call back at {} after 5", phone("({a}) {e}-{n}")),
            ("Her cell: {}.", phone("{a}-{e}-{n}")),
        ],
        "CREDIT_CARD": [("Paid with card {} today", card(" ")), ("Refund to {} pending", card("-"))],
        "IP_ADDRESS": [("Request came from {} twice", ip4)],
        "PERSON_NAME": [
            ("Spoke with {} about the fence", name("tuned", "{f} {l}")),
            ("{} signed for it", name("tuned", "{f} {l}")),
        ],
        "STREET_ADDRESS": [("Moved to {} last month", address("{n} {s} {k}"))],
        "DATE_OF_BIRTH": [("Client, DOB {}, was seen", date("{m:02d}/{d:02d}/{y}", 1940, 2004))],
        "VIN": [("Vehicle VIN {} towed", vin)],
    },
    "held_out": {
        "SSN": [("soc# {} per W-4 on file", ssn("-")), ("ID'd via {} (SS card shown)", ssn("-"))],
        "EMAIL": [
            ("fwd to <{}>;no answer", email("held_out", "{l}.{f}")),
            ("contact:{}", email("held_out", "{f}{n}")),
        ],
        "PHONE": [
            ("VM left 4 tenant @ {}", phone("{a}.{e}.{n}")),
            ("tel {} (landlady)", phone("+1 {a}-{e}-{n}")),
        ],
        "CREDIT_CARD": [("cust read {} over phone", card("")), ("cc on file {}", card("-"))],
        "IP_ADDRESS": [("blocked src={} port 443", ip4)],
        "PERSON_NAME": [
            ("per Mr. {}, gate was locked", name("held_out", "{l}")),
            ("Met {} on site", name("held_out", "{f} {l}")),
        ],
        "STREET_ADDRESS": [("now stays @ {}, upstairs", address("{n} {d} {s} {k}"))],
        "DATE_OF_BIRTH": [("pt born {}; Medi-Cal", date("{y}-{m:02d}-{d:02d}", 1940, 2004))],
        "VIN": [("abandoned auto {} tagged", vin)],
    },
    "held_out_second": {
        "SSN": [("His soc sec number ({}) was left on the form", ssn("-")), ("SSN - {}", ssn(" "))],
        "EMAIL": [("You can write me at {}!", written("mail")), ("EMAIL={};", written("mail"))],
        "PHONE": [
            ("I can be reached at {} or in the evening", phone("{a}-{e}-{n}", "({a}){e}-{n}")),
            ("CONTACT # {}", phone("{a} {e} {n}", "{a}{e}{n}")),
        ],
        "CREDIT_CARD": [("charged the card {} twice", card(" ")), ("VISA {} EXP 04/27", card(""))],
        "IP_ADDRESS": [("the post came from {}", ip4)],
        "PERSON_NAME": [
            ("The owner is {} who lives next door", written("First Last", "First Double")),
            ("Please ask for {}", written("First Last")),
            ("Ofc. {} responded", written("Last")),
        ],
        "STREET_ADDRESS": [("The car in front of {} has no plates", address("{n} {s} {k}"))],
        "DATE_OF_BIRTH": [("birthdate {} per ID", date("{m}/{d}/{y}", 1940, 2004))],
        "VIN": [("vehicle id {} was scanned", vin)],
    },
}
_PLAIN: dict[str, list[tuple[str, Make]]] = {
    "tuned": [
        ("Inspected meter {} and left a notice on the gate", like("########")),
        ("See permit BLD-{} for the earlier work at Lincoln Park", like("####-#####")),
        ("Parcel {} was split in two last spring", like("###-##-###")),
        ("Invoice {} was paid by Pacific Trust Bank", like("#########")),
        ("Version {} of the form is used since May", like("1.#.#")),
        ("Crew returned from Golden Gate Park before noon {}", like("#")),
    ],
    "held_out": [
        ("WO {} closed, ref ticket in Maximo", like("##########")),
        ("GPS 34.{}, -118.22 hydrant repainted", like("######")),
        ("acct seg {} moved to FY26 budget", like("###-####-##")),
        ("Pump station no. {} tripped twice overnight", like("##")),
        ("part# {} backordered w/ Grainger", like("#AA##-####")),
        ("PO {} rcvd; board mtg moved to Roosevelt Hall", like("45########")),
    ],
    "held_out_second": [
        ("Charge to account 101-54-{}", like("3200", "3210")),
        ("See LAMC 12.21.4.{} for the setback", like("#")),
        ("Graffiti at Martin Luther King Blvd and Washington Ave, tag no. {}", like("####")),
        ("Tree {} is a Crape Myrtle near Abraham Lincoln High School", like("#######")),
        ("Controller firmware 2.10.{}.4 was loaded by the Traffic Division", like("#")),
        ("APN 213-45-{} and 5432-019-021 were merged", like("####")),
        ("Meter {} was read on Friday by Pacific Gas", like("##########")),
        ("Resolution No. {} was adopted; see Council File", like("24-####-S#")),
        ("Requested Bulky Item Pickup on Monday Morning {}", like("#")),
    ],
}


def notes(part: str, count: int = 400, *, seed: int = 17) -> list[tuple[str, set[str]]]:
    """Texts, each different, with the entities planted in it."""
    dice = random.Random(f"{part}-{seed}")
    made = []
    for number in range(count):
        text, make = dice.choice(_PLAIN[part])
        sentences, planted = [text.format(make(dice))], set()
        for entity in dice.sample(sorted(_PLANTS[part]), dice.choice([0, 1, 1, 2])):
            text, make = dice.choice(_PLANTS[part][entity])
            sentences.append(text.format(make(dice)))
            planted.add(entity)
        dice.shuffle(sentences)
        made.append((f"{'. '.join(sentences)} [{number}]", planted))
    return made
