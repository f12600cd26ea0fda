"""Bytes in private storage that no row points at any more are deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone

from dossier.storage import bytes_lock, forget_key, stored_at

# Who stores the same bytes writes the row that points at them a little later.
_BEING_STORED = timedelta(hours=1)
_FIELD = "storage_key"


class BytesBeingStored(Exception):
    """Somebody stored these bytes just now, and may be about to point at them."""


def bytes_delete(*, key: str, now: datetime | None = None) -> None:
    """Delete the bytes of `key`, in the transaction in which a row let go of them.

    The same bytes are stored once, whoever brought them: while a row of any model points at them they stay, and go
    with the last one. Raises BytesBeingStored where somebody stored them within the last hour. The row must not let
    go of them then, or nobody would ever delete them: let its transaction fail, and try again later.
    """
    bytes_lock(key)
    if any(rows.filter(**{_FIELD: key}).exists() for rows in _who_point_at_bytes()):
        return
    try:
        age = (now or timezone.now()) - stored_at(key)
    except FileNotFoundError:
        return
    if age < _BEING_STORED:
        raise BytesBeingStored
    forget_key(key)


def _who_point_at_bytes() -> list[models.QuerySet[Any]]:
    """The rows of every model that names bytes in private storage."""
    return [model._base_manager.all() for model in apps.get_models() if _names_bytes(model)]


def _names_bytes(model: type[models.Model]) -> bool:
    try:
        model._meta.get_field(_FIELD)
    except FieldDoesNotExist:
        return False
    return True
