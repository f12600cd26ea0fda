"""Canaries: values that may stand in private storage and nowhere else, and the search for them.

Everybody in here is invented.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.cache import caches
from django.db import connection
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

SSN = "512-36-7841"
CARD = "4556 7375 8689 9855"
EMAIL = "rosalind.hargrove@canary-post.example"
NAME = "Rosalind Hargrove"
PHONE = "(503) 236-8841"
# What would give one of them away: whole, without its separators, or the greater part of it.
TRACES = (
    "512-36",
    "512367841",
    "36-7841",
    "4556 7375",
    "45567375",
    "7375 8689",
    "rosalind",
    "hargrove",
    "236-8841",
    "2368841",
)
_FOUND = re.compile("|".join(map(re.escape, TRACES)), re.IGNORECASE)

COLUMNS = {
    "permit_no": "Number of the permit as printed on it.",
    "kind": "What the permit allows.",
    "district": "District of the site.",
    "owner_name": "Owner of the site.",
    "contact": "Address for questions.",
    "remarks": "What the inspector wrote down.",
}
OWNERS = ("Maria Lopez", "James Smith", "Linda Johnson", "Robert Brown", NAME)


def planted_rows(count: int = 60) -> list[list[str]]:
    """Permits with every canary in the remarks of one row each, and one in the columns of names and e-mails."""
    rows = []
    for number in range(count):
        owner = OWNERS[number % len(OWNERS)]
        contact = EMAIL if owner == NAME else f"owner{number}@mail.example"
        remark = f"Inspected site {number} on a dry day and the work goes on as it was planned."
        kind = ("new building", "alteration", "demolition")[number % 3]
        rows.append([f"P-{number:05d}", kind, ("North", "South")[number % 2], owner, contact, remark])
    for row, said in ((7, f"owner gave SSN {SSN}"), (19, f"paid with {CARD}"), (31, f"write to {EMAIL}")):
        rows[row][5] = f"At the counter the {said} when asked about the old file."
    rows[43][5] = f"Call {NAME} at {PHONE} before the next visit to the site."
    return rows


def planted_columns() -> dict[str, list[str]]:
    """The planted file by columns."""
    return dict(zip(COLUMNS, map(list, zip(*planted_rows(), strict=True)), strict=True))


def planted_csv(*, also: str = "") -> bytes:
    """The planted file; `also` is written after it as it is."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([list(COLUMNS), *planted_rows()])
    return (text.getvalue() + also).encode()


def traces_in(text: str) -> set[str]:
    """What of the canaries stands in a text."""
    return {found.group().lower() for found in _FOUND.finditer(text)}


def whole_database() -> Iterator[tuple[str, str]]:
    """Every table as text: those of our models, and those that no model knows (cache, sessions)."""
    known = set()
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        known.add(model._meta.db_table)
        yield model._meta.label, serializers.serialize("json", model._base_manager.all())
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - known:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            yield table, repr(cursor.fetchall())


def names_in_storage() -> str:
    """The names of all files that the product keeps."""
    return "\n".join(str(path) for path in settings.VAR_DIR.rglob("*"))


def cached() -> str:
    """Whatever the caches hold in memory (those in the database are read with it)."""
    return repr([getattr(caches[name], "_cache", {}) for name in settings.CACHES])


def every_address(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every URL of the product with its name; parts of it that `values` does not have are 1."""
    for name, parts in _patterns(get_resolver().url_patterns):
        try:
            yield name, reverse(name, kwargs={part: values.get(part, 1) for part in parts})
        except NoReverseMatch:
            continue  # a pattern of the admin that has no name


def _patterns(
    patterns: list[URLPattern | URLResolver], namespace: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in patterns:
        parts = (*above, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _patterns(pattern.url_patterns, inner, parts)
        elif pattern.name:
            yield f"{namespace}{pattern.name}", parts
