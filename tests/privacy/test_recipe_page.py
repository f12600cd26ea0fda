from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from dossier.services import dossier_open
from privacy import page_proposal
from privacy.models import RecipeSearch, RecipeVersion, UploadedHierarchy
from privacy.services import quasi_confirm, recipe_save
from privacy.tasks import search_run
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.samples import SSN
from workflow.context import context_of
from workflow.models import Dataset, Release

WHY = "Readers do not need more than this."
DROP = {"remedy": "drop_column", "params": {"column": "contractor_phone"}}
ZIP = {"remedy": "generalise_zip", "params": {"column": "zip"}}
RARE = {"remedy": "suppress_cells", "p-column": "status", "p-which": "rare", "p-fewer_than": "11"}


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


@pytest.fixture
def officer(client: Client, cast: Cast) -> Client:
    client.force_login(cast.privacy_officer)
    return client


@pytest.fixture
def counted(scanned: Release, cast: Cast, work: Callable[[], None]) -> Release:
    """A release of which the groups of zip and sex have been counted."""
    quasi_confirm(release_id=scanned.pk, columns=["zip", "sex"], k_min=20, actor=cast.privacy_officer)
    work()
    return scanned


def page(client: Client, release: Release, **asked: object) -> str:
    response = client.get(reverse("privacy_recipe", args=[release.pk]), asked)
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, name: str, release: Release, **data: object) -> str:
    response = client.post(reverse(name, args=[release.pk]), data, follow=True)
    assert response.status_code in (200, 422), response.status_code
    return response.content.decode()


def put(client: Client, release: Release, **data: object) -> str:
    return post(client, "privacy_recipe_step", release, do="put", **data)


def proposed(text: str) -> str:
    """The proposal as the page sends it back."""
    start = text.index('name="step" value="') + len('name="step" value="')
    return text[start : text.index('"', start)].replace("&quot;", '"')


def save(release: Release, cast: Cast, *steps: dict[str, object], number: int = 0) -> RecipeVersion:
    return recipe_save(
        release_id=release.pk, steps=list(steps), note=WHY, actor=cast.privacy_officer, expected_number=number
    )


def test_a_step_is_added_by_a_form_drawn_from_its_parameters(officer: Client, scanned: Release) -> None:
    text = page(officer, scanned, add="suppress_cells")
    assert "Add a step: suppress rare or listed values" in text
    assert 'data-only="p-which" data-only-values="rare"' in text
    text = put(officer, scanned, **RARE)
    assert "Not saved yet" in text
    assert "Values of “status” that fewer than 11 rows have are emptied." in text
    assert not RecipeVersion.objects.exists()


@pytest.mark.parametrize("remedy", ["drop_small_classes", "k_anonymise"])
@pytest.mark.parametrize(("classification", "k"), [("public", 5), ("sensitive", 11)])
def test_a_step_about_groups_begins_with_the_smallest_group_that_the_program_asks_for(
    officer: Client, counted: Release, remedy: str, classification: str, k: int
) -> None:
    Dataset.objects.filter(pk=counted.dataset_id).update(classification=classification)
    assert context_of(counted.pk).profile.k_min(classification=classification) == k
    field = re.search(r'<input[^>]*name="p-k"[^>]*>', page(officer, counted, add=remedy))
    assert field and f'value="{k}"' in field.group()


def test_a_draft_is_saved_as_a_version_with_its_reason(officer: Client, scanned: Release) -> None:
    put(officer, scanned, **RARE)
    text = post(officer, "privacy_recipe_save", scanned, note=WHY)
    assert "Version 1 of the recipe is saved and in force." in text
    row = RecipeVersion.objects.get()
    assert row.note == WHY and [step["remedy"] for step in row.steps] == ["suppress_cells"]
    assert "Not saved yet" not in text and f"“{WHY}”" in text


