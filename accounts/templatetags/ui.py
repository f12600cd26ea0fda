"""Template tags of the whole product: dates with their distance, tables, form controls, page numbers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

register = template.Library()


# --- Dates carry their distance (EXPERIENCE, principle 7) ---
def business_days(start: date, end: date) -> int:
    """Weekdays after `start` up to and including `end`; negative when `end` is before `start`."""
    if end < start:
        return -business_days(end, start)
    weeks, rest = divmod((end - start).days, 7)
    odd = sum(1 for n in range(1, rest + 1) if (start + timedelta(days=n)).weekday() < 5)
    return weeks * 5 + odd


def local_day(value: date | datetime) -> date:
    """The calendar day of a date or of a moment, in the time zone of the page."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def count_of(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@register.filter
def day(value: date | datetime | None) -> str:
    """ "As "Fri 4 Dec", with the year when it is not this one."""
    if not value:
        return ""
    when = local_day(value)
    return date_format(when, "D j M" if when.year == timezone.localdate().year else "D j M Y")


@register.filter
def due(value: date | datetime | None) -> str:
    """As "due Fri 4 Dec, in 9 business days"; "was due Mon 16 Nov, 4 business days late"."""
    if not value:
        return ""
    when, today = local_day(value), timezone.localdate()
    if when == today:
        return "due today"
    if when == today + timedelta(days=1):
        return "due tomorrow"
    distance = business_days(today, when)
    if when > today:
        return f"due {day(when)}, in {count_of(max(distance, 1), 'business day')}"
    return f"was due {day(when)}, {count_of(max(-distance, 1), 'business day')} late"


@register.filter
def ago(value: date | datetime | None) -> str:
    """As "today", "yesterday", "12 Nov, 9 days ago": for what has happened."""
    if not value:
        return ""
    days = (timezone.localdate() - local_day(value)).days
    if days <= 0:
        return "today"
    return "yesterday" if days == 1 else f"{day(value)}, {days} days ago"


# --- Tables ---
@register.simple_block_tag(takes_context=True)
def table(
    context: Context,
    content: str,
    caption: str,
    columns: list[Any],
    table_id: str = "table",
    hide_caption: bool = False,
    stacked: bool = False,
) -> SafeString:
    """A table that scrolls in its own box, with caption and headers.

    `columns`: strings, or dicts with `label` and, where wanted, `sort` (the value of ?sort=), `number`,
    `hide_label`. The block holds the rows. `stacked`: on a narrow screen each row is a block of its own; its
    cells carry `data-label`.
    """
    query = context["request"].GET.copy() if "request" in context else None
    return render_to_string(
        "components/table.html",
        {
            "caption": caption,
            "table_id": table_id,
            "hide_caption": hide_caption,
            "stacked": stacked,
            "columns": [_column(column, query) for column in columns],
            "body": content,
        },
    )


@register.filter
def columns(words: str) -> list[str]:
    """Plain column headings for `table`, written "Name|Department|Due"."""
    return words.split("|")


def _column(column: Any, query: Any) -> dict[str, Any]:
    if not isinstance(column, dict):
        return {"label": column}
    if "sort" not in column or query is None:
        return column
    query = query.copy()
    sort, current = column["sort"], query.get("sort", "")
    direction = {sort: "ascending", f"-{sort}": "descending"}.get(current, "")
    query.pop("page", None)
    query["sort"] = f"-{sort}" if direction == "ascending" else sort
    return {**column, "direction": direction, "href": f"?{query.urlencode()}"}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page_obj: Page, label: str = "Pages") -> dict[str, Any]:
    """Page links that keep the filters of the address."""
    numbers = page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    return {
        "page_obj": page_obj,
        "page_numbers": list(numbers),
        "label": label,
        "request": context.get("request"),
    }


# --- Form controls (the crispy template pack "uswds") ---
_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "usa-textarea"),
    (forms.FileInput, "usa-file-input"),
    (forms.CheckboxInput, "usa-checkbox__input"),
    (forms.RadioSelect, "usa-radio__input"),
    (forms.Select, "usa-select"),
    (forms.widgets.Input, "usa-input"),
)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The widget of a field with its USWDS class; Django adds aria-invalid and aria-describedby."""
    widget = field.field.widget
    ours = next((name for kind, name in _CLASSES if isinstance(widget, kind)), "")
    if field.errors and ours in {"usa-input", "usa-select", "usa-textarea"}:
        ours = f"{ours} usa-input--error"
    attrs: dict[str, str | bool] = {"class": f"{widget.attrs.get('class', '')} {ours}".strip()}
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
        attrs["rows"] = "5"  # Django's default of ten lines pushes the next question off the screen
    return field.as_widget(attrs=attrs)


@register.filter
def control_kind(field: BoundField) -> str:
    """How a field is drawn: "group" (radios, checkboxes, several inputs), "checkbox" or "plain"."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.MultiWidget):
        return "group"
    return "plain"


@register.filter
def option_kind(field: BoundField) -> str:
    """Either "checkbox" or "radio" for a group of options; empty for several inputs side by side."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkbox"
    return "radio" if isinstance(widget, forms.RadioSelect) else ""
