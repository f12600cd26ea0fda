"""The outbox as a portal admin sees it: what was sent, what stopped and why, and how to send it again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from notifications import selectors, services
from notifications.models import OutgoingMessage


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(admin.ModelAdmin):
    """Letters to the people of one's own programs; nothing about them can be changed."""

    list_display = ("recipient", "message_id", "created_at", "status", "outcome", "error")
    list_filter = ("status", "message_id")
    search_fields = ("recipient__full_name", "recipient__email", "context__dataset")
    date_hierarchy = "created_at"
    list_select_related = ("recipient",)
    fields = ("recipient", "message_id", "created_at", "status", "attempts", "sent_at", "outcome", "error")
    readonly_fields = fields
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMessage]:
        return selectors.letters_for(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Send stopped letters again")
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMessage]) -> None:
        started = sum(services.message_send_again(message=row, actor=request.user) for row in queryset)
        words = f"{started} of {len(queryset)} letters are sent again; only stopped ones can be."
        self.message_user(request, words, messages.SUCCESS if started else messages.WARNING)