def test_a_short_reason_stands_at_its_field_and_nothing_is_lost(officer: Client, scanned: Release) -> None:
    put(officer, scanned, **RARE)
    text = post(officer, "privacy_recipe_save", scanned, note="because")
    assert "Say why, in at least 10 characters" in text and ">because</textarea>" in text
    assert "Values of “status”" in text and not RecipeVersion.objects.exists()


def test_a_fault_stands_at_its_field_and_an_identifier_that_was_typed_is_not_kept(
    officer: Client, scanned: Release
) -> None:
    data = {"do": "put", **RARE, "p-which": "listed", "p-values": f"open\n{SSN}"}
    response = officer.post(reverse("privacy_recipe_step", args=[scanned.pk]), data)
    text = response.content.decode()
    sentence = "“Values”: value 2 is written like an identifier of a person"
    assert response.status_code == 422 and sentence in text
    field = text[text.index("step-field--fault") :]
    assert field.index(sentence) < field.index('name="p-values"') and text.count("step-field--fault") == 1
    assert f"recipe-draft-{scanned.pk}" not in officer.session


def test_a_step_of_several_columns_takes_a_level_for_each(officer: Client, counted: Release) -> None:
    text = page(officer, counted, add="k_anonymise")
    assert 'name="l-3-on"' in text and 'name="l-1-on"' not in text
    text = put(
        officer,
        counted,
        remedy="k_anonymise",
        **{"l-3-on": "yes", "l-3-by": "zip", "l-3-to": "1", "l-4-by": "category", "l-4-to": "0"},
        **{"p-k": "5", "p-rest": "drop"},
    )
    assert "zip becomes coarser" in text
    assert 'name="l-3-on" id="step-1-on3" value="yes" checked' in page(officer, counted, edit=1)


def test_steps_are_moved_changed_and_removed(officer: Client, scanned: Release, cast: Cast) -> None:
    save(scanned, cast, DROP, ZIP)
    post(officer, "privacy_recipe_step", scanned, do="up", number="2")
    draft = officer.session[f"recipe-draft-{scanned.pk}"]
    assert [step["remedy"] for step in draft["steps"]] == ["generalise_zip", "drop_column"]
    assert "<strong>Moved:</strong>" in page(officer, scanned)
    text = page(officer, scanned, edit=2)
    assert "Change step 2: drop the column" in text
    put(officer, scanned, number="2", remedy="drop_column", **{"p-column": "status"})
    post(officer, "privacy_recipe_step", scanned, do="remove", number="1")
    assert officer.session[f"recipe-draft-{scanned.pk}"]["steps"] == [
        {"remedy": "drop_column", "params": {"column": "status"}}
    ]


def test_steps_that_are_those_in_force_again_are_no_draft(
    officer: Client, scanned: Release, cast: Cast
) -> None:
    save(scanned, cast, DROP, ZIP)
    for way in ("up", "up"):
        post(officer, "privacy_recipe_step", scanned, do=way, number="2")
    assert "Not saved yet" not in page(officer, scanned)


def test_changes_can_be_given_up(officer: Client, scanned: Release) -> None:
    put(officer, scanned, **RARE)
    text = post(officer, "privacy_recipe_step", scanned, do="discard")
    assert "Your changes were given up" in text and "Not saved yet" not in text


def test_who_was_overtaken_sees_what_their_steps_would_change_and_keeps_them(
    officer: Client, scanned: Release, cast: Cast
) -> None:
    put(officer, scanned, **RARE)
    save(scanned, cast, DROP)
    text = post(officer, "privacy_recipe_save", scanned, note=WHY)
    assert "saved version 1 of the recipe meanwhile" in text or "Version 1 was saved meanwhile" in text
    assert RecipeVersion.objects.count() == 1
    assert "<strong>Removed:</strong> The column “contractor_phone” is left out of the copy." in text
    post(officer, "privacy_recipe_step", scanned, do="rebase")
    post(officer, "privacy_recipe_save", scanned, note=WHY)
    assert [step["remedy"] for step in RecipeVersion.objects.get(number=2).steps] == ["suppress_cells"]


