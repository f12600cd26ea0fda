"""What somebody says of the rows of a release: people or events one by one, or cells of a table of counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from audit.services import event_record
from dossier.selectors import subject_of
from dossier.services import contribution_record, dossier_lock
from privacy.aggregates.calhhs import choice_faults
from privacy.aggregates.rules import RULES
from privacy.copy_inputs import shape_of
from privacy.copy_state import copy_columns
from privacy.errors import DispositionRefused
from privacy.models import AggregateShape, ColumnVerdict, RecipeVersion
from privacy.recipes import Step
from privacy.selectors import PrivacyState, recipe_in_force, state_of
from privacy.services.facts import facts_write
from privacy.services.recipes import recipe_save
from privacy.services.said import plain_words

if TYPE_CHECKING:
    from accounts.models import User

SUPPRESS = "suppress_table"
Group = ColumnVerdict.Group


@transaction.atomic
def aggregate_declare(
    *,
    release_id: int,
    is_table: bool,
    dimensions: Sequence[str] = (),
    counts: Sequence[str] = (),
    denominator: str = "",
    statistics: Sequence[str] = (),
    rule: str = "",
    is_high_risk: bool = False,
    totals_known: bool = True,
    breakdown: Mapping[str, Sequence[str]] | None = None,
    reason: str = "",
    actor: User,
    now: datetime | None = None,
) -> AggregateShape:
    """Record whether the rows are cells of a table of counts, and what its columns are (CK-PRV-04, PRV-07).

    Takes columns of the copy that will be published, a rule of privacy.aggregates.rules, whether people at high
    risk are counted (then no count under 11 is shown, PRV-06), whether sums that are not shown are known from
    elsewhere, and by what the table is broken down (privacy.aggregates.calhhs). Raises DispositionRefused with
    every fault, DossierFrozen.
    """
    dossier_lock(release_id=release_id, part="privacy")
    state = state_of(release_id)
    chosen = {code: sorted(set(options)) for code, options in (breakdown or {}).items() if options}
    row = AggregateShape(
        release_id=release_id,
        is_table=is_table,
        reason=plain_words(reason),
        by=actor,
        at=now or timezone.now(),
    )
    if is_table:
        row.dimensions, row.counts, row.statistics = list(dimensions), list(counts), list(statistics)
        row.denominator, row.rule, row.breakdown = denominator, rule, chosen
        row.is_high_risk, row.totals_known = is_high_risk, totals_known
        faults = [*_faults(state, row), *choice_faults(chosen)]
        if faults:
            raise DispositionRefused(" ".join(faults))
    row.save(force_insert=True)
    event_record(
        action="privacy.table_declared",
        actor=actor,
        subject=row,
        data={"what": str(row).lower(), "rule": RULES[row.rule].label if row.rule else ""},
        note=row.reason,
        now=now,
        **subject_of(release_id),
    )
    contribution_record(release_id=release_id, user=actor, what="privacy kind of rows", now=now)
    facts_write(release_id=release_id, now=now)
    return row


@transaction.atomic
def aggregate_suppress(
    *, release_id: int, actor: User, expected_number: int, now: datetime | None = None
) -> RecipeVersion:
    """Put the suppression of the table, as it was described, at the end of the recipe (a step of it is replaced).

    `expected_number` is the version that the person saw. Raises DispositionRefused when no table was described,
    and what recipe_save raises.
    """
    declared = shape_of(release_id)
    if declared is None or not declared.is_table:
        raise DispositionRefused(
            "Say first that a row is a cell of a table of counts, and what its columns are."
        )
    version = recipe_in_force(release_id)
    kept = [step for step in (version.steps if version else []) if step["remedy"] != SUPPRESS]
    note = f"Small cells are hidden by the rule “{RULES[declared.rule].label}”."
    return recipe_save(
        release_id=release_id,
        steps=[*kept, suppress_step(declared)],
        note=note,
        actor=actor,
        expected_number=expected_number,
        now=now,
    )


def suppress_step(declared: AggregateShape) -> Step:
    """The step of a recipe that hides the small cells of a table as it was described."""
    params = {
        "columns": declared.counts,
        "by": declared.dimensions,
        "rule": declared.rule,
        "people": declared.denominator,
        "figures": declared.statistics,
        "high_risk": declared.is_high_risk,
        "totals_known": declared.totals_known,
    }
    return {
        "remedy": SUPPRESS,
        "params": {name: value for name, value in params.items() if value not in ("", [])},
    }


def _faults(state: PrivacyState, row: AggregateShape) -> list[str]:
    """What is wrong with the description of a table, one sentence each."""
    known = set(copy_columns(state))
    shape, faults = row.shape, []
    if not shape.dimensions:
        faults.append("Choose at least one column by which the table is broken down.")
    if not shape.counts:
        faults.append("Choose at least one column of counts.")
    missing = [name for name in shape.columns if name not in known]
    if missing:
        faults.append(f"The copy has no column “{missing[0]}”. Choose from its columns.")
    twice = sorted({name for name in shape.columns if shape.columns.count(name) > 1})
    if twice:
        faults.append(f"“{twice[0]}” was chosen for two things. Choose one.")
    if row.rule not in RULES:
        faults.append("Choose the rule by which small cells are hidden.")
    return faults + _records(state, shape.dimensions, shape.counts)


def _records(state: PrivacyState, dimensions: Sequence[str], counts: Sequence[str]) -> list[str]:
    """What says that a row is a person and no cell: small cells would then be looked for in vain."""
    group_of = {verdict.column: verdict.group for verdict in state.verdicts}
    faults = [
        f"“{name}” could single somebody out, so it belongs to what the table is broken down by."
        for name in state.quasi_left
        if name not in dimensions
    ]
    faults += [
        f"“{name}” has its own value in every row: each row is a record and no cell of a table."
        for name in dimensions
        if group_of.get(name) == Group.KEY
    ]
    faults += [
        f"“{name}” tells of one person, so it is no column of counts."
        for name in counts
        if group_of.get(name) in (Group.DIRECT, Group.QUASI, Group.SENSITIVE, Group.KEY)
    ]
    return faults
