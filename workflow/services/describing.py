"""How the description of a release differs from that of the one that is public: for reviewers, before they decide."""

from __future__ import annotations

from typing import Any

from publishing.models import Permit, Publication
from publishing.records import PortalRecord
from workflow.context import ReleaseContext, context_of
from workflow.describing import Change, changes_of_record, changes_of_words
from workflow.models import Release
from workflow.selectors.against_public import AgainstPublic, against_public
from workflow.selectors.datasets import dictionary_of
from workflow.services.catalogue import described_of, record_for


def against_of(context: ReleaseContext) -> AgainstPublic | None:
    """All that differs from what is public, as pages show it; None where nothing is, or it is being measured."""
    return against_public(context, description_changes(context))


def description_changes(context: ReleaseContext) -> list[Change]:
    """Field by field, what the public would read otherwise; empty where nothing is public yet, or nothing changed.

    Takes an open release. What is public is the record and the words that were approved, whatever the inventory
    says today. Source: FEATURES M32.
    """
    base = context.dataset.public_release
    if base is None or not context.release.is_open:
        return []
    permit = Permit.objects.filter(release=base).first()
    words = changes_of_words(permit.described, described_of(context.dataset)) if permit else []
    return [*_record_changes(context, base), *words]


def _record_changes(context: ReleaseContext, base: Release) -> list[Change]:
    kept = Publication.objects.filter(release=base, permit__isnull=False).values_list("record", flat=True)
    before = kept.first()
    columns = context.data("treated", "columns") or _columns_awaited(context, base)
    if not before or not columns:
        return []
    return changes_of_record(PortalRecord.from_json(before), record_for(context, columns), context.profile)


def _columns_awaited(context: ReleaseContext, base: Release) -> list[dict[str, Any]]:
    """While there is no copy yet, the columns of the public one stand for its own: those that the file still has."""
    named = dictionary_of(context.release)
    columns = context_of(base.pk).data("treated", "columns") or []
    return [column for column in columns if not named or column["name"] in named]
