"""The whole check of a profile, for the command, the page and the start: faults, warnings, and a line in sum."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.models import Program, ProgramProfile
from accounts.profiles import Profile, ProfileError, parse
from accounts.services_programs import content_read
from workflow.program_faults import faults_above, remarks_above
from workflow.selectors.program_people import FAULT, WARNING, people_remarks


@dataclass(frozen=True)
class Verdict:
    """What was found about one profile. `profile` is None when it cannot even be read."""

    name: str
    profile: Profile | None
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_in_order(self) -> bool:
        return not self.faults

    @property
    def summary(self) -> str:
        """ "6 stages held by 4 roles, 5 reviews, 9 checklists, final key: chief data officer"."""
        if self.profile is None:
            return ""
        profile = self.profile
        holders = len(set(profile.stage_holders.values()))
        checklists = sum(len(names) for names in profile.checklists.values())
        key = profile.role_words(profile.stage_holders["CDO_REVIEW"])
        return (
            f"{len(profile.stage_holders)} stages held by {holders} roles, {len(profile.reviews)} reviews, "
            f"{checklists} checklists, final key: {key}"
        )


def text_checked(text: str, *, name: str, program: Program | None = None) -> tuple[dict[str, Any], Verdict]:
    """The content of a TOML text and what is to be said about it, with the people of `program` if it is given."""
    try:
        content = content_read(text)
    except ProfileError as error:
        return {}, Verdict(name, None, tuple(error.faults))
    return content, content_checked(content, name=name, program=program)


def content_checked(content: dict[str, Any], *, name: str, program: Program | None = None) -> Verdict:
    try:
        profile = parse(content)
    except ProfileError as error:
        return Verdict(name, None, tuple(error.faults))
    faults, warnings = faults_above(profile), remarks_above(profile)
    people = people_remarks(program, profile) if program is not None else []
    faults += [str(remark) for remark in people if remark.level == FAULT]
    warnings += [str(remark) for remark in people if remark.level == WARNING]
    return Verdict(name, profile, tuple(faults), tuple(warnings))


def file_checked(path: Path) -> Verdict:
    """The check of one file. A file that cannot be read is a fault like any other."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Verdict(path.name, None, (f"The file cannot be read: {error}.",))
    return text_checked(text, name=path.name)[1]


def adopted_checked(row: ProgramProfile) -> Verdict:
    """The check of what a program has adopted, with the people who work there."""
    name = f"{row.program.code}, adopted version {row.version}"
    return content_checked(row.content, name=name, program=row.program)
