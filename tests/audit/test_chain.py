"""The audit trail: events are only added, chained by the sealer, and a change is found."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from audit import triggers
from audit.catalogue import ACTIONS
from audit.chain import GENESIS
from audit.models import AuditEvent, AuditSeal
from audit.selectors import chain_verify, sentence_of
from audit.services import event_record, events_seal, note_erase

pytestmark = pytest.mark.django_db


def three_events() -> list[AuditEvent]:
    return [
        event_record(action="workflow.published", actor=None, data={"n": n}, note="why") for n in range(3)
    ]


def test_sealed_events_form_a_whole_chain(capsys: pytest.CaptureFixture) -> None:
    three_events()
    assert events_seal() == 3
    assert events_seal() == 0
    event_record(action="workflow.approved", actor=None)
    report = chain_verify()
    assert (report.sealed, report.unsealed, report.faults) == (3, 1, [])
    call_command("audit_verify")
    assert "The chain is whole." in capsys.readouterr().out


def test_an_event_that_was_changed_afterwards_is_found() -> None:
    events = three_events()
    events_seal()
    triggers.remove()
    AuditEvent.objects.filter(pk=events[1].pk).update(action="workflow.rejected")
    triggers.install()
    assert chain_verify().faults == [
        f"Event {events[1].pk} is not what was sealed: it was changed afterwards."
    ]
    with pytest.raises(CommandError, match="was changed afterwards"):
        call_command("audit_verify")


def test_an_event_that_was_removed_is_found() -> None:
    events = three_events()
    events_seal()
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditseal WHERE event_id = %s", [events[1].pk])
    triggers.install()
    assert any("does not follow" in fault for fault in chain_verify().faults)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET action = 'x'",
        "DELETE FROM audit_auditevent",
        "UPDATE audit_auditseal SET hash = 'x'",
        "DELETE FROM audit_auditseal",
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(statement: str) -> None:
    three_events()
    events_seal()
    refused = pytest.raises(Error, match="never changed or deleted")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 3


def test_the_words_of_a_person_can_be_forgotten_without_breaking_the_chain() -> None:
    events = three_events()
    events_seal()
    note_erase(event=events[0])
    assert AuditEvent.objects.get(pk=events[0].pk).note.text == ""
    assert chain_verify().faults == []


def test_an_action_that_the_catalogue_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no audit action"):
        event_record(action="workflow.invented", actor=None)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_has_a_sentence_that_can_be_drawn(action: str) -> None:
    sentence = sentence_of(event_record(action=action, actor=None))
    assert sentence.endswith((".", ":", "…"))
    assert "{" not in sentence


def test_an_event_falls_with_the_change_it_tells_of() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        event_record(action="workflow.approved", actor=None)
        raise RuntimeError("the change failed")
    assert not AuditEvent.objects.exists()
    assert not AuditSeal.objects.exists()


def test_a_table_that_has_lost_either_of_its_triggers_is_named() -> None:
    names = (
        ("append_only", "no_truncate") if connection.vendor == "postgresql" else ("no_update", "no_delete")
    )
    for name in names:
        on = " ON audit_auditseal" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER audit_auditseal_{name}{on}")
        assert triggers.missing() == ["audit_auditseal"]
        triggers.install()
    assert triggers.missing() == []


def test_events_of_one_request_carry_its_id(client) -> None:
    from tests.cast import PASSWORD, cast_create

    cast = cast_create()
    answer = client.post("/login/", {"username": cast.steward.email, "password": PASSWORD})
    event = AuditEvent.objects.get(action="accounts.logged_in")
    assert event.request_id == answer["X-Request-Id"]
    assert event_record(action="workflow.approved", actor=None).request_id == ""


def test_a_chain_that_was_cut_short_lacks_a_head_that_was_noted() -> None:
    three_events()
    events_seal(limit=2)
    noted = AuditSeal.objects.order_by("-id")[0].hash
    events_seal()
    call_command("audit_verify", head=noted)
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditseal WHERE hash <> %s AND previous <> %s", ["", GENESIS])
    triggers.install()
    assert chain_verify().faults == []
    with pytest.raises(CommandError, match="does not hold that head"):
        call_command("audit_verify", head=noted)
