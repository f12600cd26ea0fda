"""Facts that the conductor itself establishes: the inventory record, the description, the publication plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.profiles import Profile, profile_of
from accounts.roles import Role
from dossier.models import Fact
from dossier.selectors import facts
from dossier.services import digest_of, fact_record, facts_open
from workflow.classification import classification_gaps
from workflow.models import Dataset, Release
from workflow.selectors.datasets import dictionary_of
from workflow.selectors.metadata import missing_sentences
from workflow.selectors.plans import plan_gaps, plan_parts

# field of the record -> what is missing, in words (DOMAIN CK-INV, the items that block)
_NEEDED_FOR_RECORD = {
    "description": "The inventory record has no description. Say in a few sentences what the data is.",
    "steward": "The inventory record names no {steward}. Name the person who knows the data.",
    "source_system": "The inventory record does not say which system the data comes from.",
    "accrual_periodicity": "The inventory record does not say how often the data is updated.",
    "classification": "The inventory record has no classification. Choose one.",
}
# A person is asked for by the number in the row, so that nobody is read from the database.
_ATTRIBUTES = {"steward": "steward_id"}
# Fields of the record that every portal shows beside the data; the rest of it lies in Dataset.metadata.
_PUBLIC = ("description", "category", "licence", "contact_email", "keywords", "title", "row_label")


def record_fact(*, release_id: int, now: datetime | None = None) -> Fact:
    """Is the inventory record complete, and possible in what it says of its classes?"""
    release = Release.objects.select_related("dataset__program", "profile").get(pk=release_id)
    said = _record_said(release.dataset, profile_of(release.profile))
    return fact_record(release_id=release_id, kind="inventory_record", now=now, **said)


def record_facts_open(*, releases: Sequence[Release], profile: Profile, now: datetime | None = None) -> None:
    """The same of many releases that were opened just now under `profile`; the caller nudges the conductor."""
    # Read back: the digest speaks of the values as the database gives them.
    datasets = Dataset.objects.in_bulk([release.dataset_id for release in releases])
    known = [
        {"release_id": release.pk, **_record_said(datasets[release.dataset_id], profile)}
        for release in releases
    ]
    facts_open(kind="inventory_record", known=known, now=now)


def metadata_fact(*, release_id: int, now: datetime | None = None) -> Fact:
    """Can the public understand the data? What the program's profile requires, and every column described."""
    release = Release.objects.select_related("dataset__program", "dataset__department", "profile").get(
        pk=release_id
    )
    dataset = release.dataset
    sentences = missing_sentences(dataset, profile_of(release.profile))
    dictionary = dictionary_of(release)
    empty = [column.name for column in dictionary.values() if not column.description]
    if not dictionary:
        sentences.append("The columns are described once the file has been read.")
    elif len(empty) > 3:
        sentences.append(
            f"{len(empty)} of {len(dictionary)} columns are not described: {', '.join(empty[:3])} and more."
        )
    else:
        sentences += [f"Column “{name}” is not described." for name in empty]
    public = {name: getattr(dataset, name) for name in _PUBLIC}
    columns = [[c.name, c.label, c.description, c.unit] for c in dictionary.values()]
    said = [public, columns, dataset.metadata] if dataset.metadata else [public, columns]
    file = facts(release_id).get("file")
    return fact_record(
        release_id=release_id,
        kind="metadata",
        ok=not sentences,
        sentences=sentences,
        about={
            "metadata": digest_of(said),
            "file": file.about.get("file") if file else None,
        },
        data={"columns": len(dictionary), "described": len(dictionary) - len(empty)},
        now=now,
    )


def plan_fact(*, release_id: int, now: datetime | None = None) -> Fact:
    """Is the publication plan complete: date, tactics, sign-offs, and every mandatory item done?

    `data.to_agree` are the sentences that stand in the way of agreeing it, `data.to_do` those of items that
    must be done before the data goes public, `data.who` the role that cures each, where it is not whoever plans.
    """
    release = Release.objects.select_related("profile", "plan").get(pk=release_id)
    profile = profile_of(release.profile)
    plan = getattr(release, "plan", None)
    gaps = plan_gaps(plan, profile)
    return fact_record(
        release_id=release_id,
        kind="plan",
        ok=not gaps.to_agree and not gaps.to_do,
        sentences=[*gaps.to_agree, *gaps.to_do],
        about={"plan": digest_of(plan_parts(plan) if plan else None)},
        data={"agreed": not gaps.to_agree, "to_agree": gaps.to_agree, "to_do": gaps.to_do, "who": gaps.who},
        now=now,
    )


def facts_rebuild(*, release_id: int) -> None:
    """Recompute the conductor's own facts from its rows; changes nothing when they are right."""
    known = facts(release_id)
    record_fact(
        release_id=release_id, now=known["inventory_record"].at if "inventory_record" in known else None
    )
    if "metadata" in known:
        metadata_fact(release_id=release_id, now=known["metadata"].at)
    if "plan" in known:
        plan_fact(release_id=release_id, now=known["plan"].at)


def _record_said(dataset: Dataset, profile: Profile) -> dict[str, Any]:
    """What the fact of the inventory record says of a dataset: ok, sentences, about."""
    steward = profile.role_words(Role.STEWARD)
    sentences = [
        text.format(steward=steward)
        for name, text in _NEEDED_FOR_RECORD.items()
        if not getattr(dataset, _ATTRIBUTES.get(name, name))
    ]
    sentences += classification_gaps(dataset, profile)
    return {
        "ok": not sentences,
        "sentences": sentences,
        "about": {"record": digest_of(_values(dataset, Dataset))},
    }


def _values(row: Model, model: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
