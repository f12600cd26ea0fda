"""Forms of the account pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts import limits
from accounts.models import Department, Program, User
from accounts.selectors import departments_administered, role_choices
from accounts.services import login_refused_record
from accounts.sides import sides_of_programs

WAIT_SENTENCE = (
    "There were too many log-ins with this address that did not work. "
    "Wait 15 minutes and try again, or choose a new password with the link below."
)


class LoginForm(AuthenticationForm):
    """Log-in by e-mail address; says nothing about whether an address is known."""

    username = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "This is not an e-mail address.",
        },
    )
    error_messages = {
        "invalid_login": (
            "This address and this password do not belong together, or the account is closed. "
            "Check both; capital letters matter in the password."
        ),
        "inactive": "This account is closed. Ask the portal admin of your program.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = "Enter your password."

    def clean(self) -> dict[str, Any]:
        place = {
            "email": self.cleaned_data.get("username", ""),
            "ip": self.request.META.get("REMOTE_ADDR", ""),
        }
        if limits.login_blocked(**place):
            raise ValidationError(WAIT_SENTENCE, code="wait")
        try:
            cleaned = super().clean()
        except ValidationError:
            if limits.login_failed(**place):
                login_refused_record()
            raise
        if self.user_cache is not None:
            limits.login_forgiven(**place)
        return cleaned


class ResetForm(PasswordResetForm):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "This is not an e-mail address.",
        },
    )

    def get_users(self, email: str) -> Iterator[User]:
        """Who gets the letter: nobody, when it was asked for too often; the page does not say which."""
        return iter(super().get_users(email)) if limits.reset_allowed(email=email) else iter(())


class ChoosePasswordForm(SetPasswordForm):
    """A new password, typed twice."""

    error_messages = {"password_mismatch": "The two passwords are not the same. Type the new one twice."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password_words(self)


class PasswordChangeForm(DjangoPasswordChangeForm):
    error_messages = {
        "password_mismatch": "The two new passwords are not the same. Type the new one twice.",
        "password_incorrect": "This is not your present password. Type it again.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Present password"
        password_words(self)


def password_words(form: forms.Form) -> None:
    """The labels and help of a new password, in one sentence instead of a list of rules."""
    form.fields["new_password1"].label = "New password"
    form.fields[
        "new_password1"
    ].help_text = "At least 12 characters. A few words in a row are easy to remember and hard to guess."
    form.fields["new_password2"].label = "The new password again"
    form.fields["new_password2"].help_text = ""


class NameForm(forms.Form):
    full_name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="As others see it beside what you do here.",
        error_messages={"required": "Enter your name: others need to know who acted."},
    )


class PeopleFilterForm(forms.Form):
    """What the list of people can be narrowed to."""

    STATES = [("", "Any"), ("open", "Open"), ("invited", "Invited, no password yet"), ("closed", "Closed")]

    q = forms.CharField(label="Name or address", required=False, max_length=200)
    role = forms.ChoiceField(label="Role", required=False)
    department = forms.ModelChoiceField(
        label="Department", required=False, queryset=Department.objects.none(), empty_label="Any"
    )
    state = forms.ChoiceField(label="Account", required=False, choices=STATES)

    def __init__(self, *args: Any, programs: QuerySet[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "Any"), *role_choices(programs.first())]
        self.fields["department"].queryset = departments_administered(programs)


class RoleForm(forms.Form):
    """A role of one program, in that program's words, and the place it is held for."""

    program = forms.ModelChoiceField(queryset=Program.objects.none(), widget=forms.HiddenInput)
    role = forms.ChoiceField(label="Role", error_messages={"required": "Choose a role."})
    department = forms.ModelChoiceField(
        label="Department",
        required=False,
        queryset=Department.objects.none(),
        empty_label="The whole program",
        help_text="For stewards, custodians, coordinators and department approvers. "
        "Every other role is held for the whole program.",
    )
    side = forms.ChoiceField(
        label="Government",
        required=False,
        help_text="Where two governments share the program: the one for which the role counts.",
    )

    def __init__(self, *args: Any, program: Program | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Program.objects.filter(pk=program.pk) if program else Program.objects.none()
        self.fields["program"].queryset = own
        self.fields["program"].initial = program
        self.fields["role"].choices = [("", "Choose a role"), *role_choices(program)]
        self.fields["department"].queryset = departments_administered(own)
        sides = [(side.code, side.label) for side in sides_of_programs(own)]
        if sides:
            self.fields["side"].choices = [("", "All of them"), *sides]
        else:
            del self.fields["side"]


class InviteForm(RoleForm):
    """Somebody new: who they are and the first role they hold."""

    full_name = forms.CharField(
        label="Name", max_length=150, error_messages={"required": "Enter the person's first and last name."}
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The invitation goes there, and they log in with it.",
        error_messages={"required": "Enter an e-mail address.", "invalid": "This is not an e-mail address."},
    )
    field_order = ["full_name", "email", "program", "role", "department", "side"]
