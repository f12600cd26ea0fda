"""Reads of yearly high-value inventories: which a person sees, what a draft would say, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import Department, User
from accounts.profiles import Profile
from accounts.roles import Role
from accounts.selectors import departments_visible, departments_where, profile_for
from workflow.models import Dataset, HighValueInventory
from workflow.selectors.requests import public_address


def inventories_for(user: User) -> QuerySet[HighValueInventory]:
    """The inventories of the departments whose datasets `user` sees."""
    rows = HighValueInventory.objects.filter(department__in=departments_visible(user).values("pk"))
    return rows.select_related("department__program", "drafted_by", "signed_by", "dataset", "release")


def inventories_to_sign(user: User) -> QuerySet[HighValueInventory]:
    """The inventories that were handed in for the signature of `user`."""
    heads = departments_where(user, Role.DEPARTMENT_APPROVER).values("pk")
    rows = inventories_for(user).filter(department__in=heads, state="draft", handed_in_at__isnull=False)
    return rows.exclude(drafted_by=user)


def departments_drafted(user: User) -> list[Department]:
    """The departments for which `user` drafts, where the program asks for a yearly inventory."""
    roles = (Role.COORDINATOR, Role.STEWARD)
    pks = {pk for role in roles for pk in departments_where(user, role).values_list("pk", flat=True)}
    rows = Department.objects.filter(pk__in=pks).select_related("program").order_by("name")
    wanted = {
        program: profile_for(program).inventory.yearly_high_value for program in {row.program for row in rows}
    }
    return [row for row in rows if wanted[row.program]]


def candidates_of(department: Department) -> list[Dataset]:
    """The records that a draft can choose from: all of the department but the inventory's own."""
    rows = Dataset.objects.filter(department=department).order_by("inventory_id")
    own = inventory_dataset(department)
    rows = rows.exclude(pk=own.pk) if own else rows
    return list(rows.prefetch_related("releases", "distributions", "withholdings", "releases__plan"))


def rows_of(department: Department, *, chosen: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """The rows of a draft: of the chosen datasets, or of every record that meets a criterion."""
    wanted = None if chosen is None else set(chosen)
    profile = profile_for(department.program)
    return [
        _row(dataset, profile)
        for dataset in candidates_of(department)
        if (dataset.high_value if wanted is None else dataset.pk in wanted)
    ]


def faults_of(inventory: HighValueInventory) -> list[str]:
    """What keeps a draft from being handed in and signed, a sentence each."""
    if not inventory.rows:
        return ["The inventory is empty. Choose the datasets that meet a criterion."]
    return [
        f"{row['inventory_id']} {row['title']} meets no criterion. Tick one in its record and draft anew, "
        "or leave it out."
        for row in inventory.rows
        if not row["criteria"]
    ]


def inventory_dataset(department: Department) -> Dataset | None:
    """The one dataset that carries the department's inventories; None before the first is signed."""
    rows = HighValueInventory.objects.filter(department=department, dataset__isnull=False)
    row = rows.select_related("dataset").order_by("year").first()
    return row.dataset if row else None


def signed_before(inventory: HighValueInventory) -> list[HighValueInventory]:
    """The signed inventories of other years, oldest first: one table holds them all."""
    rows = HighValueInventory.objects.filter(department=inventory.department_id, state="signed")
    return list(rows.exclude(pk=inventory.pk).order_by("year"))


def _row(dataset: Dataset, profile: Profile) -> dict[str, Any]:
    choice = profile.classification(dataset.classification)
    link = public_address(dataset)
    status, ground = _status(dataset, link)
    return {
        "dataset": dataset.pk,
        "inventory_id": dataset.inventory_id,
        "title": dataset.title,
        "description": dataset.description,
        "criteria": sorted(dataset.high_value),
        "classification": choice.label if choice else dataset.classification,
        "geographic": dataset.geographic_granularity not in ("", Dataset.Granularity.NONE),
        "status": status,
        "ground": ground,
        "link": link,
    }


def _status(dataset: Dataset, link: str) -> tuple[str, str]:
    """Published, withheld with its ground, or planned: open unless somebody recorded why not."""
    if link:
        return "published", ""
    standing = next((row for row in dataset.withholdings.all() if row.lifted_at is None), None)
    if standing is not None:
        return "withheld", f"{standing.get_ground_display()}, {standing.citation}"
    if dataset.not_for_release_reason:
        return "withheld", dataset.not_for_release_reason
    return "planned", ""
