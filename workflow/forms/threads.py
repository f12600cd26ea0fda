"""The forms of a thread: a post, a question for help, and the filters of the list."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.profiles import Profile
from workflow.models import HelpRequest, Thread

LONGEST_POST = 4000
_NO_VALUES = "No values from the file: say the column and the row. Only who may see this release reads it."


class PostForm(forms.Form):
    """Something to say."""

    body = forms.CharField(
        label="Your words",
        max_length=LONGEST_POST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_NO_VALUES,
        error_messages={"required": "Write something first."},
    )


class AnswerForm(PostForm):
    """The answer to a question; it goes to who asked by letter too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = "Your answer"
        self.fields["body"].help_text = f"It goes to who asked by e-mail too. {_NO_VALUES}"
        self.fields["body"].error_messages["required"] = "Write the answer first."


class HelpForm(forms.Form):
    """A question, and whom it is for, in the program's own words for the roles."""

    of_role = forms.ChoiceField(label="Whom do you ask?", widget=forms.RadioSelect)
    question = forms.CharField(
        label="Your question",
        max_length=LONGEST_POST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"It stands in this thread, and they get a letter. {_NO_VALUES}",
        error_messages={"required": "Write your question first."},
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of_role"].choices = [
            (role, profile.role_label(role)) for role in HelpRequest.Helper.values
        ]
        self.fields["of_role"].initial = HelpRequest.Helper.OPEN_DATA_TEAM


class ThreadFilterForm(forms.Form):
    """What the list of threads can be narrowed to."""

    topic = forms.ChoiceField(
        required=False, label="About", choices=[("", "Everything"), *Thread.Topic.choices]
    )
    only = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "All threads"), ("unread", "New to you"), ("help", "Waiting for an answer")],
    )

    def wanted(self) -> dict[str, str]:
        """The filters that make sense; what does not counts as not asked."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        return {"topic": data.get("topic", ""), "only": data.get("only", "")}
