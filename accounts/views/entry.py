"""Getting in and out: log-in, log-out, a forgotten password, and an invitation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy

from accounts.forms import ChoosePasswordForm, LoginForm, ResetForm
from accounts.services import (
    invitation_accept,
    invitation_refused_record,
    login_record,
    password_change_record,
)
from accounts.tokens import invitation_tokens


class LoginView(auth_views.LoginView):
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        # Tells app.js that a request for a part of a page ended at the log-in: it must not be swapped in.
        response["X-Login-Page"] = "1"
        return response

    def form_valid(self, form: LoginForm) -> HttpResponse:
        response = super().form_valid(form)
        login_record(user=form.get_user())
        return response


class LogoutView(auth_views.LogoutView):
    """Log-out by POST; afterwards the log-in page says so."""

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        messages.success(request, "You are logged out.")
        return response


class PasswordResetView(auth_views.PasswordResetView):
    """Asks for the address; answers the same whether it is known or not."""

    form_class = ResetForm
    email_template_name = "registration/password_reset_email.txt"
    subject_template_name = "registration/password_reset_subject.txt"
    success_url = reverse_lazy("password_reset_done")


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    form_class = ChoosePasswordForm
    success_url = reverse_lazy("password_reset_complete")

    def form_valid(self, form: ChoosePasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        password_change_record(user=self.user)
        return response


class InvitationAcceptView(auth_views.PasswordResetConfirmView):
    """An invited person chooses a password and is logged in."""

    form_class = ChoosePasswordForm
    template_name = "registration/invitation_accept.html"
    token_generator = invitation_tokens
    post_reset_login = True
    success_url = reverse_lazy("home")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not self.validlink:
            invitation_refused_record(user=self.user, place=self.request.META.get("REMOTE_ADDR", ""))
        return super().get_context_data(**kwargs)

    def form_valid(self, form: ChoosePasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        invitation_accept(user=self.user)
        messages.success(self.request, "Welcome. Your password is set and you are logged in.")
        return response
