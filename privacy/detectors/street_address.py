"""Street addresses: a house number, a street and its kind."""

from __future__ import annotations

from privacy.evidence import EDGE, Detector, Pattern, fits_regex

_KIND = (
    r"(?:st|street|str|ave?|avenue|av|blvd|boulevard|bl|rd|road|dr|drive|ln|lane|ct|court|pl|place"
    r"|ter|terrace|terr|way|cir"
    r"|circle|crescent|cres|pkwy|parkway|pky|hwy|highway|freeway|fwy|trl|trail|tr|sq|square|loop"
    r"|plaza|plz|broadway|alley|aly|row"
    r"|pike|turnpike|tpke|expy|cove|cv|run|path|pass|point|pt|walk|mall|crossing|xing|ridge|hill"
    r"|hills|grove|bend|close|mews|gate"
    r"|landing|manor|park|view|vista|heights|hts|harbor|island|isle|junction|jct|meadows?|mill|mount"
    r"|mtn|oaks?|orchard|route|rte"
    r"|shore|shores|spring|springs|spur|station|summit|trace|tunnel|union|valley|via|village|walks"
    r"|wall|wells|camp|canyon|club"
    r"|common|commons|corner|corners|course|creek|crest|curve|dale|estates?|extensions?|falls|ferry"
    r"|field|fields|flats?|ford|forest"
    r"|forge|fork|fort|garden|gardens|glen|green|haven|hollow|inlet|key|knoll|lake|lakes|light|lock"
    r"|lodge|motorway|neck|overpass"
    r"|passage|pine|pines|plain|plains|port|prairie|radial|ramp|ranch|rapid|rest|river|rue|skyway"
    r"|stravenue|stream|throughway"
    r"|track|underpass|viaduct)"
)
# Few enough of them stand in sentences without an address.
_CLEAR_KIND = (
    r"(?:st|street|ave|avenue|blvd|boulevard|rd|road|dr|drive|ln|lane|ct|court|pl|place|ter|terrace"
    r"|way|cir|circle|pkwy"
    r"|parkway|hwy|highway|trl|trail|sq|square|loop|plaza|broadway|alley|pike|crescent)"
)
_HOUSE = r"(?:#? ?[NSEW]?[0-9]{1,6}[A-Za-z]?(?:[-/ ][0-9]{1,4}(?:/[0-9])?[A-Za-z]?)?,?)"
_COMPASS = r"(?:(?:[NSEW]{1,2}\.?|north|south|east|west|northeast|northwest|southeast|southwest) )?"
_ADDRESS = rf"{_HOUSE} {_COMPASS}(?:[0-9]{{0,3}}[A-Za-z][A-Za-z'.-]* ){{0,4}}{_KIND}s?"
_NUMBERED = (
    rf"{_HOUSE} {_COMPASS}(?:(?:state|county|us|u\.s\.|old|farm to market|forest|private) )?"
    r"(?:hwy|highway|route|rte|road|rd|co rd|cr|sr|fm|i|us|county road|state route)[ -]?[0-9]{1,4}[A-Z]?"
    r"|[0-9]{1,6} (?:avenue|ave|avenida|calle|camino|el camino|rue|via|rua|paseo"
    r"|via) [A-Za-z0-9 .'-]{1,40}|[0-9]{1,6} broadway"
)
_BOX = (
    r"(?:P\.? ?O\.?|post office) ?(?:box|drawer) ?#? ?[0-9A-Z-]+|(?:RR|R\.R\.|rural route|HC"
    r"|HCR) ?#? ?[0-9]+,? (?:box|bx) ?[0-9A-Z]+"
)
_UNIT = (
    r"(?:[ ,.]+(?:apt|apartment|unit|ste|suite|fl|floor|rm|room|bldg|building|lot|spc|space|trlr|ph"
    r"|#)\.? ?#?[0-9A-Za-z-]+)*"
)
# In sentences "unit" may begin what follows: there it is a unit with a number or one letter.
_UNIT_IN_TEXT = (
    rf"(?:\.?[ ,.]{{1,2}}(?:(?:apt|apartment|unit|ste|suite|fl|floor|rm|room|bldg|building|lot|spc|space|trlr|no|#)"
    rf"\.? ?#? ?(?:[0-9]{{1,5}}-?[A-Za-z]?|[A-Za-z]-?[0-9]{{0,4}})|[0-9]{{1,2}}(?:st|nd|rd|th) fl(?:oor)?){EDGE})*"
)
_REST = rf"(?-u:\b)\.?(?:[ ,]+[NSEW]{{1,2}}(?-u:\b)\.?)?{_UNIT}(?:[,;\n ].*)?"
# Where the column says so, a number and words are enough, in either order.
_PLAIN = (
    r"[0-9]{1,6}[A-Za-z]?(?:-[0-9]{1,4})? [A-Za-z0-9][A-Za-z0-9 .,'#/&-]{2,60}"
    r"|[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ .'-]{3,40},? [0-9]{1,4}[a-z]?(?:,.*)?"
)
_WHOLE = rf"(?:{_ADDRESS}){_REST}|(?:{_NUMBERED}){_UNIT}(?:,.*)?|(?:{_BOX})(?:[ ,].*)?"
_IN_TEXT = (
    rf"(?i){EDGE}{_HOUSE} {_COMPASS}(?:[0-9]{{0,3}}[A-Za-z][A-Za-z'.-]* ){{1,3}}{_CLEAR_KIND}{EDGE}"
    rf"(?:\.? [NSEW]{{1,2}}{EDGE})?{_UNIT_IN_TEXT}"
    rf"|{EDGE}P\.? ?O\.? Box [0-9]+"
)

DETECTOR = Detector(
    name="street_address",
    version=3,
    entity="STREET_ADDRESS",
    label="street address",
    group="direct",
    explanation=(
        "A house number and a street, a highway, a rural route or a box; sites and businesses are to be "
        "confirmed."
    ),
    headers=(
        *("strasse", "calle", "address", "addr", "street address", "home address", "mailing address"),
        *("residence", "address line", "street addr", "owner address", "residence address"),
        *("residential address", "mail addr", "mailing addr", "home addr", "addr 1", "address 1"),
        *("address line 1", "addr line 1", "current address", "permanent address", "street 1"),
        *("mailaddr", "streetaddress", "direccion", "adresse", "domicile", "domicilio", "endereco"),
        *("property address", "full address", "house number", "apartment number", "last known address"),
        *("billing address", "shipping address", "situs", "residence street", "where lives"),
        *("situs address", "anschrift", "indirizzo"),
    ),
    fits=fits_regex(rf"{_WHOLE}|{_PLAIN}"),
    convinces=fits_regex(_WHOLE),
    patterns=(Pattern("in prose", _IN_TEXT, 0.6, glue="", prose_only=True),),
    against=(
        *("site", "facility", "business", "location", "incident", "store", "office", "school", "park"),
        *("station", "project", "permit", "web", "ip", "email", "mac", "work", "job", "inspection"),
        *("violation", "building", "establishment", "company", "branch", "library", "hospital"),
        *("clinic", "agency", "vendor", "contractor", "block", "intersection", "property", "situs"),
        *("parcel", "complaint", "service", "event", "crash", "accident", "hundred", "venue"),
        *("premises", "page", "wallet", "bitcoin", "memory", "url", "restaurant", "program"),
        *("provider", "org", "organization", "market", "stop"),
    ),
    alone=0.6,
    types=("text",),
)
