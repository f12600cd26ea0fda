"""Template context of every page: whose program this is, who is logged in, which links they see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.models import RoleAssignment
from accounts.roles import DEPARTMENT_ROLES, Role, assignments_of
from accounts.selectors import is_decider, profile_for

PRODUCT_NAME = "Open data publication"


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Names, links and account menu of the frame around a page. One query for the roles of the person."""
    user = getattr(request, "user", None)
    program = getattr(request, "program", None)
    context = {
        "product_name": PRODUCT_NAME,
        "program_name": program.name if program else PRODUCT_NAME,
        "home_url": link("home") or "/",
        "login_url": link("login"),
        "accessibility_url": link("accessibility"),
    }
    if user is None or not user.is_authenticated:
        context["catalogue_url"] = link("catalogue_list")
        context["requests_url"] = link("public_request_programs")
        return context
    assignments = list(assignments_of(user).select_related("program", "department"))
    context["account"] = {
        "name": user.full_name or user.email,
        "roles": role_sentences(assignments),
        "profile_url": link("profile"),
        "logout_url": link("logout"),
    }
    context["search_url"] = link("dataset_list") if assignments else ""
    context["programs_url"] = link("program_list") if assignments else ""
    context["nav_links"] = nav_links(request, assignments)
    return context


def nav_links(request: HttpRequest, assignments: list[RoleAssignment]) -> list[dict[str, Any]]:
    """The links of the header that the person may use, with the one they are on marked."""
    roles = {row.role for row in assignments}
    wanted = []
    if roles:
        wanted += [("My work", "my_work"), ("Datasets", "dataset_list"), ("Dashboard", "dashboard")]
        wanted.append(("Proposals", "proposal_list"))
    if roles & {Role.OPEN_DATA_TEAM, Role.CDO}:
        wanted.append(("Requests", "request_queue"))
    if roles & {Role.PORTAL_ADMIN, Role.CDO, Role.PRIVACY_OFFICER, Role.OPEN_DATA_TEAM}:
        wanted.append(("Retirements", "retirement_list"))
    if roles & {Role.PORTAL_ADMIN, Role.CDO, Role.PRIVACY_OFFICER}:
        wanted.append(("Retractions", "retraction_list"))
    if request.user.is_staff and is_decider(assignments):
        wanted.append(("Approval queue", "admin:workflow_approvalrequest_changelist"))
    if Role.PORTAL_ADMIN in roles:
        wanted += [("People", "people"), ("Programs", "program_list"), ("Admin", "admin:index")]
    if roles and settings.NOTIFICATION_CHANNEL == "mailbox":
        wanted.append(("Mailbox", "mailbox"))
    links = [{"label": label, "url": link(name)} for label, name in wanted]
    links = [entry for entry in links if entry["url"]]
    here = max(
        (entry["url"] for entry in links if request.path.startswith(entry["url"])), key=len, default=None
    )
    for entry in links:
        if entry["url"] == here:
            entry["current"] = "page" if request.path == here else "true"
    return links


def role_sentences(assignments: Iterable[RoleAssignment]) -> list[str]:
    """Each role in its program's own words with the place it is held for: "Data steward, Public Works".

    The program is named only where there are several.
    """
    assignments = list(assignments)
    profiles = {program: profile_for(program) for program in {row.program for row in assignments}}
    sentences = []
    for row in assignments:
        everywhere = "all departments" if row.role in DEPARTMENT_ROLES else ""
        parts = [profiles[row.program].role_label(row.role), str(row.department or everywhere)]
        parts += [side.label for side in profiles[row.program].sides if side.code == row.side]
        if len(profiles) > 1:
            parts.append(row.program.name)
        sentences.append(", ".join(part for part in parts if part))
    return sentences


def link(name: str) -> str:
    """The address of a page; empty when this site does not have it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
