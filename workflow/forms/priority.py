"""The forms of priorities, made from the program's scale."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from workflow.priority import Question, Scale
from workflow.priority.base import WEIGHT_MAX


class ScoreForm(forms.Form):
    """The questions of the scale, without those that the record answers by itself."""

    def __init__(self, *args: Any, scale: Scale, answered: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in scale.questions:
            if one.code not in answered:
                self.fields[one.code] = _field(one)


class OverrideForm(forms.Form):
    """A person's own judgement, with its reason."""

    band = forms.ChoiceField(label="Set it to", required=False)
    reason = forms.CharField(
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="It stays in the history of the dataset.",
        error_messages={"required": "Say why: a priority is only set by hand with its reason."},
    )

    def __init__(self, *args: Any, scale: Scale, overridden: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_override_%s", **kwargs})
        lift = [("", "What the scale computes")] if overridden else []
        self.fields["band"].choices = [
            *lift,
            *((band.code, f"{band.label}: {band.meaning}") for band in scale.bands),
        ]
        self.fields["band"].required = not overridden


class WeightsForm(forms.Form):
    """One number per factor. As a GET form it tries weights out; with a reason it sets them."""

    def __init__(
        self,
        *args: Any,
        scale: Scale,
        weights: Mapping[str, float],
        with_reason: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for code, label in scale.weighted:
            self.fields[code] = forms.FloatField(
                label=label,
                min_value=0,
                max_value=WEIGHT_MAX,
                required=with_reason,
                initial=f"{weights[code]:g}",
                widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
            )
        if with_reason:
            self.fields["reason"] = forms.CharField(
                label="Why the weights change",
                widget=forms.Textarea(attrs={"rows": 3}),
                max_length=2000,
                error_messages={"required": "Say why the weights change; whoever asks later reads it."},
            )

    @classmethod
    def trying(cls, asked: Mapping[str, Any], *, scale: Scale, weights: Mapping[str, float]) -> WeightsForm:
        """The form with the weights that hold, and those in their place that were asked for."""
        data = {code: asked.get(code) or f"{weights[code]:g}" for code, _ in scale.weighted}
        return cls(data, scale=scale, weights=weights)

    def tried(self) -> dict[str, float]:
        """The weights to try; a field that makes no sense keeps the weight that holds."""
        self.is_valid()
        kept = {code: float(field.initial) for code, field in self.fields.items()}
        return kept | {code: value for code, value in self.cleaned_data.items() if value is not None}


def _field(one: Question) -> forms.Field:
    if one.number:
        return forms.IntegerField(
            label=one.label, help_text=one.help, required=False, min_value=0, max_value=1_000_000
        )
    return forms.ChoiceField(
        label=one.label,
        help_text=one.help,
        required=False,
        choices=[
            ("", "Not answered"),
            *((code, f"{words[:1].upper()}{words[1:]}") for code, words in one.choices),
        ],
    )
