"""What type a column of text holds, judged from every value of it.

Each value has exactly one *form* (integer, decimal, one way to write a date, ...). A column has a type when
all of its values have the same form, with integers allowed among decimals; anything mixed stays text. A type
is only given where casting loses nothing: leading zeros, more digits than a number can hold and impossible
dates stay text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

# form -> type. Forms are tested in this order; the first that fits is the form of the value.
TYPE_OF_FORM = {
    "integer": "integer",
    "integer_long": "integer",
    "decimal": "decimal",
    "date_iso": "date",
    "date_us": "date",
    "datetime_iso": "datetime",
    "datetime_zoned": "datetime",
    "datetime_us": "datetime",
    "true_false": "boolean",
    "yes_no": "boolean",
    "geometry_point": "geometry",
    "geometry_line": "geometry",
    "geometry_polygon": "geometry",
    "geometry": "geometry",
    "text": "text",
}
TYPES = ("text", "integer", "decimal", "boolean", "date", "datetime", "geometry")

# "-0" and "007" are not integers. The long ones fit 64 bits, but not beside decimals in a float.
_INTEGER = r"^(?:0|-?[1-9][0-9]{0,14})$"
_INTEGER_LONG = r"^-?[1-9][0-9]{15,17}$"
# At most 15 significant digits, which a 64-bit float holds exactly as written.
_DECIMAL = (
    r"^-?(?:"
    r"(?:0|[1-9][0-9]{0,14})?\.[0-9]{1,15}(?:[eE][+-]?[0-9]{1,2})?"
    r"|(?:0|[1-9][0-9]{0,14})[eE][+-]?[0-9]{1,2}"
    r")$"
)
_DATE_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DATE_US = r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$"
_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_DATETIME_ISO = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_TIME}$"
_DATETIME_ZONED = rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_TIME}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})$"
_DATETIME_US = r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AaPp][Mm])?$"
# Shapes that a map of the world can show: longitude and latitude in degrees, no height, no measure.
_LONGITUDE = r"-?(?:180(?:\.0+)?|(?:1[0-7][0-9]|[0-9]{1,2})(?:\.[0-9]+)?)"
_LATITUDE = r"-?(?:90(?:\.0+)?|[0-8]?[0-9](?:\.[0-9]+)?)"
_PLACE = rf" *{_LONGITUDE} +{_LATITUDE} *"
_POINT = rf"^POINT *\({_PLACE}\)$"
_PATH = rf" *\({_PLACE}(?:,{_PLACE})+\) *"
_LINE = rf"^(?:LINESTRING{_PATH}|MULTILINESTRING *\({_PATH}(?:,{_PATH})*\))$"
_RING = rf" *\({_PLACE}(?:,{_PLACE}){{3,}}\) *"
_RINGS = rf" *\({_RING}(?:,{_RING})*\) *"
_POLYGON = rf"^(?:POLYGON{_RINGS}|MULTIPOLYGON *\({_RINGS}(?:,{_RINGS})*\))$"
# Every other well-known text.
_GEOMETRY = (
    r"^(?:MULTI)?(?:POINT|LINESTRING|POLYGON)(?: ?Z?M?) ?\([-0-9.,eE() ]+\)$"
    r"|^GEOMETRYCOLLECTION(?: ?Z?M?) ?\(.+\)$"
)
_MAX_SIGNIFICANT = 15
_PROBED = 20_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """The type of a column, the form its values share, and how many values have each form."""

    type: str
    form: str
    forms: dict[str, int]

    @property
    def dominant(self) -> tuple[str, int]:
        """The most frequent type and how many values have it (integers count as decimals beside them)."""
        by_type: dict[str, int] = {}
        for form, count in self.forms.items():
            by_type[TYPE_OF_FORM[form]] = by_type.get(TYPE_OF_FORM[form], 0) + count
        if "decimal" in by_type:
            by_type["decimal"] += by_type.pop("integer", 0)
        return max(by_type.items(), key=lambda item: item[1]) if by_type else ("text", 0)


def infer(series: pl.Series) -> Verdict:
    """Judge a column of text by all its values; null counts for nothing."""
    values = series.rename("v").drop_nulls()
    frame = values.value_counts(name="n") if _repeats(values) else values.to_frame()
    return verdict_of(count_forms(frame))


def surely(values: pl.Series, form: str) -> pl.Series | None:
    """Which values have that form for certain, by a single look; others may have it too. None: no look tells."""
    return values.str.contains(_SURE[form]) if form in _SURE else None


def count_forms(values: pl.DataFrame) -> dict[str, int]:
    """How many cells have each form: values (`v`), and how many cells hold each (`n`) where they are distinct.

    Counts of the parts of a column may be added up.
    """
    forms: dict[str, int] = {}
    if values.is_empty():
        return forms
    for form, part in _partition(values):
        count = int(part.get_column("n").sum()) if "n" in part.columns else part.height
        forms[form] = forms.get(form, 0) + count
    return {form: count for form, count in forms.items() if count}


def may_have_form(values: pl.Series, *, beside: str, longest: int | None) -> pl.Series:
    """Which values may have another form than text, or match the pattern `beside`, in one look.

    Where nothing longer than `longest` bytes matches `beside`, the look is spared long values that begin as no form
    does: first letters and lengths are cheap to compare.
    """
    v = pl.col("v")
    if longest is not None:
        number = (v >= "-") & (v < ":")
        geometry = (v >= "G") & (v < "Q")
        short = v.str.len_bytes() <= max(longest, _LONGEST_WORD)
        v = pl.when(number | geometry | short).then(v)
    likely = v.str.contains(rf"{_SHAPED}|(?:{beside})").fill_null(value=False)
    return values.rename("v").to_frame().select(likely).to_series()


def _repeats(values: pl.Series) -> bool:
    """Whether judging distinct values is cheaper than judging all: a guess from the first rows."""
    head = values.head(_PROBED)
    return head.n_unique() * 2 < len(head)


def verdict_of(forms: dict[str, int]) -> Verdict:
    """The type of a column by the forms of all its values."""
    forms = dict(sorted(forms.items()))
    names = set(forms)
    if names == {"integer", "decimal"}:
        return Verdict("decimal", "decimal", forms)
    if names == {"integer", "integer_long"}:
        return Verdict("integer", "integer", forms)
    if len(names) > 1 and {TYPE_OF_FORM[name] for name in names} == {"geometry"}:
        return Verdict("geometry", "geometry", forms)
    if len(names) == 1:
        form = names.pop()
        return Verdict(TYPE_OF_FORM[form], form, forms)
    return Verdict("text", "text", forms)


def forms_of(series: pl.Series) -> pl.Series:
    """The form of every value, null for null."""
    frame = pl.DataFrame({"v": series}).with_row_index("at")
    parts = [
        part.select("at", pl.lit(form).alias("form"))
        for form, part in _partition(frame.filter(pl.col("v").is_not_null()))
    ]
    if not parts:
        return pl.Series("form", [None] * len(series), dtype=pl.String)
    return frame.join(pl.concat(parts), on="at", how="left", maintain_order="left").get_column("form")


def _partition(frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Divide rows by the form of their column "v". A test runs only on what no earlier test has taken."""
    shaped = frame.get_column("v").str.contains(_SHAPED)
    if not shaped.any():
        yield "text", frame
        return
    if not shaped.all():
        yield "text", frame.filter(~shaped)
        frame = frame.filter(shaped)
    digits = frame.get_column("v").str.contains(r"^[-.0-9]")
    for group, tests in ((frame.filter(digits), _NUMBER_LIKE), (frame.filter(~digits), _WORD_LIKE)):
        left = group
        for form, pattern in tests:
            if left.is_empty():
                break
            fits = _fitting(left.get_column("v"), form, pattern)
            if fits is not None:
                yield form, left.filter(fits)
                left = left.filter(~fits)
        if not left.is_empty():
            yield "text", left


