"""A form for one step of a recipe, drawn from the parameters that its remedy declares, and read back.

Plain fields for a template: no JavaScript is needed to fill them in, and each fault stands at its field.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from privacy.remedies.base import ColumnFacts, Param, Remedy
from privacy.remedies.built_in import BUILT_IN, numbers_by
from privacy.remedies.parameters import param_faults
from privacy.remedies.registry import REMEDIES

Step = dict[str, Any]
Option = tuple[str, str]
# Radio buttons up to so many choices, then a list to choose from.
_FEW = 6
_WIDTHS = (1, 5, 10, 50, 100, 1_000, 10_000, 100_000)
_LISTS = ("columns", "values", "texts", "numbers", "integers", "hierarchies")
_STEP_WORDS = re.compile(r"^Step \d+ of the recipe(: | )")


class Verdict(ColumnFacts, Protocol):
    """What the form knows of a column of the file."""

    column: str
    position: int


class Posted(Protocol):
    """A form as it was sent (Django's QueryDict)."""

    def get(self, key: str, default: str = "") -> str: ...
    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Choices:
    """What the fields offer: the columns there are at this place of the recipe, and the hierarchies."""

    columns: Sequence[str]
    verdicts: Mapping[str, Verdict]
    quasi: Collection[str] = ()
    uploaded: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    entities: Mapping[str, str] = field(default_factory=dict)
    # The smallest group that the program asks for: what a new step about groups begins with.
    k_min: int = 0

    def hierarchies(self) -> list[Option]:
        """Every hierarchy by its key, with its levels in words."""
        built_in = [(key, _levelled(one.label, one.levels)) for key, one in BUILT_IN.items()]
        bands = [(one.name, _levelled(one.label, one.levels)) for one in map(numbers_by, _WIDTHS)]
        uploaded = [
            (key, _levelled(f"{words} (uploaded)", self.levels.get(key, ())))
            for key, words in self.uploaded.items()
        ]
        return [*uploaded, *built_in, *bands]


@dataclass(slots=True)
class Row:
    """One column in a table of hierarchies: whether it takes part, by which hierarchy, to which level."""

    at: int
    column: str
    ticked: bool
    hierarchy: str
    level: str


@dataclass(slots=True)
class Field:
    """One field as the template draws it. `widget`: select, radio, checks, lines, input, tick or levels."""

    name: str
    label: str
    help: str
    widget: str
    required: bool
    value: str = ""
    values: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    others: list[Option] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    fault: str = ""
    is_number: bool = False
    only_name: str = ""
    only_values: str = ""


@dataclass(slots=True)
class StepForm:
    """The form of one step: its fields, and what is wrong with the step as a whole."""

    remedy: Remedy
    fields: list[Field]
    number: int | None = None
    fault: str = ""

    @property
    def has_faults(self) -> bool:
        return bool(self.fault or any(one.fault for one in self.fields))


def blank_form(remedy: Remedy, choices: Choices, *, column: str = "", number: int | None = None) -> StepForm:
    """The form before anything was filled in; `column` is chosen already where the person came from it."""
    params = {one.name: one.default for one in remedy.params if one.default is not None}
    if "k" in params:
        params["k"] = choices.k_min if choices.k_min > 1 else params["k"]
    if column:
        params |= {"column": column, "columns": [column]}
    elif any(one.name == "columns" for one in remedy.params):
        params["columns"] = [name for name in choices.columns if name in choices.quasi]
    return form_of(remedy, params, choices, number=number)


def form_of(
    remedy: Remedy,
    params: Mapping[str, Any],
    choices: Choices,
    *,
    number: int | None = None,
    faults: Sequence[str] = (),
) -> StepForm:
    """The form filled in with parameters, sound or not, with each fault at the field that it speaks of."""
    fields = [_field(one, params, choices, remedy) for one in remedy.params if not _is_in_levels(remedy, one)]
    form = StepForm(remedy, fields, number)
    for sentence in faults:
        _place(form, sentence)
    return form


def params_posted(remedy: Remedy, data: Posted, columns: Sequence[str]) -> dict[str, Any]:
    """The parameters as they were sent. What cannot be read as a number stays text, which is a fault then."""
    params: dict[str, Any] = {}
    levels = _has_levels(remedy)
    for param in remedy.params:
        if levels and _is_in_levels(remedy, param):
            continue
        if not param.is_asked(params):
            continue
        value = _levels_posted(data, columns) if levels and param.name == "columns" else _posted(param, data)
        if levels and param.name == "columns":
            params |= value
        elif value is not None:
            params[param.name] = value
    return params


def faults_of(
    remedy: Remedy, params: Mapping[str, Any], hierarchies: Collection[str], columns: Sequence[str]
) -> list[str]:
    """Every fault of one step at its place in the recipe, where `columns` are there."""
    faults = list(param_faults(remedy, params, hierarchies))
    for param in remedy.params:
        value = params.get(param.name)
        named = value if isinstance(value, list) else [value]
        if param.kind in ("column", "columns"):
            faults += [
                f"“{param.label}”: there is no column “{name}” at this place of the recipe. Choose another one."
                for name in named
                if isinstance(name, str) and name and name not in columns
            ]
    return faults


def without_number(sentence: str) -> str:
    """A fault without the words that name the step, for the form of that very step."""
    rest = _STEP_WORDS.sub("", sentence)
    return rest[:1].upper() + rest[1:]


def remedy_groups() -> list[tuple[str, list[Option]]]:
    """The remedies as they are offered: those for one column, then those for rows and the whole table."""
    groups: dict[str, list[Option]] = {"One column": [], "Rows and the whole table": []}
    for name, remedy in REMEDIES.items():
        of_table = any(one.name == "columns" for one in remedy.params) or name == "drop_rows"
        groups["Rows and the whole table" if of_table else "One column"].append((name, remedy.label))
    return list(groups.items())


def levels_rows(choices: Choices, params: Mapping[str, Any], every: Iterable[str] = ()) -> list[Row]:
    """A row for each quasi-identifier and each column that is chosen already."""
    columns = list(params.get("columns") or [])
    hierarchies = list(params.get("hierarchies") or [])
    levels = list(params.get("levels") or [])
    shown = [name for name in choices.columns if name in choices.quasi or name in columns or name in every]
    rows = []
    for name in shown:
        at = columns.index(name) if name in columns else -1
        rows.append(
            Row(
                at=choices.columns.index(name),
                column=name,
                ticked=at >= 0,
                hierarchy=str(_item(hierarchies, at, usual_hierarchy(choices.verdicts.get(name)))),
                level=str(_item(levels, at, "0")),
            )
        )
    return rows


# Which hierarchy fits an entity.
_BY_ENTITY = {
    "DATE_OF_BIRTH": "date",
    "EVENT_DATE": "date",
    "ZIP_CODE": "zip",
    "AGE": "age",
}


def usual_hierarchy(verdict: Verdict | None) -> str:
    """The hierarchy that is chosen until somebody chooses another one."""
    if verdict is None:
        return "category"
    if verdict.entity in _BY_ENTITY:
        return _BY_ENTITY[verdict.entity]
    return {"date": "date", "datetime": "date", "integer": "numbers:5", "decimal": "numbers:10"}.get(
        verdict.type, "category"
    )


def _field(param: Param, params: Mapping[str, Any], choices: Choices, remedy: Remedy) -> Field:
    value = params.get(param.name)
    one = Field(
        name=f"p-{param.name}",
        label=param.label,
        help=param.help,
        widget=_WIDGETS.get(param.kind, "input"),
        required=param.required,
        value="" if value is None or isinstance(value, list) else _text(value),
        values=[_text(each) for each in value] if isinstance(value, list) else [],
        is_number=param.kind in ("integer", "number"),
    )
    if param.only_if:
        one.only_name, one.only_values = f"p-{param.only_if[0]}", " ".join(param.only_if[1])
    if _has_levels(remedy) and param.name == "columns":
        one.widget, one.label, one.rows = (
            "levels",
            "Columns, and how coarse each becomes",
            levels_rows(choices, params),
        )
        one.options = choices.hierarchies()
        one.help = "Level 0 leaves a column as it is; each level more makes it coarser."
    elif param.kind == "column":
        _offer_columns(one, choices, remedy)
    elif param.kind == "columns":
        _offer_boxes(one, choices)
    elif param.kind == "choice":
        one.options = list(param.choices)
        one.widget = "radio" if len(param.choices) < _FEW else "select"
    elif param.kind == "hierarchy":
        one.options = choices.hierarchies()
    elif param.name == "entities":
        one.widget = "checks"
        one.options = list(
            {**choices.entities, **{key: choices.entities.get(key, key) for key in one.values}}.items()
        )
        one.values = one.values or []
    elif param.kind in ("numbers", "integers"):
        one.value = ", ".join(one.values)
    elif param.kind in ("values", "texts"):
        one.value = "\n".join(one.values)
    return one


_WIDGETS = {
    "column": "select",
    "columns": "checks",
    "hierarchy": "select",
    "boolean": "tick",
    "values": "lines",
    "texts": "lines",
}


def _offer_columns(one: Field, choices: Choices, remedy: Remedy) -> None:
    """The columns for which the remedy makes sense stand first."""
    for name in choices.columns:
        verdict = choices.verdicts.get(name)
        fits = verdict is not None and remedy.fits(verdict)
        (one.options if fits else one.others).append((name, name))
    if not one.options:
        one.options, one.others = one.others, []


def _offer_boxes(one: Field, choices: Choices) -> None:
    """The quasi-identifiers and what is chosen stand first; the others unfold."""
    for name in choices.columns:
        first = name in choices.quasi or name in one.values
        (one.options if first else one.others).append((name, name))


def _has_levels(remedy: Remedy) -> bool:
    return any(one.kind == "hierarchies" for one in remedy.params)


def _is_in_levels(remedy: Remedy, param: Param) -> bool:
    """Hierarchies and levels stand in the table of the columns."""
    return _has_levels(remedy) and param.name in ("hierarchies", "levels")


def _posted(param: Param, data: Posted) -> Any:
    name = f"p-{param.name}"
    if param.kind == "columns" or param.name == "entities":
        return [one for one in data.getlist(name) if one] or None
    text = data.get(name, "").replace("\0", "")
    if param.kind in ("values", "texts"):
        return [line.strip() for line in text.splitlines() if line.strip()] or None
    if param.kind in ("numbers", "integers"):
        return [_number(one) for one in re.split(r"[,;\s]+", text.strip()) if one] or None
    if param.kind == "boolean":
        return text == "yes"
    if param.kind in ("integer", "number"):
        return _number(text) if text.strip() else None
    if param.kind == "column":
        return text or None
    return text.strip() or None


def _levels_posted(data: Posted, columns: Sequence[str]) -> dict[str, Any]:
    """The table of columns, hierarchies and levels."""
    chosen = [at for at in range(len(columns)) if data.get(f"l-{at}-on")]
    return {
        "columns": [columns[at] for at in chosen],
        "hierarchies": [data.get(f"l-{at}-by", "") for at in chosen],
        "levels": [_number(data.get(f"l-{at}-to", "")) for at in chosen],
    }


def _number(text: str) -> int | float | str:
    """A number as it is written, thousands separated by commas or not; else the text."""
    plain = text.strip().replace(",", "")
    try:
        number = float(plain)
    except ValueError:
        return text.strip()
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _place(form: StepForm, sentence: str) -> None:
    """Put a fault at the field whose label it names, else at the top of the form."""
    for one in form.fields:
        if sentence.startswith(f"“{one.label}”") and not one.fault:
            one.fault = sentence
            return
    for one in form.fields:
        speaks_of_levels = one.widget == "levels" and re.search("ierarch|level", sentence)
        speaks_of_hierarchy = one.name == "p-hierarchy" and "ierarch" in sentence
        speaks_of_values = one.widget == "lines" and sentence.casefold().startswith("value ")
        if (speaks_of_levels or speaks_of_hierarchy or speaks_of_values) and not one.fault:
            one.fault = sentence
            return
    form.fault = form.fault or sentence


def _levelled(label: str, levels: Sequence[str]) -> str:
    steps = "; ".join(f"{at} {words}" for at, words in enumerate(levels) if at)
    return f"{label}: {steps}" if steps else label


def _item(values: Sequence[Any], at: int, otherwise: Any) -> Any:
    return values[at] if 0 <= at < len(values) else otherwise


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