def test_versions_say_what_they_changed_and_can_be_brought_back(
    officer: Client, scanned: Release, cast: Cast
) -> None:
    save(scanned, cast, DROP)
    save(scanned, cast, DROP, ZIP, number=1)
    text = page(officer, scanned)
    assert "<strong>Added:</strong> Each ZIP code of “zip”" in text and "Bring this version back" in text
    text = post(officer, "privacy_recipe_restore", scanned, number="1", expected="2", note="short")
    assert "Say why, in at least 10 characters" in text and ">short</textarea>" in text
    text = post(officer, "privacy_recipe_restore", scanned, number="1", expected="1", note=WHY)
    assert "saved version 2 of the recipe meanwhile" in text
    post(officer, "privacy_recipe_restore", scanned, number="1", expected="2", note=WHY)
    assert RecipeVersion.objects.get(number=3).steps == [DROP]


def test_a_version_is_downloaded_as_the_recipe_that_the_command_reads(
    officer: Client, scanned: Release, cast: Cast
) -> None:
    save(scanned, cast, DROP)
    response = officer.get(reverse("privacy_recipe_json", args=[scanned.pk, 1]))
    assert json.loads(response.content) == [DROP]
    assert "recipe-1.json" in response["Content-Disposition"]
    assert officer.get(reverse("privacy_recipe_json", args=[scanned.pk, 9])).status_code == 404


def test_what_a_step_would_do_is_said_before_it_is_added(officer: Client, counted: Release) -> None:
    response = officer.post(
        reverse("privacy_what_if", args=[counted.pk]),
        {"remedy": "drop_column", "p-column": "sex"},
        headers={"HX-Request": "true"},
    )
    text = response.content.decode()
    assert "<html" not in text
    assert "With this step: k = 30: enough for the 20 that is asked for." in text
    assert "Computed on the class table of 4 groups in" in text
    assert "sex" in text and "left out" in text
    assert f"recipe-draft-{counted.pk}" not in officer.session


def test_a_step_that_is_not_whole_is_not_tried(officer: Client, counted: Release) -> None:
    url, data = reverse("privacy_what_if", args=[counted.pk]), {"remedy": "drop_column", "p-column": ""}
    text = officer.post(url, data, headers={"HX-Request": "true"}).content.decode()
    assert "The step is not whole yet: “Column” is missing." in text
    response = officer.post(url, data)
    assert response.status_code == 422 and "“Column” is missing" in response.content.decode()


def test_without_a_script_trying_draws_the_page_with_the_form_as_it_was(
    officer: Client, counted: Release
) -> None:
    text = post(officer, "privacy_what_if", counted, remedy="drop_column", **{"p-column": "sex"})
    assert "k = 30: enough for the 20 that is asked for" in text and "Add a step: drop the column" in text
    assert "Not saved yet" not in text


def test_values_are_shown_only_to_who_may_read_them_and_the_look_is_recorded(
    officer: Client, counted: Release, client: Client, cast: Cast
) -> None:
    put(officer, counted, remedy="generalise_zip", **{"p-column": "zip"})
    assert "90012" not in page(officer, counted)
    text = post(officer, "privacy_recipe_values", counted, do="show")
    assert "90012" in text and "Rows by “zip”" in text and SSN not in text
    assert AuditEvent.objects.filter(action="privacy.values_seen").count() == 1
    response = officer.get(reverse("privacy_recipe", args=[counted.pk]))
    assert "no-store" in response["Cache-Control"]
    post(officer, "privacy_recipe_values", counted, do="show")
    assert AuditEvent.objects.filter(action="privacy.values_seen").count() == 1, "the same look goes on"
    assert "90012" not in post(officer, "privacy_recipe_values", counted, do="hide")
    client.force_login(cast.portal_admin)
    assert client.post(reverse("privacy_recipe_values", args=[counted.pk]), {"do": "show"}).status_code == 403


