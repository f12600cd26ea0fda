"""Given and family names inside a value: prefixes, suffixes, order, initials, hyphens, accents, particles."""

from __future__ import annotations

import polars as pl

from privacy.lexicon import among, given_set, surname_set

# Words that no person's name ends in or holds: organisations, streets, parks, places and things.
NO_PERSON = (
    r"(?-u:\b)(?:INC|INCORPORATED|LLC|LLP|LP|LTD|PLLC|PLC|PC|CORP|CORPORATION|CO|COMPANY|TRUST|BANK"
    r"|CHURCH|SCHOOL|SCHOOLS"
    r"|ELEMENTARY|ACADEMY|UNIVERSITY|COLLEGE|DEPT|DEPARTMENT|COUNTY|CITY|TOWN|TOWNSHIP|STATE|DISTRICT"
    r"|PARK|PARKS|PLAYGROUND"
    r"|GARDEN|GARDENS|ST|STREET|AVE|AVENUE|BLVD|BOULEVARD|RD|ROAD|DRIVE|LN|LANE|COURT|WAY|HWY|HIGHWAY"
    r"|PKWY|PARKWAY|BRIDGE"
    r"|STATION|CENTER|CENTRE|HOSPITAL|CLINIC|LIBRARY|MUSEUM|HALL|HOUSE|HOME|HOMES|TOWER|TOWERS"
    r"|BUILDING|PLAZA|MALL|LAKE|RIVER"
    r"|CREEK|BEACH|BAY|ISLAND|ISLANDS|HEIGHTS|HILLS|SPRINGS|VALLEY|VILLAGE|ESTATES|APARTMENTS|APTS"
    r"|ASSOCIATION|ASSOC|ASSN"
    r"|ASSOCIATES|FOUNDATION|SOCIETY|CLUB|GROUP|PARTNERS|PARTNERSHIP|SERVICES|SERVICE|SOLUTIONS"
    r"|SYSTEMS|HOLDINGS|PROPERTIES"
    r"|REALTY|INVESTMENTS|ENTERPRISES|INDUSTRIES|INTERNATIONAL|NATIONAL|AMERICAN|GLOBAL|RESTAURANT"
    r"|CAFE|PIZZA|MARKET|DELI"
    r"|GRILL|STORE|STORES|SHOP|SALON|AUTHORITY|COMMISSION|COMMITTEE|BOARD|OFFICE|BUREAU|AGENCY"
    r"|DIVISION|MINISTRIES|MINISTRY"
    r"|CONSTRUCTION|ELECTRIC|PLUMBING|ROOFING|MOTORS|AUTO|AIRPORT|FIELD|STADIUM|ARENA|THEATRE|THEATER"
    r"|HOTEL|INN|SUITES|RANCH"
    r"|FARM|FARMS|FOREST|MOUNTAIN|CANYON|TRAIL|PIER|PORT|HARBOR|POINT|SQUARE|JUNCTION|CROSSING"
    r"|CEMETERY|MEMORIAL|MONUMENT"
    r"|NORTH|SOUTH|EAST|WEST|UNIT|LINE|ROUTE|TRAIN|BUS|TEAM|PROGRAM|PROJECT|FUND|TAX|FEE|PERMIT"
    r"|LICENSE|REPAIR|WORKS|SUPPLY"
    r"|OAK|MAPLE|PINE|ELM|CEDAR|SPRUCE|FIR|BIRCH|POPLAR|PALM|TREE|GRASS|FERN|BERRY|PLUM|APPLE|PEAR"
    r"|GATEWAY|KNOLLS?|COVES?|FORGES?|MEADOWS?|CROSSROADS?|TURNPIKE|EXPRESSWAY|FREEWAY|MEWS|ORCHARD"
    r"|OVERPASS|PINES|PLAINS"
    r"|RIDGES?|SHORES?|SPURS?|SUMMIT|TRACE|TRAFFICWAY|UNDERPASS|VIADUCT|VISTA|WALKS?|THROUGHWAY|LOAF"
    r"|JUNCTIONS|RAPIDS?"
    r"|PRAIRIE|INLET|EXTENSIONS?|CLIFFS?|FORKS?|FERRY|FLATS?|ISLE|LIGHTS?|LOCKS?|HOLLOW|PASSAGE"
    r"|PATHS?|GROVES?|CREST"
    r"|ALLEY|BYPASS|CAUSEWAY|CIRCLES?|LANDING|LOOP|MANOR|MOTORWAY|PLAIN|RADIAL|RAMP|ROUTES|RUN|SKYWAY"
    r"|STRAVENUE|STREAM"
    r"|TERRACE|TRACK|TUNNEL|VIEWS?|VILLE|ELMS?|OAKS|WARBLER|SPARROW|TROUT"
    r"|SALMON|BASS|SHARK|BEETLE|MOTH|SNAKE|FROG|TURTLE|BEAR|WOLF|FOX|DEER|RED|BLUE|GREEN|YELLOW"
    r"|PURPLE|ORANGE|PINK|BLACK"
    r"|THE|AND|OF|FOR|ON|AT|IN|WITH|TO|FROM|BY|OR|NOT|IS|NO|YES)(?-u:\b)|&"
)
_ASIDE = r"\s*(?:\([^)]*\)|[\"“][^\"”]*[\"”])"
_PREFIX = (
    r"(?:MR|MRS|MS|MISS|MX|DR|PROF|PROFESSOR|HON|HONORABLE|REV|REVEREND|FR|SR|SIR|DAME|LADY|LORD"
    r"|JUDGE|JUSTICE|SEN|SENATOR"
    r"|REP|GOV|MAYOR|SGT|SERGEANT|CPL|PVT|LT|LIEUTENANT|CAPT|CAPTAIN|CPT|MAJ|MAJOR|COL|GEN|OFC"
    r"|OFFICER|DET|DETECTIVE|DEPUTY"
    r"|CHIEF|INSPECTOR|NURSE|COACH|HERR|FRAU|SRA|SRTA|DON|DONA|SIGNOR|SIGNORA|MME|MLLE|DIPL ING|ING|DIPL)"
)
_SUFFIX = (
    r"(?:,? (?:JR|SR|II|III|IV|V|MD|M D|PHD|PH D|ESQ|DDS|DMD|DO|DC|OD|RN|NP|LPN|CPA|PE|JD|DVM|MBA"
    r"|LCSW|MSW|FNP|PA-C|MPH|BA|BS"
    r"|MA|MS|ET AL|ETAL|ET UX|TRUSTEE|TRUSTEES|TRS|TR|H/W|JT|MSC|BSC|BENG|MENG|BED|MED|MR|MRS))+$"
)
_JOINT = r"\s*(?: AND |&| Y | UND ).*$"
# One to six words of letters, as names are written.
_WORDS = r"^\s*\p{L}[\p{L}\p{M}'’`.\-]*(?:[\s,]+(?:& )?\p{L}[\p{L}\p{M}'’`.\-]*){0,7}\s*[,.]?\s*$"
_INITIAL = r"^[A-Z]{1,2}$"


