"""Reads of what is known about a release."""

from __future__ import annotations

from collections.abc import Iterable

from dossier.models import Contribution, Fact


def facts(release_id: int) -> dict[str, Fact]:
    """Every fact of a release by kind, in one query."""
    return {fact.kind: fact for fact in Fact.objects.filter(release_id=release_id)}


def facts_of_many(release_ids: Iterable[int]) -> dict[int, dict[str, Fact]]:
    """Facts of several releases in one query: release id -> kind -> fact."""
    found: dict[int, dict[str, Fact]] = {pk: {} for pk in release_ids}
    for fact in Fact.objects.filter(release_id__in=list(found)):
        found[fact.release_id][fact.kind] = fact
    return found


def contributors(release_id: int) -> set[int]:
    """Ids of everybody who changed what will be released."""
    return set(Contribution.objects.filter(release_id=release_id).values_list("user_id", flat=True))
