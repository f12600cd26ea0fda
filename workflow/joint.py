"""Joint data: whose it is, who must sign for it, and which sides of a shared program it belongs to."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Department, User
from accounts.selectors import departments_visible
from workflow.models import ContributingDepartment, Dataset


def departments_of(dataset: Dataset) -> list[Department]:
    """The department that owns the dataset, then those that contribute, by name. Uses prefetched rows."""
    return [dataset.department, *(row.department for row in dataset.contributing.all())]


def signing_departments(dataset: Dataset) -> list[Department]:
    """The departments whose approval every release of the dataset needs: the owner first."""
    return [
        dataset.department,
        *(row.department for row in dataset.contributing.all() if row.must_sign),
    ]


def sides_of(dataset: Dataset) -> set[str]:
    """The sides (Durham: city, county) whose data this is: of its owner and of all who contribute."""
    return {department.side for department in departments_of(dataset)} - {""}


def contributed_by(user: User) -> QuerySet[ContributingDepartment]:
    """Where a department that `user` sees contributes: what makes a dataset of another one visible to them."""
    return ContributingDepartment.objects.filter(department__in=departments_visible(user).values("pk"))
