"""How fresh a dataset of a list is, for its row."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from workflow.freshness import Freshness

register = template.Library()


@register.filter
def freshness_in(dataset_id: int, known: Mapping[int, Freshness]) -> Freshness | None:
    """The freshness of one row, out of those of the whole page (workflow.selectors.refresh.freshness_of_many)."""
    return known.get(dataset_id)
