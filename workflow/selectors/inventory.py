"""The dataset list as a person asks for it: filtered, with priority and openness, in their order."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import OrderBy
from django.utils import timezone

from accounts.models import User
from workflow.models import Dataset, Withholding
from workflow.selectors.datasets import datasets_listed
from workflow.selectors.priority import with_priority
from workflow.stages import Stage


def inventory_listed(user: User, *, order: str, words: str, **filters: Any) -> QuerySet[Dataset]:
    """The datasets that `user` may see, in `order`: a key of ORDERS, with "-" in front to turn it round."""
    rows = with_priority(with_grounds(datasets_listed(user, words=words, **filters)))
    rows = _narrowed(rows, **filters)
    key = order.removeprefix("-")
    if key not in ORDERS:
        return rows
    if key == "stage":
        steps = [When(shown_stage=stage, then=Value(number)) for number, stage in enumerate(Stage)]
        rows = rows.annotate(stage_order=Case(*steps, output_field=IntegerField()))
    if key == "priority":
        return rows.order_by(
            _way("shown_band", order), _way("shown_value", order, turned=True), "title", "pk"
        )
    return rows.order_by(_way(ORDERS[key], order), "title", "pk")


# what the list can be ordered by -> the column
ORDERS: dict[str, str] = {
    "title": "title",
    "id": "inventory_id",
    "department": "department__name",
    "stage": "stage_order",
    "since": "shown_since",
    "due": "shown_due",
    "priority": "shown_band",
}


def with_grounds(datasets: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """Adds `ground_stands` (withheld today) and `ground_passed` (its review date is past) to each dataset."""
    today = timezone.localdate()
    grounds = Withholding.objects.filter(dataset=OuterRef("pk"), lifted_at=None)
    return datasets.annotate(
        ground_stands=Exists(grounds.filter(Q(until=None) | Q(until__gte=today))),
        ground_passed=Exists(grounds.filter(until__lt=today)),
    )


def _narrowed(
    rows: QuerySet[Any], *, priority: str = "", openness: str = "", high_value: bool = False, **others: Any
) -> QuerySet[Any]:
    if priority == "unscored":
        rows = rows.filter(shown_code=None)
    elif priority:
        rows = rows.filter(shown_code=priority)
    if openness in _OPENNESS:
        rows = rows.filter(_OPENNESS[openness])
    return rows.exclude(high_value=[]) if high_value else rows


# answer of the filter "Towards the public" -> what it asks for
_OPENNESS: dict[str, Q] = {
    "public": Q(is_public=True),
    "open": Q(ground_stands=False, ground_passed=False, not_for_release_reason=""),
    "withheld": Q(ground_stands=True),
    "review": Q(ground_passed=True),
    "resting": ~Q(not_for_release_reason=""),
}


def _way(column: str, order: str, *, turned: bool = False) -> OrderBy:
    down = order.startswith("-") is not turned
    return F(column).desc(nulls_last=True) if down else F(column).asc(nulls_last=True)
