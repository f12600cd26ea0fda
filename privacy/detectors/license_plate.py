"""Licence plates of vehicles: short codes that only the name or the words before them explain."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

_PLATE = r"[A-Z]{1,4}[ -]?[0-9]{2,5}[ -]?[A-Z]{0,3}|[0-9]{1,4}[ -]?[A-Z]{1,4}[ -]?[0-9]{0,4}"
# What most states give to cars: letters and digits, six or seven of them.
_PASSENGER = (
    r"[0-9][A-Z]{3}[0-9]{3}|[A-Z]{3}[ -]?[0-9]{3,4}|[0-9]{3}[ -]?[A-Z]{3}"
    r"|[A-Z]{2}[0-9]{5}|[A-Z]{2}[0-9]{2}[A-Z]{3}"
)

# "NC tag": other tags hang on pets and meters.
_STATES = (
    "(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    "|W[AIVY])"
)

DETECTOR = Detector(
    name="license_plate",
    version=4,
    entity="LICENSE_PLATE",
    label="licence plate",
    group="direct",
    explanation="Two to eight letters and digits in a column named so, or after “license plate”.",
    headers=(
        *("license plate", "licence plate", "plate number", "plate no", "plate num", "plate"),
        *("plate id", "vehicle plate", "lic plate", "registration plate"),
        *("license plate number", "vehicle tag", "number plate", "veh plate", "vehicle registration"),
        *("vehicle registration number", "lp number", "placa", "placas", "numero de placa", "plate tag"),
    ),
    # Pets and assets have tags too.
    weak_headers=("tag number", "lp"),
    hints=("tag", "tag no", "veh tag"),
    asks=fits_regex(_PASSENGER),
    convinces=fits_regex(_PLATE),
    # A plate has digits; vanity plates may not, so a part is enough. Short numbers are counts.
    fits=fits_regex(rf"{_PLATE}|[0-9]{{4,7}}|[A-Z][A-Z0-9 -]{{1,7}}|[0-9]{{1,4}}[ -]?[A-Z][A-Z0-9 -]{{0,6}}"),
    patterns=(
        Pattern(
            "after the word",
            rf"(?i){EDGE}(?:(?:licen[cs]e |lic\.? |number |vehicle )?(?:plates?|placas?)|(?-i:{_STATES}) tags?)"
            rf"(?: (?:no\.?|number|num|#|is"
            rf"|was|reads))*[ :#]{{0,3}}(?:[A-Z]{{2}} )?"
            rf"(?:[0-9][A-Z]{{3}}[0-9]{{3}}|[A-Z]{{2,3}}[ -]?[0-9]{{3,4}}"
            rf"|[0-9]{{2,4}}[ -]?[A-Z]{{2,3}}){EDGE}",
            0.85,
            glue="",
        ),
    ),
    against=(
        *("name", "appeal", "appearance", "appearances", "home", "base", "steel", "metal", "tectonic"),
        *("reader", "type", "state", "growth", "map", "material", "license type", "expiration", "count"),
        *("culture", "petri", "assay", "umpire", "score", "well", "asset", "pet", "dog", "cat", "animal"),
        *("rabies", "ear", "price", "hash", "meta", "bag", "equipment", "property", "device", "tree"),
    ),
    enough=0.5,
)
