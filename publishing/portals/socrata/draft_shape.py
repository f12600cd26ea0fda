"""How DSMAPI writes down the columns of a file, and what of its answers speaks against them."""

from __future__ import annotations

from typing import Any

from publishing.portals.base import BadRequest
from publishing.portals.shared.points import point_fields
from publishing.portals.socrata.shape import POINT_DESCRIPTION, POINT_NAME, point_column
from publishing.records import CALENDAR_DATE, CHECKBOX, NUMBER, TEXT, PortalRecord
from publishing.shapes import SHAPES

CONVERSIONS = {
    TEXT: "to_text",
    NUMBER: "to_number",
    CHECKBOX: "to_checkbox",
    CALENDAR_DATE: "to_floating_timestamp",
    **{kind: f"to_{kind}" for kind in SHAPES},
}


def output_columns(record: PortalRecord) -> list[dict[str, Any]]:
    columns = [
        {
            "field_name": column.field_name,
            "display_name": column.name,
            "description": column.description,
            "position": place,
            "is_primary_key": column.field_name == record.row_identifier,
            "transform": {"transform_expr": f"{CONVERSIONS[column.type]}(`{column.field_name}`)"},
        }
        for place, column in enumerate(record.columns, start=1)
    ]
    point, made_of = point_column(record), point_fields(record.columns)
    if point is not None and made_of is not None:
        latitude, longitude = (f"to_number(`{name}`)" for name in made_of)
        columns.append(
            {
                "field_name": point["fieldName"],
                "display_name": POINT_NAME,
                "description": POINT_DESCRIPTION,
                "position": len(columns) + 1,
                "is_primary_key": False,
                "transform": {"transform_expr": f"make_point({latitude}, {longitude})"},
            }
        )
    return columns


def in_order(output: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(output.get("output_columns", []), key=lambda column: column.get("position", 0))


def is_point(column: dict[str, Any]) -> bool:
    return column.get("description") == POINT_DESCRIPTION


def is_ours(output: dict[str, Any], wanted: list[dict[str, Any]]) -> bool:
    """Did an earlier try ask for exactly these columns?"""

    def told(columns: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        keys = ("field_name", "display_name", "is_primary_key")
        return [
            (*(column.get(key) for key in keys), column["transform"]["transform_expr"]) for column in columns
        ]

    return bool(output) and told(in_order(output)) == told(wanted)


def refuse_errors(output: dict[str, Any], rows: int) -> None:
    """Every cell must have become a value of its type, and every row must be there. Names columns, no values."""
    odd = [
        column["display_name"]
        for column in in_order(output)
        if (column.get("transform") or {}).get("error_count")
    ]
    if output.get("error_count") or odd:
        where = f" in {', '.join(odd)}" if odd else ""
        raise BadRequest(
            f"The portal could not convert {output.get('error_count', 0):,} cells of the file{where}. Nothing is "
            "public. Look at these columns in the treated copy, correct the file, then publish again."
        )
    if output.get("total_rows") not in (None, rows):
        raise BadRequest(
            f"The portal read {output['total_rows']:,} rows of a file of {rows:,}. Nothing is public. Press "
            "Resume to send it again."
        )
