"""The dashboard against a history small enough to count by hand (history.py)."""

import pytest

from reports.figures import FIGURES, headlines
from reports.selectors import picture_for
from tests.cast import cast_create
from tests.reports.history import NOW, history

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return cast_create()


@pytest.fixture
def rows(cast):
    return history(cast)


def table(picture, name):
    return FIGURES[name](picture).table


def by_head(picture, name):
    return {row[0]: row[1:] for row in table(picture, name).rows}


@pytest.fixture
def picture(cast, rows):
    return picture_for(cast.cdo, now=NOW)


def test_headlines_come_with_what_they_are_counted_of(picture):
    assert [(h.number, h.words) for h in headlines(picture)] == [
        ("3", "in the pipeline, of 6 datasets in the inventory"),
        ("20 days", "from inventory to public: the median of 2 releases published since 2025-12"),
        ("1", "late, of 4 open releases"),
        ("50 %", "of published data is fresh: 1 of 2 with an update schedule"),
    ]


def test_releases_by_stage_tell_on_time_late_and_on_hold_apart(picture):
    stages = by_head(picture, "stages")

    assert stages["Inventory"] == (1, 0, 0, 2, 2)
    assert stages["Readiness"] == (1, 0, 0, 3, 3)
    assert stages["Quality"] == (0, 0, 1, 25, 25)
    assert stages["Privacy"] == (0, 1, 0, 12, 12)
    assert stages["Staged"] == (0, 0, 0, None, None)
    assert sum(sum(row[:3]) for row in stages.values()) == len(picture.open)


def test_waiting_names_the_person_and_their_role(picture, cast):
    assert by_head(picture, "waiting") == {
        "Hugo Brandt, data steward": (1, 0, 3),
        "Priya Raman, privacy officer": (1, 1, 12),
    }


def test_review_that_is_asked_for_is_waited_on_too(rows, cast):
    rows["inspections"].reviews.create(kind="security", requested_at=NOW)
    picture = picture_for(cast.cdo, now=NOW)

    assert by_head(picture, "waiting")["Sven Larsson, security officer (CISO)"] == (1, 1, 12)


def test_late_release_is_listed_with_whom_it_waits_on(picture, rows):
    late = table(picture, "late")

    assert late.rows == (("Inspections", "Public Works", "Privacy", "Priya Raman, privacy officer", 12, 4),)
    assert late.links == (f"/releases/{rows['inspections'].pk}/",)


def test_ageing_counts_each_release_of_the_pipeline_once(picture):
    assert [row[1:] for row in table(picture, "ageing").rows] == [(1, 0), (0, 1), (1, 0), (0, 0), (0, 0)]


def test_time_in_stage_is_counted_over_the_visits_that_ended(picture):
    times = by_head(picture, "time-in-stage")

    # permits 5, potholes 2, inspections 10, licences 6, clinics 3 days in the inventory
    assert times["Inventory"] == (5.0, 10.0, 10.0, 5)
    # permits 15, potholes 5, inspections 8
    assert times["Quality"] == (8.0, 15.0, 15.0, 3)
    assert times["CDO review"] == (4.0, 10.0, 10.0, 2)


def test_flow_adds_up_to_what_is_in_the_pipeline(picture):
    months = by_head(picture, "flow")

    assert list(months) == [f"2025-{m:02d}" for m in (12,)] + [f"2026-{m:02d}" for m in range(1, 12)]
    assert months["2026-11"] == (1, 1, 0, 3)
    assert months["2026-10"] == (2, 0, 0, 3)
    assert months["2026-09"] == (1, 0, 0, 1)
    assert months["2026-08"] == (0, 1, 0, 0)
    assert months["2026-07"] == (1, 0, 0, 1)
    assert months["2026-06"] == (0, 0, 0, 0)


def test_published_by_month_with_the_days_it_took(picture):
    months = by_head(picture, "published")

    assert months["2026-11"] == (1, 60.0)
    assert months["2026-08"] == (1, 20.0)
    assert months["2026-09"] == (0, None)


def test_returns_by_stage_and_with_their_reasons(picture, rows):
    assert table(picture, "returns").rows == (("Quality to Readiness", 1, 2),)
    assert table(picture, "return-reasons").rows == (
        (
            "Inspections",
            "Public Works",
            "2026-11-06",
            "Quality",
            "Dana Reed",
            "Say how the addresses were checked.",
            2,
        ),
    )


def test_scorecard_has_a_line_per_department(picture):
    assert by_head(picture, "departments") == {
        "Health": (2, 2, 0, 0, None, 0, 0, 0, 0),
        "Public Works": (4, 1, 1, 2, 20.0, 2, 1, 2, 1),
    }


def test_department_roles_see_their_department(rows, cast):
    picture = picture_for(cast.other_coordinator, now=NOW)

    assert list(by_head(picture, "departments")) == ["Health"]
    assert len(picture.open) == 2
    assert picture.published == []


def test_dashboard_can_be_narrowed_to_one_department_of_ones_own_only(rows, cast):
    health = picture_for(cast.cdo, department_id=cast.health.pk, now=NOW)
    foreign = picture_for(cast.other_coordinator, department_id=cast.public_works.pk, now=NOW)

    assert sum(health.datasets.values()) == 2
    assert foreign.is_empty
    assert foreign.open == []


def test_period_leaves_out_what_is_older(rows, cast):
    picture = picture_for(cast.cdo, months=3, now=NOW)

    assert picture.months == ("2026-09", "2026-10", "2026-11")
    assert len(picture.published) == 1
    assert by_head(picture, "flow")["2026-09"] == (1, 0, 0, 1)


def test_other_program_sees_nothing_of_this_one(rows, cast):
    picture = picture_for(cast.foreign_cdo, now=NOW)

    assert [release.title for release in picture.open] == ["Lakeside parks"]
    assert "Riverbend" not in str(picture) and "Permits" not in str(picture)


def test_person_without_a_role_sees_nothing(rows, cast):
    picture = picture_for(cast.outsider, now=NOW)

    assert picture.is_empty
    assert all(not draw(picture).table.rows for draw in FIGURES.values())


def test_figures_without_data_say_so(cast):
    picture = picture_for(cast.cdo, now=NOW)

    for name, draw in FIGURES.items():
        figure = draw(picture)
        assert figure.table.empty
        assert figure.id == name
    assert [h.number for h in headlines(picture)] == ["0", "no data", "0", "no data"]


def test_number_of_queries_does_not_grow_with_the_releases(rows, cast, django_assert_max_num_queries):
    from tests.reports.history import dataset, release, way
    from workflow.stages import Stage

    for number in range(20):
        row = dataset(cast, f"Survey {number}", steward=cast.steward)
        release(row, Stage.PRIVACY, stays=way(40, 20, 12, start=50))
    with django_assert_max_num_queries(15):
        picture = picture_for(cast.cdo, now=NOW)
    assert len(picture.open) == 24
