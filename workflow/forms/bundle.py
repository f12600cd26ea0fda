"""Bundles, freeze periods and holds as forms, in the time zone of the program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from accounts.models import Program, User
from accounts.profiles import Profile
from workflow.forms.moments import MomentField, MomentsForm
from workflow.models import Bundle, Freeze, Release
from workflow.services.freezes import OFFICERS
from workflow.services.plan_holds import LIFTERS

# Longer than a day, nothing should stand half way.
_PATIENCE = 24 * 60


def _text(label: str, *, rows: int = 2, required: str = "", help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=2000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": required} if required else {},
    )


def _zone_words(profile: Profile) -> str:
    return f"In the time zone {profile.timezone.replace('_', ' ')}."


class BundleForm(MomentsForm):
    """What goes public together, when, and what happens if one part of it fails."""

    name = forms.CharField(
        label="Name", max_length=200, error_messages={"required": "Give the bundle a name."}
    )
    reason = _text("Why they go public together", required="Say why these releases go public together.")
    release_at = MomentField(
        label="Goes public on", error_messages={"required": "Say when the bundle goes public."}
    )
    owner = forms.ModelChoiceField(
        label="Whose bundle it is",
        queryset=User.objects.none(),
        empty_label=None,
        help_text="Decides how it goes on, if it stops half way.",
    )
    take_back = forms.ChoiceField(
        label="If one of them fails for good",
        choices=Bundle.TakeBack.choices,
        help_text="Taken back, all of them stay approved and private, until somebody tries again.",
    )
    patience_minutes = forms.IntegerField(
        label="Give up after so many minutes",
        min_value=5,
        max_value=_PATIENCE,
        help_text="If the portal has not made all of it public by then, the bundle counts as failed.",
    )

    def __init__(
        self,
        *args: Any,
        bundle: Bundle | None,
        user: User,
        owners: Sequence[User],
        profile: Profile,
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {"owner": user.pk, "take_back": "rest", "patience_minutes": 240}
        if bundle is not None:
            initial = {name: getattr(bundle, name) for name in self.base_fields}
        super().__init__(*args, **{"initial": initial, **kwargs})
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.filter(pk__in=[person.pk for person in owners]).order_by("full_name")
        moment = self.fields["release_at"]
        moment.help_text = (
            f"{_zone_words(profile)} Each plan keeps its own date: the bundle waits for the last."
        )


class BundleAddForm(forms.Form):
    """Which releases go in."""

    releases = forms.MultipleChoiceField(
        label="Releases",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one release."},
    )

    def __init__(self, *args: Any, releases: Iterable[Release], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["releases"]
        field.choices = [
            (release.pk, f"{release.dataset.title} ({release.get_stage_display()})") for release in releases
        ]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = _text("Why", required="Say why. The people concerned will read it.")


class FreezeForm(MomentsForm):
    """When nothing goes public, of whom, and who may let something through."""

    kind = forms.ChoiceField(label="What for", choices=Freeze.Kind.choices)
    reason = _text(
        "Why nothing goes public then",
        required="Say why nothing goes public then.",
        help_text="One sentence; it stands wherever something has to wait.",
    )
    department = forms.ModelChoiceField(
        label="For", queryset=None, required=False, empty_label="The whole program"
    )
    starts_at = MomentField(label="From", error_messages={"required": "Say when it begins."})
    ends_at = MomentField(label="Until", error_messages={"required": "Say when it ends."})
    holds_refreshes = forms.BooleanField(
        label="New editions of data that is public wait too", required=False, initial=True
    )
    excepted_by = forms.ChoiceField(label="Who may allow an exception")

    def __init__(self, *args: Any, program: Program, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Any = self.fields["department"]
        officers: Any = self.fields["excepted_by"]
        department.queryset = program.departments.order_by("name")
        officers.choices = [(role, profile.role_label(role)) for role in OFFICERS]
        self.fields["starts_at"].help_text = self.fields["ends_at"].help_text = _zone_words(profile)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "The freeze ends before it begins. Change one of the two.")
        return data


class FreezeExceptForm(forms.Form):
    """Which of the releases that wait are let through, and why."""

    releases = forms.MultipleChoiceField(
        label="Let through",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one release."},
    )
    reason = _text("Why it may go public all the same", required="Say why it may go public all the same.")

    def __init__(self, *args: Any, releases: Iterable[Release], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["releases"]
        field.choices = [(release.pk, release.dataset.title) for release in releases]


class PlanHoldForm(forms.Form):
    """Why a planned release is held back, and who lifts that."""

    reason = _text("Why it is held back", required="Say why the release is held back.")
    lifts = forms.ChoiceField(label="Who may lift the hold")

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lifts: Any = self.fields["lifts"]
        lifts.choices = [(role, profile.role_label(role)) for role in LIFTERS]
