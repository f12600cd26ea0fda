"""No secret of an address stands in a log or in the audit trail."""

from __future__ import annotations

import logging
import sys

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from opendata_portal.logs import DiscreetFormatter, SecretFilter
from tests.cast import cast_create

SECRET = "aB3_dE6-gH9xYz12"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("guest_comment", [SECRET]),
        ("guest_code", [SECRET]),
        ("request_confirm", [SECRET]),
        ("calendar_file", [SECRET]),
        ("invitation_accept", ["MQ", SECRET]),
        ("password_reset_confirm", ["MQ", SECRET]),
    ],
)
def test_a_secret_address_is_logged_without_its_secret(name: str, args: list[str]) -> None:
    path = reverse(name, args=args)
    record = logging.LogRecord("django.request", 30, "", 0, "%s: %s", ("Not Found", path), None)
    assert SecretFilter().filter(record)
    assert SECRET not in record.getMessage()
    assert record.getMessage().startswith("Not Found: /")


def test_other_addresses_stay_as_they_are() -> None:
    record = logging.LogRecord("x", 30, "", 0, "Not Found: %s", ("/releases/12/threads/item/abc/",), None)
    SecretFilter().filter(record)
    assert record.getMessage() == "Not Found: /releases/12/threads/item/abc/"


@pytest.mark.django_db
def test_a_refused_form_of_a_secret_address_is_recorded_without_it() -> None:
    cast = cast_create()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.coordinator)
    assert strict.post(reverse("request_confirm", args=[SECRET])).status_code == 403
    event = AuditEvent.objects.get(action="access.refused")
    assert event.data["page"] == "request_confirm"
    assert SECRET not in str(event.data)


def logged(error: type[Exception]) -> str:
    """What the log says of an error that is being handled."""
    record = logging.LogRecord("django.request", 40, "", 0, "Internal Server Error", (), sys.exc_info())
    assert record.exc_info and record.exc_info[0] is error
    return DiscreetFormatter("%(message)s").format(record)


def test_an_error_over_a_cell_is_logged_with_its_place_and_without_its_message() -> None:
    try:
        pl.Series(["123-45-6788"]).cast(pl.Int64)
    except pl.exceptions.InvalidOperationError as error:
        assert "123-45-6788" in str(error), "the library quotes what it could not cast"
        said = logged(pl.exceptions.InvalidOperationError)
    assert "123-45-6788" not in said
    assert "InvalidOperationError" in said and "test_logs.py" in said


def test_an_error_that_followed_from_one_is_logged_so_too() -> None:
    try:
        try:
            pl.Series(["123-45-6788"]).cast(pl.Int64)
        except pl.exceptions.InvalidOperationError as error:
            raise ValueError(f"not a number: {error}") from error
    except ValueError:
        said = logged(ValueError)
    assert "123-45-6788" not in said and "after polars" in said


def test_other_errors_keep_their_message() -> None:
    try:
        raise KeyError("no_such_key")
    except KeyError:
        assert "no_such_key" in logged(KeyError)
