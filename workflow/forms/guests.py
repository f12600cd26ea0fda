"""The forms of comments by link: asking somebody outside, and what they write."""

from __future__ import annotations

from django import forms

from workflow.selectors.guests import KINDS

DAYS = 7
LONGEST_DAYS = 30


class GuestAskForm(forms.Form):
    """Whom to ask, about what, and how long the link works."""

    name = forms.CharField(
        label="Their name", max_length=150, error_messages={"required": "Enter the person's name."}
    )
    email = forms.EmailField(
        label="Their e-mail address",
        max_length=254,
        help_text="The link goes there, and so does the code that opens it.",
        error_messages={"required": "Enter an e-mail address.", "invalid": "This is not an e-mail address."},
    )
    kind = forms.ChoiceField(label="About", choices=KINDS)
    question = forms.CharField(
        label="Your question",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the letter. They see the description of the data and of its columns, no data.",
        error_messages={"required": "Write what they should comment on."},
    )
    days = forms.IntegerField(
        label="The link works for (days)", min_value=1, max_value=LONGEST_DAYS, initial=DAYS
    )


class GuestCommentForm(forms.Form):
    """The code from the second letter, who they are, and the comment."""

    comment = forms.CharField(
        label="Your comment",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="No personal data of others, please. Your comment is read by who works on the dataset.",
        error_messages={"required": "Write your comment first."},
    )
    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name: it stands beside your comment."},
    )
    code = forms.CharField(
        label="The code from the letter",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text="Six digits.",
        error_messages={"required": "Enter the code. If you have none yet, have one sent to you."},
    )
