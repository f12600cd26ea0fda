"""What a test of a source may use before the department approved anything: no secret astray, no query of one's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.models import AuditEvent
from publishing.models import EtlRecord, Fetch
from publishing.services.sampling import Sample
from tests.cast import Cast
from tests.factories.publications import stage_put
from tests.factories.workflow import dataset_make
from tests.publishing.sources.server import Site, serving
from tests.workflow.test_sources_page import by, decide, propose, run, said
from workflow.models import Dataset
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

HERE = ("127.0.0.1",)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        running.files["/permits.csv"] = ("text/csv", b"number,status\nA-1,open\n")
        yield running


@pytest.fixture
def dataset(cast: Cast) -> Dataset:
    made = dataset_make(cast, title="Building permits")
    stage_put(made.current_release, Stage.PUBLISHED, timezone.now())
    return made


def looked(cast: Cast, dataset: Dataset, about: dict[str, str]) -> Sample:
    url = reverse("source_propose", args=[dataset.pk])
    answer = by(cast.steward).post(url, about | {"action": "test"})
    assert answer.status_code == 200
    assert AuditEvent.objects.filter(action="source.tested", dataset_id=dataset.pk).exists()
    sample: Sample = answer.context["sample"]
    assert not sample.problem or "The test brought no columns" in answer.content.decode()
    return sample


def sent(site: Site) -> list[str | None]:
    return [headers.get("authorization") for _, headers in site.asked]


@pytest.fixture
def secret(settings: Any, cast: Cast) -> Any:
    """A key of Public Works, bound to where it belongs."""
    settings.SOURCE_SECRETS = {"PERMITS": "hunter2"}
    settings.SOURCE_SECRET_HOSTS = {"PERMITS": HERE}
    settings.SOURCE_SECRET_FOR = {"PERMITS": (f"{cast.program.code}/pub",)}
    return settings


def test_a_bound_secret_goes_to_its_host_for_its_department(
    cast: Cast, dataset: Dataset, site: Site, secret: Any
) -> None:
    assert len(looked(cast, dataset, said(site, config_secret="PERMITS")).columns) == 2
    assert sent(site) == ["Bearer hunter2"]
    secret.SOURCE_SECRET_FOR = {"PERMITS": (cast.program.code,)}
    assert len(looked(cast, dataset, said(site, config_secret="PERMITS")).columns) == 2


@pytest.mark.parametrize(
    ("setting", "binding", "sentence"),
    [
        (
            "SOURCE_SECRET_HOSTS",
            {"PERMITS": ("data.example.gov",)},
            "add 127.0.0.1 to SOURCE_SECRET_PERMITS_HOSTS",
        ),
        ("SOURCE_SECRET_FOR", {"PERMITS": ("riverbend/hlt", "elsewhere")}, "SOURCE_SECRET_PERMITS_FOR"),
        ("SOURCE_SECRET_HOSTS", {}, "once the department has approved the record"),
        ("SOURCE_SECRET_FOR", {}, "once the department has approved the record"),
    ],
)
def test_a_test_sends_no_secret_that_is_bound_elsewhere_or_to_nothing(
    cast: Cast,
    dataset: Dataset,
    site: Site,
    secret: Any,
    setting: str,
    binding: dict[str, Any],
    sentence: str,
) -> None:
    setattr(secret, setting, binding)
    sample = looked(cast, dataset, said(site, config_secret="PERMITS"))
    assert sentence in sample.problem
    assert "portal admin" in sample.problem
    assert site.asked == []


def test_an_approved_record_uses_an_unbound_secret_and_never_one_of_others(
    cast: Cast, dataset: Dataset, site: Site, secret: Any
) -> None:
    secret.SOURCE_SECRET_HOSTS = secret.SOURCE_SECRET_FOR = {}
    decide(cast[Role.DEPARTMENT_APPROVER], propose(cast, dataset, site, config_secret="PERMITS"))
    by(cast.steward).post(reverse("source_fetch", args=[dataset.pk]))
    run(dataset)
    assert sent(site) == ["Bearer hunter2"]
    secret.SOURCE_SECRET_FOR = {"PERMITS": ("riverbend/hlt",)}
    by(cast.steward).post(reverse("source_fetch", args=[dataset.pk]))
    run(dataset)
    assert "not for the datasets of this department" in Fetch.objects.latest("pk").error
    assert len(site.asked) == 1


# queries


@pytest.fixture
def query(settings: Any, tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "staff.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE staff (name TEXT, salary INT)")
        connection.execute("INSERT INTO staff VALUES ('Zed', 91234)")
    settings.SOURCE_DATABASES = {"STAFF_DB": f"sqlite://{path}"}
    return {
        "source": "sql",
        "config_connection": "STAFF_DB",
        "config_query": "SELECT name, salary FROM staff ORDER BY name",
    }


def test_a_query_is_tested_only_as_the_department_approved_it(
    cast: Cast, dataset: Dataset, site: Site, query: dict[str, str]
) -> None:
    about = said(site, **query)
    refused = "A query is first run when the department has approved it"
    assert refused in looked(cast, dataset, about).problem
    record = propose(cast, dataset, site, **query)
    assert refused in looked(cast, dataset, about).problem
    decide(cast[Role.DEPARTMENT_APPROVER], record)
    assert [name for name, _ in looked(cast, dataset, about).columns] == ["name", "salary"]
    guess = "SELECT CASE WHEN name LIKE 'Z%' THEN 1 ELSE 'no' END AS leak, 2 AS b FROM staff"
    assert refused in looked(cast, dataset, about | {"config_query": guess}).problem
    assert refused in looked(cast, dataset, about | {"config_connection": "OTHER_DB"}).problem
    shown = by(cast.steward).get(reverse("source_propose", args=[dataset.pk]), {"source": "sql"})
    assert "A query is first run when the department has approved it" in " ".join(
        shown.content.decode().split()
    )


def test_a_connection_serves_only_those_it_is_bound_to(
    cast: Cast, dataset: Dataset, site: Site, query: dict[str, str], settings: Any
) -> None:
    decide(cast[Role.DEPARTMENT_APPROVER], propose(cast, dataset, site, **query))
    settings.SOURCE_DATABASE_FOR = {"STAFF_DB": ("riverbend/hlt",)}
    assert "SOURCE_DB_STAFF_DB_FOR" in looked(cast, dataset, said(site, **query)).problem
    by(cast.steward).post(reverse("source_fetch", args=[dataset.pk]))
    run(dataset)
    assert "not for the datasets of this department" in Fetch.objects.latest("pk").error
    settings.SOURCE_DATABASE_FOR = {"STAFF_DB": (f"{cast.program.code}/pub",)}
    assert len(looked(cast, dataset, said(site, **query)).columns) == 2


# servers that answer whatever they like


def test_a_layer_whose_columns_have_no_names_is_no_layer(cast: Cast, dataset: Dataset, site: Site) -> None:
    site.files["/FeatureServer/0"] = ("application/json", b'{"fields":["x"]}')
    about = said(site, source="arcgis", config_url=f"{site.url}/FeatureServer/0")
    assert "no layer with columns" in looked(cast, dataset, about).problem


def test_what_nobody_foresaw_is_a_sentence_and_stands_in_the_history(
    cast: Cast, dataset: Dataset, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    body = b'{"fields":[{"name":"n"}],"maxRecordCount":"canary-of-the-server"}'
    site.files["/FeatureServer/0"] = ("application/json", body)
    site.files["/FeatureServer/0/query"] = ("application/json", b'{"count":1}')
    about = said(site, source="arcgis", config_url=f"{site.url}/FeatureServer/0")
    sample = looked(cast, dataset, about)
    assert sample.problem.startswith("Something unexpected went wrong while the source was tested")
    assert AuditEvent.objects.get(action="source.tested").data["outcome"] == "failed"
    assert "ValueError" in caplog.text
    assert "canary" not in caplog.text
    assert not EtlRecord.objects.exists()
