"""The forms of a move: its reason, and for a return where it goes and what must be answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from workflow.context import ReleaseContext
from workflow.selectors.return_letter import Draft, drafts_of, letter_draft
from workflow.stages import Move, Stage, return_targets

POINTS_MAX = 40


class MoveForm(forms.Form):
    """The reason of a move. Whether one is needed says the table of moves; the door asks again."""

    reason = forms.CharField(
        label="Reason", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, move: Move, **kwargs: Any) -> None:
        # The decision page holds several of these forms: each field needs an id of its own.
        super().__init__(*args, **{"auto_id": f"id_{move.name}_%s", **kwargs})
        self.move = move
        field = self.fields["reason"]
        field.required = move.needs_reason
        field.error_messages["required"] = (
            f"Say why: “{move.label}” needs a reason, which the people concerned will read."
        )
        if move.needs_reason:
            field.help_text = "Your colleagues read it, in the letter and in the history."
        else:
            field.label = "Comment" if move.decides else "Reason or comment"
            field.help_text = "Only if there is something to say. It stays in the history."

    def arguments(self) -> dict[str, Any]:
        """What the form adds to the call of the door."""
        return {"reason": self.cleaned_data["reason"]}


class ReturnForm(MoveForm):
    """A return for changes: to which earlier stage, the points to answer, and the letter that carries them.

    What failed is offered point by point (`drafts`): ticked or not, in words that can be changed. Further
    points are one per line.
    """

    to = forms.ChoiceField(label="Back to", widget=forms.RadioSelect)
    points = forms.CharField(
        label="Points to answer",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One per line. Each is shown to whoever answers as a line of its own.",
    )
    letter = forms.CharField(
        label="Letter",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The points follow it by number, and your name. It is kept as it was sent.",
    )

    def __init__(
        self,
        *args: Any,
        stage: str = Stage.CDO_REVIEW,
        drafts: Sequence[Draft] = (),
        letter: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        earlier = return_targets(stage)
        self.fields["to"].choices = [(str(target), Stage(target).label) for target in earlier]
        self.initial.setdefault("to", str(earlier[0]) if earlier else "")
        self.initial.setdefault("letter", letter)
        self.drafts = list(drafts)[:POINTS_MAX]
        for number, draft in enumerate(self.drafts):
            self.fields[f"keep_{number}"] = forms.BooleanField(
                label=f"Ask for point {number + 1}, from: {draft.source}",
                required=False,
                initial=draft.ticked,
            )
            self.fields[f"text_{number}"] = forms.CharField(
                label=f"Words of point {number + 1}",
                required=False,
                initial=draft.text,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        if self.drafts:
            self.fields["points"].label = "Further points to answer"
        names = [f"{part}_{number}" for number in range(len(self.drafts)) for part in ("keep", "text")]
        self.order_fields(["to", *names, "points", "letter", "reason"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kept = [
            str(data.get(f"text_{number}", "")).strip()
            for number in range(len(self.drafts))
            if data.get(f"keep_{number}")
        ]
        lines = [line.strip(" \t-•*") for line in str(data.get("points", "")).splitlines()]
        found = list(dict.fromkeys(text for text in [*kept, *lines] if text))
        if len(found) > POINTS_MAX:
            self.add_error(
                "points",
                f"{len(found)} points are too many to answer one by one. Join them to at most {POINTS_MAX}.",
            )
        data["points"] = found
        return data

    def drafted(self) -> list[dict[str, Any]]:
        """The offered points with their two fields, for a page that draws them side by side."""
        return [
            {
                "number": number + 1,
                "source": draft.source,
                "keep": self[f"keep_{number}"],
                "text": self[f"text_{number}"],
            }
            for number, draft in enumerate(self.drafts)
        ]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return super().arguments() | {"to": data["to"], "points": data["points"], "letter": data["letter"]}


def form_of(move: Move, context: ReleaseContext, data: Any = None) -> MoveForm:
    """The form that a move asks for; a return begins with what failed."""
    if move.name == "return_for_changes":
        return ReturnForm(
            data,
            move=move,
            stage=context.release.stage,
            drafts=drafts_of(context),
            letter=letter_draft(context),
        )
    return MoveForm(data, move=move)
