"""Which metadata a program asks for, out of the superset, and what may be written there.

A program's profile picks fields and gives them its own labels (`profile.metadata`); one that names none asks
for what every portal needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator

from accounts.profiles import MetadataField, Profile
from workflow.filtered_views import EXAMPLE, view_of
from workflow.metadata_fields import FIELDS, Field

USES = {"required": "Required", "if_applicable": "If it applies", "optional": "Optional"}

_LONG, _ENTRIES = 4000, 50


@dataclass(frozen=True)
class Asked:
    """A field as one program asks for it."""

    field: Field
    label: str
    use: str
    meaning: str

    @property
    def code(self) -> str:
        return self.field.code

    @property
    def is_required(self) -> bool:
        return self.use == "required"


# A program that asks for the one and not for the other means the same values by it.
_STANDS_FOR = {"subject": "keywords", "type": "category"}
# What every program is asked, whatever its list says: the profile rules which methods it allows.
_ALWAYS = ("update_method",)
# What a program asks for that says nothing of its own: today's needs of every portal.
_DEFAULT = (
    ("title", "required"),
    ("description", "required"),
    ("row_label", "if_applicable"),
    ("category", "required"),
    ("keywords", "required"),
    ("licence", "required"),
    ("contact_email", "required"),
    ("attribution", "optional"),
    ("department", "optional"),
    ("update_frequency", "optional"),
    ("geographic_unit", "optional"),
    ("temporal_coverage", "optional"),
    ("limitations", "optional"),
    ("citation", "optional"),
    ("related_documents", "optional"),
    ("filtered_views", "optional"),
    ("data_dictionary", "required"),
)


def asked_by(profile: Profile) -> tuple[Asked, ...]:
    """The fields that a program asks for, in its order and words; the default list when it names none."""
    rows = [row for row in profile.metadata if row.field in FIELDS]
    if not rows:
        rows = [MetadataField(code, FIELDS[code].label, use) for code, use in _DEFAULT]
    codes = {row.field for row in rows}
    rows += [MetadataField(code, FIELDS[code].label) for code in _ALWAYS if code not in codes]
    asked = []
    for row in rows:
        other = _STANDS_FOR.get(row.field, row.field)
        field = FIELDS[row.field if other in codes else other]
        asked.append(Asked(field, row.label, row.use, row.meaning or field.meaning))
    return tuple(asked)


def faults_of(profile: Profile) -> list[str]:
    """What is wrong with a profile's metadata table, in sentences with their place."""
    codes = [row.field for row in profile.metadata]
    said = [
        f'metadata[{number}]: there is no metadata field "{code}".'
        for number, code in enumerate(codes, start=1)
        if code not in FIELDS
    ]
    return said + [
        f'metadata: the field "{code}" stands twice.'
        for code in dict.fromkeys(codes)
        if codes.count(code) > 1
    ]


def refusal_of(profile: Profile, method: str) -> str:
    """Why this program does not allow a method of update."""
    return profile.updates.refused.get(
        method, "This program does not update its data in this way. Choose another one."
    )


def is_filled(value: Any) -> bool:
    """Is there a value? Empty words and empty lists are none."""
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], {})


def clean(field: Field, value: Any) -> Any:
    """The value as it is kept: a string, or a list of strings for a list; "" or [] when it is empty.

    Raises ValidationError with a sentence. Choices of Dataset's own columns are the form's matter, as they
    belong to the program.
    """
    if field.kind == "list":
        return _entries(field, value)
    text = _words(value)
    if field.kind != "longtext":
        text = " ".join(text.split())
    longest = max(field.max_length, _LONG) if field.kind == "longtext" else field.max_length
    if len(text) > longest:
        raise ValidationError(
            f"“{field.label}” is {len(text):,} characters long; {longest:,} fit. Shorten it."
        )
    if field.code == "title" and not text:
        raise ValidationError(
            "A dataset is never without a title. Write the name that people will search for."
        )
    if text and field.kind == "email":
        EmailValidator(message="This is not an e-mail address. Write it like office@example.gov.")(text)
    if text and field.kind == "url":
        _link(text)
    if text and field.options and text not in dict(field.options):
        raise ValidationError(f"This is none of the values of “{field.label}”. Choose one of them.")
    return text


def label_of(field: Field, value: Any) -> str:
    """A value in words."""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return dict(field.options).get(value, "" if value is None else str(value))


def _entries(field: Field, value: Any) -> list[str]:
    entries = value.splitlines() if isinstance(value, str) else list(value or [])
    found = list(dict.fromkeys(" ".join(_words(one).split()) for one in entries))
    found = [one for one in found if one]
    if len(found) > _ENTRIES:
        raise ValidationError(f"“{field.label}” has {len(found)} entries; {_ENTRIES} fit. Leave some out.")
    for one in found:
        if len(one) > field.max_length:
            raise ValidationError(
                f"An entry of “{field.label}” is longer than {field.max_length} characters. Shorten it."
            )
        if field.code == "filtered_views":
            if view_of(one) is None:
                raise ValidationError(
                    f"A filtered view is a name, a colon, a column, an equals sign and a value: {EXAMPLE}. Write it so."
                )
            continue
        # A document is a link with words, or words alone; what begins like a link must be one.
        if re.match(r"(?i)[a-z][a-z0-9+.-]*:", one) and " " not in one:
            _link(one)
    return found


def _link(text: str) -> None:
    URLValidator(
        schemes=["http", "https"],
        message="This is not a link that readers can open. Write it like https://www.example.gov/page.",
    )(text)


def _words(value: Any) -> str:
    """What was typed, without what neither the database nor a page can hold."""
    text = "" if value is None else str(value)
    return "".join(
        char for char in text.replace("\r\n", "\n") if char.isprintable() or char in "\n\t"
    ).strip()
