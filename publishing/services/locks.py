"""Row locks of the places of a dataset: who writes whose rows the public sees there holds them.

The order is the same everywhere, so that nobody waits in a circle: releases, dossiers, places, publications.
"""

from __future__ import annotations

from publishing.models import PortalAsset


def places_lock(*, dataset_id: int) -> list[PortalAsset]:
    """Lock every place of a dataset; call inside a transaction, before any publication is written."""
    # FOR NO KEY UPDATE: a new publication may point at the place meanwhile.
    rows = PortalAsset.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(dataset_id=dataset_id).order_by("pk"))
