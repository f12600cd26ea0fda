"""What the checklist pages show, put together from answers, judgement and the machine's results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms.boundfield import BoundField

from checklists.catalogue import CHECKLISTS, Item, Section, current
from checklists.checks import DIMENSIONS, LIST
from checklists.conditions import holds, is_answered
from checklists.forms import ChecklistForm
from checklists.judging import Judgement, Remark, is_counted, judge
from checklists.models import Attestation, CheckRow, CheckRun, Submission, Waiver
from checklists.places import cure_of, origin_of
from checklists.selectors import (
    answers_of,
    latest_attestation,
    latest_run,
    shown_run,
    submissions_of,
    waivers_standing,
)
from checklists.services.facts import answers_digest, result_of
from dossier.models import Fact
from dossier.selectors import current_file

LEVEL_TONES = {"pass": "good", "info": "info", "warn": "warn", "error": "bad", "open": ""}


@dataclass
class Line:
    """One question on the page: its field where it may be answered, its answer in words where not."""

    item: Item
    words: str = ""
    field: BoundField | None = None
    refused: str = ""
    remark: str = ""
    tone: str = ""
    is_visible: bool = True
    origin: str = ""
    cure: str = ""
    cure_words: str = ""
    cure_url: str = ""
    evidence: str = ""
    machine: CheckRow | None = None


@dataclass
class Page:
    """One checklist of one release."""

    submission: Submission
    judgement: Judgement
    parts: list[tuple[Section, list[Line], str]] = field(default_factory=list)
    attestation: Attestation | None = None
    attestation_is_current: bool = False
    run: CheckRun | None = None
    result: str = ""
    # section key -> "3 of 5", of the questions that are asked now
    progress: dict[str, str] = field(default_factory=dict)

    @property
    def catalogue(self) -> Any:
        return self.submission.version.catalogue


def overview(facts: Mapping[str, Fact], stages: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """One row per checklist that the program asks for, in the order of its stages. No queries."""
    rows = []
    for stage, names in stages.items():
        for name in names:
            fact = facts.get(f"checklist.{name}")
            rows.append(
                {
                    "name": name,
                    "title": current(name).title if name in CHECKLISTS else name,
                    "stage": stage,
                    "fact": fact,
                    "answered": fact.data.get("answered", 0) if fact else 0,
                    "total": fact.data.get("total", 0) if fact else 0,
                    "warnings": fact.data.get("warnings", 0) if fact else 0,
                }
            )
    return rows


def checklist_page(
    release_id: int,
    checklist: str,
    *,
    may_edit: bool,
    data: Any = None,
    refused: Mapping[str, str] | None = None,
) -> Page | None:
    """Everything one checklist page shows; None when this release has not begun it.

    `data` is a form that was sent and partly refused: it is shown again, with what was wrong.
    """
    submission = submissions_of(release_id).get(checklist)
    if submission is None:
        return None
    catalogue, answers = submission.version.catalogue, answers_of(submission)
    judgement = judge(catalogue, answers)
    page = Page(
        submission,
        judgement,
        run=shown_run(release_id) if _has_machine(submission) else None,
        result=result_of(submission),
        progress=_progress(submission),
    )
    if catalogue.attest:
        page.attestation = latest_attestation(submission)
        file = current_file(release_id)
        page.attestation_is_current = (
            page.attestation is not None
            and page.attestation.answers_digest == answers_digest(submission)
            and page.attestation.file_sha256 == (file.sha256 if file else "")
        )
    form = ChecklistForm(data, catalogue=catalogue, answers=answers) if may_edit else None
    builder = _Lines(page, form, refused or {})
    for section in catalogue.sections:
        lines = [builder.line(item) for item in catalogue.in_section(section.key)]
        page.parts.append((section, lines, page.progress[section.key]))
    return page


def standing_of(release_id: int, checklist: str) -> dict[str, Any]:
    """What an autosave shows besides the judgement: the id of the check result, and how far each part is."""
    submission = submissions_of(release_id)[checklist]
    return {"result": result_of(submission), "sections": _progress(submission)}


def _progress(submission: Submission) -> dict[str, str]:
    catalogue, answers = submission.version.catalogue, answers_of(submission)
    found = {}
    for section in catalogue.sections:
        asked = [
            item
            for item in catalogue.in_section(section.key)
            if is_counted(item) and holds(item.when, answers)
        ]
        answered = sum(is_answered(answers.get(item.id)) for item in asked)
        found[section.key] = f"{answered} of {len(asked)}" if asked else ""
    return found


def remarks_of(judgement: Judgement) -> dict[str, dict[str, str]]:
    """What stands beside each answer: item -> tone and sentence. Open questions are not scolded while typing."""
    found: dict[str, dict[str, str]] = {}
    for tone, remarks in (("bad", judgement.blocking), ("warn", judgement.warnings)):
        for remark in remarks:
            found[remark.item] = {"tone": tone, "sentence": remark.sentence}
    for items, sentence in judgement.clashes:
        for item in items:
            found[item] = {"tone": "bad", "sentence": sentence}
    return found


def checks_page(release_id: int) -> dict[str, Any]:
    """The machine's results with their waivers; the same rows for author and reviewer."""
    run, newest = shown_run(release_id), latest_run(release_id)
    file = current_file(release_id)
    found: dict[str, Any] = {
        "run": run,
        "newest": newest,
        "running": newest is not None and newest.is_live,
        "stopped": newest if newest is not None and newest.status == CheckRun.Status.DEAD else None,
        "is_of_current_file": run is not None and file is not None and run.file_sha256 == file.sha256,
        "file": file,
    }
    if run is None:
        return found
    waivers = waivers_standing(release_id, run.file_sha256)
    quality = current("quality")
    questions = {item.machine: item.question for item in quality.items if item.machine}
    rows = list(run.rows.all())
    results: list[dict[str, Any]] = []
    for check in LIST:
        whole = next((row for row in rows if row.check_name == check.name and row.is_whole), None)
        if whole is None:
            continue
        parts: list[dict[str, Any]] = [
            {"row": row, "waiver": waivers.get((row.check_name, row.column)), "tone": LEVEL_TONES[row.level]}
            for row in rows
            if row.check_name == check.name and not row.is_whole
        ]
        errors = [part for part in parts if part["row"].level == CheckRow.Level.ERROR]
        is_waived = bool(errors) and all(part["waiver"] for part in errors)
        results.append(
            {
                "name": check.name,
                "question": questions.get(check.name, check.name),
                "whole": whole,
                "word": "Waived" if is_waived else whole.get_level_display(),
                "tone": "warn" if is_waived else LEVEL_TONES[whole.level],
                "parts": parts,
            }
        )
    order = ["error", "open", "warn", "info", "pass"]
    results.sort(key=lambda result: order.index(result["whole"].level))
    return found | {
        "results": results,
        "score": run.score,
        "dimensions": run.score.get("dimensions", []),
        "waived_before": Waiver.objects.filter(release_id=release_id)
        .exclude(pk__in=[waiver.pk for waiver in waivers.values()])
        .select_related("granted_by", "withdrawn_by"),
    }


