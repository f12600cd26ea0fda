"""The forms of a move: its reason, and for a return where it goes and what must be answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from workflow import gates
from workflow.context import ReleaseContext
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
            field.help_text = "The people concerned read it, in the letter and in the history."
        else:
            field.label = "Comment" if move.decides else "Reason or comment"
            field.help_text = "Only if there is something to say. It stays in the history."

    def arguments(self) -> dict[str, Any]:
        """What the form adds to the call of the door."""
        return {"reason": self.cleaned_data["reason"]}


class ReturnForm(MoveForm):
    """A return for changes: to which earlier stage, and the points to answer, one per line."""

    to = forms.ChoiceField(label="Back to", widget=forms.RadioSelect)
    points = forms.CharField(
        label="Points to answer",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One per line. Each is shown to whoever answers as a line of its own.",
    )

    field_order = ("to", "points", "reason")

    def __init__(
        self, *args: Any, stage: str = Stage.CDO_REVIEW, points: Iterable[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        earlier = return_targets(stage)
        self.fields["to"].choices = [(str(target), Stage(target).label) for target in earlier]
        self.initial.setdefault("to", str(earlier[0]) if earlier else "")
        self.initial.setdefault("points", "\n".join(points))

    def clean_points(self) -> list[str]:
        lines = [line.strip(" \t-•*") for line in self.cleaned_data["points"].splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if len(found) > POINTS_MAX:
            raise forms.ValidationError(
                f"{len(found)} points are too many to answer one by one. Join them to at most {POINTS_MAX}."
            )
        return found

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"to": self.cleaned_data["to"], "points": self.cleaned_data["points"]}


def form_of(move: Move, context: ReleaseContext, data: Any = None) -> MoveForm:
    """The form that a move asks for; the points of a return begin with what failed."""
    if move.name == "return_for_changes":
        failed = [item.text for item in gates.unmet_onward(context) if item.tab != "reviews"]
        return ReturnForm(data, move=move, stage=context.release.stage, points=failed)
    return MoveForm(data, move=move)
