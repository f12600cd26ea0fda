"""The tables and values that the parts of a profile are made of."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from accounts.profiles import parts, words
from accounts.profiles.shape import Key, Many, Map, Table, Value
from accounts.roles import Role

ROLES = tuple(Role.values)
TEXT = Value()
FLAG = Value(bool)
DAYS = Value(int, least=0)
PEOPLE = Value(int, least=1)


def role(lost: str = "") -> Value:
    return Value(words=ROLES, noun="a role", lost=lost)


def roles(lost: str = "so nobody would be asked") -> Many:
    return Many(role(lost))


def word(known: tuple[str, ...], noun: str = "", lost: str = "") -> Value:
    return Value(words=known, noun=noun, lost=lost)


def timezone_fault(value: str) -> str:
    return "" if value in available_timezones() else f'"{value}" is not a time zone, as America/New_York is.'


def date_fault(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        return f'"{value}" is not a date. Write it as "2026-07-03".'
    return ""


def address_fault(value: str) -> str:
    try:
        parts_of = urlsplit(value)
    except ValueError:
        parts_of = urlsplit("")
    is_link = parts_of.scheme in ("http", "https") and parts_of.hostname and not re.search(r"[^!-~]", value)
    return (
        ""
        if is_link
        else f'"{value[:60]}" is not an address on the web. Write it like https://example.gov/licence.'
    )


def email_fault(value: str) -> str:
    if re.fullmatch(r"[\w~!$&'()*+,;=:.-]+@[\w-]+(\.[\w-]+)+", value, re.ASCII):
        return ""
    return f'"{value[:60]}" is not an e-mail address. Write it like opendata@example.gov.'


REVIEW = Table(
    {
        "move": Key(
            word(words.REVIEWED_MOVES, "a move that can ask for a review"),
            "The move that waits for this review.",
            required=True,
        ),
        "kind": Key(word(words.REVIEW_KINDS, "a kind of review"), "What is reviewed.", required=True),
        "role": Key(
            role("so nobody could give this review"),
            "Who gives it. A kind of review is given by one role in a program.",
            required=True,
        ),
        "people": Key(PEOPLE, "How many different people must give it."),
        "when": Key(
            word(words.REVIEW_WHENS, "an occasion"),
            "When it is asked for without anybody asking: always; for certain classes, levels or risks; when the "
            "data is joint; when an exception stands open or granted; or only on request.",
        ),
        "classes": Key(
            Many(TEXT), "With when = classification: the classes of the raw data that ask for it."
        ),
        "levels": Key(Many(TEXT), "With when = level: the security levels that ask for it."),
        "risks": Key(
            Many(word(words.RISK_LEVELS, "a risk")),
            "With when = risk: the risks that ask for it. It is the risk that is left with the treated copy, as it "
            "was rated (Benefit and risk), and until then what its smallest group stands for.",
        ),
        "blinded": Key(
            FLAG, "Whether each reviewer sees nothing of the others before giving their own verdict."
        ),
        "after": Key(
            word(words.CHECKLISTS, "a checklist"),
            "The checklist that must be complete before anybody is asked for this review.",
        ),
        "days": Key(Value(int, least=1), "Business days in which it is due."),
        "law": Key(TEXT, "The law or document that asks for it."),
    },
    parts.ReviewRule,
)

CHOICE = {
    "code": Key(TEXT, "The short word that is stored. Never change it once it is used.", required=True),
    "label": Key(TEXT, "What people read.", required=True),
    "help": Key(TEXT, "One sentence that helps to choose."),
}

CLASSIFICATION = Table(
    {
        **CHOICE,
        "needs_ground": Key(FLAG, "Whether the class is chosen only with its ground: the law or the reason."),
        "raw_publishable": Key(FLAG, "Whether data of this class may go out as it is, without treatment."),
        "never_publish": Key(FLAG, "Whether nothing that is published may be of this class."),
        "needs_toolkit": Key(FLAG, "Whether the privacy checklist (the release toolkit) is filled in."),
    },
    parts.Classification,
)

LEVEL = Table(
    {
        **CHOICE,
        "never_on_portal": Key(FLAG, "Whether data of this level is never put on the portal."),
        "reviews": Key(
            Many(word(words.REVIEW_KINDS, "a kind of review")),
            "Kinds of review that this level asks for; each must stand under [[reviews]].",
        ),
    },
    parts.SecurityLevel,
)

LICENCE = Table(
    {
        **CHOICE,
        "needs_exception": Key(FLAG, "Whether it may be used only with a granted exception."),
        "uri": Key(
            Value(says=address_fault),
            "Where the licence stands on the web, for the catalogue. Of the well-known licences it is known.",
        ),
    },
    parts.Licence,
)

CATALOGUE = Table(
    {
        "contact": Key(
            word(words.CATALOGUE_CONTACTS, "a contact"),
            "Whom the catalogue names for questions: the contact of each dataset, or one office of the program, "
            "where the contacts of datasets are kept private.",
        ),
        "contact_name": Key(TEXT, "The name of that office."),
        "contact_email": Key(Value(says=email_fault), "The e-mail address of that office."),
        "withheld": Key(
            FLAG,
            "Whether datasets that are withheld on a recorded ground are listed: title, agency, ground and law, "
            "never the data. It needs contact_name and contact_email.",
        ),
        "redacted_classes": Key(
            Many(TEXT), "Classes whose withheld datasets are listed without their title."
        ),
        "unlisted_classes": Key(Many(TEXT), "Classes whose withheld datasets are not listed at all."),
        "cui_markings": Key(
            Map(TEXT, noun="class"),
            "For withheld data under a federal marking (Controlled Unclassified Information): class and banner, "
            "as CUI//SP-PRVCY.",
        ),
    },
    parts.Catalogue,
)

METADATA = Table(
    {
        "field": Key(TEXT, "The field's code in the superset.", required=True),
        "label": Key(TEXT, "What this program calls it.", required=True),
        "use": Key(word(words.METADATA_USES, "a use"), "Whether it must be filled in."),
        "meaning": Key(TEXT, "What belongs there, in one sentence."),
    },
    parts.MetadataField,
)

PORTAL_FIELD = Table(
    {
        "fieldset": Key(TEXT, "The set that the portal's admin made, as it is called there.", required=True),
        "name": Key(TEXT, "The field of that set, as it is called there.", required=True),
        "field": Key(TEXT, "The field of the superset whose value goes there."),
        "value": Key(TEXT, "Or the words that go there for every dataset."),
    },
    parts.PortalField,
)

CRITERION = Table(
    {
        "code": CHOICE["code"],
        "label": CHOICE["label"],
        "answered_by": Key(
            Many(TEXT),
            'What answers it: the kind of a fact ("quality_checks"), "review:<kind>" or "item:<checklist>/<ID>".',
        ),
    },
    parts.Criterion,
)

EXCEPTION = Table(
    {
        "kind": Key(
            word(words.EXCEPTION_KINDS, "a kind of exception"), "What it is an exception from.", required=True
        ),
        "label": CHOICE["label"],
        "advise": Key(role("so nobody would receive it"), "Who receives it and advises.", required=True),
        "decide": Key(role("so nobody could decide it"), "Who decides.", required=True),
        "help": Key(TEXT, "When to ask for it."),
    },
    parts.ExceptionRule,
)

ITEM = Table(
    {
        "asked": Key(FLAG, "Whether the question is asked at all."),
        "severity": Key(
            word(words.SEVERITIES, "a severity"),
            "Whether a bad or missing answer stands in the way, warns, or informs.",
        ),
        "on": Key(
            Many(TEXT),
            "The bad answers, as codes. Where the question has none of its own and none is named here, only a "
            "missing answer counts.",
        ),
        "law": Key(TEXT, "The law or document that the question rests on in this program."),
    },
    parts.ItemRule,
)
