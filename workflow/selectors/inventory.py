"""The dataset list in the order a person asks for, and datasets with similar titles."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from accounts.models import User
from workflow.models import Dataset
from workflow.selectors.datasets import datasets_listed
from workflow.stages import Stage

_SIMILAR = 0.75
_COMPARED = 300


def inventory_listed(user: User, *, order: str, words: str, **filters: Any) -> QuerySet[Dataset]:
    """The datasets that `user` may see, in `order`: a key of ORDERS, with "-" in front to turn it round."""
    rows = datasets_listed(user, words=words, **filters)
    key = order.removeprefix("-")
    if key not in ORDERS:
        return rows
    if key == "stage":
        steps = [When(shown_stage=stage, then=Value(number)) for number, stage in enumerate(Stage)]
        rows = rows.annotate(stage_order=Case(*steps, output_field=IntegerField()))
    first = F(ORDERS[key])
    way = first.desc(nulls_last=True) if order.startswith("-") else first.asc(nulls_last=True)
    return rows.order_by(way, "title", "pk")


# what the list can be ordered by -> the column
ORDERS: dict[str, str] = {
    "title": "title",
    "id": "inventory_id",
    "department": "department__name",
    "stage": "stage_order",
    "since": "shown_since",
    "due": "shown_due",
}


def similar_titles(dataset: Dataset, *, limit: int = 3) -> list[Dataset]:
    """Datasets of the same program whose titles look like the same thing, most alike first."""
    words = [word for word in dataset.title.lower().split() if len(word) > 3]
    if not words:
        return []
    shares_word = Q()
    for word in words[:8]:
        shares_word |= Q(title__icontains=word)
    others = Dataset.objects.filter(shares_word, program=dataset.program_id).exclude(pk=dataset.pk)
    scored = [(_likeness(dataset.title, other.title), other) for other in others[:_COMPARED]]
    close = sorted((pair for pair in scored if pair[0] >= _SIMILAR), key=lambda pair: -pair[0])
    return [other for _, other in close[:limit]]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()
