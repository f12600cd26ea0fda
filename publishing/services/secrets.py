"""What the environment holds for sources: read when it is used, and kept nowhere else."""

from __future__ import annotations

from django.conf import settings

from publishing.sources.base import Limits, Secrets

SAMPLE_BYTES = 100_000
# A workbook cannot be read in part.
SAMPLE_BYTES_WHOLE = 20_000_000
SAMPLE_SECONDS = 20.0


def secrets_current() -> Secrets:
    """Secrets and databases by name, and which hosts may be asked, as this installation is set up."""
    return Secrets(
        values=settings.SOURCE_SECRETS,
        databases=settings.SOURCE_DATABASES,
        hosts=tuple(settings.SOURCE_HOSTS),
        allow_loopback=settings.SOURCE_ALLOW_LOOPBACK,
    )


def limits_of_fetch() -> Limits:
    return Limits(
        max_bytes=settings.UPLOAD_MAX_BYTES,
        max_rows=settings.SOURCE_MAX_ROWS,
        seconds=float(settings.SOURCE_MAX_SECONDS),
    )


def limits_of_sample(*, whole: bool) -> Limits:
    """The first part of a source, for a look at its columns while a person waits."""
    return Limits(
        max_bytes=SAMPLE_BYTES_WHOLE if whole else SAMPLE_BYTES, seconds=SAMPLE_SECONDS, is_sample=True
    )
