"""One's own account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods

from accounts.context import link, role_sentences
from accounts.forms import NameForm, PasswordChangeForm
from accounts.roles import assignments_of
from accounts.services import password_change_record, person_rename


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Who the product thinks I am, what I may do, and how to change my name."""
    form = NameForm(request.POST or None, initial={"full_name": request.user.full_name})
    if request.method == "POST" and form.is_valid():
        person_rename(user=request.user, full_name=form.cleaned_data["full_name"], actor=request.user)
        messages.success(request, "Your name is changed.")
        return redirect("profile")
    assignments = assignments_of(request.user).select_related("program", "department", "user")
    return render(
        request,
        "accounts/profile.html",
        {
            "form": form,
            "own_roles": role_sentences([row for row in assignments if row.user_id == request.user.pk]),
            "lent_roles": [
                {"role": sentence, "of": row.user}
                for row, sentence in _lent(request.user.pk, list(assignments))
            ],
            "letters_url": link("letter_preferences"),
        },
    )


def _lent(user_id: int, assignments: list) -> list:
    lent = [row for row in assignments if row.user_id != user_id]
    return list(zip(lent, role_sentences(lent), strict=True))


class PasswordChangeView(auth_views.PasswordChangeView):
    form_class = PasswordChangeForm
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("profile")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        password_change_record(user=self.request.user)
        messages.success(self.request, "Your password is changed. On other devices you have to log in again.")
        return response
