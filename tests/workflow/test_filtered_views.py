"""Filtered views as people write them, and what of them can be made of a copy."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from publishing.records import PortalView
from workflow.filtered_views import columns_unknown, view_of, views_of
from workflow.metadata import clean
from workflow.metadata_fields import FIELDS

COLUMNS = [("STATUS_CD", "Status", "status_cd"), ("Fee", "Fee in dollars", "fee"), ("a", "A = b", "a")]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Open permits: Status = Open", ("Open permits", "Status", "Open")),
        ("  Dear :Fee=  12.5 ", ("Dear", "Fee", "12.5")),
        ("With signs: Note = a = b: c", ("With signs", "Note", "a = b: c")),
        ("No value: Status =", None),
        ("Status = Open", None),
        ("Name only", None),
        (": Status = Open", None),
        ("", None),
    ],
)
def test_a_line_is_a_name_a_column_and_a_value(line: str, parts: tuple[str, str, str] | None) -> None:
    assert view_of(line) == parts


def test_columns_are_known_by_file_label_and_portal_and_others_are_left_out() -> None:
    lines = ["One: STATUS_CD = 1", "Two: status = Open", "Three: fee = 2", "Four: gone = 1", "two: Fee = 9"]
    assert views_of(lines, COLUMNS) == (
        PortalView("One", "status_cd", "1"),
        PortalView("Two", "status_cd", "Open"),
        PortalView("Three", "fee", "2"),
    )


def test_what_is_written_otherwise_is_refused_with_an_example() -> None:
    field = FIELDS["filtered_views"]
    assert clean(field, "Open permits: Status = Open") == ["Open permits: Status = Open"]
    with pytest.raises(ValidationError, match="Open permits: Status = Open"):
        clean(field, ["only open ones please"])


def test_columns_that_nobody_knows_are_named_once() -> None:
    lines = ["One: Colour = red", "Two: STATUS = Open", "Three: Colour = blue", "not a view"]
    assert columns_unknown(lines, ["status", "", "Fee"]) == ["Colour"]
