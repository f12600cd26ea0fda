"""What the demo departments hold: titles, descriptions, and the columns from which small files are made."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

Maker = Callable[[random.Random, int], str]

STREETS = ("Oak", "Mill", "River", "Cedar", "Walnut", "Station", "Harbor", "Prospect")
DISTRICTS = ("Northside", "Old Town", "Riverfront", "Eastgate", "Hillcrest")
FIRST = ("Alice", "Marcus", "Elena", "James", "Keisha", "Robert", "Linda", "Miguel", "Susan", "David")
LAST = (
    "Johnson",
    "Garcia",
    "Miller",
    "Davis",
    "Martinez",
    "Wilson",
    "Anderson",
    "Thompson",
    "Clark",
    "Lewis",
)


def key(prefix: str) -> Maker:
    return lambda rng, row: f"{prefix}-{row:05d}"


def day(back: int = 700) -> Maker:
    return lambda rng, row: (date(2026, 10, 31) - timedelta(days=rng.randrange(back))).isoformat()


def one_of(*values: str) -> Maker:
    return lambda rng, row: rng.choice(values)


def number(low: int, high: int) -> Maker:
    return lambda rng, row: str(rng.randrange(low, high))


def amount(low: int, high: int) -> Maker:
    return lambda rng, row: f"{rng.randrange(low * 100, high * 100) / 100:.2f}"


def contact_name(rng: random.Random, row: int) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def phone(rng: random.Random, row: int) -> str:
    return f"(213) 555-{rng.randrange(100, 9999):04d}"


def email(rng: random.Random, row: int) -> str:
    return f"{rng.choice(FIRST).lower()}.{rng.choice(LAST).lower()}@mail.example"


@dataclass(frozen=True)
class Holding:
    """One dataset of the demo. `columns` are (name, what it means, maker of its values)."""

    department: str
    title: str
    description: str
    row_label: str
    category: str
    source: str
    frequency: str
    columns: tuple[tuple[str, str, Maker], ...]
    keywords: tuple[str, ...]
    classification: str = "public"
    rows: int = 120

    def file(self, *, seed: int, rows: int | None = None) -> bytes:
        """A CSV file of this dataset; the same seed gives the same bytes."""
        rng = random.Random(seed)  # noqa: S311 - made-up data, not a secret
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([name for name, _, _ in self.columns])
        for row in range(1, (rows or self.rows) + 1):
            writer.writerow([maker(rng, row) for _, _, maker in self.columns])
        return text.getvalue().encode()


DISTRICT = ("district", "Planning district of the city.", one_of(*DISTRICTS))
STATUS = ("status", "Where the case stands.", one_of("open", "in progress", "closed"))


def _holding(
    department: str,
    title: str,
    about: str,
    row: str,
    category: str,
    source: str,
    frequency: str,
    *columns: tuple[str, str, Maker],
    **more: object,
) -> Holding:
    words = tuple(word.lower() for word in title.split() if len(word) > 3)[:4]
    return Holding(department, title, about, row, category, source, frequency, columns, words, **more)  # type: ignore[arg-type]


HOLDINGS: tuple[Holding, ...] = (
    _holding(
        "PUB",
        "Building permits",
        "Permits issued for construction, alteration and demolition.",
        "Permit",
        "Housing",
        "Permit system",
        "monthly",
        ("permit_no", "Number of the permit.", key("BP")),
        ("issued", "Day the permit was issued.", day()),
        ("kind", "Kind of work.", one_of("new", "alteration", "demolition")),
        ("cost", "Declared cost of the work in US dollars.", amount(500, 90000)),
        DISTRICT,
    ),
    _holding(
        "PUB",
        "311 service requests",
        "Requests from residents for city services, with their outcome.",
        "Request",
        "Government",
        "CRM",
        "daily",
        ("request_no", "Number of the request.", key("SR")),
        ("opened", "Day it was opened.", day()),
        ("topic", "What it is about.", one_of("pothole", "graffiti", "street light", "missed pickup")),
        STATUS,
        DISTRICT,
        rows=260,
    ),
    _holding(
        "PUB",
        "Street sweeping schedule",
        "Routes and days of street sweeping.",
        "Route",
        "Transportation",
        "Route planner",
        "annually",
        ("route", "Route number.", key("SW")),
        ("weekday", "Day of the week.", one_of("Mon", "Tue", "Wed", "Thu", "Fri")),
        DISTRICT,
    ),
    _holding(
        "PUB",
        "Contractor registrations",
        "Contractors registered to work on public sites.",
        "Registration",
        "Business",
        "Contractor registry",
        "weekly",
        ("registration", "Registration number.", key("CR")),
        ("trade", "Trade of the contractor.", one_of("electrical", "plumbing", "paving", "roofing")),
        ("contact_name", "Person to ask at the contractor.", contact_name),
        ("contact_phone", "Telephone of the contact.", phone),
        ("valid_until", "Last day it is valid.", day()),
        classification="sensitive",
    ),
    _holding(
        "PUB",
        "Water main breaks",
        "Breaks of water mains and how long repairs took.",
        "Break",
        "Environment",
        "Work orders",
        "weekly",
        ("break_id", "Number of the break.", key("WB")),
        ("reported", "Day it was reported.", day()),
        ("repair_hours", "Hours until repaired.", number(1, 72)),
        DISTRICT,
    ),
    _holding(
        "PUB",
        "Sidewalk inspections",
        "Inspections of sidewalks with their condition score.",
        "Inspection",
        "Transportation",
        "Asset system",
        "quarterly",
        ("inspection", "Number of the inspection.", key("SI")),
        ("inspected", "Day of the inspection.", day()),
        ("score", "Condition from 0 to 100.", number(20, 100)),
        DISTRICT,
    ),
    _holding(
        "HLT",
        "Restaurant inspections",
        "Results of food safety inspections.",
        "Inspection",
        "Health",
        "Inspection system",
        "weekly",
        ("inspection", "Number of the inspection.", key("RI")),
        ("inspected", "Day of the inspection.", day()),
        ("grade", "Grade given.", one_of("A", "B", "C")),
        ("violations", "Violations found.", number(0, 12)),
        DISTRICT,
        rows=200,
    ),
    _holding(
        "HLT",
        "Flu vaccinations by week",
        "Vaccinations given at city clinics, by week.",
        "Week and clinic",
        "Health",
        "Clinic system",
        "weekly",
        ("record", "Number of the line.", key("FV")),
        ("week_start", "First day of the week.", day(300)),
        ("doses", "Doses given.", number(15, 400)),
        DISTRICT,
    ),
    _holding(
        "HLT",
        "Clinic visits",
        "Visits to city clinics, one row each.",
        "Visit",
        "Health",
        "Clinic system",
        "monthly",
        ("visit", "Number of the visit.", key("CV")),
        ("visit_date", "Day of the visit.", day()),
        ("patient_email", "E-mail of the patient.", email),
        ("reason", "Reason for the visit.", one_of("checkup", "vaccine", "injury")),
        DISTRICT,
        classification="protected",
    ),
    _holding(
        "HLT",
        "Beach water quality",
        "Bacteria counts at the river beaches.",
        "Sample",
        "Environment",
        "Laboratory",
        "weekly",
        ("sample", "Number of the sample.", key("BW")),
        ("taken", "Day it was taken.", day(200)),
        ("ecoli", "E. coli per 100 ml.", number(1, 900)),
    ),
    _holding(
        "TRN",
        "Bus stop ridership",
        "Boardings and alightings by stop and month.",
        "Stop and month",
        "Transportation",
        "Fare system",
        "monthly",
        ("line_id", "Number of the line.", key("RD")),
        ("month", "First day of the month.", day()),
        ("boardings", "People who got on.", number(10, 4000)),
        ("alightings", "People who got off.", number(10, 4000)),
        rows=300,
    ),
    _holding(
        "TRN",
        "Traffic counts",
        "Vehicles counted at fixed points.",
        "Count",
        "Transportation",
        "Counters",
        "quarterly",
        ("count_id", "Number of the count.", key("TC")),
        ("counted", "Day of the count.", day()),
        ("vehicles", "Vehicles in 24 hours.", number(200, 24000)),
        DISTRICT,
    ),
    _holding(
        "TRN",
        "Crash reports",
        "Reported crashes, without people.",
        "Crash",
        "Public safety",
        "Police reports",
        "monthly",
        ("crash", "Number of the crash.", key("CX")),
        ("occurred", "Day of the crash.", day()),
        ("severity", "How severe it was.", one_of("property damage", "injury", "serious injury")),
        ("vehicles", "Vehicles in it.", number(1, 4)),
        DISTRICT,
    ),
    _holding(
        "TRN",
        "Bike share trips",
        "Trips of the bike share, by day and station.",
        "Day and station",
        "Transportation",
        "Bike share vendor",
        "daily",
        ("record", "Number of the line.", key("BS")),
        ("trip_day", "Day of the trips.", day(300)),
        ("trips", "Trips that began here.", number(0, 160)),
        DISTRICT,
    ),
    _holding(
        "TRN",
        "Parking meters",
        "Meters with their zone and rate.",
        "Meter",
        "Transportation",
        "Meter system",
        "annually",
        ("meter", "Number of the meter.", key("PM")),
        ("rate", "US dollars an hour.", amount(1, 5)),
        DISTRICT,
    ),
    _holding(
        "TRN",
        "Taxi licence holders",
        "Holders of taxi licences.",
        "Licence",
        "Business",
        "Licence system",
        "monthly",
        ("licence_no", "Number of the licence.", key("TX")),
        ("holder_name", "Name of the holder.", contact_name),
        ("granted", "Day it was granted.", day()),
        classification="sensitive",
    ),
    _holding(
        "PRK",
        "Park amenities",
        "What each park offers.",
        "Amenity",
        "Recreation",
        "Asset system",
        "annually",
        ("amenity", "Number of the amenity.", key("PA")),
        ("kind", "Kind of amenity.", one_of("playground", "court", "trail", "restroom")),
        DISTRICT,
    ),
    _holding(
        "PRK",
        "Tree inventory",
        "Street trees with species and condition.",
        "Tree",
        "Environment",
        "Tree survey",
        "annually",
        ("tree", "Number of the tree.", key("TR")),
        ("species", "Species.", one_of("Quercus rubra", "Acer rubrum", "Tilia americana")),
        ("diameter", "Trunk diameter in centimeters.", number(4, 120)),
        DISTRICT,
        rows=280,
    ),
    _holding(
        "PRK",
        "Recreation class enrollment",
        "Enrollment by class and season.",
        "Class",
        "Recreation",
        "Class registration",
        "quarterly",
        ("class_id", "Number of the class.", key("CL")),
        ("season", "Season of the class.", one_of("spring", "summer", "fall")),
        ("enrolled", "People enrolled.", number(12, 60)),
        DISTRICT,
    ),
    _holding(
        "PRK",
        "Field reservations",
        "Reservations of sports fields.",
        "Reservation",
        "Recreation",
        "Reservation system",
        "weekly",
        ("reservation", "Number of the reservation.", key("FR")),
        ("reserved_for", "Day reserved.", day(200)),
        ("contact_email", "Who reserved it.", email),
        DISTRICT,
    ),
    _holding(
        "FIN",
        "City budget",
        "Adopted budget by department and account.",
        "Line",
        "Government",
        "Ledger",
        "annually",
        ("line_id", "Number of the line.", key("BG")),
        ("account", "Account.", one_of("salaries", "supplies", "services", "capital")),
        ("adopted", "Adopted amount in US dollars.", amount(1000, 900000)),
        rows=180,
    ),
    _holding(
        "FIN",
        "Checkbook",
        "Payments to vendors.",
        "Payment",
        "Government",
        "Ledger",
        "monthly",
        ("payment", "Number of the payment.", key("PY")),
        ("paid", "Day it was paid.", day()),
        ("amount", "US dollars.", amount(20, 60000)),
        ("purpose", "What it was for.", one_of("paving", "software", "fuel", "training")),
        rows=320,
    ),
    _holding(
        "FIN",
        "Property tax assessments",
        "Assessed values by parcel.",
        "Parcel",
        "Housing",
        "Assessor",
        "annually",
        ("parcel", "Parcel number.", key("PT")),
        ("land_value", "Assessed value of land in US dollars.", number(9000, 400000)),
        DISTRICT,
    ),
    _holding(
        "FIN",
        "Contracts awarded",
        "Contracts above 25,000 dollars.",
        "Contract",
        "Business",
        "Procurement",
        "quarterly",
        ("contract", "Number of the contract.", key("CT")),
        ("awarded", "Day of the award.", day()),
        ("amount", "US dollars.", amount(25000, 900000)),
        ("kind", "Kind of contract.", one_of("goods", "services", "works")),
    ),
    _holding(
        "FIN",
        "Business licences",
        "Licences to do business in the city.",
        "Licence",
        "Business",
        "Licence system",
        "monthly",
        ("licence_no", "Number of the licence.", key("BL")),
        ("trade", "Trade.", one_of("retail", "restaurant", "services")),
        ("issued", "Day it was issued.", day()),
        DISTRICT,
    ),
    _holding(
        "FIN",
        "Grant awards",
        "Grants given by the city.",
        "Grant",
        "Government",
        "Ledger",
        "annually",
        ("grant", "Number of the grant.", key("GR")),
        ("awarded", "Day of the award.", day()),
        ("amount", "US dollars.", amount(500, 50000)),
    ),
)
