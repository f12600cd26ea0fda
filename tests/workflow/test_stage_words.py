"""The last stage before publication is called after whoever turns the key there, wherever a person reads it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from accounts.selectors import profile_for
from reports.figures import by_stage
from reports.selectors import picture_for
from tests.cast import Cast
from tests.factories.reviews import program_with
from tests.factories.workflow import release_at
from tests.scenarios.story import Story
from workflow.context import context_of
from workflow.services.letters import letter_context
from workflow.stage_words import stage_label
from workflow.stages import Stage


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("program", "label"),
    [
        ("default", "CDO review"),
        ("san_francisco", "CDO review"),
        ("los_angeles", "CDO review"),
        ("durham", "CIO review"),
        ("connecticut", "Agency approver review"),
    ],
)
def test_each_program_has_its_own_word(program: str, label: str) -> None:
    profile = profile_for(Story(program).program)
    assert stage_label(Stage.CDO_REVIEW, profile) == label
    assert stage_label(Stage.PRIVACY, profile) == "Privacy"


def test_pages_mails_and_figures_use_the_word_of_the_program(client: Client, cast: Cast) -> None:
    holders = profile_for(cast.program).stage_holders | {"CDO_REVIEW": Role.DEPARTMENT_APPROVER.value}
    program_with(cast, stages=holders, roles={"department_approver": "Agency approver"})
    release = release_at(Stage.CDO_REVIEW, cast)
    client.force_login(cast.coordinator)
    pages = [reverse("release", args=[release.pk]), reverse("release_history", args=[release.pk])]
    pages += [reverse("release_checklists", args=[release.pk]), reverse("dataset_list"), reverse("my_work")]
    for page in pages:
        content = client.get(page).content.decode()
        assert "Agency approver review" in content, page
        assert "CDO review" not in content, page
    assert letter_context(context_of(release.pk), None)["stage"] == "Agency approver review"
    stages = [row[0] for row in by_stage(picture_for(cast.coordinator)).table.rows]
    assert "Agency approver review" in stages and "CDO review" not in stages
