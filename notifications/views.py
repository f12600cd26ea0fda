"""Pages about letters: what news a person wants, and the mailbox of development."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from notifications import selectors, services
from notifications.forms import MailboxFilter
from notifications.guard import mailbox_open
from notifications.models import MailboxMail, OutgoingMessage

PER_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def letter_preferences(request: HttpRequest) -> HttpResponse:
    """Choose which news to get. What is asked of a person is not up for choice, and the page says so."""
    choices = selectors.preferences_of(request.user)
    if request.method == "POST":
        known = {message.id for message, _ in choices}
        services.preferences_set(user=request.user, wanted=known & set(request.POST.getlist("wanted")))
        messages.success(request, "Your choice of letters is saved.")
        return redirect("letter_preferences")
    return render(request, "notifications/preferences.html", {"choices": choices})


@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every letter of this development site, by person, with a search."""
    _development_only()
    form = MailboxFilter(request.GET, people=selectors.mailbox_people())
    chosen = form.chosen()
    page = Paginator(selectors.mailbox_entries(**chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "letters": selectors.mailbox_rows(page.object_list),
        "columns": ["Subject", "To", "Written", "State"],
        "form": form,
        "filtered": any(chosen.values()),
    }
    return render(request, "notifications/mailbox.html", context)


@require_GET
def mailbox_letter(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One letter as its reader gets it, with the plain text beside it."""
    _development_only()
    if kind == selectors.LETTER:
        row = get_object_or_404(OutgoingMessage.objects.select_related("recipient"), pk=pk)
        context: dict[str, Any] = {
            "row": row,
            "letter": services.letter_of(row),
            "state": selectors.state_words(row),
        }
    else:
        context = {"mail": get_object_or_404(MailboxMail, pk=pk)}
    return render(request, "notifications/mailbox_letter.html", context)


def _development_only() -> None:
    if not mailbox_open():
        raise Http404("This site sends its letters by mail, so it has no mailbox.")