def test_the_least_harmful_way_is_proposed_and_taken_over(officer: Client, counted: Release) -> None:
    text = page(officer, counted)
    assert 'name="k" value="20"' in text
    text = page(officer, counted, k="20", limit="0")
    assert "Proposal: k =" in text and "Take it over as a step" in text and "The optimum is exact" in text
    text = post(officer, "privacy_recipe_step", counted, do="take", step=proposed(text))
    assert "Make groups of at least k" in text and "Not saved yet" in text
    post(officer, "privacy_recipe_save", counted, note=WHY)
    assert RecipeVersion.objects.get().steps[0]["remedy"] == "k_anonymise"


def test_a_search_that_cannot_be_made_says_why(officer: Client, counted: Release) -> None:
    for asked, sentence in (
        ({"k": "many", "limit": "200"}, "“Smallest group” must be a whole number of at least 2."),
        ({"k": "many", "limit": "200"}, "“Rows that may be left out” must be a number between 0 and 100."),
        ({"k": "61", "limit": "0"}, "No choice of levels makes groups of 61"),
        ({"k": "5", "limit": "0", "by-0": "tree"}, "The hierarchy chosen for “zip” is not there."),
    ):
        assert sentence in post(officer, "privacy_recipe_search", counted, **asked)


def test_a_column_may_stay_as_it_is_in_the_search(officer: Client, counted: Release) -> None:
    text = post(officer, "privacy_recipe_search", counted, k="20", limit="0", **{"by-0": "none"})
    assert "Left as it is" in text and "Proposal: k = 30" in text


def test_a_long_search_is_made_by_a_worker(
    officer: Client, counted: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_proposal, "MOST_WORK", 0)
    asked = {"k": "20", "limit": "0"}
    text = post(officer, "privacy_recipe_search", counted, **asked)
    item = RecipeSearch.objects.get()
    url = reverse("privacy_search_progress", args=[counted.pk, item.pk])
    assert "Searching in the background" in text and url in text
    assert "HX-Refresh" not in officer.get(url)
    search_run(item.pk)
    assert officer.get(url)["HX-Refresh"] == "true"
    text = post(officer, "privacy_recipe_search", counted, **asked)
    assert "Proposal: k =" in text and "by a worker" in text
    item.refresh_from_db()
    assert "90012" not in json.dumps(item.found) and RecipeSearch.objects.count() == 1
    assert "No choice of levels" not in text
    post(officer, "privacy_recipe_search", counted, k="61", limit="0")
    search_run(RecipeSearch.objects.get(asked__k=61).pk)
    assert "No choice of levels makes groups of 61" in post(
        officer, "privacy_recipe_search", counted, k="61", limit="0"
    )


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("not json", "could not be read"),
        ({"remedy": "shred", "params": {"columns": ["zip"]}}, "could not be read"),
        ({"remedy": "k_anonymise", "params": {"columns": [["zip"]]}}, "is not right"),
        ({"remedy": "k_anonymise", "params": {"columns": ["zap"], "k": 5}}, "is missing"),
        (
            {
                "remedy": "k_anonymise",
                "params": {"columns": ["zap"], "hierarchies": ["zip"], "levels": [1], "k": 5},
            },
            "needs the column “zap”",
        ),
    ],
)
def test_nothing_is_taken_over_unchecked(
    step: object, sentence: str, officer: Client, counted: Release
) -> None:
    typed = step if isinstance(step, str) else json.dumps(step)
    assert sentence in post(officer, "privacy_recipe_step", counted, do="take", step=typed)
    assert f"recipe-draft-{counted.pk}" not in officer.session


def test_a_hierarchy_is_uploaded_and_offered(officer: Client, counted: Release) -> None:
    content = b"value,area\n90012,centre\n90013,centre\n"
    upload = SimpleUploadedFile("zip.csv", content)
    text = post(officer, "privacy_hierarchy_upload", counted, label="Areas", column="zip", file=upload)
    assert "The hierarchy “Areas” can be chosen now." in text
    assert "Areas (uploaded): 1 area" in page(officer, counted, add="generalise")
    assert UploadedHierarchy.objects.count() == 1


