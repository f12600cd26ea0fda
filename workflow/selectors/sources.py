"""What the product knows already of how a dataset is refreshed: filled into the first record, editable."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import departments_where, profile_for
from privacy.recipe_changes import says
from privacy.selectors import recipe_in_force
from publishing.models import EtlRecord, RefreshState
from publishing.selectors_sources import record_in_force, record_proposed, state_of, words_of
from workflow.models import Dataset
from workflow.stages import Stage

# How often the record of the inventory says that the data is updated -> how often the source is asked.
_FREQUENCIES = {
    "annually": EtlRecord.Frequency.ANNUALLY,
    "biannually": EtlRecord.Frequency.BIANNUALLY,
    "quarterly": EtlRecord.Frequency.QUARTERLY,
    "bimonthly": EtlRecord.Frequency.BIMONTHLY,
    "monthly": EtlRecord.Frequency.MONTHLY,
    "biweekly": EtlRecord.Frequency.BIWEEKLY,
    "weekly": EtlRecord.Frequency.WEEKLY,
    "weekdays": EtlRecord.Frequency.WEEKDAYS,
    "daily": EtlRecord.Frequency.DAILY,
    "hourly": EtlRecord.Frequency.HOURLY,
    "continuous": EtlRecord.Frequency.HOURLY,
}
NOTHING_CHANGED = "The data is published as it is read."


def recipe_digest_of(dataset: Dataset) -> str:
    """The recipe of remedies of the present release, as the privacy station names it; empty without one."""
    release = dataset.public_release or dataset.current_release
    version = recipe_in_force(release.pk) if release else None
    return version.digest if version else ""


def recipe_words_of(dataset: Dataset) -> str:
    """That recipe, a line for each step."""
    release = dataset.public_release or dataset.current_release
    version = recipe_in_force(release.pk) if release else None
    return "\n".join(says(step) for step in version.steps) if version else ""


def first_terms(dataset: Dataset, methods: tuple[str, ...]) -> dict[str, Any]:
    """What a first record begins with: the inventory, the data dictionary and the recipe say it."""
    columns = [
        column.name
        for distribution in dataset.distributions.all()[:1]
        for column in distribution.columns.filter(position__isnull=False)
    ]
    source = f"From {dataset.source_system}." if dataset.source_system else ""
    usual = dataset.update_method or EtlRecord.Method.REPLACE
    method = usual if usual in methods else methods[0]
    return {
        "extraction": source,
        "columns": "\n".join(columns),
        "transformation": recipe_words_of(dataset) or NOTHING_CHANGED,
        "method": method,
        "frequency": _FREQUENCIES.get(dataset.accrual_periodicity, EtlRecord.Frequency.BY_HAND),
        "hour": 6,
    }


def terms_of(record: EtlRecord) -> dict[str, Any]:
    """A version as the beginning of the next one."""
    config = {f"config_{name}": value for name, value in record.config.items()}
    return {
        **config,
        "extraction": record.extraction,
        "columns": "\n".join(record.columns),
        "transformation": record.transformation,
        "method": record.method,
        "frequency": record.frequency,
        "hour": record.hour,
    }


def outdated_because(dataset: Dataset, record: EtlRecord | None) -> str:
    """Why the record in force does not say any more what is done; empty when it does."""
    if record is None or record.recipe == recipe_digest_of(dataset):
        return ""
    return (
        "The recipe of remedies is not the one that was approved with this version any more. Propose the next "
        "version, so that the department approves what is done to the data now."
    )


def source_panel(dataset: Dataset) -> dict[str, Any]:
    """What the overview says of where new data comes from."""
    record, state = record_in_force(dataset.pk), state_of(dataset.pk)
    return {
        "record": record,
        "words": words_of(record) if record else "",
        "state": state,
        "waiting": record_proposed(dataset.pk),
        "is_retired": dataset.stage == Stage.RETIRED,
    }


def public_notice(dataset: Dataset) -> str:
    """What the public reads of a dataset whose automated refresh is parked; empty while it runs."""
    state = state_of(dataset.pk)
    if state is None or state.parked_at is None:
        return ""
    return profile_for(dataset.program).updates.parked_notice


def records_to_decide(user: User) -> QuerySet[EtlRecord]:
    """Versions that wait for the department of `user`, who did not propose them."""
    heads = departments_where(user, Role.DEPARTMENT_APPROVER).values("pk")
    rows = EtlRecord.objects.filter(state=EtlRecord.State.PROPOSED, dataset__department__in=heads)
    return rows.exclude(proposed_by=user).select_related("dataset").order_by("proposed_at")


def refreshes_parked_for(user: User) -> QuerySet[RefreshState]:
    """Parked refreshes of datasets that `user` looks after as steward or coordinator."""
    own = Q(dataset__steward=user) | Q(dataset__coordinator=user)
    rows = RefreshState.objects.filter(own, parked_at__isnull=False)
    return rows.select_related("dataset").order_by("parked_at")
