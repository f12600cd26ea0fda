"""Words of the privacy page for what the code names by keys."""

from __future__ import annotations

from privacy.detectors import DETECTORS
from privacy.models import ColumnVerdict, Disposition
from privacy.vocabulary import TERMS

Group = ColumnVerdict.Group

ENTITY_LABELS = {term.entity: term.label for term in TERMS} | {one.entity: one.label for one in DETECTORS}
# (value of the choice, words, what it does)
KEEP_CHOICES = (
    ("not_personal", "Not personal data", "The finding is wrong; the column stays as it is."),
    ("accept", "Personal, and stays as it is", "It is published; your reason says why it may be."),
)
# What the remedies do that a decision on a column may name.
REMEDY_WORDS = {
    Disposition.Remedy.DROP_COLUMN: "The column is left out of the copy.",
    Disposition.Remedy.REDACT_MATCHES: "Each cell in which something was found is emptied; the others stay.",
    Disposition.Remedy.REDACT_TEXT: "What was found is replaced by what it is; the rest of the text stays.",
    Disposition.Remedy.GENERALISE_DATE: "Each date becomes its year; what has no clear year is emptied.",
    Disposition.Remedy.GENERALISE_ZIP: "Each code keeps three digits; areas with few people become 000.",
    Disposition.Remedy.AGE_BANDS: "Each age becomes a band of 5 years; 90 and over are taken together.",
    Disposition.Remedy.HUNDRED_BLOCK: "Each address becomes its hundred-block; what is no address is emptied.",
    Disposition.Remedy.POINT_GRID: "Coordinates keep two decimals: about 1.1 km.",
    Disposition.Remedy.MASK: "Each value becomes stars.",
    Disposition.Remedy.PSEUDONYM: "Each value becomes a surrogate drawn at random, the same for the same value.",
}
# In the order of the summary line; keys of rows and columns without findings are “clear”.
_SUMMARY = (
    (Group.DIRECT, "direct"),
    (Group.QUASI, "quasi"),
    (Group.SENSITIVE, "sensitive"),
    (Group.FREE_TEXT, "free text"),
)


def summary_line(summary: dict[str, int]) -> str:
    """ "18 columns: 2 direct, 5 quasi, 1 sensitive, 1 free text, 9 clear"."""
    total = sum(summary.values())
    parts = [f"{summary[group]} {words}" for group, words in _SUMMARY if summary.get(group)]
    clear = total - sum(summary.get(group, 0) for group, _ in _SUMMARY)
    return f"{total} column{'s' if total != 1 else ''}: {', '.join([*parts, f'{clear} clear'])}"


def finding_sentence(verdict: ColumnVerdict) -> str:
    """What waits for a decision in a column: "Column “remarks” holds 1 Social Security number (row 777,778). ..." """
    column = f"Column “{verdict.column}”"
    if verdict.hits:
        hit = verdict.hits[0]
        label = ENTITY_LABELS.get(hit["entity"], hit["entity"])
        if hit["count"] == 1:
            held = f"{column} holds 1 {label} (row {hit['rows'][0]:,})."
            return f"{held} Remove it, redact it, or record why it may stay."
        held = f"{column} holds what is written like {_a(label)} in {hit['count']:,} cells."
        return f"{held} Remove them, make them coarser, or record why they may stay."
    if verdict.group == Group.FREE_TEXT:
        return f"{column} is free text: somebody must read it, then record what becomes of it."
    label = ENTITY_LABELS.get(verdict.entity, "")
    return f"{column} may tell of a person{f' ({label})' if label else ''}. Record what becomes of it."


def _a(label: str) -> str:
    return f"{'an' if label[0] in 'aeiouAEIOU' else 'a'} {label}"


def split_choice(choice: str) -> tuple[str, str]:
    """A choice of the form as (decision, remedy): "remedy:drop_column" -> ("remedy", "drop_column")."""
    decision, _, remedy = choice.partition(":")
    return decision, remedy
