"""How far a permit reaches: written by the door beside the permit, and handed on to the refreshes it covers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from publishing.models import Permit, PermitBounds


@transaction.atomic
def permit_bounds_write(
    *,
    permit: Permit,
    basis: Permit | None,
    recipe_digest: str,
    columns: list[dict[str, Any]],
    treated_columns: list[dict[str, Any]],
    rows: int,
    entities: Mapping[str, list[str]],
    description_digest: str,
    limits: Mapping[str, Any],
) -> PermitBounds:
    """Set how far the refreshes may go that `permit` covers. Called by the door, where it writes a permit.

    `basis` is the permit under which the release itself was let through; None where people approved it.
    """
    return PermitBounds.objects.create(
        permit=permit,
        basis=basis,
        recipe_digest=recipe_digest,
        columns=columns,
        treated_columns=treated_columns,
        rows=rows,
        entities=dict(entities),
        description_digest=description_digest,
        limits=dict(limits),
    )
