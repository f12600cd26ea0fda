"""A second part that is held out: other headers, other origins of names, and what only looks like an identifier.

Written before its results were looked at. Do not tune detectors by it.
"""

from __future__ import annotations

from benchmarks.accuracy.cultures import written
from benchmarks.accuracy.values import (
    Dice,
    address,
    between,
    blanks,
    card,
    date,
    guid,
    iban,
    ip4,
    ip6,
    like,
    mac,
    npi,
    one_of,
    phone,
    routing,
    ssn,
    vin,
)

# Driver licences as the 50 states and the District of Columbia number them (formats as their agencies describe them).
LICENCES = (
    *("########", "#######", "A########", "#########", "A#######", "##-###-####", "####-##-####"),
    *("A###-###-##-###-#", "H########", "AA######A", "A###-####-####", "####-##-####", "###AA####"),
    *("K##-##-####", "A##-###-###", "00#######", "#######A", "A-###-###-###-###", "S########"),
    *("A ### ### ### ###", "A############", "###-##-####", "A#########", "#############", "A########"),
    *("##########", "##AAA#####", "A#### ##### #####", "#########", "### ### ###", "############"),
    *("AAA######", "AA######", "A#########", "A######", "## ### ###", "#######", "###########"),
    *("#########", "########", "####-#####", "#######A", "A##-##-####", "AAAAA**###AA", "A######"),
    *("A###-####-####-##", "######-###"),
)  # fmt: skip


def ip_of_office(dice: Dice) -> str:
    """Private networks: small numbers among them, as in a version."""
    return dice.choice((f"10.{dice.randrange(40)}.{dice.randrange(99)}.{dice.randrange(1, 99)}",
                        f"192.168.{dice.randrange(9)}.{dice.randrange(1, 255)}",
                        f"172.16.{dice.randrange(30)}.{dice.randrange(1, 255)}"))  # fmt: skip


def section(dice: Dice) -> str:
    """12.21.4.1 and such."""
    return f"{dice.randrange(1, 30)}.{dice.randrange(1, 60)}.{dice.randrange(1, 20)}.{dice.randrange(1, 20)}"


def release(dice: Dice) -> str:
    return f"{dice.randrange(1, 12)}.{dice.randrange(10)}.{dice.randrange(60)}.{dice.randrange(1, 3000)}"


