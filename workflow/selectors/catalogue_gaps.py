"""What the public catalogue leaves out, for the people who can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import Program, User
from accounts.roles import Role
from accounts.selectors import departments_where, programs_administered
from publishing import dcat
from workflow.models import Dataset
from workflow.selectors.catalogue import identifier_of
from workflow.selectors.catalogue_file import file_kept, gaps_known, standing_of
from workflow.selectors.datasets import datasets_for


@dataclass(frozen=True)
class GapLine:
    """One gap of one dataset; `versions` are those of DCAT-US that it concerns."""

    dataset: Dataset
    gap: dcat.Gap
    versions: tuple[str, ...]

    @property
    def effect(self) -> str:
        named = " and ".join(self.versions)
        return f"Left out of DCAT-US {named}" if self.gap.keeps_out else "Listed without it"


def gaps_for(user: User) -> list[GapLine]:
    """What is missing of the datasets that `user` may see; what keeps one out of the file first."""
    rows = datasets_for(user).select_related("program", "department", "coordinator")
    programs = Program.objects.filter(pk__in=rows.order_by().values("program")).order_by("name", "pk")
    gaps: dict[dcat.Gap, list[str]] = {}
    for program in programs:
        standing = standing_of([program])
        for version in dcat.VERSIONS:
            for gap in file_kept([program], standing, version=version, code=program.code).gaps:
                gaps.setdefault(gap, []).append(version)
    return _lines(rows, gaps)


def left_out_waiting_on(user: User) -> list[GapLine]:
    """The datasets kept out of the catalogue by something that `user` is to mend, each once.

    The department's coordinators mend what the dataset lacks, the portal admins what the profile does. As the
    files were made last: the page of gaps knows better, and makes them anew.
    """
    administered = {program.pk for program in programs_administered(user)}
    own = {department.pk for department in departments_where(user, Role.COORDINATOR)}
    if not administered and not own:
        return []
    rows = Dataset.objects.filter(department__in=own) | Dataset.objects.filter(program__in=administered)
    programs = Program.objects.filter(pk__in=rows.order_by().values("program")).order_by("name", "pk")
    found: dict[int, GapLine] = {}
    gaps: dict[dcat.Gap, list[str]] = {}
    for program in programs:
        for version in dcat.VERSIONS:
            for gap in gaps_known(program, version=version):
                gaps.setdefault(gap, []).append(version)
    for line in _lines(rows.select_related("program", "department"), gaps):
        by_admin = line.gap.whose == dcat.PORTAL_ADMIN
        mine = line.dataset.program_id in administered if by_admin else line.dataset.department_id in own
        if line.gap.keeps_out and mine:
            found.setdefault(line.dataset.pk, line)
    return list(found.values())


def _lines(rows: Iterable[Dataset], gaps: Mapping[dcat.Gap, list[str]]) -> list[GapLine]:
    """The gaps of these datasets, what keeps one out first; the datasets are read only when there is a gap."""
    if not gaps:
        return []
    known = {identifier_of(dataset): dataset for dataset in rows}
    lines = [
        GapLine(known[gap.identifier], gap, tuple(versions))
        for gap, versions in gaps.items()
        if gap.identifier in known
    ]
    return sorted(lines, key=lambda line: (not line.gap.keeps_out, line.dataset.title, line.dataset.pk))