def _folded(text: pl.Expr) -> pl.Expr:
    """Capitals without accents and dots, one space between words."""
    plain = text.str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    return plain.str.to_uppercase().str.replace_all("ß", "SS").str.replace_all("[.’'`]", "")


def folded(words: pl.Series) -> pl.Series:
    """Words in capitals without accents, dots and apostrophes."""
    return words.to_frame("v").select(_folded(pl.col("v")).str.strip_chars()).to_series()


def people(values: pl.Series) -> pl.DataFrame:
    """How far each value is a person's name: `full` (given and family name known), `soft` (the given name known,
    the rest shaped like a name), `initial` (an initial and a known family name), `swapped` (family name first)."""
    shape = pl.col("v").str.replace_all(_ASIDE, "")
    rows = values.to_frame("v").with_row_index("at").with_columns(v=shape).drop_nulls("v")
    rows = rows.filter(pl.col("v").str.contains(_WORDS) & (pl.col("v").str.len_chars() <= 60))
    v = (
        _folded(pl.col("v"))
        .str.replace_all(r"\s*,\s*", ", ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars(" ,")
    )
    v = v.str.replace(_SUFFIX, "").str.replace(_SUFFIX, "").str.replace(_JOINT, "")
    rows = rows.with_columns(upper=~pl.col("v").str.contains(r"[a-z]"), v=v)
    rows = rows.filter(~pl.col("v").str.contains(NO_PERSON))
    rows = rows.with_columns(v=pl.col("v").str.replace(rf"^(?:{_PREFIX} )+", ""))
    comma = pl.col("v").str.contains(", ", literal=True)
    turned = pl.col("v").str.replace(rf"^([^,]*), (?:{_PREFIX} )*([^,]*).*$", "${2} ${1}")
    rows = rows.with_columns(comma=comma, v=pl.when(comma).then(turned).otherwise(pl.col("v")))
    words = pl.col("v").str.split(" ")
    rows = rows.filter(words.list.len() >= 2).with_columns(w=words)
    rows = rows.with_columns(
        first=pl.col("w").list.first(), second=pl.col("w").list.get(1), last=pl.col("w").list.last()
    )
    return _judged(rows)


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    given, family = given_set(), surname_set()
    first = rows.get_column("first")
    # Of a double name either half may be known; an initial before the name tells nothing ("J ROBERT OPPENHEIMER").
    known_first = among(first.str.replace("-.*$", ""), given)
    known_second = among(rows.get_column("second").str.replace("-.*$", ""), given)
    last = rows.get_column("last")
    known_last = among(last.str.replace("-.*$", ""), family) | among(last.str.replace("^.*-", ""), family)
    initial = first.str.contains(_INITIAL)
    short_last = last.str.contains(_INITIAL)
    named = known_first | (initial & known_second)
    swapped = known_second & among(first, family) & ~rows.get_column("comma")
    return rows.select("at", "upper").with_columns(
        full=named & known_last & ~(short_last & (last == first)),
        soft=named & (last.str.len_chars() >= 2),
        swapped=swapped & (rows.get_column("upper") | ~named),
        initial=(initial & known_last & ~short_last) | (among(first, family) & short_last),
    )


def marked(rows: pl.DataFrame, members: pl.Expr, height: int) -> pl.Series:
    """A truth value for each of `height` values, from the rows of `people`."""
    found = rows.filter(members).get_column("at").cast(pl.Int64).implode()
    return pl.select(pl.int_range(height).is_in(found)).to_series()


def whole_names(values: pl.Series) -> pl.Series:
    """Which values are a given and a family name, in either order, and nothing that people are not."""
    return marked(people(values), pl.col("full") | (pl.col("swapped") & pl.col("upper")), len(values))


_ONE_WORD = r"^\s*\p{L}[\p{L}\p{M}'’`\-]+(?: \p{L}\.?)?\s*$"
_FAMILY = (
    r"^\s*(?:(?:de|la|del|de la|de los|los|las|van|von|van der|van den|di|da|dos|du|le|el|al|st\.?|mc"
    r"|o) )*\p{L}[\p{L}\p{M}'’`\-]+(?:[ -]\p{L}[\p{L}\p{M}'’`\-]+)?(?:,? (?:jr|sr|ii|iii|iv)\.?)?\s*$"
)


def given_names(values: pl.Series) -> pl.Series:
    """Which values are one known given name, perhaps with an initial."""
    first = folded(values.str.extract(r"^\s*(\p{L}[\p{L}\p{M}'’`\-]+)", 1)).str.replace("-.*$", "")
    return values.str.contains(_ONE_WORD) & among(first, given_set())


def family_names(values: pl.Series, known: frozenset[str]) -> pl.Series:
    """Which values are one family name of `known`, particles and double names included."""
    plain = folded(values).str.replace(r",? (?:JR|SR|II|III|IV)$", "")
    last, other = plain.str.extract(r"([A-Z]+)$", 1), plain.str.extract(r"([A-Z]+)[ -][A-Z]+$", 1)
    shape = values.str.contains(rf"(?i){_FAMILY}")
    return shape & (among(last, known) | among(other, known))
