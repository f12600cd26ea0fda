"""A moment to the minute in the time zone of the program, also in the nights when the clocks change.

In spring an hour does not exist: the form says so. In autumn an hour comes twice: the form asks which one is meant.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

MINUTES = "%Y-%m-%dT%H:%M"
_FORMATS = [MINUTES, "%Y-%m-%dT%H:%M:%S"]
FIRST, SECOND = "0", "1"
# Nothing here happens in other years; at the ends of the calendar no time zone can be reckoned with.
_YEARS = range(2000, 2101)


def is_missing(wall: datetime, zone: tzinfo) -> bool:
    """The clocks go forward over that moment: no clock ever shows it."""
    return _back(wall, zone) != wall


def is_twice(wall: datetime, zone: tzinfo) -> bool:
    """The clocks go back over that moment: they show it twice."""
    if is_missing(wall, zone):
        return False
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first.utcoffset() != second.utcoffset()


def _back(wall: datetime, zone: tzinfo) -> datetime:
    """What the clocks show at what was meant."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)


class MomentField(forms.DateTimeField):
    """A moment in the current time zone. One that comes twice counts as the first, until MomentsForm asks."""

    def __init__(self, **about: Any) -> None:
        super().__init__(
            input_formats=_FORMATS,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
            error_messages={
                "invalid": "Give a date and a time, such as 12/04/2026, 9:00 AM.",
                **about.pop("error_messages", {}),
            },
            **about,
        )

    def to_python(self, value: Any) -> datetime | None:
        zone = timezone.get_current_timezone()
        wall = wall_of(value)
        if wall is None:
            moment = super().to_python(value)
            if moment is not None and moment.year not in _YEARS:
                raise ValidationError(f"Choose a year from {_YEARS[0]} to {_YEARS[-1]}.", code="year")
            return moment
        if is_missing(wall, zone):
            shown = date_format(wall, "D j M Y, H:i")
            instead = date_format(_back(wall, zone), "H:i")
            raise ValidationError(
                f"There is no {shown} in the time zone {_name(zone)}: the clocks go forward that night. "
                f"Choose {instead}, or another moment.",
                code="missing",
            )
        return wall.replace(tzinfo=zone, fold=0)


def wall_of(value: Any) -> datetime | None:
    """What the clock shows, as it was typed; None where that is no moment of these years."""
    if not isinstance(value, str):
        return None
    try:
        found = parse_datetime(value.strip())
    except ValueError:
        return None
    if found is None or found.tzinfo is not None or found.year not in _YEARS:
        return None
    return found


class MomentsForm(forms.Form):
    """A form that asks which of the two is meant, where a moment of it comes twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone()
        ordered: dict[str, forms.Field] = {}
        self._twice: dict[str, str] = {}
        for name, field in self.fields.items():
            ordered[name] = field
            wall, fold = self._wall(name, field, zone) if isinstance(field, MomentField) else (None, 0)
            if wall is not None and is_twice(wall, zone):
                self._twice[name] = f"{name}_which"
                ordered[f"{name}_which"] = _which(field, wall, zone, fold)
        self.fields = ordered  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, which in self._twice.items():
            choice = data.pop(which, None)
            if data.get(name) is not None and choice is not None:
                # In UTC: Python holds a moment that comes twice for unequal to itself in another time zone.
                data[name] = data[name].replace(fold=int(choice)).astimezone(UTC)
        return data

    def _wall(self, name: str, field: forms.Field, zone: tzinfo) -> tuple[datetime | None, int]:
        if self.is_bound:
            return wall_of(self.data.get(self.add_prefix(name))), 0
        moment = self.get_initial_for_field(field, name)
        if not isinstance(moment, datetime):
            return None, 0
        local = moment.astimezone(zone)
        return local.replace(tzinfo=None, fold=0, second=0, microsecond=0), local.fold


def _which(field: forms.Field, wall: datetime, zone: tzinfo, fold: int) -> forms.ChoiceField:
    shown = date_format(wall, "H:i")
    choices = [("", "Choose one")]
    for code, words in ((FIRST, "The first"), (SECOND, "The second")):
        utc = wall.replace(tzinfo=zone, fold=int(code)).astimezone(UTC)
        choices.append((code, f"{words}, {date_format(utc, 'H:i')} UTC"))
    return forms.ChoiceField(
        label=f"{field.label}: which {shown}",
        choices=choices,
        initial=str(fold),
        help_text=f"The clocks go back that night, so {shown} comes twice in the time zone {_name(zone)}.",
        error_messages={
            "required": f"{shown} comes twice that night, because the clocks go back. Say which one you mean."
        },
    )


def _name(zone: tzinfo) -> str:
    return str(zone).replace("_", " ")