def test_a_hierarchy_that_cannot_be_used_says_why(officer: Client, counted: Release) -> None:
    for content, label, sentence in (
        (b"90012,centre\n", "Areas", "listed"),
        (b"\xff\xfe\x00", "Areas", "The file is not text in UTF-8"),
        (b"90012,centre\n90013,centre\n", " ", "Give the hierarchy a name"),
        (None, "Areas", "Choose a CSV file"),
    ):
        file = {"file": SimpleUploadedFile("zip.csv", content)} if content is not None else {}
        text = post(officer, "privacy_hierarchy_upload", counted, label=label, column="zip", **file)
        start = text.index('id="hierarchy-error"')
        assert sentence in text[start : start + 600]
    assert not UploadedHierarchy.objects.exists()


POSTS = (
    "privacy_recipe_step",
    "privacy_what_if",
    "privacy_recipe_save",
    "privacy_recipe_restore",
    "privacy_hierarchy_upload",
    "privacy_recipe_search",
)


@pytest.mark.parametrize("who", ["steward", "portal_admin"])
def test_others_read_the_recipe_and_change_nothing(
    who: str, client: Client, cast: Cast, counted: Release
) -> None:
    save(counted, cast, DROP)
    client.force_login(cast[who])
    text = page(client, counted, add="drop_column", k="5")
    assert "The column “contractor_phone” is left out of the copy." in text and "Version 1" in text
    for words in ("Add a step", "Remove", "Bring this version back", "Upload a hierarchy", "Find it"):
        assert words not in text
    for name in POSTS:
        assert client.post(reverse(name, args=[counted.pk]), {"do": "put"}).status_code == 403
    assert RecipeVersion.objects.count() == 1


def test_people_of_another_department_do_not_know_of_it(client: Client, cast: Cast, scanned: Release) -> None:
    client.force_login(cast.other_steward)
    assert client.get(reverse("privacy_recipe", args=[scanned.pk])).status_code == 404
    assert client.get(reverse("privacy_recipe_json", args=[scanned.pk, 1])).status_code == 404
    for name in (*POSTS, "privacy_recipe_values"):
        assert client.post(reverse(name, args=[scanned.pk])).status_code == 404


def test_a_frozen_stage_is_said_and_the_draft_stays(officer: Client, scanned: Release) -> None:
    put(officer, scanned, **RARE)
    dossier_open(release_id=scanned.pk, parts=["plan"])
    assert "cannot be changed at this stage" in post(officer, "privacy_recipe_save", scanned, note=WHY)
    assert f"recipe-draft-{scanned.pk}" in officer.session


def test_a_file_that_is_not_there_is_said(officer: Client, release: Release) -> None:
    assert "There is nothing to change yet" in page(officer, release)


def test_the_copy_says_what_it_was_made_from(
    officer: Client, counted: Release, cast: Cast, work: Callable[[], None]
) -> None:
    steps = [DROP, ZIP, {"remedy": "drop_column", "params": {"column": "remarks"}}]
    steps += [{"remedy": "drop_column", "params": {"column": "sex"}}]
    version = save(counted, cast, *steps)
    assert "The copy that will be published" in page(officer, counted)
    work()
    text = page(officer, counted)
    assert f"version 1, digest <code>{version.digest}</code>" in text
    for value in (SSN, "556-10", "90012"):
        assert value not in text


def test_a_step_that_does_not_fit_its_place_is_refused_in_its_form(officer: Client, scanned: Release) -> None:
    put(officer, scanned, remedy="aggregate", **{"p-columns": ["zip", "sex"], "p-fewer_than": "11"})
    response = officer.post(
        reverse("privacy_recipe_step", args=[scanned.pk]),
        {"do": "put", "remedy": "drop_column", "p-column": "count"},
    )
    text = response.content.decode()
    assert response.status_code == 422 and "“count” says how many rows stand behind each cell" in text
    assert len(officer.session[f"recipe-draft-{scanned.pk}"]["steps"]) == 1
