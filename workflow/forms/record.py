"""The inventory record as a form, in the order of DOMAIN CK-INV, with the words of the program's profile."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import Department, User
from accounts.profiles import Profile
from accounts.roles import Role
from workflow.models import Dataset
from workflow.selectors.people import RoleBook
from workflow.words import HIGH_VALUE_CRITERIA

_CHOICES = (
    "geographic_granularity",
    "accrual_periodicity",
    "collection_frequency",
    "priority",
    "quality_rating",
)
_PEOPLE = {"steward": Role.STEWARD, "coordinator": Role.COORDINATOR, "custodian": Role.CUSTODIAN}
_FIELDSETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What it is", ("department", "title", "description", "row_label")),
    (
        "Who looks after it",
        ("steward", "invite_email", "invite_name", "coordinator", "custodian"),
    ),
    (
        "Where it comes from",
        (
            "source_system",
            "coverage_start",
            "coverage_end",
            "geographic_coverage",
            "geographic_granularity",
            "accrual_periodicity",
            "collection_frequency",
            "existing_url",
            "source_rows",
            "source_rows_as_of",
            "technical_challenges",
        ),
    ),
    ("How much it matters", ("priority", "priority_comment", "high_value")),
    (
        "How sensitive and how good it is",
        (
            "classification",
            "classification_ground",
            "output_classification",
            "output_ground",
            "security_level",
            "security_level_reason",
            "quality_rating",
            "quality_details",
        ),
    ),
    ("What the public will read beside the data", ("category", "keywords", "licence", "contact_email")),
)
_HELP = {
    "title": "The name people will search for. Say what it is and where, without abbreviations.",
    "description": "A few sentences: what is in it, how it comes about, what it does not cover.",
    "row_label": "Complete the sentence: “each row is one …”, for example “building permit”.",
    "steward": "The person who knows the data and prepares each release.",
    "coordinator": "Who guides it through the department. Empty: any coordinator of the department may.",
    "custodian": "Who runs the system it comes from, where that is somebody else.",
    "source_system": "The program, database or spreadsheet that holds it today.",
    "coverage_start": "The day of the oldest record.",
    "coverage_end": "Leave empty when the data is current.",
    "geographic_coverage": "For example the whole city, or the three downtown districts.",
    "geographic_granularity": "The finest place that a row names.",
    "accrual_periodicity": "How often the published data will be brought up to date.",
    "collection_frequency": "How often the department itself collects it, where that differs.",
    "existing_url": "Where readers find it already, if they do.",
    "source_rows": "What the source system itself counts. The file is compared with this number.",
    "technical_challenges": "What could make publishing hard: size, formats, an old system.",
    "priority_comment": "Why, in a sentence.",
    "classification_ground": "The law or the concern it rests on. Needed for every class but public.",
    "output_classification": "A treated form may be of another class than the data itself. Empty: not decided yet.",
    "output_ground": "Why what is published may be of that class, for example which columns go.",
    "security_level_reason": "What makes it more than unrestricted: agreements, sensitivities, law.",
    "quality_details": "Known gaps, late entries, fields that are filled in by hand.",
    "licence": "What readers may do with it.",
    "contact_email": "Where readers ask questions. Prefer an address of the office over one of a person.",
}


class RecordForm(forms.ModelForm):
    """Fields of a dataset for people; the view hands `record()` to the service, the form saves nothing."""

    keywords = forms.CharField(
        required=False,
        label="Keywords",
        help_text="The words people would search by, separated by commas.",
    )
    high_value = forms.MultipleChoiceField(
        required=False,
        choices=[(code, f"{code}. {words}") for code, words in HIGH_VALUE_CRITERIA],
        widget=forms.CheckboxSelectMultiple,
        label="High-value criteria",
        help_text="Tick what the head of the department would sign: one is enough. None ticked means low priority.",
    )
    existing_url = forms.URLField(
        required=False, assume_scheme="https", label="Already published at", help_text=_HELP["existing_url"]
    )
    invite_email = forms.EmailField(
        required=False,
        label="Or invite a steward who has no account yet: their e-mail address",
        help_text="They get a letter with a link to choose a password.",
    )
    invite_name = forms.CharField(required=False, max_length=150, label="Name of the invited steward")

    class Meta:
        model = Dataset
        fields = (
            "department",
            "title",
            "description",
            "row_label",
            "steward",
            "coordinator",
            "custodian",
            "source_system",
            "coverage_start",
            "coverage_end",
            "geographic_coverage",
            "geographic_granularity",
            "accrual_periodicity",
            "collection_frequency",
            "existing_url",
            "source_rows",
            "source_rows_as_of",
            "technical_challenges",
            "priority",
            "priority_comment",
            "high_value",
            "classification",
            "classification_ground",
            "output_classification",
            "output_ground",
            "security_level",
            "security_level_reason",
            "quality_rating",
            "quality_details",
            "category",
            "keywords",
            "licence",
            "contact_email",
        )
        help_texts = _HELP
        labels = {
            "title": "Dataset name",
            "row_label": "What one row is",
            "source_system": "Source system",
            "coverage_start": "Data begins on",
            "coverage_end": "Data ends on",
            "accrual_periodicity": "Update frequency",
            "source_rows": "Rows in the source",
            "source_rows_as_of": "Counted on",
            "priority": "Priority",
            "priority_comment": "Why this priority",
            "classification": "Classification of the raw data",
            "classification_ground": "Ground of the classification",
            "output_classification": "Classification of what is published",
            "output_ground": "Why the published form may be of that class",
            "security_level": "Security level",
            "security_level_reason": "Reason of the security level",
            "quality_rating": "Quality of the data",
            "quality_details": "What is known about its quality",
            "licence": "Licence",
            "contact_email": "Contact e-mail for readers",
        }
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("coverage_start", "coverage_end", "source_rows_as_of")
        } | {
            name: forms.Textarea(attrs={"rows": 3})
            for name in (
                "description",
                "technical_challenges",
                "priority_comment",
                "classification_ground",
                "output_ground",
                "security_level_reason",
                "quality_details",
            )
        }

    def __init__(
        self,
        *args: Any,
        profile: Profile,
        departments: QuerySet[Department],
        book: RoleBook,
        may_invite: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile
        self.initial["keywords"] = ", ".join(self.instance.keywords)
        for name in _CHOICES:
            self.fields[name].choices = [("", "Not chosen yet"), *self.fields[name].choices[1:]]
        self._people_fields(departments, book)
        self._profile_fields(profile)
        if self.instance.pk:
            del self.fields["department"]
        else:
            self.fields["department"].queryset = departments
            self.fields["department"].empty_label = None if len(departments) == 1 else "Choose one"
        if not may_invite:
            del self.fields["invite_email"], self.fields["invite_name"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            *(
                Fieldset(legend, *(name for name in names if name in self.fields), css_class="form-part")
                for legend, names in _FIELDSETS
            )
        )

    def _people_fields(self, departments: QuerySet[Department], book: RoleBook) -> None:
        """Offer the people who hold each role in one of the departments; `clean` checks the place."""
        self._holders: dict[str, list[tuple[int | None, User]]] = {}
        for name, role in _PEOPLE.items():
            self._holders[name] = [
                held for department in departments[:1] for held in book.held(role, department.program_id)
            ]
            places = {None, *(department.pk for department in departments)}
            people = {person.pk for place, person in self._holders[name] if place in places}
            field = self.fields[name]
            field.label = self.profile.role_label(role)
            field.queryset = User.objects.filter(
                pk__in=people | {getattr(self.instance, f"{name}_id")} - {None}
            )
            field.empty_label = "Nobody named"
            if len(departments) > 1:
                field.help_text += " They must hold the role in the department you chose."

    def _profile_fields(self, profile: Profile) -> None:
        classes = [(choice.code, choice.label) for choice in profile.classifications]
        explained = " ".join(
            f"{choice.label}: {choice.help}" for choice in profile.classifications if choice.help
        )
        categories = [(name, name) for name in profile.publication.get("categories", ())]
        licences = [(choice.code, choice.label) for choice in profile.licences]
        published = [
            (choice.code, choice.label) for choice in profile.classifications if not choice.never_publish
        ]
        levels = [(level.code, level.label) for level in profile.security_levels]
        levels_explained = " ".join(
            f"{level.label}: {level.help}" for level in profile.security_levels if level.help
        )
        for name, choices, help_text in (
            ("classification", classes, explained),
            ("output_classification", published, _HELP["output_classification"]),
            ("security_level", levels, levels_explained),
            ("category", categories, "Where readers will find it on the portal."),
            ("licence", licences, _HELP["licence"]),
        ):
            kept = getattr(self.instance, name)
            if kept and kept not in dict(choices):
                choices = [*choices, (kept, f"{kept} (no longer offered)")]
            self.fields[name] = forms.ChoiceField(
                choices=[("", "Not chosen yet"), *choices],
                required=False,
                label=self.fields[name].label,
                help_text=help_text,
            )
        if not profile.asks_high_value:
            del self.fields["high_value"]
        elif law := profile.item_rule("inventory", "INV-17").law:
            self.fields["high_value"].help_text += f" {law}."
        if not profile.security_levels:
            del self.fields["security_level"], self.fields["security_level_reason"]
        if not self.instance.pk:
            self.initial["licence"] = profile.publication.get("default_licence", "")

    def clean_keywords(self) -> list[str]:
        words = [word.strip() for word in self.cleaned_data["keywords"].split(",")]
        return list(dict.fromkeys(word for word in words if word))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._check_people(data)
        start, end = data.get("coverage_start"), data.get("coverage_end")
        if start and end and end < start:
            self.add_error("coverage_end", "The data ends before it begins. Change one of the two dates.")
        if data.get("source_rows") is not None and not data.get("source_rows_as_of"):
            self.add_error("source_rows_as_of", "Say on which day the source counted these rows.")
        self._check_classes(data)
        return data

    def _check_classes(self, data: dict[str, Any]) -> None:
        """The raw data and what is published of it are classified apart; each has its ground."""
        choice = self.profile.classification(data.get("classification", ""))
        if choice and choice.needs_ground and not data.get("classification_ground"):
            self.add_error(
                "classification_ground",
                f"“{choice.label}” needs its ground: which law or concern it rests on.",
            )
        output = data.get("output_classification")
        if output and output != data.get("classification") and not data.get("output_ground"):
            self.add_error(
                "output_ground",
                "It is of another class than the data itself: say why what is published may be.",
            )
        level = self.profile.security_level(data.get("security_level", ""))
        if level and level != self.profile.security_levels[0] and not data.get("security_level_reason"):
            self.add_error(
                "security_level_reason",
                f"“{level.label}” needs its reason: what makes it more than unrestricted.",
            )

    def _check_people(self, data: dict[str, Any]) -> None:
        department = data.get("department") or (self.instance.department if self.instance.pk else None)
        for name in _PEOPLE:
            person = data.get(name)
            if not person or not department:
                continue
            if not any(
                place in (None, department.pk) and held == person for place, held in self._holders[name]
            ):
                label = self.fields[name].label.lower()
                self.add_error(name, f"{person} is not a {label} in {department}. Choose somebody who is.")
        if data.get("invite_email") and data.get("steward"):
            self.add_error("invite_email", "Choose a steward above or invite one here, not both.")
        if data.get("invite_email") and not data.get("invite_name"):
            self.add_error("invite_name", "Say the name of the person you invite; the letter addresses them.")
        if data.get("invite_name") and not data.get("invite_email"):
            self.add_error("invite_email", "Say the e-mail address of the person you invite.")

    def record(self) -> dict[str, Any]:
        """The answers as the service takes them: fields of the record, without department and invitation."""
        apart = {"department", "invite_email", "invite_name"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    def add_errors_of(self, error: ValidationError) -> None:
        """Show what the service refused, each sentence at its field where the form has it."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, sentences in error.message_dict.items():
            self.add_error(name if name in self.fields else None, sentences)

    def _post_clean(self) -> None:
        """The model's own checks belong to the service, which reads the row under its lock."""


class ReasonForm(forms.Form):
    """One reason in words: for a dataset that is not for release."""

    reason = forms.CharField(
        label="Why it is not for release",
        help_text="The inventory keeps this reason; a short sentence with the law or the concern is best.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={
            "required": "Say why this dataset is not for release; the inventory keeps the reason."
        },
    )
