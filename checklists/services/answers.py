"""Answers: opened with what is known, typed by people, filled in from elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from checklists.catalogue import Catalogue, Item
from checklists.errors import AnswerRefused
from checklists.judging import Judgement, clash_sentence, clashes_of
from checklists.models import Answer, CatalogueVersion, Submission
from checklists.services.facts import answers_digest, attestation_outdated, checklist_fact
from checklists.sources import fill_digest, filled_from, proposed_in, sources_digest
from checklists.texts import Text, release_texts
from checklists.validation import clean
from dossier.errors import DossierFrozen
from dossier.services import contribution_record, dossier_lock

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Saved:
    """What came of a save: the items that changed, what was refused, and how the checklist stands now."""

    judgement: Judgement
    changed: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def text_keep(text: Text, *, now: datetime | None = None) -> CatalogueVersion:
    """The row that keeps a composed text; written when the text is first used."""
    row, _ = CatalogueVersion.objects.get_or_create(
        checklist=text.checklist,
        digest=text.digest,
        defaults={
            "version": text.catalogue.version,
            "content": text.content,
            "first_used_at": now or timezone.now(),
        },
    )
    return row


@transaction.atomic
def submission_open(*, release_id: int, checklist: str, now: datetime | None = None) -> Submission:
    """The submission of a release to a checklist, made if need be with answers of the dataset's last release.

    As long as nobody has typed an answer it follows today's text; from then on it keeps its version.
    """
    dossier = dossier_lock(release_id=release_id)
    return _opened(release_id, release_texts(dossier.release)[checklist], now)


def _opened(release_id: int, text: Text, now: datetime | None) -> Submission:
    version = text_keep(text, now=now)
    submission, created = Submission.objects.get_or_create(
        release_id=release_id,
        checklist=text.checklist,
        defaults={"version": version, "opened_at": now or timezone.now()},
    )
    if created:
        _carry_over(submission, now)
    elif submission.version_id != version.pk and not _has_typed(submission):
        submission.version = version
        submission.sources_digest = ""
        submission.save(update_fields=["version", "sources_digest"])
        asked = [item.id for item in text.catalogue.items]
        submission.answers.exclude(item__in=asked).delete()
    return submission


@transaction.atomic
def answer_save(
    *,
    release_id: int,
    checklist: str,
    item: str,
    value: Any,
    actor: User,
    stage_open: bool = True,
    contributes: bool = True,
    now: datetime | None = None,
) -> Saved:
    """Save one answer and judge the checklist anew. Saving the same answer twice changes nothing.

    Raises AnswerRefused when the value is no answer to that question or contradicts another answer,
    DossierFrozen when the stage does not let this checklist be edited, KeyError when there is no such item.
    """
    saved = answers_save(
        release_id=release_id,
        checklist=checklist,
        values={item: value},
        actor=actor,
        stage_open=stage_open,
        contributes=contributes,
        now=now,
    )
    if item in saved.refused:
        raise AnswerRefused(saved.refused[item], item=item)
    return saved


@transaction.atomic
def answers_save(
    *,
    release_id: int,
    checklist: str,
    values: Mapping[str, Any],
    actor: User,
    stage_open: bool = True,
    contributes: bool = True,
    now: datetime | None = None,
) -> Saved:
    """Save several answers; those that cannot be taken are named in `refused`, the others are kept.

    Of answers that contradict one another none is kept that is new. `stage_open` is False when the stage of
    this checklist is over (DossierFrozen); `contributes` is False for whoever judges by this checklist and
    so does not prepare what they judge (four eyes).
    """
    now = now or timezone.now()
    dossier_lock(release_id=release_id, part="checklists")
    check_stage_open(stage_open)
    submission = submission_open(release_id=release_id, checklist=checklist, now=now)
    catalogue = submission.version.catalogue
    known = {answer.item: answer for answer in submission.answers.all()}
    signed = answers_digest(submission)
    taken, refused = _cleaned(catalogue, values)
    present = {item_id: answer.value for item_id, answer in known.items()}
    refused |= _contradicting(catalogue, present, taken)
    changed = [
        item_id
        for item_id, value in taken.items()
        if item_id not in refused
        and _type(submission, known.get(item_id), catalogue.item(item_id), value, actor, now)
    ]
    if changed:
        if contributes:
            contribution_record(release_id=release_id, user=actor, what=f"{checklist} checklist", now=now)
        _event(submission, actor, changed, values, now)
        attestation_outdated(submission, signed, actor=actor, now=now)
    return Saved(checklist_fact(release_id=release_id, checklist=checklist, now=now), changed, refused)


def check_stage_open(stage_open: bool) -> None:
    """Raise DossierFrozen when the stage to which a checklist belongs is over."""
    if not stage_open:
        raise DossierFrozen(
            "The stage of this checklist is over, so its answers stay as they are. "
            "Ask for the release to be returned for changes first."
        )


def _cleaned(catalogue: Catalogue, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that are answers to their questions, and why the others are not."""
    taken, refused = {}, {}
    for item_id, raw in values.items():
        try:
            taken[item_id] = clean(catalogue.item(item_id), raw)
        except AnswerRefused as error:
            refused[item_id] = error.sentence
    return taken, refused