def _fitting(values: pl.Series, form: str, pattern: str) -> pl.Series | None:
    """Which values are written like `form` and are possible (2023-02-30 is no date); None for none."""
    alike = values.str.contains(pattern)
    if not alike.any():
        return None
    if form not in _CHECKS:
        return alike
    possible = values.to_frame().select(pl.when(alike).then(pl.col("v")).alias("v")).select(_CHECKS[form])
    fits = possible.to_series().fill_null(value=False)
    return fits if fits.any() else None


def cast(form: str, column: pl.Expr) -> pl.Expr:
    """The typed value of text that has `form`; null where it has not."""
    return _CASTS[form](column)


def _significant(column: pl.Expr) -> pl.Expr:
    """Digits of the mantissa without leading zeros."""
    mantissa = column.str.replace(r"[eE].*$", "").str.replace_all(r"[-.]", "").str.strip_chars_start("0")
    return mantissa.str.len_bytes()


def _datetime_us(column: pl.Expr) -> pl.Expr:
    tidy = column.str.to_uppercase().str.replace(r" ?([AP]M)$", " $1")
    twelve = ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p"]
    twenty_four = ["%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M"]
    ways = [tidy.str.to_datetime(way, strict=False, time_unit="us") for way in (*twelve, *twenty_four)]
    return pl.coalesce(ways)


