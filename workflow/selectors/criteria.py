"""A program's publication criteria on the decision page, each with what answers it.

Los Angeles names five (playbook, "Data should be"): high quality, respectful of privacy and security, well
documented, up to date, permanent. Which facts, reviews and checklist items answer a criterion is said in the
program's profile.
"""

from __future__ import annotations

from typing import Any

from checklists.catalogue import Item
from checklists.selectors import answers_of, shown_run, submissions_of
from workflow import approvals
from workflow.context import ReleaseContext
from workflow.models import Review

_FACT_WORDS = {
    "quality_checks": "Machine checks",
    "metadata": "Description of the data",
    "scan": "Scan for personal data",
    "dispositions": "Findings decided",
    "risk": "Re-identification risk",
    "treated": "Treated copy",
    "attestation": "Attested by the coordinator",
    "inventory_record": "Inventory record",
    "schedule": "Implementation schedule",
    "plan": "Publication plan",
}
# level of a machine check -> tone of its badge
_TONES = {"pass": "good", "info": "info", "warn": "warn", "error": "bad"}


def criteria_of(context: ReleaseContext) -> list[dict[str, Any]]:
    """Each criterion with its answers: label, word, tone and words. Empty where the program names none."""
    if not context.profile.criteria:
        return []
    answers = _Answers(context)
    return [
        {"label": criterion.label, "answers": [answers.of(source) for source in criterion.answered_by]}
        for criterion in context.profile.criteria
    ]


class _Answers:
    """Looks up what answers a criterion; reads the checklists once."""

    def __init__(self, context: ReleaseContext) -> None:
        self.context = context
        self._submissions = submissions_of(context.release.pk)

    def of(self, source: str) -> dict[str, str]:
        kind, _, rest = source.partition(":")
        if kind == "review":
            return self._review(rest)
        if kind == "item":
            return self._item(*rest.split("/", 1))
        return self._fact(source)

    def _fact(self, kind: str) -> dict[str, str]:
        fact = self.context.facts.get(kind)
        label = _FACT_WORDS.get(kind, kind.replace("_", " ").capitalize())
        if fact is None:
            return _line(label, "not yet", "warn", "")
        words = " ".join(fact.sentences[:2])
        return _line(label, "yes" if fact.ok else "no", "good" if fact.ok else "bad", words)

    def _review(self, kind: str) -> dict[str, str]:
        label = f"{Review.Kind(kind).label} review"
        refused = approvals.refusals_of(self.context, kind)
        given = refused or approvals.approvals_of(self.context, kind)
        if not given:
            return _line(label, "not given", "", "")
        last = given[-1]
        return _line(label, last.get_verdict_display(), "bad" if refused else "good", f"by {last.reviewer}")

    def _item(self, checklist: str, item_id: str) -> dict[str, str]:
        submission = self._submissions.get(checklist)
        if submission is None:
            return _line(f"{item_id} of the {checklist} checklist", "not asked", "", "")
        try:
            item = submission.version.catalogue.item(item_id)
        except KeyError:
            return _line(f"{item_id} of the {checklist} checklist", "not asked", "", "")
        if item.machine:
            return self._machine(item)
        value = answers_of(submission).get(item_id)
        if value is None:
            return _line(item.question, "not answered", "warn", "")
        return _line(item.question, item.label_of(value), "", "")

    def _machine(self, item: Item) -> dict[str, str]:
        """What the machine found for a question that it answers."""
        run = shown_run(self.context.release.pk)
        rows = (
            [row for row in run.rows.all() if row.is_whole and row.check_name == item.machine] if run else []
        )
        if not rows:
            return _line(item.question, "not checked", "warn", "")
        return _line(
            item.question, rows[0].get_level_display(), _TONES.get(rows[0].level, ""), rows[0].sentence
        )


def _line(label: str, word: str, tone: str, words: str) -> dict[str, str]:
    return {"label": label, "word": word, "tone": tone, "words": words}
