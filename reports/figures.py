"""The figures of the dashboard: each a table made from the picture, a sentence that reads it, and a chart.

FIGURES is the whole list, in the order of the page. Counts stand beside what they are counted of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from reports.charts import bars, lines
from reports.measures import month_of, percentile
from reports.selectors import PIPELINE, OpenRelease, Picture
from reports.tables import Column, Figure, Table
from workflow.stages import OPEN_STAGES

# Days in the present stage, from ... to; the last has no end.
AGES = ((0, 7), (8, 14), (15, 30), (31, 60), (61, None))
_DROPPED = ("reject", "withdraw")
NUMBER = True


@dataclass(frozen=True)
class Headline:
    """One number at the top of the page, with what it is counted of."""

    number: str
    words: str


def headlines(picture: Picture) -> list[Headline]:
    """The four numbers of the page, each with its denominator."""
    pipeline, total = picture.pipeline, sum(picture.datasets.values())
    late = sum(1 for release in picture.open if release.late_days)
    median = percentile([row.days for row in picture.published], 0.5)
    scheduled = [row.fresh for row in picture.public if row.fresh is not None]
    return [
        Headline(str(len(pipeline)), f"in the pipeline, of {_count(total, 'dataset')} in the inventory"),
        Headline(
            _days(median),
            f"from inventory to public: the median of {_count(len(picture.published), 'release')} "
            f"published since {picture.months[0]}",
        ),
        Headline(str(late), f"late, of {_count(len(picture.open), 'open release')}"),
        Headline(
            f"{round(100 * sum(scheduled) / len(scheduled))} %" if scheduled else "no data",
            f"of published data is fresh: {sum(scheduled)} of {len(scheduled)} with an update schedule",
        ),
    ]


def by_stage(picture: Picture) -> Figure:
    """How many releases lie in each stage, and how many of them are late or on hold."""
    rows = []
    for stage in OPEN_STAGES:
        here = [release for release in picture.open if release.stage == stage]
        late, held = sum(1 for r in here if r.late_days), sum(1 for r in here if r.held)
        ages = [release.days for release in here]
        rows.append(
            (
                picture.stage_label(stage),
                len(here) - late - held,
                late,
                held,
                percentile(ages, 0.5),
                max(ages, default=None),
            )
        )
    table = Table(
        "stages",
        "Releases by stage",
        (
            Column("Stage"),
            Column("On time", NUMBER),
            Column("Late", NUMBER),
            Column("On hold", NUMBER),
            Column("Median days here", NUMBER),
            Column("Longest days here", NUMBER),
        ),
        tuple(rows) if picture.open else (),
        empty="No release is open. Open one from the page of a dataset.",
    )
    counts = Counter(picture.stage_label(release.stage) for release in picture.pipeline)
    title = "Open releases by stage: on time, late and on hold"
    return Figure(table, _most(counts), bars(table, series=(1, 2, 3), stacked=True, title=title))


def waiting_on(picture: Picture) -> Figure:
    """On whom the pipeline waits. A release can wait on several people at once."""
    waits: dict[str, list[OpenRelease]] = defaultdict(list)
    for release in picture.pipeline:
        for person in release.waits_on:
            waits[person].append(release)
    ordered = sorted(waits.items(), key=lambda item: (-len(item[1]), item[0]))
    table = Table(
        "waiting",
        "Waiting on whom",
        (
            Column("Waiting on"),
            Column("Releases", NUMBER),
            Column("Late", NUMBER),
            Column("Longest days", NUMBER),
        ),
        tuple(
            (who, len(rows), sum(1 for r in rows if r.late_days), max(r.days for r in rows))
            for who, rows in ordered
        ),
        empty="Nothing in the pipeline waits on anybody.",
    )
    says = f"{ordered[0][0]} has the most: {_count(len(ordered[0][1]), 'release')}." if ordered else ""
    return Figure(table, says, bars(table, series=(1,), title="Releases by the person they wait on"))


def ageing(picture: Picture) -> Figure:
    """How long the releases in the pipeline have been in their present stage."""
    rows = []
    for start, end in AGES:
        here = [r for r in picture.pipeline if r.days >= start and (end is None or r.days <= end)]
        label = f"{start} to {end} days" if end is not None else f"{start} days and more"
        late = sum(1 for release in here if release.late_days)
        rows.append((label, len(here) - late, late))
    table = Table(
        "ageing",
        "Days in the present stage",
        (Column("Days in the stage"), Column("Not late", NUMBER), Column("Late", NUMBER)),
        tuple(rows) if picture.pipeline else (),
        empty="Nothing is in the pipeline.",
    )
    oldest = max((release.days for release in picture.pipeline), default=0)
    return Figure(
        table,
        f"The oldest has been in its stage for {_count(oldest, 'day')}." if picture.pipeline else "",
        bars(table, series=(1, 2), stacked=True, title="Releases by days in their present stage"),
    )


def late_releases(picture: Picture) -> Figure:
    """Every late release, the latest first."""
    late = sorted((r for r in picture.open if r.late_days), key=lambda r: (-r.late_days, r.title))
    table = Table(
        "late",
        "Late releases",
        (
            Column("Dataset"),
            Column("Department"),
            Column("Stage"),
            Column("Waiting on"),
            Column("Days in the stage", NUMBER),
            Column("Business days late", NUMBER),
        ),
        tuple(
            (r.title, r.department, picture.stage_label(r.stage), "; ".join(r.waits_on), r.days, r.late_days)
            for r in late
        ),
        empty="Nothing is late.",
        links=tuple(reverse("release", args=[release.pk]) for release in late),
    )
    return Figure(table, f"{_count(len(late), 'release')} late, of {len(picture.open)} open." if late else "")


def time_in_stage(picture: Picture) -> Figure:
    """How long releases stayed in each stage they left in the period."""
    rows = []
    for stage in OPEN_STAGES:
        days = [visit.days for visit in picture.visits if visit.stage == stage]
        rows.append(
            (
                picture.stage_label(stage),
                percentile(days, 0.5),
                percentile(days, 0.85),
                max(days, default=None),
                len(days),
            )
        )
    table = Table(
        "time-in-stage",
        "Days in each stage",
        (
            Column("Stage"),
            Column("Half leave within", NUMBER),
            Column("85 of 100 leave within", NUMBER),
            Column("Longest", NUMBER),
            Column("Visits counted", NUMBER),
        ),
        tuple(rows) if picture.visits else (),
        empty="No release has left a stage in this period.",
    )
    slowest = max((row for row in rows if row[2] is not None), key=lambda row: row[2] or 0, default=None)
    says = f"{slowest[0]} takes longest: 85 of 100 visits end within {_days(slowest[2])}." if slowest else ""
    return Figure(
        table, says, bars(table, series=(1, 2), unit="days", title="Days in each stage: p50 and p85")
    )


def flow(picture: Picture) -> Figure:
    """What came into the pipeline, what became public and what ended otherwise, month by month."""
    entered, published, ended = Counter[str](), Counter[str](), Counter[str]()
    for visit in picture.visits:
        month = month_of(visit.left_at)
        if visit.move in ("begin_readiness", "reinstate"):
            entered[month] += 1
        elif visit.move == "publish":
            published[month] += 1
        elif visit.move in _DROPPED and visit.stage in PIPELINE:
            ended[month] += 1
    rows, stock = [], len(picture.pipeline)
    for month in reversed(picture.months):
        rows.append((month, entered[month], published[month], ended[month], stock))
        stock -= entered[month] - published[month] - ended[month]
    table = Table(
        "flow",
        "In and out of the pipeline by month",
        (
            Column("Month"),
            Column("Entered", NUMBER),
            Column("Published", NUMBER),
            Column("Ended otherwise", NUMBER),
            Column("In the pipeline at the end", NUMBER),
        ),
        tuple(reversed(rows)) if picture.visits else (),
        empty="Nothing has entered or left the pipeline in this period.",
    )
    into, out = sum(entered.values()), sum(published.values()) + sum(ended.values())
    says = f"{into} came in and {out} went out since {picture.months[0]}." if picture.visits else ""
    return Figure(
        table, says, lines(table, series=(1, 2, 3), title="Releases entering and leaving, by month")
    )


def published(picture: Picture) -> Figure:
    """How many releases became public each month, and how long they took from the inventory."""
    days: dict[str, list[float]] = defaultdict(list)
    for row in picture.published:
        days[month_of(row.published_at)].append(row.days)
    table = Table(
        "published",
        "Published by month",
        (
            Column("Month"),
            Column("Published", NUMBER),
            Column("Median days from inventory to public", NUMBER),
        ),
        tuple((month, len(days[month]), percentile(days[month], 0.5)) for month in picture.months)
        if picture.published
        else (),
        empty="Nothing became public in this period.",
    )
    says = (
        f"{_count(len(picture.published), 'release')} since {picture.months[0]}." if picture.published else ""
    )
    return Figure(table, says, lines(table, series=(1,), title="Releases published, by month"))


def returns(picture: Picture) -> Figure:
    """From which stage releases were returned, and to which."""
    counts = Counter((row.from_stage, row.to_stage) for row in picture.returns)
    points = Counter[tuple[str, str]]()
    for row in picture.returns:
        points[row.from_stage, row.to_stage] += row.points
    ways = sorted(counts, key=lambda way: (-counts[way], way))
    table = Table(
        "returns",
        "Returns by stage",
        (Column("From and to"), Column("Returns", NUMBER), Column("Points to answer", NUMBER)),
        tuple(
            (f"{picture.stage_label(a)} to {picture.stage_label(b)}", counts[a, b], points[a, b])
            for a, b in ways
        ),
        empty="Nothing was returned for changes in this period.",
    )
    handed = sum(1 for visit in picture.visits if visit.stage in PIPELINE)
    says = f"{len(picture.returns)} of {handed} steps in the pipeline went back." if picture.returns else ""
    return Figure(table, says, bars(table, series=(1,), title="Returns for changes, by stage"))


def returns_latest(picture: Picture) -> Figure:
    """Every return of the period with its reason, the newest first."""
    table = Table(
        "return-reasons",
        "Why releases were returned",
        (
            Column("Dataset"),
            Column("Department"),
            Column("Returned on"),
            Column("From"),
            Column("By"),
            Column("Reason"),
            Column("Points", NUMBER),
        ),
        tuple(
            (
                row.title,
                row.department,
                timezone.localdate(row.at).isoformat(),
                picture.stage_label(row.from_stage),
                row.by,
                row.reason,
                row.points,
            )
            for row in picture.returns
        ),
        empty="Nothing was returned for changes in this period.",
        links=tuple(reverse("release", args=[row.release_id]) for row in picture.returns),
    )
    return Figure(table, "")


def scorecard(picture: Picture) -> Figure:
    """One line per department: what it holds, what is on its way, and how fast it gets there."""
    rows = []
    for name in picture.departments:
        pipeline = [release for release in picture.pipeline if release.department == name]
        public = [row.fresh for row in picture.public if row.department == name]
        done = [row.days for row in picture.published if row.department == name]
        rows.append(
            (
                name,
                picture.datasets.get(name, 0),
                len(pipeline),
                sum(1 for release in picture.open if release.late_days and release.department == name),
                len(done),
                percentile(done, 0.5),
                len(public),
                sum(1 for fresh in public if fresh),
                sum(1 for fresh in public if fresh is not None),
                sum(1 for row in picture.returns if row.department == name),
            )
        )
    labels = (
        "Datasets",
        "In pipeline",
        "Late",
        "Published",
        "Median days to public",
        "Public now",
        "Fresh",
        "With schedule",
        "Returned",
    )
    table = Table(
        "departments",
        "Departments",
        (Column("Department"), *(Column(label, NUMBER) for label in labels)),
        tuple(rows),
        empty="You hold no role in a department yet.",
    )
    return Figure(table, "")


FIGURES: dict[str, Callable[[Picture], Figure]] = {
    "stages": by_stage,
    "waiting": waiting_on,
    "ageing": ageing,
    "time-in-stage": time_in_stage,
    "flow": flow,
    "published": published,
    "returns": returns,
    "late": late_releases,
    "return-reasons": returns_latest,
    "departments": scorecard,
}


def _most(counts: Counter[str]) -> str:
    """ "Most lie in Privacy: 12 of 48 releases in the pipeline."."""
    if not counts:
        return ""
    name, number = min(counts.items(), key=lambda item: (-item[1], item[0]))
    return f"Most lie in {name}: {number} of {counts.total()} releases in the pipeline."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _days(value: float | None) -> str:
    if value is None:
        return "no data"
    return f"{value:g} day" if value == 1 else f"{value:g} days"