_MAILS = written("mail")
_OFFICE = one_of(
    "info@cityhall.example.gov", "records@clerk.example.gov", "permits@county.example.gov", "311@example.gov"
)
LABELLED = {
    "SSN": [
        ("Claimant Soc. Security #", ssn("-")),
        ("SSN_TIN", ssn("")),
        ("SpouseSSN", ssn("-")),
        ("DEBTOR SS#", ssn(" ")),
        ("dependent1_ssn", blanks(ssn("-"), 0.6, "")),
        ("F17", ssn("-")),
    ],
    "EMAIL": [
        ("Contact E-mail Addr", _MAILS),
        ("Reply To", _MAILS),
        ("webmaster", _OFFICE),
        ("dept_email_1", _OFFICE),
        ("Login (e-mail)", _MAILS),
        ("Notify", blanks(_MAILS, 0.5, "")),
    ],
    "PHONE": [
        ("24hr Emergency Contact #", phone("({a}) {e}-{n}")),
        ("PhoneNumber2", phone("{a}{e}{n}")),
        ("Ofc. Telephone", phone("{a}.{e}.{n}", "{a}-{e}-{n}")),
        ("num_cellulaire", phone("+1 {a}-{e}-{n}")),
        ("FAXNO", phone("{a}-{e}-{n}")),
        ("TTY/TDD", phone("({a}){e}-{n}")),
        ("Owner Ph", phone("{a}/{e}-{n}", "{a}-{e}-{n} ext. 4")),
        ("Q14_other", blanks(phone("({a}) {e}-{n}"), 0.5, "")),
    ],
    "CREDIT_CARD": [("P-Card #", card("-")), ("CardNbr", card("")), ("acct_on_file", card(" "))],
    "IP_ADDRESS": [
        ("Workstation IP", ip_of_office),
        ("Submitter IP Addr", ip4),
        ("X-Forwarded-For", ip4),
        ("voter_ip", ip6),
        ("Host", ip_of_office),
    ],
    "MAC_ADDRESS": [("WLAN MAC", mac(":")), ("nic_addr", mac("-"))],
    "IBAN": [("Creditor IBAN", iban), ("bank_ref", iban)],
    "VIN": [("VIN#", vin), ("Veh Ident No", vin), ("SerialNo", vin)],
    "NPI": [("Prescriber NPI", npi), ("npi_num", npi)],
    "ROUTING_NUMBER": [("ACH Routing #", routing), ("ABA/Transit", routing)],
    "PERSON_NAME": [
        ("Arresting Ofcr", written("LAST, FIRST M")),
        ("Permit Applicant/Agent", written("First Last", "First Double")),
        ("Registered Agent Name", written("LAST FIRST M", "LAST, FIRST M")),
        ("Commissioner", written("Title First Last", "First Last")),
        ("Nombre y Apellidos", written("First Last Last")),
        ("Employee Nm", written("LAST,FIRST")),
        ("Lobbyist First", written("First")),
        ("Lobbyist Last", written("Last")),
        ("GIVENNAME", written("FIRST")),
        ("Family Name(s)", written("Last", "LAST")),
        ("PI Name", written("F.M. Last", "F. Last")),
        ("Candidate", written('First "Nick" Last', "First (Nick) Last", "First Last")),
        ("Supervisor Of Record", written("Last, First", "Last, F.")),
        ("deceased_name", written("PARTICLE, FIRST", "LAST SUFFIX, FIRST", "LAST, FIRST M")),
        ("Owner(s) of Record", written("LAST FIRST & FIRST", "LAST FIRST M")),
        ("Volunteer", written("First Particle", "First Last Suffix", "First Last")),
        ("submitted_by", written("first last")),
        ("Q3", written("First Last")),
        ("Adjuster", blanks(written("FIRST M LAST"), 0.4, "N/A")),
    ],
    "DATE_OF_BIRTH": [
        ("Subject DOB", date("{m:02d}/{d:02d}/{y}", 1932, 2008)),
        ("Dt_of_Birth", date("{y}-{m:02d}-{d:02d} 00:00:00", 1932, 2008)),
        ("birth_date_txt", date("{b} {d}, {y}", 1932, 2008)),
        ("YOB", between(1932, 2008)),
    ],
    "STREET_ADDRESS": [
        ("Res. Address", address("{n} {s} {k}")),
        ("Mail To Address 1", address("{n} {d} {S} {K}")),
        ("claimant_addr", address("{n} {s} {k}, Apt {u}")),
        ("OWNER_STREET", address("{n} {S} {K}")),
    ],
    "ZIP_CODE": [("Owner Zip+4", like("9####-####")), ("ZIP5", like("9####")), ("PostalCd", like("0####"))],
    "DRIVER_LICENSE": [
        ("DL / ID Number", like(*LICENCES)),
        ("Drivers Lic. #", like("A###-###-##-###-#", "A############")),
        ("Operator Lic No", like("########", "#######")),
        ("DLNUMBER", like(*LICENCES)),
    ],
    "PASSPORT": [("Passport #", like("A########", "#########")), ("passportNum", like("#########"))],
    "MEDICAL_RECORD": [("Patient MRN", like("########")), ("MedRecNo", like("AA######"))],
    "LICENSE_PLATE": [("Lic Plate #", like("AAA####", "#AAA###")), ("Veh_Plate", like("AAA-####"))],
    "BANK_ACCOUNT": [("Checking Acct #", like("##########", "############")), ("EFT Account No.", like("#########"))],
    "SEX": [("Sex Cd", one_of("M", "F", "U")), ("VICTIM_GENDER", one_of("Male", "Female"))],
    "RACE": [
        ("Perceived Race", one_of("Black", "White", "Hispanic/Latine", "Asian")),
        ("RACE CD", one_of("B", "W", "I")),
    ],
    "AGE": [("Age (yrs)", between(0, 99)), ("Offender Age", between(12, 80))],
}  # fmt: skip
_DATE = date("{y}-{m:02d}-{d:02d}", 2012, 2026)
DECOYS = [
    ("Parcel No.", like("###-##-####", "###-###-####")),
    ("Account Code", like("10#-5#-####")),
    ("Budget String", like("101-5#-3###", "205-1#-3###")),
    ("Check No", like("0000######")),
    ("Warrant #", like("#########")),
    ("NAICS Cd", like("44####", "72####")),
    ("County FIPS", like("060##")),
    ("TRACT_GEOID", like("06037######")),
    ("Block GEOID", like("06037##########")),
    ("Issue CUSIP", like("########A", "######AA#")),
    ("Item UPC", like("0###########")),
    ("Meter No.", like("#########", "########")),
    ("Lat.", between(33, 34.4, 6)),
    ("Hydrant Y", between(1_800_000, 1_900_000, 4)),
    ("Timestamp (UTC)", date("{y}-{m:02d}-{d:02d}T10:11:12Z", 2012, 2026)),
    ("Created (epoch)", like("15########", "16########")),
    ("Org Code", like("#########")),
    ("Vendor Cd", like("VC##########", "VS##########")),
    ("Docket Nbr", like("24-CV-#####")),
    ("Unit #", like("E##", "T###", "4#-1##")),
    ("Fleet No", like("########")),
    ("Muni Code Sec.", section),
    ("Firmware", release),
    ("Build No", release),
    ("SNMP OID", like("1.3.6.1.#.#.####")),
    ("Device OID", like("1.3.6.#")),
    ("Contractor", one_of("Suffolk Construction Co", "Whiting-Turner", "Swinerton Builders", "Garcia & Sons Paving")),
    ("Trade Name", one_of("Denny's", "Wendy's #233", "Johnny Rockets", "Chuy's Tacos", "Mary Kay Cosmetics")),
    ("Firm", one_of("Ernst & Young", "Parsons Brinckerhoff", "Baker Tilly", "Willis Towers Watson")),
    ("Street", one_of("MARTIN LUTHER KING", "VAN BUREN", "LA CIENEGA", "SAN VICENTE", "WILLIAM CANNON")),
    ("Station", one_of("Wilson/Main", "Jackson", "Howard St", "Jefferson Park", "Martin Luther King Jr")),
    ("City Of Origin", one_of("Santa Clarita", "El Monte", "Van Nuys", "Paso Robles", "Marina del Rey")),
    ("Vessel", one_of("MAERSK DENVER", "EVER GIVEN", "LADY WASHINGTON", "MSC MARIA ELENA")),
    ("Storm Name", one_of("Ida", "Harvey", "Katrina", "Irma", "Maria", "Ian", "Sandy", "Laura", "Zeta")),
    ("Artwork Title", one_of("Madonna and Child", "Winged Victory", "Untitled", "Crown Fountain")),
    ("Species Common", one_of("Black-eyed Susan", "Norway Spruce", "Kentucky Coffeetree", "Sweetbay Magnolia")),
    ("Dog Name", one_of("Bella", "Max", "Luna", "Charlie", "Lucy", "Cooper", "Daisy", "Milo", "Sadie")),
    ("Judicial District", one_of("First Judicial", "Second Judicial", "Ninth Judicial")),
    ("Req No", like("R#########")),
    ("Requisition", like("10########")),
    ("Project ID", like("CIP-##-####", "W-######")),
    ("Policy Area", one_of("Housing", "Transit")),
    ("Driver Count", between(0, 90)),
    ("License Class", one_of("A", "B", "C10", "C36")),
    ("License Plate Readers", between(0, 300)),
    ("Phone Bill Total", between(10, 9000, 2)),
    ("Email Domain", one_of("example.gov", "example.org", "city.example")),
    ("Account Type", one_of("Commercial", "Residential")),
    ("GUID", guid),
    ("Date Issued", _DATE),
    ("Died (Y/N)", one_of("Y", "N")),
    ("Sewer Lateral ID", like("SL######-##")),
    ("Sample No", like("###-##-###", "##-####-###")),
    ("Claim Number", like("C##-#####")),
    ("HTS Code", like("####.##.####")),
    ("NSN", like("####-##-###-####")),
    ("Bid Item", like("###-##-####", "###-0#-0###")),
]  # fmt: skip
