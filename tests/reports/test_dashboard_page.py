"""The dashboard as a page: who may open it, what it shows without data, and that its files say the same."""

import csv
import io

import pytest
import time_machine
from django.urls import reverse

from reports.figures import FIGURES
from tests.cast import cast_create
from tests.reports.history import NOW, history

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def that_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast():
    return cast_create()


@pytest.fixture
def rows(cast):
    return history(cast)


def page(client, user, **query):
    client.force_login(user)
    return client.get(reverse("dashboard"), query)


def csv_rows(client, user, figure, **query):
    client.force_login(user)
    response = client.get(reverse("dashboard_csv", args=[figure]), query)
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_every_figure_has_its_table_and_its_file(client, cast, rows):
    text = page(client, cast.cdo).content.decode()

    assert text.count("<caption") == len(FIGURES)
    for name in FIGURES:
        assert f"/dashboard/{name}.csv?months=12" in text
    assert text.count('<svg class="chart__image"') == 7
    assert " style=" not in text


def test_on_a_phone_each_cell_of_a_table_says_its_heading(client, cast, rows):
    text = page(client, cast.cdo).content.decode()

    assert text.count("table-stacked") == text.count("<table ") > 0
    table = text[text.index('id="departments"') :].split("</table>")[0]
    cells = table[table.index("<tbody") :]
    assert cells.count("<td") == cells.count("data-label=") > 0


def test_file_has_the_numbers_of_the_page(client, cast, rows):
    text = page(client, cast.cdo).content.decode()
    lines = csv_rows(client, cast.cdo, "departments", months=12)

    assert lines[1] == ["Health", "2", "2", "0", "0", "", "0", "0", "0", "0"]
    assert lines[2][:4] == ["Public Works", "4", "1", "1"]
    assert "in the pipeline, of 6 datasets in the inventory" in text


def test_filters_hold_for_page_and_file(client, cast, rows):
    text = page(client, cast.cdo, department=cast.health.pk, months=3).content.decode()

    assert f"/dashboard/stages.csv?department={cast.health.pk}&amp;months=3" in text
    assert "Inspections" not in text
    assert len(csv_rows(client, cast.cdo, "departments", department=cast.health.pk)) == 2


@pytest.mark.parametrize(
    "query", [{"months": "0"}, {"months": "x"}, {"department": "99999"}, {"department": "x"}]
)
def test_filters_that_make_no_sense_are_as_if_not_asked_for(client, cast, rows, query):
    response = page(client, cast.cdo, **query)

    assert response.status_code == 200
    assert "of 6 datasets" in response.content.decode()


def test_department_of_somebody_else_cannot_be_asked_for(client, cast, rows):
    text = page(client, cast.other_coordinator, department=cast.public_works.pk).content.decode()

    assert "Permits" not in text and "Inspections" not in text
    assert "of 2 datasets in the inventory" in text


def test_other_program_sees_nothing_of_this_one(client, cast, rows):
    text = page(client, cast.foreign_cdo).content.decode()
    files = [csv_rows(client, cast.foreign_cdo, name) for name in FIGURES]

    for title in ("Permits", "Inspections", "Licences", "Clinics", "Public Works", "Priya Raman"):
        assert title not in text
        assert title not in str(files)


def test_dashboard_without_data_says_what_will_be_there(client, cast):
    text = page(client, cast.cdo).content.decode()

    assert "There is nothing to count yet" in text
    assert '<svg class="chart__image"' not in text


def test_person_without_a_role_is_turned_away(client, cast, rows):
    assert page(client, cast.outsider).status_code == 403
    assert client.get(reverse("dashboard_csv", args=["late"])).status_code == 403


def test_unknown_figure_is_not_found(client, cast):
    client.force_login(cast.cdo)

    assert client.get(reverse("dashboard_csv", args=["salaries"])).status_code == 404


def test_title_that_looks_like_a_formula_is_harmless_in_the_file(client, cast, rows):
    rows["inspections"].dataset.title = "=HYPERLINK(1)"
    rows["inspections"].dataset.save()

    assert csv_rows(client, cast.cdo, "late")[1][0] == "'=HYPERLINK(1)"
    assert "=HYPERLINK(1)</a>" in page(client, cast.cdo).content.decode()
