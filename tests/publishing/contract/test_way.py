"""The way of a dataset on any portal: private, filled, compared, public, refreshed, taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from publishing.portals.base import BadRequest, NotFound, Portal, PortalError
from tests.publishing.contract import material
from tests.publishing.contract.houses import House


def test_it_starts_private_and_empty_with_the_columns_of_the_record(portal: Portal, house: House) -> None:
    record = material.record(material.table())
    asset = portal.create(record)
    assert (asset.scope, asset.published, asset.waiting) == ("private", False, False)
    assert asset.row_identifier == record.row_identifier
    assert [(c.field_name, c.type) for c in asset.columns] == [(c.field_name, c.type) for c in record.columns]
    assert portal.count(asset.remote_id) == 0
    assert len(asset.remote_id) <= 40
    assert not portal.verify_public(asset.remote_id, key_field=record.row_identifier).visible


def test_it_is_found_by_its_external_key_and_never_made_twice(portal: Portal) -> None:
    record = material.record(material.table(), key="Riverbend/PUB-0042 ü " + "long " * 20)
    assert portal.find(record) is None
    remote_id = portal.create(record).remote_id
    assert portal.find(record) == remote_id
    assert portal.find(material.record(material.table())) is None
    with pytest.raises(PortalError):
        portal.create(record)
    assert portal.find(record) == remote_id
    portal.set_metadata(remote_id, record)
    portal.publish(remote_id)
    assert portal.find(record) == remote_id


def test_every_kind_of_value_comes_back_as_it_was_approved(portal: Portal) -> None:
    remote_id, record, table = material.filled(portal)
    kinds = {column.field_name: column.type for column in record.columns}
    assert set(kinds.values()) == {"text", "number", "checkbox", "calendar_date"}
    assert (kinds["zip"], kinds["fee"], kinds["open"]) == ("text", "number", "checkbox")
    assert (kinds["issued"], kinds["checked_at"]) == ("calendar_date", "calendar_date")
    assert portal.count(remote_id) == 5
    assert material.held(portal, remote_id, record) == material.approved(table, record)


def test_a_number_of_any_length_comes_back_whole_or_is_refused(portal: Portal) -> None:
    remote_id, record, table = material.filled(portal)
    long = "98765432109876543210.0123456789"
    rows = [row | {"fee": long} for row in material.rows(table, record)[:1]]
    if portal.capabilities.exact_numbers:
        portal.push_chunk(remote_id, rows)
        fees = [str(row["fee"]) for row in portal.read_back(remote_id, record.fields) if row.get("fee")]
        assert long in fees
        return
    with pytest.raises(BadRequest) as caught:
        portal.push_chunk(remote_id, rows)
    assert "fee" in str(caught.value) and "98765" not in str(caught.value)
    assert material.held(portal, remote_id, record) == material.approved(table, record)


def test_the_same_rows_again_change_nothing_and_a_changed_row_is_changed(portal: Portal) -> None:
    remote_id, record, table = material.filled(portal)
    rows = material.rows(table, record)
    portal.push_chunk(remote_id, rows)
    portal.push_chunk(remote_id, rows[1:3])
    assert portal.count(remote_id) == 5
    assert material.held(portal, remote_id, record) == material.approved(table, record)
    changed = material.table(Remarks=["other", *material.AWKWARD["Remarks"][1:]])
    portal.push_chunk(remote_id, material.rows(changed, record)[:1])
    assert material.held(portal, remote_id, record) == material.approved(changed, record)


def test_a_value_that_became_empty_is_empty_on_the_portal_too(portal: Portal) -> None:
    remote_id, record, table = material.filled(portal)
    rows = material.rows(table, record)
    rows[0] |= {"remarks": None, "fee": None, "open": None, "issued": None}
    portal.push_chunk(remote_id, rows[:1])
    first = next(row for row in portal.read_back(remote_id, record.fields) if int(row["row_key"]) == 1)
    assert [first.get(name) for name in ("remarks", "fee", "open", "issued")] == [None] * 4


def test_rows_in_many_steps_are_one_table(portal: Portal) -> None:
    table = material.table(120)
    record = material.record(table)
    remote_id = portal.create(record).remote_id
    rows = material.rows(table, record)
    for start in range(0, 120, 50):
        portal.push_chunk(remote_id, rows[start : start + 50])
    assert portal.count(remote_id) == 120
    assert material.held(portal, remote_id, record) == material.approved(table, record)


def test_a_key_of_text_tells_rows_apart_too(portal: Portal) -> None:
    remote_id, record, table = material.filled(portal, row_identifier="Permit")
    assert portal.view(remote_id).row_identifier == "permit"
    portal.push_chunk(remote_id, material.rows(table, record))
    assert portal.count(remote_id) == 5
    assert material.held(portal, remote_id, record) == material.approved(table, record)


def test_what_describes_it_arrives_and_is_read_back(portal: Portal) -> None:
    remote_id, record, _ = material.filled(portal)
    portal.set_metadata(remote_id, record)
    asset = portal.view(remote_id)
    assert asset.name == "Building permits"
    there = [(c.field_name, c.name, c.type, c.description) for c in asset.columns]
    assert there == [(c.field_name, c.name, c.type, c.description) for c in record.columns]
    renamed = material.record(material.table(), key=record.external_key, name="Permits, all")
    portal.set_metadata(remote_id, renamed)
    assert portal.view(remote_id).name == "Permits, all"


def test_a_draft_is_emptied_and_fitted_to_other_columns_and_a_published_one_never(portal: Portal) -> None:
    remote_id, record, _ = material.filled(portal)
    portal.empty(remote_id)
    assert portal.count(remote_id) == 0
    other = material.table(3)
    other = type(other).of(other.frame.drop("Remarks", "Fee").rename({"Units": "Homes"}))
    fitting = material.record(other, key=record.external_key)
    asset = portal.fit_columns(remote_id, fitting)
    assert {(c.field_name, c.type) for c in asset.columns} == {
        (c.field_name, c.type) for c in fitting.columns
    }
    portal.push_chunk(remote_id, material.rows(other, fitting))
    portal.set_metadata(remote_id, fitting)
    assert portal.view(remote_id).row_identifier == fitting.row_identifier
    portal.publish(remote_id)
    with pytest.raises(BadRequest):
        portal.empty(remote_id)
    assert material.held(portal, remote_id, fitting) == material.approved(other, fitting)


def test_a_stranger_sees_nothing_until_it_is_public(portal: Portal, house: House) -> None:
    remote_id, record, table = material.filled(portal)
    portal.set_metadata(remote_id, record)
    for step in (lambda: None, lambda: portal.publish(remote_id)):
        step()
        assert portal.view(remote_id).scope == "private"
        assert not portal.verify_public(remote_id, key_field=record.row_identifier).visible
        assert "A-1" not in house.page(portal, remote_id).text
        with pytest.raises(PortalError):
            portal.count(remote_id, anonymous=True)
        with pytest.raises(PortalError):
            list(portal.read_back(remote_id, record.fields, anonymous=True))

    assert portal.set_scope(remote_id, "public").scope == "public"
    probe = portal.verify_public(remote_id, key_field=record.row_identifier)
    assert (probe.view_status, probe.rows, probe.sample_rows) == (200, 5, 5)
    assert portal.count(remote_id, anonymous=True) == 5
    assert material.held(portal, remote_id, record, anonymous=True) == material.approved(table, record)


def test_the_public_page_names_it_and_escapes_what_it_says(portal: Portal, house: House) -> None:
    remote_id, _, _ = material.public(portal)
    page = house.page(portal, remote_id)
    assert page.status_code == 200 and "Building permits" in page.text
    assert "&lt;building&gt; &amp; wrecking" in page.text and "<building>" not in page.text
    assert portal.query_url(remote_id).startswith("http://127.0.0.1")


def test_publishing_and_widening_twice_is_the_same_as_once(portal: Portal) -> None:
    remote_id, record, table = material.public(portal)
    assert portal.publish(remote_id).remote_id == remote_id
    assert portal.set_scope(remote_id, "public").scope == "public"
    assert material.held(portal, remote_id, record, anonymous=True) == material.approved(table, record)


def test_a_refresh_shows_the_old_rows_or_the_new_ones_and_never_a_part(portal: Portal) -> None:
    remote_id, old, before = material.public(portal, material.table(40))
    after = material.table(60, Remarks=["new"] * 5)
    after = type(after).of(after.frame.drop("ZIP").with_columns(after.frame["Fee"].alias("Charge")))
    new = material.record(after, key=old.external_key, name="Building permits, newer")
    rows = material.rows(after, new)

    def seen_by_a_stranger() -> str:
        return material.held(portal, remote_id, old, anonymous=True)

    was = material.approved(before, old)
    copy = portal.working_copy(remote_id)
    assert copy.remote_id != remote_id and not copy.published
    assert portal.working_copy(remote_id).remote_id == copy.remote_id
    assert not portal.verify_public(copy.remote_id, key_field="row_key").visible
    portal.empty(copy.remote_id)
    portal.fit_columns(copy.remote_id, new)
    for start in range(0, 60, 20):
        portal.push_chunk(copy.remote_id, rows[start : start + 20])
        assert seen_by_a_stranger() == was
        assert not portal.verify_public(copy.remote_id, key_field="row_key").visible
    portal.set_metadata(copy.remote_id, new)
    assert portal.view(copy.remote_id).row_identifier == new.row_identifier
    assert material.held(portal, copy.remote_id, new) == material.approved(after, new)
    assert seen_by_a_stranger() == was

    published = portal.publish(copy.remote_id)
    assert (published.remote_id, published.published, published.scope) == (remote_id, True, "public")
    assert {c.field_name for c in published.columns} == set(new.fields)
    assert published.row_identifier == new.row_identifier
    assert portal.view(remote_id).name == "Building permits, newer"
    assert material.held(portal, remote_id, new, anonymous=True) == material.approved(after, new)
    assert portal.count(remote_id, anonymous=True) == 60
    with pytest.raises(NotFound):
        portal.view(copy.remote_id)
    assert portal.find(new) == remote_id


def test_at_every_request_of_the_change_a_stranger_sees_all_of_one_state(
    portal: Portal, house: House
) -> None:
    """A probe between any two requests: the portal is asked from outside before each of them."""
    remote_id, old, before = material.public(portal, material.table(30))
    after = material.table(50, Remarks=["new"] * 5)
    new = material.record(after, key=old.external_key)
    copy = portal.working_copy(remote_id).remote_id
    portal.fit_columns(copy, new)
    portal.push_chunk(copy, material.rows(after, new))
    portal.set_metadata(copy, new)
    seen: list[str] = []
    with house.portal() as outside:
        for _ in probed(portal, lambda: seen.append(glance(outside, remote_id, old))):
            portal.publish(copy)
    whole = {material.approved(before, old), material.approved(after, new)}
    gaps = set() if portal.capabilities.atomic_replace else {"nothing"}
    assert set(seen) <= whole | gaps and len(set(seen) & whole) >= 1
    assert glance(portal, remote_id, old) == material.approved(after, new)


def probed(portal: Portal, look: object) -> Iterator[None]:
    """While the block of the loop runs, `look` is called before every request of the adapter."""
    session = getattr(getattr(portal, "signed", None), "session", None)
    if session is None:
        look()
        yield
        look()
        return
    send = session.request

    def request(*args: object, **about: object) -> object:
        look()
        return send(*args, **about)

    session.request = request
    yield
    session.request = send


def glance(portal: Portal, remote_id: str, record: object) -> str:
    try:
        return material.held(portal, remote_id, record, anonymous=True)
    except PortalError:
        return "nothing"


def test_a_refresh_of_a_private_dataset_stays_private(portal: Portal) -> None:
    remote_id, record, _ = material.filled(portal)
    portal.set_metadata(remote_id, record)
    portal.publish(remote_id)
    after = material.table(3)
    copy = portal.working_copy(remote_id).remote_id
    portal.fit_columns(copy, record)
    portal.push_chunk(copy, material.rows(after, record))
    portal.set_metadata(copy, record)
    assert portal.publish(copy).scope == "private"
    assert not portal.verify_public(remote_id, key_field=record.row_identifier).visible
    assert material.held(portal, remote_id, record) == material.approved(after, record)


def test_taken_back_it_is_private_at_once_and_whole_for_us(portal: Portal, house: House) -> None:
    remote_id, record, table = material.public(portal)
    assert portal.set_scope(remote_id, "private").scope == "private"
    assert not portal.verify_public(remote_id, key_field=record.row_identifier).visible
    assert "A-1" not in house.page(portal, remote_id).text
    with pytest.raises(PortalError):
        portal.count(remote_id, anonymous=True)
    assert material.held(portal, remote_id, record) == material.approved(table, record)
    assert portal.set_scope(remote_id, "public").scope == "public"
    assert portal.count(remote_id, anonymous=True) == 5


def test_reads_see_every_write_in_the_end(portal: Portal) -> None:
    remote_id, _, _ = material.filled(portal)
    assert portal.is_replicated(remote_id) is True


def test_only_an_id_of_the_portal_gets_into_an_address(portal: Portal) -> None:
    for name in ("", "../api", "a/b", "x?y=z", "A B"):
        with pytest.raises(ValueError, match="not the"):
            portal.view(name)
        with pytest.raises(ValueError, match="not the"):
            portal.public_url(name)
