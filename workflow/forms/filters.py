"""The filters of the dataset list and of the history."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.profiles import Profile
from accounts.selectors import departments_visible
from workflow.models import Dataset
from workflow.priority import SCALES
from workflow.stage_words import stage_label
from workflow.stages import Stage


class DatasetFilterForm(forms.Form):
    """Search words, filters and order of the dataset list. All is optional; what is wrong is left out."""

    q = forms.CharField(required=False, label="Search", max_length=200)
    department = forms.ModelChoiceField(queryset=None, required=False, empty_label="All departments")
    stage = forms.ChoiceField(required=False, choices=[("", "All stages"), *Stage.choices])
    classification = forms.ChoiceField(required=False)
    steward = forms.ModelChoiceField(queryset=None, required=False, empty_label="All stewards")
    priority = forms.ChoiceField(required=False)
    openness = forms.ChoiceField(
        required=False,
        label="Towards the public",
        choices=[
            ("", "All"),
            ("public", "Public now"),
            ("open", "Nothing withholds it"),
            ("withheld", "Withheld"),
            ("review", "Withholding to be reviewed"),
            ("resting", "Not for release"),
        ],
    )
    high_value = forms.BooleanField(required=False, label="High value")
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, profile: Profile | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = departments_visible(user)
        self.fields["department"].queryset = departments.order_by("name").distinct()
        stewards = Dataset.objects.filter(department__in=departments.values("pk"), steward__isnull=False)
        self.fields["steward"].queryset = User.objects.filter(pk__in=stewards.values("steward_id"))
        if profile:
            self.fields["stage"].choices = [
                ("", "All stages"),
                *((stage, stage_label(stage, profile)) for stage in Stage.values),
            ]
        classes = [(choice.code, choice.label) for choice in profile.classifications] if profile else []
        self.fields["classification"].choices = [("", "All classes"), *classes]
        if profile and not profile.asks_high_value:
            del self.fields["high_value"]
        bands = SCALES[profile.inventory.priority].bands if profile else ()
        self.fields["priority"].choices = [
            ("", "All priorities"),
            *((band.code, band.label) for band in bands),
            ("unscored", "Not scored"),
        ]

    def wanted(self) -> dict[str, Any]:
        """What was asked for, for the selector; fields that make no sense count as not asked."""
        data = self._answers()
        return {
            "words": data.get("q", ""),
            "department": data["department"].pk if data.get("department") else None,
            "stage": data.get("stage", ""),
            "classification": data.get("classification", ""),
            "steward": data["steward"].pk if data.get("steward") else None,
            "priority": data.get("priority", ""),
            "openness": data.get("openness", ""),
            "high_value": data.get("high_value", False),
        }

    def order(self) -> str:
        return self._answers().get("sort", "")

    def _answers(self) -> dict[str, Any]:
        self.is_valid()
        return getattr(self, "cleaned_data", {})

    @property
    def is_filtering(self) -> bool:
        return any(self.wanted().values())


# kind of event -> the beginnings of its actions
EVENT_KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "moves": ("Moves between stages", ()),
    "reviews": ("Reviews", ("workflow.review_",)),
    "record": (
        "Record and plan",
        ("workflow.record_", "workflow.columns_", "workflow.plan_", "workflow.dataset_"),
    ),
    "file": ("Data file", ("file.",)),
    "checklists": ("Checklists and checks", ("checklists.",)),
    "privacy": ("Privacy", ("privacy.",)),
    "publication": ("Publication", ("publishing.",)),
    "threads": ("Threads and questions", ("workflow.thread_", "workflow.post_", "workflow.help_")),
    "outside": ("Comments from outside", ("workflow.guest_",)),
    "exceptions": ("Exceptions", ("workflow.exception_",)),
}


class HistoryFilterForm(forms.Form):
    kind = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "Everything"), *((key, words) for key, (words, _) in EVENT_KINDS.items())],
    )
