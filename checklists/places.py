"""Where an answer comes from, in words, and the page where it is changed when it is not asked here."""

from __future__ import annotations

from checklists.catalogue import Item
from checklists.models import Answer
from checklists.sources import ASSESSMENT, DICTIONARY, OTHER

# Sources whose page is not the inventory record: source -> (key of the page, words of the link).
_PRIVACY = ("privacy", "Open privacy")
_DATA = ("data", "Open the data")
_METADATA = ("metadata", "Open the metadata")
_PLACES: dict[str, tuple[str, str]] = {
    "etl.approved": ("source", "Open the record"),
    "dataset.security_level": _PRIVACY,
    "dataset.output_classification": _PRIVACY,
    "dataset.output_ground": _PRIVACY,
    "dataset.limitations": _METADATA,
    "dataset.citation": _METADATA,
    "fact.metadata": _METADATA,
    DICTIONARY: _DATA,
    "fact.file": _DATA,
    "file.rows": _DATA,
    "fact.treated": _PRIVACY,
    "fact.risk": _PRIVACY,
    "fact.dispositions": _PRIVACY,
    "fact.plan": ("plan", "Open the plan"),
    "fact.public_copy": ("publication", "Open the publication"),
}
_RECORD = ("record", "Change it in the inventory record")
_PROPOSALS = {
    "etl.approved": (
        "From the extract-transform-load record of the dataset, which the department approved. Check that it holds "
        "for this release."
    ),
}
_PROPOSED = "Filled in from what is known. Check that it holds for this release."
_ORIGINS = {
    "record": "From the inventory record.",
    "metadata": "From the Metadata page.",
    "privacy": "From the Privacy tab.",
}


def cure_of(item: Item) -> tuple[str, str]:
    """The key of the page where the answer is changed and the words of its link; empty when it is asked here.

    A key "checklist:<name>" is another checklist of the same release.
    """
    source = item.answers_from or item.proposed_from
    if source in _PLACES:
        return _PLACES[source]
    if source.startswith(ASSESSMENT):
        return "weighing", "Open benefit against risk"
    if source.startswith(OTHER):
        return f"checklist:{source.removeprefix(OTHER).partition('/')[0]}", "Open that checklist"
    if source.startswith("fact.checklist."):
        return f"checklist:{source.removeprefix('fact.checklist.')}", "Open that checklist"
    if source.startswith("review."):
        return "reviews", "Open the reviews"
    return _RECORD if source.startswith("dataset.") else ("", "")


def origin_of(item: Item, answer: Answer | None) -> str:
    """Where an answer comes from, in words; "machine" for what the checks answer."""
    source = item.answers_from
    if item.machine or source.startswith("score."):
        return "machine"
    if item.type == "sign":
        return item.stage_words
    if source.startswith("dataset."):
        return _ORIGINS[cure_of(item)[0]]
    if source.startswith(OTHER):
        return "Answered in another checklist; each question is asked once."
    if source.startswith(ASSESSMENT):
        return "As it was judged when benefit and risk were weighed."
    if source.startswith(("file.", "fact.")):
        return "Answered by the product from what it knows."
    if answer is None or answer.value == "":
        return ""
    if answer.source == Answer.Source.FILLED and item.proposed_from:
        return _PROPOSALS.get(item.proposed_from, _PROPOSED)
    if answer.source == Answer.Source.FILLED:
        return "Filled in from the last release. Check that it still holds."
    return f"Answered by {answer.by}." if answer.by else ""