def _contradicting(
    catalogue: Catalogue, present: Mapping[str, Any], taken: Mapping[str, Any]
) -> dict[str, str]:
    """Which new answers cannot be true together, or beside what is answered already: item -> sentence."""
    refused: dict[str, str] = {}
    while True:
        merged, fresh = dict(present), set()
        for item_id, value in taken.items():
            if item_id not in refused and present.get(item_id) != value:
                merged[item_id] = value
                fresh.add(item_id)
        clashes = [row for row in clashes_of(catalogue, merged) if fresh & set(row.items)]
        if not clashes:
            return refused
        for row in clashes:
            sentence = clash_sentence(catalogue, row, merged)
            refused |= dict.fromkeys(fresh & set(row.items), sentence)


@transaction.atomic
def answers_fill(
    *,
    release_id: int,
    sources: Mapping[str, Any],
    only: Collection[str] | None = None,
    now: datetime | None = None,
) -> list[str]:
    """Bring every answer that follows from elsewhere in line with `sources`, in all checklists of the program.

    `sources` are plain values by dotted name, see checklists.sources; `only` names the checklists that are
    still filled when the others are over. Returns the checklists in which an answer changed. Idempotent.
    """
    now = now or timezone.now()
    dossier = dossier_lock(release_id=release_id)
    digest = sources_digest(sources)
    changed = []
    for name, text in release_texts(dossier.release).items():
        if only is not None and name not in only:
            continue
        submission = _opened(release_id, text, now)
        signed = answers_digest(submission)
        if _fill(submission, sources, now):
            changed.append(name)
            attestation_outdated(submission, signed, actor=None, now=now)
        filled = fill_digest(digest, text)
        if submission.sources_digest != filled:
            submission.sources_digest = filled
            submission.save(update_fields=["sources_digest"])
        checklist_fact(release_id=release_id, checklist=name, now=now)
    return changed


def _fill(submission: Submission, sources: Mapping[str, Any], now: datetime) -> bool:
    catalogue = submission.version.catalogue
    known = {answer.item: answer for answer in submission.answers.all()}
    values = filled_from(catalogue, sources)
    changed = False
    for item in catalogue.items:
        if not item.is_owned_elsewhere:
            continue
        source = Answer.Source.REVIEW if item.type == "sign" else Answer.Source.FILLED
        changed |= _keep(submission, known.get(item.id), item.id, values.get(item.id), source, None, now)
    for item_id, value in proposed_in(catalogue, sources).items():
        present = known.get(item_id)
        if present is None or present.source == Answer.Source.FILLED:
            changed |= _keep(submission, present, item_id, value, Answer.Source.FILLED, None, now)
    return changed


def _type(
    submission: Submission, present: Answer | None, item: Item, value: Any, actor: User, now: datetime
) -> bool:
    """Keep what a person says. What is filled in until then becomes theirs, also when they say the same.

    What they clear of that stays empty: without the row it would be filled in again.
    """
    if not item.proposed_from or present is None:
        return _keep(submission, present, item.id, value, Answer.Source.TYPED, actor, now)
    value = "" if value is None else value
    if present.source == Answer.Source.TYPED and present.value == value:
        return False
    present.value, present.source, present.by, present.at = value, Answer.Source.TYPED, actor, now
    present.save()
    return True


def _keep(
    submission: Submission,
    present: Answer | None,
    item_id: str,
    value: Any,
    source: str,
    actor: User | None,
    now: datetime,
) -> bool:
    """Write, change or take back one answer. False when it says the same already."""
    if value is None:
        if present is not None:
            present.delete()
        return present is not None
    if present is None:
        present = Answer(submission=submission, item=item_id)
    elif present.value == value:
        return False
    present.value, present.source, present.by, present.at = value, source, actor, now
    present.save()
    return True


def _carry_over(submission: Submission, now: datetime | None) -> None:
    """Propose what was answered for the dataset's last release, where the question says that this helps."""
    release: Any = submission.release
    last = (
        Submission.objects.filter(
            release__dataset_id=release.dataset_id,
            release__number__lt=release.number,
            checklist=submission.checklist,
        )
        .order_by("-release__number")
        .first()
    )
    if last is None:
        return
    answers = {answer.item: answer.value for answer in last.answers.all()}
    for item in submission.version.catalogue.items:
        if item.answers_from == "previous" and item.id in answers and _still_fits(item, answers[item.id]):
            _keep(
                submission,
                None,
                item.id,
                answers[item.id],
                Answer.Source.FILLED,
                None,
                now or timezone.now(),
            )


def _still_fits(item: Item, value: Any) -> bool:
    try:
        return clean(item, value) == value
    except AnswerRefused:
        return False


def _has_typed(submission: Submission) -> bool:
    return submission.answers.filter(source=Answer.Source.TYPED).exists()


def _event(
    submission: Submission, actor: User, changed: list[str], values: Mapping[str, Any], now: datetime
) -> None:
    """Chosen answers are written down; words that a person typed are only said to have changed."""
    catalogue = submission.version.catalogue
    chosen = {item_id: values[item_id] for item_id in changed if catalogue.item(item_id).choices}
    release: Any = submission.release
    event_record(
        action="checklists.answered",
        actor=actor,
        subject=submission,
        data={"checklist": submission.checklist, "items": ", ".join(changed), "chosen": chosen},
        program_id=release.dataset.program_id,
        dataset_id=release.dataset_id,
        release_id=release.pk,
        now=now,
    )
