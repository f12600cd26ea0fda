"""What goes wrong on the way to any portal becomes one of our errors, with a sentence and without a secret."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from publishing.portals.base import (
    AuthFailed,
    BadRequest,
    Forbidden,
    NotFound,
    Portal,
    PortalError,
    ProtocolError,
    Retryable,
    Throttled,
    TooLarge,
)
from tests.publishing.contract import material
from tests.publishing.contract.houses import SECRET, House


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthFailed), (403, Forbidden), (404, NotFound), (413, TooLarge), (400, BadRequest)],
)
def test_a_refusal_is_told_apart_by_its_status(
    portal: Portal, house: House, status: int, error: type[PortalError]
) -> None:
    remote_id, _, _ = material.public(portal)
    house.fault("status", path=house.view_path, status=status, times=-1)
    with pytest.raises(PortalError) as caught:
        house.look(portal, remote_id)
    assert type(caught.value) is error
    assert caught.value.permanent and caught.value.sentence.endswith(".")


def test_too_many_requests_is_a_wait_as_long_as_the_portal_says(portal: Portal, house: House) -> None:
    remote_id, _, _ = material.public(portal)
    house.fault("status", path=house.view_path, status=429, retry_after="120")
    with pytest.raises(Throttled) as caught:
        house.look(portal, remote_id)
    assert caught.value.retry_after == 120 and not caught.value.permanent


PASSING: list[dict[str, Any]] = [
    {"kind": "status", "status": 429, "times": 2},
    {"kind": "status", "status": 429, "retry_after": "1"},
    {"kind": "status", "status": 503, "times": 2},
    {"kind": "html", "status": 502},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "truncated"},
]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}")
def test_passing_trouble_on_the_way_of_rows_leaves_each_row_once(
    portal: Portal, house: House, fault: dict[str, Any]
) -> None:
    table = material.table()
    record = material.record(table)
    remote_id = portal.create(record).remote_id
    house.fault(path=house.write_path or house.read_path, **fault)
    portal.push_chunk(remote_id, material.rows(table, record))
    house.quiet()
    assert portal.count(remote_id) == 5
    assert material.held(portal, remote_id, record) == material.approved(table, record)


@pytest.mark.parametrize(
    "fault",
    [f for f in PASSING if f["kind"] != "truncated"],
    ids=lambda f: f"{f['kind']}{f.get('status', '')}",
)
def test_passing_trouble_on_the_way_back_is_waited_out(
    portal: Portal, house: House, fault: dict[str, Any]
) -> None:
    remote_id, record, table = material.public(portal)
    house.fault(path=house.read_path, **fault)
    assert material.held(portal, remote_id, record, anonymous=True) == material.approved(table, record)


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "html", "status": 502}])
def test_trouble_that_stays_is_raised_after_a_few_tries(
    portal: Portal, house: House, fault: dict[str, Any]
) -> None:
    remote_id, _, _ = material.public(portal)
    house.fault(path=house.view_path, times=-1, **fault)
    before = len(house.log())
    with pytest.raises(Retryable, match="trouble just now"):
        house.look(portal, remote_id)
    assert len(house.log()) - before == 5


def test_a_connection_that_stays_cut_is_passing_trouble(portal: Portal, house: House) -> None:
    remote_id, _, _ = material.public(portal)
    house.fault("reset_before", path=house.view_path, times=-1)
    with pytest.raises(Retryable, match="broke"):
        house.look(portal, remote_id)


def test_a_redirect_or_a_page_is_no_answer_of_a_portal(portal: Portal, house: House) -> None:
    remote_id, _, _ = material.public(portal)
    for fault in ({"kind": "redirect"}, {"kind": "html", "status": 200}):
        house.fault(path=house.view_path, times=-1, **fault)
        with pytest.raises(ProtocolError):
            house.look(portal, remote_id)
        house.quiet()


def test_a_silent_portal_is_given_up(house: House) -> None:
    with house.portal() as portal:
        remote_id, _, _ = material.public(portal)
    house.fault("slow", path=house.view_path, seconds=1.0)
    with house.portal(read_seconds=0.3) as hasty, pytest.raises(Retryable) as caught:
        house.look(hasty, remote_id)
    assert caught.value.timed_out


def test_a_step_too_large_or_too_slow_goes_in_halves(house: House) -> None:
    """Where rows go into a file there is no such step, and no smaller ones."""
    table = material.table(40)
    record = material.record(table)
    with house.portal(read_seconds=0.5) as portal:
        remote_id = portal.create(record).remote_id
        if house.write_path is not None:
            house.fault("too_large", path=house.write_path, bytes=6000, times=-1)
        receipt = portal.push_chunk(remote_id, material.rows(table, record))
        assert (receipt.requests > 1) is (house.write_path is not None)
        house.quiet()
        if house.write_path is not None:
            house.fault("slow", path=house.write_path, seconds=1.0)
        portal.push_chunk(remote_id, material.rows(table, record))
        assert portal.count(remote_id) == 40
        assert material.held(portal, remote_id, record) == material.approved(table, record)


def test_a_place_that_does_not_take_us_is_told_before_anything_is_sent(house: House) -> None:
    with house.locked_out() as portal, pytest.raises(PortalError) as caught:
        portal.check_key()
    assert isinstance(caught.value, AuthFailed) is house.keyed
    assert SECRET not in str(caught.value) and str(caught.value).endswith(".")


def test_a_right_key_is_taken(portal: Portal) -> None:
    portal.check_key()


def test_rows_that_do_not_fit_are_refused_whole_and_not_repeated(
    portal: Portal, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    remote_id, record, table = material.filled(portal)
    rows = material.rows(table, record)
    rows[0]["remarks"] = "changed"
    rows[1] |= {"no_such_field": "Jane Roe, 123-45-6789"}
    with pytest.raises(BadRequest) as caught:
        portal.push_chunk(remote_id, rows)
    assert "Jane" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert "Jane" not in caplog.text
    assert material.held(portal, remote_id, record) == material.approved(table, record)


def test_no_secret_and_no_row_is_in_what_is_logged_or_shown(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with house.portal() as portal:
        portal.check_key()
        remote_id, record, _ = material.public(portal)
        list(portal.read_back(remote_id, record.fields))
        shown = repr(portal.config)  # type: ignore[attr-defined]
    ours = "\n".join(line.getMessage() for line in caplog.records if line.name.startswith("publishing"))
    assert SECRET not in shown + caplog.text
    assert "Zoë" not in ours and "A-1" not in ours


def test_a_stranger_sends_no_key(portal: Portal, house: House) -> None:
    remote_id, record, _ = material.public(portal)
    before = len(house.log())
    portal.verify_public(remote_id, key_field=record.row_identifier)
    list(portal.read_back(remote_id, record.fields, anonymous=True))
    asked = house.log()[before:]
    assert asked and not any(entry["signed"] for entry in asked)


def test_a_session_speaks_to_its_own_portal_only(portal: Portal) -> None:
    session = getattr(portal, "stranger", None) or portal.outside  # type: ignore[attr-defined]
    for url in ("http://169.254.169.254/latest", "https://data.example.gov/", "http://127.0.0.1:1/"):
        with pytest.raises(ValueError, match="configured portal only"):
            session.session.get(url)


def test_plain_http_is_for_this_machine_only(house: House) -> None:
    with house.portal() as portal:
        config = type(portal.config)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="https"):
        config("data.example.gov", scheme="http")
