"""What a replay needs beside table and recipe: the dataset's secret, surrogates given before, hierarchies."""

from __future__ import annotations

import json
import zlib
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dossier.selectors import subject_of
from privacy.hierarchies import uploaded_hierarchies
from privacy.models import PseudonymMap
from privacy.recipes import Step
from privacy.remedies.base import Context
from privacy.sealing import SealBroken, recipe_secret, seal, unseal
from work.errors import Retry, Stop

_AGAIN = 5.0


def replay_context(release_id: int, steps: list[Step]) -> Context:
    """The context of a replay for a release. Raises Stop when the surrogates given before cannot be read."""
    dataset_id = subject_of(release_id)["dataset_id"]
    known = {}
    for column in _columns(steps):
        row = PseudonymMap.objects.filter(dataset_id=dataset_id, column=column).first()
        known[column] = _opened(row) if row else {}
    return Context(recipe_secret(dataset_id), known, uploaded_hierarchies(release_id))


@transaction.atomic
def pseudonyms_keep(
    *, release_id: int, steps: list[Step], context: Context, now: datetime | None = None
) -> None:
    """Keep the surrogates that a replay gave, encrypted, for the next refresh.

    Raises Retry when another replay of the dataset gave surrogates meanwhile: this one begins anew with them. Of
    two that give the first ones at the same time, the second waits at the unique row and then sees them.
    """
    dataset_id = subject_of(release_id)["dataset_id"]
    for column in _columns(steps):
        given = context.known.get(column, {})
        if not given:
            continue
        mine, purpose = {"dataset_id": dataset_id, "column": column}, _purpose(dataset_id, column)
        PseudonymMap.objects.get_or_create(**mine, defaults={"sealed": _sealed({}, purpose)})
        row = PseudonymMap.objects.select_for_update().get(**mine)
        before = _opened(row)
        if any(given.get(mark) != surrogate for mark, surrogate in before.items()):
            raise Retry(
                "Another release of this dataset was given surrogates at the same time.", after=_AGAIN
            )
        if len(before) == len(given):
            continue
        row.sealed, row.size, row.updated_at = _sealed(given, purpose), len(given), now or timezone.now()
        row.save(update_fields=["sealed", "size", "updated_at"])


def _columns(steps: list[Step]) -> list[str]:
    return sorted({step["params"]["column"] for step in steps if step["remedy"] == "pseudonym"})


def _sealed(given: dict[str, str], purpose: str) -> bytes:
    return seal(zlib.compress(json.dumps(given).encode()), purpose)


def _opened(row: PseudonymMap) -> dict[str, str]:
    try:
        text = unseal(bytes(row.sealed), _purpose(row.dataset_id, row.column))
    except SealBroken:
        raise Stop(
            f"The surrogates given before for “{row.column}” cannot be read: the key (PRIVACY_KEY or SECRET_KEY) "
            "changed. Ask your portal admin to bring the old key back, or drop the column."
        ) from None
    known: dict[str, str] = json.loads(zlib.decompress(text))
    return known


def _purpose(dataset_id: int, column: str) -> str:
    return f"pseudonyms:{dataset_id}:{column}"
