"""People, programs, departments and who holds which role. Import from here, not from the submodules."""

from accounts.models.people import Delegation, Invitation, RoleAssignment, User
from accounts.models.programs import Department, Program, ProgramProfile
from accounts.models.requests import RoleRequest

__all__ = [
    "Delegation",
    "Department",
    "Invitation",
    "Program",
    "ProgramProfile",
    "RoleAssignment",
    "RoleRequest",
    "User",
]