class _Lines:
    """Makes the lines of one page."""

    def __init__(self, page: Page, form: ChecklistForm | None, refused: Mapping[str, str]) -> None:
        self.page, self.form, self.refused = page, form, refused
        self.answers = {answer.item: answer for answer in page.submission.answers.all()}
        self.remarks = remarks_of(page.judgement)
        self.open: dict[str, Remark] = {remark.item: remark for remark in page.judgement.open}
        self.whole = {row.check_name: row for row in page.run.rows.all() if row.is_whole} if page.run else {}

    def line(self, item: Item) -> Line:
        answer = self.answers.get(item.id)
        line = Line(
            item,
            words=item.label_of(answer.value) if answer else "",
            refused=self.refused.get(item.id, ""),
            is_visible=item.id in self.page.judgement.visible,
            origin=origin_of(item, answer),
        )
        line.cure, line.cure_words = cure_of(item)
        remark = self.remarks.get(item.id)
        if remark:
            line.remark, line.tone = remark["sentence"], remark["tone"]
        elif item.id in self.open and not item.is_asked:
            line.remark, line.tone = self.open[item.id].sentence, "bad"
        if item.answers_from == "attestation" and self.page.attestation_is_current:
            line.words = f"Yes, attested by {self.page.attestation.signer}"  # type: ignore[union-attr]
        if item.type == "file" and answer:
            line.evidence = answer.value["name"]
        if item.is_asked and self.form is not None:
            line.field = self.form[item.id]
        self._machine(line)
        return line

    def _machine(self, line: Line) -> None:
        item, run = line.item, self.page.run
        if item.machine:
            line.machine = self.whole.get(item.machine)
            line.words = line.machine.sentence if line.machine else "The checks have not run on a file yet."
            line.tone = LEVEL_TONES[line.machine.level] if line.machine else ""
        elif item.answers_from.startswith("score."):
            name = item.answers_from.removeprefix("score.")
            known = {one["name"]: one for one in run.score.get("dimensions", [])} if run else {}
            one = known.get(name) if name in DIMENSIONS else None
            if one and one["value"] is not None:
                line.words = f"{one['value']:.2f}. {one['explanation']}"
            else:
                line.words = one["explanation"] if one else "The checks have not run on a file yet."


def _has_machine(submission: Submission) -> bool:
    return any(not is_counted(item) for item in submission.version.catalogue.items if item.type == "auto")
