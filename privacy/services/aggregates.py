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
from privacy.copy_state import copy_columns
from privacy.errors import DispositionRefused
from privacy.models import AggregateShape
from privacy.selectors import PrivacyState, state_of
from privacy.services.facts import facts_write

if TYPE_CHECKING:
    from accounts.models import User


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
        reason=reason.replace("\0", "").strip(),
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
    contribution_record(release_id=release_id, user=actor, what="kind of rows said", now=now)
    facts_write(release_id=release_id, now=now)
    return row


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
    return faults
