"""What a column is by its name and the shape of its values, beyond what the detectors look for (DOMAIN e).

A word here never clears a column; it puts a question to the privacy officer.
"""

from __future__ import annotations

from dataclasses import dataclass

# Counting words; unlike the detectors' list, codes, types and categories of such things stay what they are.
COUNTING = (
    *("count", "counts", "number of", "no of", "num of", "rate", "ratio", "total", "sum", "average"),
    *("avg", "median", "mean", "pct", "percent", "percentage", "lost", "agency", "per capita"),
    *("per 100", "index", "score", "estimate", "population"),
)


@dataclass(frozen=True, slots=True)
class Term:
    """A kind of column: its class, the phrases that name it, and how its values look (None: anything).

    `decision` is what header and shape together are worth; the header alone is never worth more than "confirm".
    """

    entity: str
    group: str
    label: str
    headers: tuple[str, ...]
    shape: str | None = None
    against: tuple[str, ...] = ()
    # Codes in capitals that tell under any name, where all values are among them and the two first are there.
    codes: tuple[str, ...] = ()
    decision: str = "confirm"
    types: tuple[str, ...] = ("text", "integer", "decimal", "boolean", "date", "datetime", "geometry")


_RACES = (
    r"(?i)^(?:(?:non[- ]?hispanic,? )?(?:white|black|asian|caucasian|african.american"
    r"|black or african american"
    r"|american indian.*|alaska.*|native.*|pacific islander.*|hispanic.*|latin[aox].*|multi.?racial"
    r"|two or more.*|other.*|mixed"
    r"|middle eastern.*|east asian|south asian|indigenous.*|biracial|declined.*|prefer not.*"
    r"|[WBAHINOPUM]|AI|AN|AA|NH|PI|A/PI|AI/AN|NH/PI|non-?(?:white|black)|others?)"
    r"(?:[ ,/()-]+(?:(?:or )?(?:african.american|non[- ]?hispanic|hispanic|latin[aox]|alone|only).*))?\)?)$"
)
_AGES = (
    r"(?i)^(?:(?:1[01][0-9]|120|[0-9]{1,2})(?:\.[0-9]{1,2})?|(?:ages? )?[0-9]{1,3} ?(?:-|–"
    r"|to) ?[0-9]{1,3}(?: (?:years?|yrs?))?"
    r"|(?:[<>]|under|over|below|above) ?=? ?[0-9]{1,3}|[0-9]{1,3} ?(?:\+|and (?:over|older|under|up)"
    r"|or older|years?|yrs?|y/?o?|months?))$"
)
_SEXES = (
    r"(?i)^(?:[MFXUON]|male|female|man|woman|men|women|boy|girl|non.?binary|trans.*|other|unspecified"
    r"|not stated|intersex"
    r"|prefer not.*|declined.*|[0-9]|masculino|femenino|hombre|mujer|h|agender|gender.*|cis.*)$"
)
_TRACTS = (
    r"(?i)^(?:[0-9]{11,12}|[0-9]{15}|[0-9]{14}US[0-9]+|1[45]00000US[0-9]+|[0-9]{1,6}(?:\.[0-9]{1,2})?"
    r"|[0-9A-Z]{1,6}|.*[A-Za-z]{3}.*)$"
)
_DATE_TYPES = ("date", "datetime", "text")
_NUMBERS = ("text", "integer")

