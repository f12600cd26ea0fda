"""The extract-transform-load record of a dataset: proposed, approved by the department, asked again when it changes.

Durham's policy (B 3 and 4): the department approves extract, transform and load procedures, and the refresh
schedule. Four eyes hold: nobody approves what they proposed, nor by a role lent by who did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role, acting_for, people_with_role
from accounts.selectors import profile_for
from audit.services import event_record
from dossier.services import digest_of
from notifications.services import message_queue
from publishing.errors import EtlRefused
from publishing.models import EtlRecord, Fetch, RefreshState
from publishing.selectors_sources import record_in_force, record_proposed
from publishing.services.fetched_files import source_ask_anew
from publishing.services.timetable import next_due
from publishing.sources import KINDS
from work.services import work_cancel

if TYPE_CHECKING:
    from accounts.models import User

State = EtlRecord.State
# Words that another method needs where the program does not allow it and gives none of its own.
_METHOD_REFUSED = "This program does not update its data in this way. Choose another one."


@dataclass(frozen=True)
class EtlTerms:
    """What a record says."""

    source: str
    config: Mapping[str, Any] = field(default_factory=dict)
    extraction: str = ""
    columns: tuple[str, ...] = ()
    transformation: str = ""
    recipe: str = ""
    method: str = EtlRecord.Method.REPLACE
    frequency: str = EtlRecord.Frequency.BY_HAND
    hour: int = 6

    @property
    def digest(self) -> str:
        return digest_of({**asdict(self), "columns": list(self.columns)})


@transaction.atomic
def etl_propose(
    *,
    dataset_id: int,
    terms: EtlTerms,
    actor: User,
    change_note: str = "",
    meanwhile: str = EtlRecord.Meanwhile.KEEPS,
    now: datetime | None = None,
) -> EtlRecord:
    """Propose how a dataset is refreshed, as its next version. A version that waits already is withdrawn by it.

    Returns the record. Raises ValidationError with a sentence per field.
    """
    now = now or timezone.now()
    dataset = _locked(dataset_id)
    in_force, waiting = record_in_force(dataset_id), record_proposed(dataset_id)
    _check_terms(dataset, terms, in_force, change_note)
    if waiting is not None:
        EtlRecord.objects.filter(pk=waiting.pk).update(state=State.WITHDRAWN, decided_at=now)
    last = EtlRecord.objects.filter(dataset_id=dataset_id).first()
    record = EtlRecord.objects.create(
        dataset_id=dataset_id,
        version=last.version + 1 if last else 1,
        **(asdict(terms) | {"columns": list(terms.columns), "config": dict(terms.config)}),
        change_note=change_note.strip(),
        meanwhile=meanwhile,
        digest=terms.digest,
        proposed_by=actor,
        proposed_at=now,
    )
    _event("source.proposed", record, actor, {"source": KINDS[terms.source].label}, now)
    deciders = people_with_role(
        Role.DEPARTMENT_APPROVER, program=dataset.program_id, department=dataset.department_id
    )
    _letter("etl_proposed", record, actor, asked=[one for one in deciders if one.pk != actor.pk], now=now)
    return record


@transaction.atomic
def etl_decide(
    *, record_id: int, approve: bool, digest: str, actor: User, note: str = "", now: datetime | None = None
) -> EtlRecord:
    """Approve the proposed version, which is in force from then on, or send it back with the reason.

    `digest` is that of the version that was read. Raises EtlRefused with a sentence: it changed or was decided
    meanwhile, the same person proposed it, or a reason is missing.
    """
    now, note = now or timezone.now(), note.strip()
    dataset = _locked(EtlRecord.objects.values_list("dataset_id", flat=True).get(pk=record_id))
    record = EtlRecord.objects.select_related("proposed_by").get(pk=record_id)
    if record.state != State.PROPOSED or record.digest != digest:
        raise EtlRefused("This version does not wait for a decision any more. Look at the page again.")
    _check_four_eyes(dataset, record, actor)
    if not approve and not note:
        raise EtlRefused("Say what is to be changed: the steward reads it.")
    record.state = State.APPROVED if approve else State.REFUSED
    record.decided_by, record.decided_at, record.decision_note = actor, now, note
    if approve:
        EtlRecord.objects.filter(dataset_id=dataset.pk, state=State.APPROVED).update(state=State.REPLACED)
        for live in Fetch.objects.filter(dataset_id=dataset.pk, status__in=["queued", "running"]):
            work_cancel(live)
    record.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    if approve:
        _begin(record, profile_for(dataset.program).timezone, now)
        _set_aside(record, now)
    _event("source.approved" if approve else "source.refused", record, actor, {}, now, note=note)
    verdict = "approved" if approve else "sent back"
    _letter(
        "etl_decided", record, actor, recipients=[record.proposed_by], verdict=verdict, reason=note, now=now
    )
    return record


@transaction.atomic
def etl_withdraw(*, record_id: int, actor: User, now: datetime | None = None) -> EtlRecord:
    """Take a proposed version back; the one in force goes on. Raises EtlRefused when it was decided."""
    now = now or timezone.now()
    _locked(EtlRecord.objects.values_list("dataset_id", flat=True).get(pk=record_id))
    record = EtlRecord.objects.get(pk=record_id)
    if record.state != State.PROPOSED:
        raise EtlRefused("This version does not wait for a decision any more. Look at the page again.")
    record.state, record.decided_at = State.WITHDRAWN, now
    record.save(update_fields=["state", "decided_at"])
    _event("source.withdrawn", record, actor, {}, now)
    return record


def _begin(record: EtlRecord, zone: str, now: datetime) -> None:
    """A new version starts afresh: nothing is known of the source, and nothing failed."""
    RefreshState.objects.update_or_create(
        dataset_id=record.dataset_id,
        defaults={
            "due_at": next_due(record, after=now, zone=zone),
            "failures": 0,
            "parked_at": None,
            "parked_because": "",
        },
    )


def _set_aside(record: EtlRecord, now: datetime) -> None:
    """What an earlier version brought and no release took is not taken any more; the source is asked for it anew."""
    waiting = Fetch.objects.filter(
        dataset_id=record.dataset_id, outcome=Fetch.Outcome.NEW, taken_at=None
    ).exclude(record=record)
    if waiting.update(
        taken_at=now,
        waits_because=(
            f"version {record.version} of the record was approved before a release took it. The next fetch asks "
            "the source again under that version."
        ),
    ):
        source_ask_anew(record.dataset_id)


def _check_terms(dataset: Any, terms: EtlTerms, in_force: EtlRecord | None, change_note: str) -> None:
    source = KINDS.get(terms.source)
    if source is None:
        raise ValidationError({"source": "Choose where the data comes from."})
    faults = dict(source.faults(terms.config))
    updates = profile_for(dataset.program).updates
    if terms.method not in updates.methods:
        faults["method"] = updates.refused.get(terms.method, _METHOD_REFUSED)
    if not terms.extraction.strip():
        faults["extraction"] = "Say what is read from the source, and with which rights."
    if not terms.transformation.strip():
        faults["transformation"] = "Say what is done to the data before it is published."
    if in_force is not None and in_force.digest == terms.digest:
        faults["change_note"] = f"Nothing differs from version {in_force.version}, which is in force."
    elif in_force is not None and not change_note.strip():
        faults["change_note"] = "Say what changes and why: the department reads it before it approves."
    if faults:
        raise ValidationError(faults)


def _check_four_eyes(dataset: Any, record: EtlRecord, actor: User) -> None:
    if actor.pk == record.proposed_by_id:
        raise EtlRefused("You proposed this version, so somebody else must approve it.")
    lender = acting_for(
        actor, Role.DEPARTMENT_APPROVER, program=dataset.program_id, department=dataset.department_id
    )
    if lender is not None and lender.pk == record.proposed_by_id:
        raise EtlRefused(
            f"{lender} proposed this version, and you act in their place, so somebody else must approve it."
        )


def _locked(dataset_id: int) -> Any:
    """The dataset, held: one version is decided at a time."""
    rows = apps.get_model("workflow", "Dataset")._default_manager.select_related("program", "department")
    return rows.select_for_update(of=("self",)).get(pk=dataset_id)


def _event(
    action: str, record: EtlRecord, actor: User, data: dict[str, Any], now: datetime, *, note: str = ""
) -> None:
    dataset: Any = record.dataset
    event_record(
        action=action,
        actor=actor,
        subject=record,
        data={"version": record.version, **data},
        note=note,
        program_id=dataset.program_id,
        dataset_id=dataset.pk,
        now=now,
    )


def _letter(message_id: str, record: EtlRecord, actor: User, *, now: datetime, **about: Any) -> None:
    dataset: Any = record.dataset
    people = {name: about.pop(name, []) for name in ("recipients", "asked")}
    message_queue(
        message_id=message_id,
        actor=actor,
        context={"dataset": dataset.title, "version": record.version, **about},
        path=reverse("dataset_source", args=[dataset.pk]),
        dataset_id=dataset.pk,
        now=now,
        **people,
    )
