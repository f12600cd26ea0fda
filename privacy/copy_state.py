"""What the treated copy tells beside its own groups, and what that means for its risk."""

from __future__ import annotations

from dataclasses import dataclass, field

from privacy.aggregates.calhhs import UNMASKED_MOST
from privacy.aggregates.differencing import (
    CellDifferences,
    RowDifferences,
    harmless_sentences,
    telling_sentences,
)
from privacy.aggregates.small_cells import CellFindings, cell_sentences
from privacy.copy_inputs import CopyInputs, check_of, inputs_of
from privacy.models import AggregateShape, CopyCheck
from privacy.mosaic import Join, join_sentence
from privacy.remedies.recipe import columns_left, recipe_faults
from privacy.selectors import PrivacyState

PENDING = "The copy is being compared with what is public already."
LOST = (
    "An earlier release of this dataset is or was public, and its copy is not found here, so nobody knows what the "
    "two give away together. Ask your portal admin to bring the file back from the backup and compare again, or "
    "record why this one may be published without the comparison."
)
_SHOWN = 2


@dataclass(frozen=True)
class CopyWords:
    """What the comparison means. `blocks` must be mended; `isolates` must be mended or accepted; `notes` are
    worth knowing. `is_pending`: something has to be compared and is not yet."""

    is_table: bool = False
    is_pending: bool = False
    blocks: list[str] = field(default_factory=list)
    isolates: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def weighed(self, ok: bool, sentences: list[str], *, accepted: bool) -> tuple[bool, list[str]]:
        """The verdict on the risk with this taken into account."""
        against = [PENDING] if self.is_pending else [*self.blocks, *([] if accepted else self.isolates)]
        if against:
            return False, [*against, *([] if ok else sentences)]
        return ok, [*sentences, *(self.isolates if accepted else []), *self.notes]


def copy_columns(state: PrivacyState) -> list[str]:
    """The columns of the copy that will be published; before it is made, those that the recipe leaves."""
    if state.treatment is not None and state.treatment.treated is not None:
        return [column["name"] for column in state.treatment.columns]
    if recipe_faults(state.recipe, state.columns, state.hierarchy_digests):
        return state.columns
    return columns_left(state.recipe, state.columns)


def told_of(state: PrivacyState) -> CopyWords:
    """What the comparison of the present copy means for its risk."""
    inputs = inputs_of(state)
    if inputs is None:
        return CopyWords()
    is_table = inputs.shape is not None
    check = check_of(state.release_id, inputs)
    if check is None or check.checked_at is None:
        is_asked = is_table or inputs.previous is not None
        if is_asked and check is not None and check.status == CopyCheck.Status.DEAD:
            return CopyWords(is_table=is_table, blocks=[check.error])
        return CopyWords(is_table=is_table, is_pending=is_asked, isolates=_lost_words(inputs))
    blocks, notes = _table_words(check, inputs.shape)
    isolates = _lost_words(inputs)
    found = differences_in(check)
    if found is not None and found.isolates:
        isolates += telling_sentences(found)
        notes += harmless_sentences(found)
    notes += mosaic_sentences(check)[:_SHOWN]
    return CopyWords(is_table=is_table, blocks=blocks, isolates=isolates, notes=notes)


def _lost_words(inputs: CopyInputs) -> list[str]:
    return [LOST] if inputs.is_previous_lost else []


def tables_compared(inputs: CopyInputs) -> list[str]:
    """The tables that are compared with one another, by name: the present copy and the one that was public last."""
    present = inputs.treated.release
    if inputs.is_previous_lost:
        return [str(present), f"an earlier release of {present.dataset}"]
    return [str(present), *([str(inputs.previous.release)] if inputs.previous else [])]


def _table_words(check: CopyCheck, shape: AggregateShape | None) -> tuple[list[str], list[str]]:
    """What stands against a table of counts, and what is worth knowing of it."""
    if shape is None:
        return [], []
    if check.fault:
        return [check.fault], []
    cells = CellFindings.of_dict(check.cells)
    blocks = cell_sentences(cells)
    if blocks:
        return blocks, []
    notes = [f"No count of the table is too small: {shape.rule_in_force.says()}"]
    if not check.score["may_be_shown"]:
        notes.append(
            f"Its publication score is {check.score['total']}, more than {UNMASKED_MOST}; its small cells are hidden."
        )
    return [], notes


def differences_in(check: CopyCheck) -> RowDifferences | CellDifferences | None:
    """How the copy differs from the last release, as it was measured; None when there was none to compare."""
    kept = dict(check.differences)
    kind = kept.pop("kind", None)
    if kind is None:
        return None
    return RowDifferences(**kept) if kind == "rows" else CellDifferences(**kept)


def mosaic_sentences(check: CopyCheck) -> list[str]:
    """How rows of the copy would join with published tables, one sentence for each table."""
    return [
        join_sentence(table["title"], Join(**table["joins"][0]))
        for table in check.mosaic.get("tables", ())
        if table["joins"]
    ]