TERMS: tuple[Term, ...] = (
    Term(
        "PERSON_KEY",
        "direct",
        "number that stands for one person",
        (
            *("person id", "patient id", "student id", "employee id", "client id", "inmate id"),
            *("officer id", "customer id", "resident id", "participant id", "voter id", "badge"),
            *("badge number", "student number", "employee number", "member id", "member number"),
            *("member no", "patron id", "patron number", "patron no", "library card"),
            *("library card number", "subject id", "respondent id", "individual id"),
            *("personnel number", "staff id", "emp id", "emp num", "emp number", "employee num"),
            *("emp nbr", "emp no", "empno", "empid", "worker id", "payroll number", "personal id"),
            *("national id", "citizen id", "people id", "inmate number", "inmate no", "booking number"),
            *("booking no", "offender id", "defendant id", "suspect id", "victim id", "complainant id"),
            *("applicant id", "donor id", "volunteer id", "tenant id", "borrower id", "beneficiary id"),
            *("recipient id", "consumer id", "household id", "family id", "child id", "youth id"),
            *("pupil id", "person key", "person number", "person no", "client number", "client no"),
            *("patient key", "student no", "card holder id", "caller id", "rider id", "driver id"),
            *("user id", "voter registration number", "voter number", "registration id"),
            *("alien number", "a number", "fbi number", "sid number", "inmate doc number", "cdcr number"),
            *("booking id", "arrestee id", "customer number", "customer no", "cust id", "cust no"),
            *("membership number", "membership id", "teacher id", "physician id", "practitioner id"),
            *("attorney id", "bar number", "officer badge", "shield number", "shield no"),
            *("employee no", "caseworker id", "loyalty number", "frequent flyer", "donor number"),
            *("case person id", "mpi", "empi", "ppsn", "pers id", "student key", "student state id"),
        ),
        against=("type", "status", "school", "team", "name", "date", "state", "color"),
        types=_NUMBERS,
    ),
    # A Department of Corrections is a DOC; recorded documents have longer numbers, or years in them.
    Term("PERSON_KEY", "direct", "an inmate's number", ("doc number",), r"^\d{5,7}$", types=_NUMBERS[1:]),
    Term(
        "AGE",
        "quasi",
        "age",
        (
            *("age", "age group", "age range", "age band", "age in years", "age years", "age category"),
            *("age cat", "age at", "agegroup", "age yrs", "age yr", "victim age", "patient age"),
            *("age bucket", "age bracket", "edad", "age grp"),
        ),
        _AGES,
        against=(
            *("building", "vehicle", "structure", "pavement", "roof", "pipe", "tree", "home", "data"),
            *("stage", "house", "car", "adjusted", "equipment", "asset", "bridge", "plant", "housing"),
            *("account", "loan", "stand", "well", "page", "ice"),
        ),
        decision="flag",
        types=("text", "integer", "decimal"),
    ),
    Term(
        "SEX",
        "quasi",
        "sex or gender",
        (
            *("sex", "gender", "sex at birth", "gender identity", "sexo", "genero", "geschlecht"),
            *("gender code", "sex code", "sexe"),
        ),
        _SEXES,
        against=("offender registry", "offense", "crime", "trafficking", "ratio"),
        codes=("F", "M", "X", "U", "N", "O", "NB"),
        decision="flag",
        types=("text", "integer", "boolean"),
    ),
    Term(
        "RACE",
        "quasi",
        "race",
        (
            *("race", "racial", "race code", "race ethnicity", "race eth", "raza", "race desc"),
            *("race description", "self reported race", "descent"),
        ),
        _RACES,
        against=(
            *("horse", "foot", "boat", "number", "name", "date", "distance", "time", "track", "car"),
            *("election", "result", "day"),
        ),
        decision="flag",
        types=("text", "integer"),
    ),
    Term(
        "ETHNICITY",
        "quasi",
        "ethnicity or ancestry",
        (
            *("ethnicity", "ethnic", "hispanic", "latino", "ancestry", "tribe", "ethnic group"),
            *("tribal affiliation", "hispanic origin", "etnia", "etnicidad"),
        ),
        r"(?i)^(?:.*hispanic.*|.*latin.*|[YNHU]|yes|no|true|false|other|unknown|declined.*|mexican"
        r"|cuban|puerto rican)$",
        decision="flag",
        types=("text", "boolean", "integer"),
    ),
    Term(
        "EVENT_DATE",
        "quasi",
        "date of something that happened to a person",
        (
            *("admit date", "admission date", "date admitted", "discharge date", "date discharged"),
            *("death date", "date of death", "deceased", "arrest date", "date of arrest"),
            *("booking date", "hire date", "date hired", "visit date", "service date"),
            *("diagnosis date", "release date", "enrollment date", "onset date", "dod", "dt of death"),
            *("date died", "admit dt", "discharge dt", "surgery date", "procedure date"),
            *("appointment date", "encounter date", "test date", "vaccination date"),
            *("immunization date", "marriage date", "date of marriage", "divorce date"),
            *("termination date", "date of hire", "enrolled on", "graduation date", "admitted"),
            *("discharged", "hired", "arrested on", "booked", "sentence date", "conviction date"),
            *("date of injury", "injury date", "date of service", "dos", "specimen date"),
            *("date of diagnosis", "date of visit", "date of onset", "eviction date", "placement date"),
            *("removal date", "incarceration date"),
        ),
        types=_DATE_TYPES,
        against=(
            *("product", "film", "movie", "software", "album", "press", "data", "version", "game"),
            *("water",),
        ),
    ),
    Term(
        "EVENT_TIME",
        "quasi",
        "time of something that happened to a person",
        (
            *("arrest time", "time of arrest", "admit time", "discharge time", "time of death"),
            *("booking time", "call time", "time of birth", "birth time", "pickup time"),
            *("pickup datetime", "dropoff datetime", "trip start", "trip end", "pick up time"),
            *("drop off time", "check in time", "badge in", "clock in", "clock out", "swipe time"),
        ),
        types=("text", "datetime", "integer", "decimal"),
    ),
    Term(
        "GEOGRAPHY",
        "quasi",
        "small area",
        (
            *("tract", "census tract", "block group", "census block", "precinct", "ward"),
            *("neighborhood", "neighbourhood", "geoid", "geoid 10", "geoid 20", "tract fips"),
            *("tractce", "blkgrp", "bg", "voting precinct", "home city", "residence city", "village"),
            *("hamlet", "tract id", "census tract id", "residence county", "home county", "barrio"),
            *("geo id",),
        ),
        _TRACTS,
        types=("text", "integer", "decimal"),
    ),
    Term(
        "LANGUAGE",
        "quasi",
        "language or nationality",
        (
            *("language", "spoken language", "nationality", "citizenship", "country of birth"),
            *("place of birth", "birthplace", "preferred language", "primary language"),
            *(
                "pref lang",
                "primary lang",
                "spoken lang",
                "idioma",
                "lengua",
                "home language",
                "mother tongue",
                "birth country",
                "citizen",
                "birth place",
            ),
            *("immigration status", "visa status", "visa type", "country of origin", "native language"),
            *("city of birth", "alien status"),
        ),
        against=(
            *("program", "document", "dataset", "page", "metadata", "interface", "film", "programming"),
            *("code", "product"),
        ),
        types=("text",),
    ),
    Term(
        "OCCUPATION",
        "quasi",
        "occupation, employer or income",
        (
            *("occupation", "job title", "employer", "salary", "annual salary", "income"),
            *("position title", "job", "profession", "wage", "wages", "annual income"),
            *("household income", "pay rate", "hourly rate", "base pay", "gross pay", "net pay"),
            *("hh inc", "hh income", "household inc", "annual inc", "ingreso", "ingresos", "ingreso anual"),
            *(
                "salario",
                "sueldo",
                "overtime pay",
                "employer name",
                "earnings",
                "job class",
                "job description",
                "job code",
            ),
        ),
        against=(
            *("project", "site", "median", "per capita", "scheduler", "geographic", "gps", "cursor"),
            *("statement", "print", "sort"),
        ),
    ),
    Term(
        "LIFE",
        "quasi",
        "marital status, household, schooling or service",
        (
            *("marital", "marital status", "veteran", "veteran status", "household size", "hh size"),
            *("education level", "family size", "number of children", "num children", "dependents"),
            *("highest education", "educational attainment", "highest degree", "military status"),
            *("vet ind", "vet status", "vet flag", "is veteran", "veteran ind", "veteran flag"),
            *("military service", "relationship status", "spouse", "grade level", "living arrangement"),
        ),
        against=("day", "memorial", "park", "hospital", "affairs", "preference"),
    ),
    # sensitive attributes
    Term(
        "HEALTH",
        "sensitive",
        "health",
        (
            *("disability", "disabled", "overdose", "medication", "medications", "prescription"),
            *("treatment", "mental health", "cause of death", "hiv", "pregnant", "pregnancy"),
            *("immunization", "vaccination", "symptom", "icd description", "blood type", "bmi"),
            *("allergy", "allergies", "medical condition", "health condition", "health cond"),
            *("substance use", "drug test", "abortion", "std", "hepatitis", "manner of death", "injury"),
            *("illness", "disease", "comorbidity", "smoker", "viral load", "vaccine", "covid status"),
            *("test result", "lab result", "blood pressure", "depression", "suicide", "addiction"),
            *("gender affirming",),
        ),
        against=(
            *("water", "plant", "sewage", "wastewater", "access", "parking", "ramp", "road"),
            *("pavement", "building", "weather", "surface", "bridge", "air", "physical", "structure"),
            *("overall", "deck", "tree", "sky", "light", "sidewalk", "pipe", "use", "sign", "exterior"),
            *("interior", "lighting", "crash", "vehicle", "traffic", "roadway", "asset", "sale"),
            *("window",),
        ),
    ),
    Term(
        "BENEFITS",
        "sensitive",
        "benefits, debt or tax of a person",
        (
            *("snap", "medicaid", "tanf", "welfare", "food stamp", "arrears", "debt", "eviction"),
            *("public assistance", "wic", "section 8", "unemployment benefit", "benefit amount", "ssi"),
            *("ssdi", "free lunch", "reduced lunch", "bankruptcy", "credit score", "delinquent"),
            *("past due", "amount owed", "tax owed", "poverty status", "child support"),
        ),
        against=("date", "animal", "bond", "national", "outstanding", "city", "ratio", "filter"),
    ),
    Term(
        "JUSTICE",
        "sensitive",
        "crime, victims or young people in the justice system",
        (
            *("victim", "juvenile", "arrestee", "suspect", "witness", "conviction", "sentence"),
            *("domestic violence", "charge", "charges", "probation", "parole", "criminal history"),
            *("criminal record", "prior arrests", "bail", "bond amount", "offense charged"),
            *("gang affiliation", "sex offender", "restraining order", "warrant", "recidivism", "plea"),
        ),
        against=(
            *("battery", "electric", "station", "fee", "fees", "surcharge", "service", "delivery"),
            *("extra", "word", "text"),
        ),
    ),
    Term(
        "CARE",
        "sensitive",
        "care, shelter or discipline of a person",
        (
            *("foster", "child welfare", "homeless", "shelter", "iep", "gpa", "suspension"),
            *("grievance", "foster care", "special education", "disciplinary action", "discipline"),
            *("expulsion", "evaluation score", "performance rating", "homeless status"),
            *("housing status", "abuse", "neglect", "custody", "guardianship", "child protective"),
            *("grade point",),
        ),
        against=(
            *("bus", "bike", "animal", "bridge", "vehicle", "academic", "subject", "research"),
            *("transit", "storm"),
        ),
    ),
    Term(
        "BELIEF",
        "sensitive",
        "belief, politics, union or sexual life",
        (
            *("religion", "religious", "party affiliation", "political party", "union member"),
            *("sexual orientation", "immigration", "religious affiliation", "union membership"),
            *("political affiliation", "faith", "denomination", "voted for", "registered party"),
            *("party cd", "party code", "pol party", "party reg", "party registration", "voter party"),
            *("sexuality", "union local"),
            *("lgbtq", "sexual preference", "undocumented", "asylum", "refugee"),
        ),
        codes=("DEM", "REP", "UNA", "NPA", "NPP", "DTS", "IND", "LIB", "LBT", "GRE", "GRN", "CST", "AIP"),
    ),
    # not of a person, but of safety (M29, SEC-12): a hint for the security review
    Term(
        "INFRASTRUCTURE",
        "none",
        "critical infrastructure or its security; the security review asks for it",
        (
            *("hydrant", "hydrants", "scada", "floor plan", "floorplan", "substation", "valve"),
            *("valves", "alarm", "alarm code", "water main", "gas main", "pipeline", "pump station"),
            *("lift station", "control system", "plc", "transformer", "security camera", "cctv"),
            *("access code", "door code", "gate code", "lock code", "evacuation route", "blast radius"),
            *("manhole", "switchgear", "fiber route", "data center", "dispatch frequency"),
            *("radio frequency", "patrol route", "reservoir intake", "water intake", "vault"),
            *("guard post", "evidence room", "armory", "tunnel access", "telemetry"),
        ),
        against=("false", "smoke", "distance", "color", "fee", "gas turbine", "count"),
    ),
)

