"""Reads of how far permits reach."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from publishing.models import Permit, PermitBounds


def permit_in_force(release_id: int, *, now: datetime | None = None) -> Permit | None:
    """The permit of a release that covers refreshes: with bounds, neither revoked nor expired, nor its basis."""
    rows = Permit.objects.filter(
        release_id=release_id,
        revoked_at=None,
        bounds__isnull=False,
        bounds__basis__revoked_at=None,
        expires_at__gt=now or timezone.now(),
    )
    return rows.select_related("bounds").first()


def last_permit(release_id: int) -> Permit | None:
    """The permit that was written last for a release, whether it still holds or not."""
    return Permit.objects.filter(release_id=release_id).select_related("bounds").first()


def bounds_of(permit: Permit) -> PermitBounds | None:
    return getattr(permit, "bounds", None)
