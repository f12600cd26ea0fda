"""The audit trail in the admin: to read, by who keeps the program; nobody changes it anywhere."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from audit.models import AuditEvent
from audit.selectors import sentence_of

# The roles that open the admin site (accounts.roles.ADMIN_ROLES, a floor above this one).
_READERS = ("cdo", "portal_admin")


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin):
    """Events of the programs of which the person is CDO or portal admin, newest first."""

    list_display = ("at", "sentence", "subject_label")
    list_display_links = ("sentence",)
    search_fields = ("subject_label", "action")
    search_help_text = "Search by dataset or kind of event"
    date_hierarchy = "at"
    ordering = ("-at", "-id")
    list_per_page = 50
    fields = ("at", "sentence", "action", "actor", "on_behalf_of", "subject_label", "note_text", "request_id")
    readonly_fields = fields

    @admin.display(description="What happened")
    def sentence(self, event: AuditEvent) -> str:
        return sentence_of(event)

    @admin.display(description="Words to it")
    def note_text(self, event: AuditEvent) -> str:
        note = getattr(event, "note", None)
        return note.text if note is not None else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        # A role that does not open the admin site in one program opens nothing of it here.
        held = request.user.role_assignments.filter(role__in=_READERS)  # type: ignore[union-attr]
        programs = held.values("program_id")
        rows = super().get_queryset(request).filter(program_id__in=programs)
        return rows.select_related("actor", "on_behalf_of", "note")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
