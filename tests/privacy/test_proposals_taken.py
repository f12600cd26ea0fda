"""A proposal promises what the recipe does once it is taken over, however the recipe looks before."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from datafiles.table import Table
from privacy import hierarchies, page_proposal
from privacy.errors import RecipeRefused
from privacy.hierarchies import column_values
from privacy.models import RecipeSearch
from privacy.page_proposal import asked_of, is_long
from privacy.recipe_changes import with_proposal
from privacy.remedies.base import Context
from privacy.remedies.recipe import columns_left, replay
from privacy.selectors import state_of
from privacy.services import quasi_confirm, recipe_propose, recipe_what_if, scan_request
from privacy.tasks import search_run
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.test_recipe_page import page, post, proposed
from workflow.models import Release

QUASI = ["age", "zip", "sex"]
ROWS = 240


def _people() -> dict[str, list[str]]:
    draw = random.Random(7)
    return {
        "case": [f"C-{at}" for at in range(ROWS)],
        "age": [str(draw.randint(18, 80)) for _ in range(ROWS)],
        "zip": [draw.choice(("90012", "90013", "90014", "90210", "90220")) for _ in range(ROWS)],
        "sex": [draw.choice("FM") for _ in range(ROWS)],
        "status": [draw.choice(("open", "closed", "pending")) for _ in range(ROWS)],
    }


POOL: list[dict[str, Any]] = [
    {"remedy": "generalise_zip", "params": {"column": "zip"}},
    {"remedy": "age_bands", "params": {"column": "age", "width": 10}},
    {"remedy": "drop_column", "params": {"column": "zip"}},
    {"remedy": "drop_column", "params": {"column": "case"}},
    {"remedy": "suppress_cells", "params": {"column": "sex", "which": "listed", "values": ["M"]}},
    {"remedy": "suppress_cells", "params": {"column": "status", "which": "rare", "fewer_than": 11}},
    {"remedy": "drop_rows", "params": {"column": "age", "test": "more", "number": 70}},
    {"remedy": "drop_small_classes", "params": {"columns": ["zip", "sex"], "k": 30}},
    {
        "remedy": "k_anonymise",
        "params": {"columns": ["sex"], "hierarchies": ["category"], "levels": [0], "k": 9},
    },
]


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def counted(release: Release, cast: Cast, upload: Callable[..., None], work: Callable[[], None]) -> Release:
    upload(_people())
    scan_request(release_id=release.pk)
    work()
    quasi_confirm(release_id=release.pk, columns=QUASI, k_min=5, actor=cast.privacy_officer)
    work()
    return release


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.privacy_officer)
    return client


def test_the_figures_of_a_proposal_are_those_of_the_rows_after_it_was_taken_over(counted: Release) -> None:
    draw = random.Random(11)
    table = Table.of(pl.DataFrame(_people()))
    tried = 0
    for _ in range(25):
        steps = draw.sample(POOL, draw.randint(0, 4))
        chosen = {name: draw.choice(("none", "category")) for name in draw.sample(QUASI, 1)}
        try:
            found = recipe_propose(release_id=counted.pk, k=5, limit=0.1, chosen=chosen, steps=steps)
        except RecipeRefused:
            continue
        assert found.recipe == with_proposal(steps, found.step) and found.recipe[-1] == found.step
        effect = recipe_what_if(release_id=counted.pk, steps=found.recipe)
        assert effect == found.effect
        if effect.untried:
            continue  # a step about a column that is gone by then; the page names it beside the figures
        left = [name for name in QUASI if name in columns_left(found.recipe, table.names)]
        made = replay(table, found.recipe, Context(secret=b"a secret")).table.frame
        sizes = made.group_by(left).len()["len"].to_list() if left else [made.height]
        after = found.effect.after
        assert (after.k, after.groups, after.rows) == (min(sizes), len(sizes), made.height)
        assert after.k >= 5
        tried += 1
    assert tried > 15


def test_what_the_proposal_settles_gives_way_and_the_rest_stays(counted: Release) -> None:
    by_name = {str(step["params"].get("column")): step for step in POOL[:2]}
    steps = [by_name["zip"], POOL[3], by_name["age"], POOL[6], POOL[8]]
    found = recipe_propose(release_id=counted.pk, k=5, limit=0.1, steps=steps)
    assert found.recipe == [POOL[3], POOL[6], found.step], "rows that somebody leaves out stay out"
    dropped = recipe_propose(release_id=counted.pk, k=5, limit=0.1, steps=[POOL[2]])
    assert dropped.step["params"]["columns"] == ["age", "sex"], "a column that is left out stays left out"
    assert dropped.recipe == [POOL[2], dropped.step]
    table_of_counts = {"remedy": "aggregate", "params": {"columns": ["zip"], "fewer_than": 11}}
    with pytest.raises(RecipeRefused, match="table of counts"):
        recipe_propose(release_id=counted.pk, k=5, steps=[table_of_counts])


def _figures(text: str) -> list[str]:
    """The last column of a table of before and after."""
    plain = re.sub(r"<[^>]+>", "|", text[text.index("Smallest group (k)") :])
    return [part for part in plain[:600].split("|") if part.strip()][:12]


def test_the_page_shows_the_same_figures_before_and_after_taking_over(
    officer: Client, counted: Release
) -> None:
    url = reverse("privacy_recipe_step", args=[counted.pk])
    for column in ("zip", "case"):
        assert (
            officer.post(url, {"do": "put", "remedy": "drop_column", "p-column": column}).status_code == 302
        )
    text = page(officer, counted, k="5", limit="10")
    assert "Measured as the recipe will be with it, 2 other steps included" in text
    assert "What “information lost” means" in text
    panel = text[text.index('id="recipe-proposal"') :]
    lost = re.search(r"information lost ([0-9.]+ ?%)", panel)
    after = post(officer, "privacy_recipe_step", counted, do="take", step=proposed(panel))
    assert lost is not None and f"Information lost: {lost[1]}." in after
    assert _figures(after) == _figures(panel)


def test_a_step_that_gives_way_is_named(officer: Client, counted: Release) -> None:
    officer.post(
        reverse("privacy_recipe_step", args=[counted.pk]),
        {"do": "put", "remedy": "generalise_zip", "p-column": "zip"},
    )
    text = page(officer, counted, k="5", limit="10")
    assert "These steps give way to it" in text


def test_values_are_hidden_again_when_other_columns_are_measured(
    officer: Client, counted: Release, cast: Cast, work: Callable[[], None]
) -> None:
    looks = AuditEvent.objects.filter(action="privacy.values_seen")
    post(officer, "privacy_recipe_values", counted, do="show")
    assert "Hide the values" in page(officer, counted)
    quasi_confirm(release_id=counted.pk, columns=["age", "zip"], k_min=5, actor=cast.privacy_officer)
    work()
    assert "Hide the values" not in page(officer, counted)
    post(officer, "privacy_recipe_values", counted, do="show")
    assert [event.data["columns"] for event in looks.order_by("id")] == ["age, zip, sex", "age, zip"]


def test_a_search_over_very_many_combinations_is_for_a_worker(
    counted: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = state_of(counted.pk)

    def long(**by: str) -> bool:
        return is_long(state, asked_of(state, [], by))

    assert not long()
    monkeypatch.setattr(page_proposal, "MOST_NODES", 1)
    assert long()
    assert not long(**{"by-0": "none", "by-1": "none", "by-2": "none"})


def test_of_very_many_groups_nothing_is_computed_in_a_request(
    officer: Client, counted: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hierarchies, "MOST_CLASSES_ON_PAGES", 10)
    hierarchies._loaded.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(hierarchies, "class_table_read", lambda path: pytest.fail("read in a request"))
        assert "Measure what these steps do" in page(officer, counted)
        officer.get(reverse("privacy_risk", args=[counted.pk]))
        text = post(officer, "privacy_recipe_step", counted, do="measure")
        url = reverse("privacy_search_progress", args=[counted.pk, RecipeSearch.objects.get().pk])
        assert "Measuring in the background" in text and url in text
        assert set(column_values(counted.pk, "sex")) == {"F", "M"}
    search_run(RecipeSearch.objects.get().pk)
    with monkeypatch.context() as patch:
        patch.setattr(hierarchies, "class_table_read", lambda path: pytest.fail("read in a request"))
        text = page(officer, counted)
        assert "by a worker" in text and "Smallest group (k)" in text
        post(officer, "privacy_recipe_search", counted, k="5", limit="10")
    search_run(RecipeSearch.objects.get(asked__k=5).pk)
    assert "Proposal: k =" in post(officer, "privacy_recipe_search", counted, k="5", limit="10")
    assert "90012" not in str([row.found for row in RecipeSearch.objects.all()])
