"""Charts: equal text for equal tables, every number of the table drawn, nothing that a CSP refuses."""

import xml.etree.ElementTree as ET

import pytest

from reports.charts import MAX_BARS, bars, lines
from reports.tables import Column, Table

SVG = "{http://www.w3.org/2000/svg}"


def table(rows, *labels):
    columns = (Column("Stage"), *(Column(label, numeric=True) for label in labels))
    return Table("stages", "Releases by stage", columns, tuple(rows), empty="Nothing yet.")


STAGES = table([("Quality", 3, 1, 0), ("Privacy", 8, 0, 2)], "On time", "Late", "On hold")
MONTHS = table([(f"2026-{m:02d}", m % 4, m % 3) for m in range(1, 13)], "Entered", "Published")
CHARTS = {
    "bars": lambda: bars(STAGES, series=(1,), title="Bars"),
    "grouped": lambda: bars(STAGES, series=(1, 2), title="Grouped"),
    "stacked": lambda: bars(STAGES, series=(1, 2, 3), title="Stacked", stacked=True),
    "lines": lambda: lines(MONTHS, series=(1, 2), title="Lines"),
}


def words(svg):
    return [node.text for node in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_chart_is_an_image_with_a_title_and_no_inline_style(draw):
    svg = draw()
    root = ET.fromstring(svg)
    title = root.find(f"{SVG}title")

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == title.get("id")
    assert title.text
    assert not any({"style", "onclick"} & set(node.attrib) for node in root.iter())
    assert "<script" not in svg


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_same_table_gives_the_same_text(draw):
    assert draw() == draw()


def test_bars_carry_the_numbers_of_the_table():
    shown = words(bars(STAGES, series=(1, 2), title="x"))

    assert [word for word in shown if word.isdigit()] == ["3", "1", "8", "0"]
    assert "Quality" in shown and "Privacy" in shown


def test_stacked_bars_carry_the_total_and_the_parts_that_matter():
    shown = words(bars(STAGES, series=(1, 2, 3), title="x", stacked=True))

    assert "4 (1 late)" in shown
    assert "10 (2 on hold)" in shown


def test_lengths_of_bars_follow_the_numbers():
    root = ET.fromstring(bars(STAGES, series=(1,), title="x"))
    widths = [float(node.get("width")) for node in root.findall(f"{SVG}rect")]

    assert widths[0] / widths[1] == pytest.approx(3 / 8, abs=0.01)


def test_points_of_lines_follow_the_numbers():
    root = ET.fromstring(lines(MONTHS, series=(1,), title="x"))
    line = root.findall(f"{SVG}polyline")[-1].get("points").split()
    heights = [float(point.split(",")[1]) for point in line]
    values = [row[1] for row in MONTHS.rows]

    assert len(heights) == 12
    assert [heights[a] == heights[b] for a in range(12) for b in range(12)] == [
        values[a] == values[b] for a in range(12) for b in range(12)
    ]


def test_series_differ_by_more_than_colour():
    stacked = bars(STAGES, series=(1, 2, 3), title="x", stacked=True)
    root = ET.fromstring(lines(MONTHS, series=(1, 2), title="x"))
    dashes = [line.get("stroke-dasharray") for line in root.findall(f"{SVG}polyline")]

    assert "url(#stages-1)" in stacked and "url(#stages-2)" in stacked
    assert len(set(dashes)) == 2


@pytest.mark.parametrize(
    "rows",
    [[], [("Only", 5, 0, 0)], [("Nothing", 0, 0, 0)], [("Unknown", None, None, None)]],
    ids=["no rows", "one row", "zeros", "no data"],
)
def test_charts_stand_with_little_or_no_data(rows):
    little = table(rows, "On time", "Late", "On hold")
    for svg in (
        bars(little, series=(1,), title="x"),
        bars(little, series=(1, 2, 3), title="x", stacked=True),
        lines(little, series=(1, 2), title="x"),
    ):
        assert "nan" not in svg.lower()
        assert ET.fromstring(svg) is not None


def test_labels_are_escaped_and_cut():
    svg = bars(table([("<script>alert(1)</script>" + "x" * 80, 1)], "n"), series=(1,), title="A & B")

    assert "<script>" not in svg
    assert "A &amp; B" in svg
    assert all(len(word) <= 46 for word in words(svg) if word.startswith("<script"))


def test_long_tables_are_drawn_in_part_and_say_so():
    svg = bars(table([(f"Row {n}", n) for n in range(MAX_BARS + 5)], "n"), series=(1,), title="x")

    assert "and 5 more in the table" in words(svg)
