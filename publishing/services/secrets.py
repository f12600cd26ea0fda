"""What the environment holds for sources: read when it is used, and kept nowhere else.

Who names a secret may choose where it is sent: each is bound by the portal admin, in the environment, to hosts and to
the programs or departments whose datasets use it. What is not bound serves records that a department approved, and
no test (least privilege; ASVS 5.0 13.2.2, 13.2.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from publishing.sources.base import Limits, Secrets

SAMPLE_BYTES = 100_000
# A workbook cannot be read in part.
SAMPLE_BYTES_WHOLE = 20_000_000
SAMPLE_SECONDS = 20.0


def secrets_for(*, dataset: Any, is_test: bool = False) -> Secrets:
    """Secrets and databases that a dataset may use, and which hosts may be asked, as this installation is set up.

    `is_test`: nobody approved yet what is asked, so that only secrets bound to hosts and owners are given.
    """
    owners = {dataset.program.code.lower(), f"{dataset.program.code}/{dataset.department.code}".lower()}
    withheld = _foreign("SOURCE_DB", settings.SOURCE_DATABASE_FOR, owners)
    withheld |= _foreign("SOURCE_SECRET", settings.SOURCE_SECRET_FOR, owners)
    if is_test:
        withheld = _unbound() | withheld
    return Secrets(
        values=settings.SOURCE_SECRETS,
        databases=settings.SOURCE_DATABASES,
        hosts=tuple(settings.SOURCE_HOSTS),
        allow_loopback=settings.SOURCE_ALLOW_LOOPBACK,
        bound=settings.SOURCE_SECRET_HOSTS,
        withheld=withheld,
    )


def _foreign(prefix: str, bindings: Mapping[str, tuple[str, ...]], owners: set[str]) -> dict[str, str]:
    """A sentence for each name that is bound to other programs or departments."""
    what = "connection" if prefix == "SOURCE_DB" else "secret"
    return {
        f"{prefix}_{name}": (
            f"The {what} {name} is not for the datasets of this department. If it should be, ask your portal admin "
            f"to add the department to {prefix}_{name}_FOR."
        )
        for name, named in bindings.items()
        if not owners & set(named)
    }


def _unbound() -> dict[str, str]:
    """A sentence for each secret that is not bound to both hosts and owners."""
    bound = settings.SOURCE_SECRET_HOSTS.keys() & settings.SOURCE_SECRET_FOR.keys()
    return {
        f"SOURCE_SECRET_{name}": (
            f"The secret {name} is used only once the department has approved the record. To test before, ask your "
            f"portal admin to say where it may go and for whom (SOURCE_SECRET_{name}_HOSTS, SOURCE_SECRET_{name}_FOR)."
        )
        for name in settings.SOURCE_SECRETS
        if name not in bound
    }


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
