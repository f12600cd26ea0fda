"""Bytes in private storage that no row points at any more are deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone

from dossier.storage import private_storage

# Who stores the same bytes writes the row that points at them a little later.
_BEING_STORED = timedelta(hours=1)
_FIELD = "storage_key"


def bytes_delete(*, key: str, now: datetime | None = None) -> bool:
    """Delete the bytes of `key`. Takes it within the transaction in which the last row let go of it.

    The same bytes are stored once, whoever brought them. Returns False, and deletes nothing, while a row of any
    model points at them or somebody stored them within the last hour.
    """
    if any(rows.filter(**{_FIELD: key}).exists() for rows in _who_point_at_bytes()):
        return False
    storage = private_storage()
    try:
        stored_at = storage.get_modified_time(key)
    except FileNotFoundError:
        return True
    if (now or timezone.now()) - stored_at < _BEING_STORED:
        return False
    storage.delete(key)
    return True


def _who_point_at_bytes() -> list[models.QuerySet[Any]]:
    """The rows of every model that names bytes in private storage."""
    return [model._base_manager.all() for model in apps.get_models() if _names_bytes(model)]


def _names_bytes(model: type[models.Model]) -> bool:
    try:
        model._meta.get_field(_FIELD)
    except FieldDoesNotExist:
        return False
    return True
