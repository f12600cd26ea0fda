"""The files of the catalogue as they are served: made once for each state of what is public, and kept packed.

What is kept is found by a digest over everything that the file is made of, so that it can never tell of a dataset
that was taken back: the digest is asked anew each time, in a number of queries that does not grow with the data.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from accounts.models import Program
from accounts.profiles import profile_of
from accounts.selectors import profile_current
from dossier.models import Fact
from dossier.services import digest_of
from notifications.messages import absolute_link
from publishing import dcat
from workflow.models import Release
from workflow.selectors.catalogue import publications_public, records_of, withheld_rows
from workflow.selectors.public_page import endings_edition
from workflow.stages import Stage

# A file that nobody asks for is forgotten after a day.
_KEPT_SECONDS = 24 * 3600
EVERYTHING = ""
# What stands where the catalogue is of several programs.
ALL_NAME = "all programs"

_LEAN = (
    *("pk", "permit_id", "asset__domain", "asset__remote_id", "release_id", "release__number"),
    *("release__published_at", "release__dataset_id", "release__dataset__inventory_id"),
    *("release__dataset__department__name", "requested_at"),
)


@dataclass(frozen=True)
class Standing:
    """One state of the catalogue: what names it, and since when it is as it is."""

    digest: str
    since: datetime


def standing_of(programs: Sequence[Program], *, now: datetime | None = None) -> Standing:
    """The present state of what these programs have public. Not one word of a record is read."""
    now = now or timezone.now()
    rows = [[str(value) for value in row] for row in publications_public(programs).values_list(*_LEAN)]
    digest = digest_of(
        [
            dcat.EDITION,
            settings.BASE_URL,
            [_of_program(program, now) for program in programs],
            rows,
            _quality_edition(programs),
            _history_edition(programs),
            endings_edition(programs),
        ]
    )
    key = f"catalogue-standing:{'+'.join(str(program.pk) for program in programs)}"
    known, since = cache.get(key) or ("", now)
    if known != digest:
        # A state that comes back is new all the same: who only asks by date must hear of it.
        since = now.replace(microsecond=0)
        cache.set(key, (digest, since), _KEPT_SECONDS)
    return Standing(digest, since)


def _of_program(program: Program, now: datetime) -> list[Any]:
    profile = profile_current(program)
    withheld = [
        [
            *(row.pk, row.citation, row.dataset.title, row.dataset.inventory_id, row.dataset.classification),
            *(row.dataset.category, row.dataset.department.name),
            row.dataset.metadata.get("access_level", ""),
        ]
        for row in withheld_rows(program, profile_of(profile), now=now)
    ]
    return [program.code, program.name, profile.digest, withheld]


def _quality_edition(programs: Iterable[Program]) -> list[list[str]]:
    rows = Fact.objects.filter(
        kind="quality_checks",
        release__stage=Stage.PUBLISHED,
        release__dataset__program__in=list(programs),
    ).order_by("release_id")
    return [
        [str(release), digest, at.isoformat()]
        for release, digest, at in rows.values_list("release_id", "digest", "at")
    ]


def _history_edition(programs: Iterable[Program]) -> list[list[str]]:
    """When each dataset that was ever public became so, and what of it was replaced."""
    rows = Release.objects.filter(dataset__program__in=list(programs), published_at__isnull=False).order_by(
        "dataset_id", "stage"
    )
    found = rows.values_list("dataset_id", "stage").annotate(first=Min("published_at"))
    return [[str(value) for value in row] for row in found]


def catalogue_of(
    programs: Sequence[Program],
    *,
    version: str,
    code: str = EVERYTHING,
    address: str = "",
    now: datetime | None = None,
) -> dcat.CatalogFile:
    """The catalogue of these programs, made now. `code` is the program whose address it has; none for all.

    `address` is said of a file that stands elsewhere than with us.
    """
    now = now or timezone.now()
    records = [record for program in programs for record in records_of(program, now=now)]
    return dcat.catalog_of(
        records,
        version=version,
        address=address or absolute_link(address_of(version, code)),
        name=programs[0].name if len(programs) == 1 else ALL_NAME,
        home=absolute_link(reverse("catalogue_program", args=[code]) if code else reverse("catalogue_list")),
    )


def address_of(version: str, code: str = EVERYTHING) -> str:
    """Where a file stands: /data.json, or that of one program; ?version=3.0 asks for the newer standard."""
    path = reverse("catalogue_program_file", args=[code]) if code else reverse("catalogue_file")
    return path if version == dcat.V1 else f"{path}?version={version}"


def text_of(file: dcat.CatalogFile) -> str:
    return json.dumps(file.content, ensure_ascii=False, indent=1)


@dataclass(frozen=True)
class Kept:
    """A made file: its packed bytes, and what it lacks."""

    packed: bytes
    gaps: tuple[dcat.Gap, ...]


def file_kept(
    programs: Sequence[Program],
    standing: Standing,
    *,
    version: str,
    code: str = EVERYTHING,
    now: datetime | None = None,
) -> Kept:
    """The file for this state: the one that was made for it, or a new one."""
    key = _place(version, code)
    digest, kept = cache.get(key) or ("", None)
    if kept is None or digest != standing.digest:
        made = catalogue_of(programs, version=version, code=code, now=now)
        kept = Kept(gzip.compress(text_of(made).encode(), compresslevel=6, mtime=0), made.gaps)
        # Kept only when nothing changed while it was made: it must be the file of this very state.
        if standing_of(programs, now=now).digest == standing.digest:
            cache.set(key, (standing.digest, kept), _KEPT_SECONDS)
    return kept


def gaps_known(program: Program, *, version: str) -> tuple[dcat.Gap, ...]:
    """What the program's file lacked when it was made last; it is made when there is none.

    For lists that are opened often: mended gaps stay there until the file is asked for again.
    """
    _, kept = cache.get(_place(version, program.code)) or ("", None)
    if kept is None:
        kept = file_kept([program], standing_of([program]), version=version, code=program.code)
    return kept.gaps


def _place(version: str, code: str) -> str:
    # One for each file: what is out of date makes room at once.
    return f"catalogue-file:{code}:{version}"