def _datetime_iso(column: pl.Expr) -> pl.Expr:
    spaced = column.str.replace("T", " ", literal=True)
    ways = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
    return pl.coalesce([spaced.str.to_datetime(way, strict=False, time_unit="us") for way in ways])


def _datetime_zoned(column: pl.Expr) -> pl.Expr:
    """Moved to UTC, so that the column has one clock; portals get it in the program's zone (publishing.encode)."""
    clock = _datetime_iso(column.str.replace(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$", ""))
    parts = column.str.extract_groups(r"([+-])([0-9]{2}):([0-9]{2})$")
    minutes = parts.struct.field("2").cast(pl.Int64) * 60 + parts.struct.field("3").cast(pl.Int64)
    east = pl.when(parts.struct.field("1") == "-").then(-minutes).otherwise(minutes).fill_null(0)
    return clock - pl.duration(minutes=east)


_CASTS = {
    "integer": lambda c: c.cast(pl.Int64, strict=False),
    "integer_long": lambda c: c.cast(pl.Int64, strict=False),
    "decimal": lambda c: c.cast(pl.Float64, strict=False),
    "date_iso": lambda c: c.str.to_date("%Y-%m-%d", strict=False),
    "date_us": lambda c: c.str.to_date("%m/%d/%Y", strict=False),
    "datetime_iso": _datetime_iso,
    "datetime_zoned": _datetime_zoned,
    "datetime_us": _datetime_us,
    "true_false": lambda c: c.str.to_lowercase() == "true",
    "yes_no": lambda c: c.str.to_lowercase() == "yes",
    "geometry_point": lambda c: c,
    "geometry_line": lambda c: c,
    "geometry_polygon": lambda c: c,
    "geometry": lambda c: c,
    "text": lambda c: c,
}


def _exact_decimal(column: pl.Expr) -> pl.Expr:
    return (_significant(column) <= _MAX_SIGNIFICANT) & cast("decimal", column).is_finite()


# What a pattern cannot say. The column "v" is null where the pattern does not fit.
_CHECKS = {"decimal": _exact_decimal(pl.col("v"))} | {
    form: cast(form, pl.col("v")).is_not_null()
    for form in ("date_iso", "date_us", "datetime_iso", "datetime_zoned", "datetime_us")
}
_NUMBER_LIKE = (
    ("integer", _INTEGER),
    ("integer_long", _INTEGER_LONG),
    ("decimal", _DECIMAL),
    ("date_iso", _DATE_ISO),
    ("date_us", _DATE_US),
    ("datetime_iso", _DATETIME_ISO),
    ("datetime_zoned", _DATETIME_ZONED),
    ("datetime_us", _DATETIME_US),
)
_WORD_LIKE = (
    ("true_false", r"^(?i:true|false)$"),
    ("yes_no", r"^(?i:yes|no)$"),
    ("geometry_point", _POINT),
    ("geometry_line", _LINE),
    ("geometry_polygon", _POLYGON),
    ("geometry", _GEOMETRY),
)
# Most values of a form, told by a pattern alone: short decimals are exact, and all days but 29 February are sure.
_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|1[0-9]|2[0-8])"
_LATE = (r"(?:0[13-9]|1[0-2])", r"(?:29|30)"), (r"(?:0[13578]|1[02])", "31")
_MONTH_DAY = [(_MONTH, _DAY), *_LATE]
_DAY_OF_YEAR = rf"(?:{'|'.join(f'{month}-{day}' for month, day in _MONTH_DAY)})"
_US_DAY_OF_YEAR = rf"(?:{'|'.join(f'{month}/{day}' for month, day in _MONTH_DAY)})"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_SURE = {
    "integer": _INTEGER,
    "decimal": r"^-?(?:0|[1-9][0-9]{0,8})?\.[0-9]{1,6}$",
    "date_iso": rf"^[12][0-9]{{3}}-{_DAY_OF_YEAR}$",
    "date_us": rf"^{_US_DAY_OF_YEAR}/[12][0-9]{{3}}$",
    "datetime_iso": rf"^[12][0-9]{{3}}-{_DAY_OF_YEAR}[T ]{_CLOCK}(?:\.[0-9]{{1,6}})?$",
}
# What every form but text is made of: signs of numbers, words no longer than "false", letters from G to P.
_LONGEST_WORD = 5
_SHAPED = (
    r"^(?:[-.0-9][-+.:/0-9eETZ APMapm]*|(?i:true|false|yes|no)|(?:MULTI)?(?:POINT|LINESTRING|POLYGON).*"
    r"|GEOMETRYCOLLECTION.*)$"
)
