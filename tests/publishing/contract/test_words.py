"""What a portal says of a dataset is compared with what was approved: the same on every portal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from publishing.portals.base import Portal, Proof, Proves
from publishing.records import PortalRecord
from tests.publishing.contract import material
from tests.publishing.contract.houses import House

FIELDS, COLUMNS = "Description of the dataset", "Names and descriptions of columns"


def proofs(portal: Portal, remote_id: str, record: PortalRecord) -> dict[str, Proof]:
    assert isinstance(portal, Proves)
    return {proof.what: proof for proof in portal.proofs(remote_id, record)}


def odd(portal: Portal, remote_id: str, record: PortalRecord) -> dict[str, str]:
    return {what: proof.found for what, proof in proofs(portal, remote_id, record).items() if not proof.ok}


def hard(name: str = "Permits of Hartford") -> PortalRecord:
    """Words in which portals tend to tidy something."""
    return material.record(
        material.table(),
        name=f'{name} <&> "all"',
        description="Lines of\r\nseveral kinds,\n\n  blanks & <b>marks</b>, Zoë's 東京",
        tags=("Permits, all", "building", "Ämter"),
        update_frequency="Daily",
    )


def test_what_was_written_is_told_back_and_equal_before_and_after_it_is_public(portal: Portal) -> None:
    record = hard()
    remote_id = portal.create(record).remote_id
    portal.push_chunk(remote_id, material.rows(material.table(), record))
    portal.set_metadata(remote_id, record)
    assert odd(portal, remote_id, record) == {}
    assert {FIELDS, COLUMNS} <= set(proofs(portal, remote_id, record))
    portal.publish(remote_id)
    portal.set_scope(remote_id, "public")
    assert odd(portal, remote_id, record) == {}


def test_a_working_copy_says_what_it_will_say_and_the_public_one_what_it_says(portal: Portal) -> None:
    remote_id, record, table = material.public(portal)
    copy = portal.working_copy(remote_id).remote_id
    after = replace(hard("Permits anew"), external_key=record.external_key)
    portal.fit_columns(copy, after)
    portal.push_chunk(copy, material.rows(table, after))
    portal.set_metadata(copy, after)
    assert odd(portal, copy, after) == {} and odd(portal, remote_id, record) == {}
    assert FIELDS in odd(portal, copy, record)
    portal.publish(copy)
    assert odd(portal, remote_id, after) == {} and FIELDS in odd(portal, remote_id, record)


@pytest.mark.parametrize(
    ("before", "after", "what", "named"),
    [
        ("Name of old", "Name of new", FIELDS, "title"),
        ("Words of old", "Words of new", FIELDS, "description"),
        ("tagofold", "tagofnew", FIELDS, "keywords"),
        ("Office of old", "Office of new", FIELDS, "source"),
        ("What Remarks holds", "What nobody holds", COLUMNS, "Remarks"),
    ],
)
def test_a_word_that_somebody_changed_on_the_portal_is_named(
    portal: Portal, house: House, before: str, after: str, what: str, named: str
) -> None:
    about: dict[str, Any] = {"name": "Name of old", "description": "Words of old", "tags": ("tagofold",)}
    remote_id, record, _ = material.public(portal, **about)
    record = replace(record, attribution="Office of old")
    portal.set_metadata(remote_id, record)
    assert odd(portal, remote_id, record) == {}
    house.change_words(before, after)
    found = odd(portal, remote_id, record)
    assert list(found) == [what] and named in found[what]
