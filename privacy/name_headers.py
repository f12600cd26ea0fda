"""Words in a column's name that tell of people's names, and those that tell of other names."""

from __future__ import annotations

# Beyond doubt: only a person has these.
OF_PEOPLE = (
    *("f name", "l name", "m name", "f nm", "l nm", "first n", "last n", "nm first", "nm last"),
    *("ptname", "pt name", "first initial", "name of applicant", "name of owner", "signatory name"),
    *("employee full name", "foster parent", "first name", "last name", "full name", "middle name"),
    *("maiden name", "given name", "family name", "surname", "first nm", "last nm", "mid name"),
    *("middle initial", "fname", "lname", "mname", "fullname", "forename", "firstnm", "lastnm"),
    *("name first", "name last", "name middle", "preferred name", "birth name", "nickname"),
    *("person name", "patient name", "employee name", "officer name", "student name", "victim name"),
    *("inmate name", "caller name", "resident name", "tenant name", "defendant name"),
    *("complainant name", "judge name", "teacher name", "staff name", "driver name", "passenger name"),
    *("child name", "parent name", "guardian name", "mother name", "father name", "spouse name"),
    *("beneficiary name", "suspect name", "witness name", "decedent name", "voter name", "worker name"),
    *("nurse name", "doctor name", "physician name", "attorney name", "cardholder name", "patron name"),
    *("donor name", "passenger", "next of kin", "kin name", "emergency contact name", "name of person"),
    *("name of employee", "nombre", "apellido", "apellidos", "nombre completo", "vorname", "nachname"),
    *("familienname", "prenom", "cognome", "legal name", "alias name", "subject name", "author name"),
    *("player name", "contact person", "contact name", "point of contact", "poc name"),
    *("volunteer name", "participant name", "householder", "head of household"),
    *("paterno", "materno", "ap paterno", "ap materno", "primer nombre", "segundo nombre"),
)
# A person or an organisation: the values must say which.
OF_EITHER = (
    *("alias", "aka", "owner 1", "owner 2", "mentor", "registrar", "tutor", "counselor", "trustee"),
    *("executor", "owner name", "client name", "customer name", "applicant name", "respondent name"),
    *("member name", "account name", "owner", "applicant", "patient", "client", "employee", "officer"),
    *("complainant", "contact", "resident", "tenant", "victim", "inspector", "caller", "defendant"),
    *("person", "requester", "requestor", "petitioner", "signatory", "licensee", "permittee"),
    *("grantor", "grantee", "taxpayer", "customer", "member", "driver", "student", "teacher"),
    *("instructor", "supervisor", "manager", "director", "principal", "judge", "attorney", "lawyer"),
    *("agent", "author", "creator", "artist", "player", "athlete", "candidate", "senator"),
    *("representative", "mayor", "councilmember", "council member", "commissioner", "sponsor", "payee"),
    *("recipient", "borrower", "buyer", "seller", "purchaser", "reporter", "reported by"),
    *("submitted by", "created by", "updated by", "approved by", "assigned to", "inspected by"),
    *("entered by", "signed by", "prepared by", "reviewed by", "assignee", "staff", "decedent"),
    *("deceased", "spouse", "guardian", "parent", "child", "mother", "father", "survivor"),
    *("beneficiary", "suspect", "arrestee", "inmate", "offender", "witness", "nurse", "doctor"),
    *("physician", "provider name", "practitioner", "clinician", "donor", "voter", "registrant"),
    *("participant", "subject", "worker", "individual", "holder", "permit holder", "holder name"),
    *("principal name", "superintendent", "coordinator", "librarian", "steward", "custodian"),
    *("lobbyist", "appellant", "plaintiff", "debtor", "creditor", "lessee", "lessor", "landlord"),
    *("signer", "signed", "engineer", "architect", "occupant", "homeowner", "property owner"),
    *("own name", "ownername", "own", "owners"),
)
# One half of a name; what stands under it must be such halves.
GIVEN = ("first", "given", "fname", "forename", "fn", "middle", "frst")
FAMILY = ("last", "family", "lname", "ln", "surname", "lst")
ANY_NAME = ("name", "names", "nm", "nom", "namn", "naam", "who", "person", "people")
OTHER_NAMES = (
    *("city", "destination", "street", "park", "school", "facility", "business", "company"),
    *("organization", "hotel", "organisation", "vendor", "department", "dept", "project", "program"),
    *("product", "county", "location", "station", "team", "event", "place", "neighborhood"),
    *("neighbourhood", "building", "file", "species", "common", "scientific", "host", "user"),
    *("username", "id", "dba", "trade", "site", "origin", "state", "country", "region", "province"),
    *("town", "municipality", "district", "area", "zone", "route", "line", "stop", "road", "rd"),
    *("bridge", "river", "lake", "mountain", "island", "airport", "port", "vessel", "ship", "boat"),
    *("brand", "model", "make", "title", "film", "movie", "book", "song", "album", "show", "game"),
    *("dish", "drug", "chemical", "compound", "gene", "plant", "tree", "animal", "breed", "dog", "cat"),
    *("pet", "horse", "bird", "fish", "genus", "family", "taxon", "table", "dataset", "layer"),
    *("indicator", "metric", "category", "type", "code", "status", "color", "colour", "month", "day"),
    *("holiday", "hospital", "clinic", "library", "branch", "agency", "office", "unit", "division"),
    *("service", "fund", "account", "contractor", "firm", "employer", "bank", "venue", "theater"),
    *("store", "restaurant", "shop", "market", "address", "addr", "subdivision", "parcel", "plan"),
    *("course", "class", "subject", "major", "degree", "college", "university", "institution"),
    *("church", "storm", "hurricane", "statue", "artwork", "monument", "landmark", "cemetery", "trail"),
    *("watershed", "creek", "st name", "str name", "strt"),
)
# Names of columns that say nothing.
MEANS_NOTHING = (
    *("col", "column", "f", "v", "x", "var", "value", "val", "c", "unnamed", "attr", "data", "item"),
)