FREE_TEXT_HEADERS = (
    *("note", "comment", "narrative", "remark", "description", "desc", "detail", "memo", "summary"),
    *("message", "explanation", "free text", "reason", "observation", "complaint text", "text"),
    *("notes", "feedback", "transcript", "statement", "story", "disposition text", "finding"),
    *("rmk", "cmt", "cmnt", "narr", "comentario", "nota", "observaciones", "observacion", "detalle"),
)
KEY_HEADERS = (
    *("id", "objectid", "object id", "fid", "oid", "key", "guid", "uuid", "number", "no", "num"),
    *("code", "barcode", "record", "case", "permit", "row", "index", "reference", "ref", "serial"),
    *("card", "account", "acct", "ticket", "globalid", "rowid", "identifier", "folio", "control"),
    *("tracking", "confirmation", "receipt", "sequence", "seq"),
)
# Keys of rows and of things: nobody is asked about them, whoever else is in the table.
ROW_KEYS = (
    *("objectid", "object id", "fid", "oid", "ogc fid", "row", "rowid", "row id", "row number"),
    *("index", "record id", "record no", "record number", "globalid", "global id", "permit"),
    *("parcel", "apn", "ticket", "incident", "incident number", "complaint"),
    *("inspection", "violation", "request", "service request", "sr number", "unnamed", "project"),
    *("invoice", "order", "contract", "receipt", "tracking", "confirmation", "license"),
    *("licence", "application", "application number", "app no", "event", "report", "report number"),
    *("crash", "asset", "facility", "site", "segment", "street", "station", "stop", "route"),
    *("building", "business", "vendor", "school", "tree", "document", "doc", "course", "class", "item"),
    *("product", "horse", "game", "match", "team", "sample", "experiment", "line no"),
    *("line number", "sequence", "seq", "serial", "work order", "wo", "transaction", "citation"),
    *("bill", "sku", "check", "po", "purchase order", "voucher", "requisition", "cost center"),
    # Numbers of things by a public standard.
    *("cusip", "isbn", "issn", "upc", "ean", "gtin", "naics", "sic", "bbl", "bin", "duns", "uei"),
    *("cage", "fain", "cfda", "oclc", "imo", "mmsi", "lei", "ndc", "nces", "pwsid", "clia", "ccn"),
    *("ori", "geoid", "fips", "solicitation"),
)
