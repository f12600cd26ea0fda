"""The public catalogue: which datasets are truly public, and what is said of them, out of what was approved.

Words come from the record and the description that the approval was given for, never from what somebody writes
for the next release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.urls import reverse

from accounts.models import Program
from accounts.profiles import Profile
from accounts.selectors import profile_for
from dossier.models import Fact
from notifications.messages import absolute_link
from publishing import dcat
from publishing.dcat import words
from publishing.models import Publication
from publishing.places import drawn_types, place_words
from publishing.records import PortalRecord
from work.models import WorkItem
from workflow.calendar import calendar_of
from workflow.models import Dataset, Release, Withholding
from workflow.selectors.catalogue_links import documents_of, licence_of
from workflow.stages import Stage

_GOAL, _REACHED = Publication.Goal, Publication.Reached
_FREQUENCIES = {str(label): code for code, label in Dataset.Frequency.choices}


def programs_in_catalogue() -> QuerySet[Program]:
    """The programs that can have something public: those with a department."""
    return Program.objects.filter(departments__isnull=False).distinct().order_by("name", "pk")


def publications_public(programs: Iterable[Program]) -> QuerySet[Publication]:
    """The copies that the public sees now: published, verified from outside, and not taken back.

    While the next release of a dataset is on its way to the public, the present one stays listed; once that way
    has failed nobody knows what the portal shows, and it is not.
    """
    shown = Q(asset__public_publication=F("pk")) | (
        Q(asset__public_publication__goal=_GOAL.PUBLIC)
        & ~Q(asset__public_publication__status=WorkItem.Status.DEAD)
    )
    return Publication.objects.filter(
        shown,
        release__stage=Stage.PUBLISHED,
        release__dataset__program__in=list(programs),
        goal=_GOAL.PUBLIC,
        reached=_REACHED.PUBLIC,
        permit__revoked_at=None,
    ).order_by("release__dataset_id", "pk")


def withheld_rows(program: Program, profile: Profile, *, now: datetime) -> list[Withholding]:
    """The grounds whose datasets the program lists without their data; none where its profile does not say so.

    A dataset of an unlisted class is left out, and so is one that is public all the same.
    """
    if not profile.catalogue.withheld:
        return []
    today = calendar_of(profile).local_day(now)
    rows = (
        Withholding.objects.filter(dataset__program=program, lifted_at=None)
        .exclude(dataset__classification__in=profile.catalogue.unlisted_classes)
        .exclude(dataset__releases__stage=Stage.PUBLISHED)
        .select_related("dataset__department", "dataset__program")
        .order_by("dataset_id")
    )
    return [row for row in rows if row.holds(today)]


def records_of(program: Program, *, now: datetime) -> list[dcat.CatalogRecord]:
    """The catalogue of one program, public datasets first. The number of queries does not grow with them."""
    profile = profile_for(program)
    rows = publications_public([program]).select_related(
        "asset", "permit", "release__dataset__department", "release__dataset__program"
    )
    copies: dict[int, list[Publication]] = {}
    for row in rows:
        copies.setdefault(row.release_id, []).append(row)
    issued = _issued(program)
    quality = _quality(copies)
    previous = _previous(program)
    public = [
        _public(found, profile, issued, quality.get(release, ()), previous)
        for release, found in copies.items()
    ]
    return public + [_withheld(row, profile) for row in withheld_rows(program, profile, now=now)]


def identifier_of(dataset: Dataset) -> str:
    """The permanent inventory number, the same in every system and in every version of the catalogue."""
    return f"{dataset.program.code}/{dataset.inventory_id}"


def _public(
    copies: Sequence[Publication],
    profile: Profile,
    issued: Mapping[int, datetime],
    quality: tuple[tuple[str, float], ...],
    previous: Mapping[int, dcat.Version],
) -> dcat.CatalogRecord:
    first = copies[0]
    release: Release = first.release
    dataset, record = release.dataset, first.record
    said: Mapping[str, Any] = first.permit.described if first.permit else {}
    department, program = dataset.department.name, dataset.program.name
    level = said.get("access_level", dcat.PUBLIC)
    name, email, whose = _contact(profile, said, record.get("contact_email", ""), department)
    documents, related = documents_of(said)
    return dcat.CatalogRecord(
        identifier=identifier_of(dataset),
        title=record["name"],
        description=record["description"],
        publisher=said.get("publisher") or department,
        part_of=program,
        contact_name=name,
        contact_email=email,
        contact_by=whose,
        modified=release.published_at,
        issued=issued.get(dataset.pk, release.published_at),
        access_level=dcat.RESTRICTED if level == dcat.RESTRICTED else dcat.PUBLIC,
        declared_level=level,
        rights=said.get("rights", ""),
        licence=licence_of(record.get("licence", ""), profile),
        keywords=tuple(record.get("tags", ())),
        themes=tuple(filter(None, (said.get("theme") or record.get("category", ""),))),
        kind=said.get("type", ""),
        frequency=said.get("update_frequency") or _FREQUENCIES.get(record.get("update_frequency", ""), ""),
        spatial=said.get("spatial", ""),
        starts=_day(said.get("starts")),
        ends=_day(said.get("ends")),
        landing_page=first.receipt.get("public", {}).get("public_url", ""),
        dictionary=absolute_link(
            reverse("catalogue_dictionary", args=[dataset.program.code, dataset.inventory_id])
        ),
        forms=_forms_of_all(copies),
        languages=words.languages(said.get("language") or "en"),
        documents=documents,
        related=related,
        standard=said.get("data_standard", ""),
        creator=said.get("creator") or department,
        contributors=tuple(said.get("contributor", ())),
        purpose=said.get("purpose", ""),
        limitations=said.get("limitations", ""),
        provenance=tuple(filter(None, (said.get("data_notes", ""), _provided(record)))),
        citation=said.get("citation") or f"{department}, {program}. {record['name']}.",
        image=said.get("thumbnail", ""),
        quality=quality,
        version=str(release.number),
        previous=previous.get(dataset.pk),
    )


def _withheld(row: Withholding, profile: Profile) -> dcat.CatalogRecord:
    """What may be told of data that stays in: whose it is, the ground and the law; the title where it may be."""
    dataset, rules = row.dataset, profile.catalogue
    department = dataset.department.name
    known = profile.classification(dataset.classification) is not None
    shared = dataset.metadata.get("access_level") == dcat.RESTRICTED
    ground = row.get_ground_display()
    return dcat.CatalogRecord(
        identifier=identifier_of(dataset),
        title=dataset.title,
        description=f"{department} holds this data and does not publish it. The ground: {ground}.",
        publisher=department,
        part_of=dataset.program.name,
        contact_name=rules.contact_name,
        contact_email=rules.contact_email,
        contact_by=dcat.PORTAL_ADMIN,
        modified=row.decided_at,
        access_level=dcat.RESTRICTED if shared else dcat.NON_PUBLIC,
        rights=f"{row.get_kind_display()}. {ground}: {row.citation}",
        keywords=(dataset.category or department,),
        themes=(dataset.category,),
        restriction=dcat.Restriction(
            ground=ground,
            citation=row.citation,
            is_redacted=not known or dataset.classification in rules.redacted_classes,
            cui_marking=rules.cui_markings.get(dataset.classification, ""),
        ),
    )


def _contact(profile: Profile, said: Mapping[str, Any], email: str, department: str) -> tuple[str, str, str]:
    """Whom readers ask, and whose it is to mend: the dataset's contact, or the program's office where contacts
    are kept private."""
    rules = profile.catalogue
    if rules.contact == "program":
        return rules.contact_name, rules.contact_email, dcat.PORTAL_ADMIN
    return said.get("contact_name") or f"Open data coordinator, {department}", email, dcat.DEPARTMENT


def _provided(record: Mapping[str, Any]) -> str:
    return f"Data provided by {record['attribution']}." if record.get("attribution") else ""


def _forms_of_all(copies: Sequence[Publication]) -> tuple[dcat.Form, ...]:
    """The forms in every place; where there are several, each form names its place, and each place has its page."""
    if len(copies) == 1:
        return _forms(copies[0])
    found: list[dcat.Form] = []
    for number, copy in enumerate(copies):
        where = place_words(copy.asset.portal, copy.asset.domain)
        forms = _forms(copy)
        page = copy.receipt.get("public", {}).get("public_url", "")
        if number and page and page not in {form.url for form in forms}:
            forms = (dcat.Form("Page on the portal", page, "text/html", "HTML"), *forms)
        found += [replace(form, title=f"{form.title}, {where}") for form in forms]
    return tuple(found)


def _forms(copy: Publication) -> tuple[dcat.Form, ...]:
    portal = copy.asset.portal
    drawn = drawn_types(portal, PortalRecord.from_json(copy.record).columns)
    return dcat.forms_of(portal, copy.receipt.get("public", {}), drawn)


def _issued(program: Program) -> dict[int, datetime]:
    """When each dataset became public for the first time."""
    rows = Release.objects.filter(dataset__program=program, published_at__isnull=False).order_by()
    return dict(rows.values_list("dataset").annotate(first=Min("published_at")))


def _previous(program: Program) -> dict[int, dcat.Version]:
    """The version of each dataset that was replaced last; one that was taken back is none."""
    rows = Release.objects.filter(
        dataset__program=program, stage=Stage.SUPERSEDED, published_at__isnull=False
    ).order_by("dataset_id", "number")
    return {
        dataset: dcat.Version(str(number), at)
        for dataset, number, at in rows.values_list("dataset", "number", "published_at")
        if at is not None
    }


def _quality(releases: Iterable[int]) -> dict[int, tuple[tuple[str, float], ...]]:
    """What the machine measured of each release's file, by dimension."""
    rows = Fact.objects.filter(kind="quality_checks", release_id__in=list(releases))
    return {
        row.release_id: tuple(
            (name, float(value))
            for name, value in row.data.get("dimensions", {}).items()
            if name in words.DIMENSIONS
        )
        for row in rows
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
