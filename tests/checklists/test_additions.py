"""What a department asks besides its program: on the page, in the checklists, for nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from checklists.errors import AnswerRefused
from checklists.models import DepartmentItem
from checklists.selectors import submission_of
from checklists.services import addition_make, addition_retire, answer_save
from dossier.selectors import facts
from tests.cast import Cast
from tests.checklists.conftest import fill
from tests.factories.workflow import dataset_make, release_at
from workflow.context import context_of
from workflow.models import DepartmentReview, Release
from workflow.review_needs import needs_of
from workflow.selectors.additions import reviews_added
from workflow.services.settle import release_settle
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

QUESTION = {
    "question": "Has the city engineer seen it?",
    "help": "The engineer signs what leaves the department.",
    "type": "yn",
    "options": "",
    "severity": "blocks",
    "bad": "no",
    "sentence": "The city engineer has not seen the data. Show it first.",
    "only_if": "",
}


def item(**changes: object) -> dict:
    return {
        "question": "Has the city engineer seen it?",
        "help": "The engineer signs what leaves the department.",
        "type": "yn",
        "section": "department",
        "source": "added by Public Works",
        "severity": "blocks",
        "blocks_on": ["no"],
        "sentence": "The city engineer has not seen the data. Show it first.",
        **changes,
    }


def add(cast: Cast, **changes: object) -> DepartmentItem:
    return addition_make(
        department=cast.public_works,
        checklist="eligibility",
        content={"item": item(**changes)},
        actor=cast.coordinator,
    )


def questions(release: Release) -> list[str]:
    submission = submission_of(release.pk, "eligibility")
    assert submission is not None
    return [one.question for one in submission.version.catalogue.items]


def test_an_added_question_is_asked_of_the_department_and_of_nobody_else(
    release: Release, cast: Cast
) -> None:
    add(cast)
    other = dataset_make(
        cast, department=cast.health, steward=cast.other_steward, coordinator=cast.other_coordinator
    ).current_release
    fill(release)
    fill(other)
    assert QUESTION["question"] in questions(release)
    assert QUESTION["question"] not in questions(other)


def test_it_stands_in_the_way_like_any_other_question(release: Release, cast: Cast) -> None:
    row = add(cast)
    fill(release)
    answer_save(
        release_id=release.pk, checklist="eligibility", item=row.item_id, value="no", actor=cast.coordinator
    )
    assert QUESTION["sentence"] in facts(release.pk)["checklist.eligibility"].sentences


def test_a_checklist_that_was_begun_keeps_its_text_and_the_next_one_has_the_question(
    release: Release, cast: Cast
) -> None:
    fill(release)
    answer_save(
        release_id=release.pk, checklist="eligibility", item="ELI-01", value="yes", actor=cast.coordinator
    )
    row = add(cast)
    fill(release)
    assert QUESTION["question"] not in questions(release)
    later = dataset_make(cast, title="Street trees").current_release
    fill(later)
    assert QUESTION["question"] in questions(later)
    answer_save(
        release_id=later.pk, checklist="eligibility", item=row.item_id, value="yes", actor=cast.coordinator
    )
    addition_retire(row=row, actor=cast.coordinator)
    fill(later)
    assert QUESTION["question"] in questions(later)
    assert facts(later.pk)["checklist.eligibility"].data["answered"] >= 1


def test_the_conductor_brings_a_checklist_that_nobody_has_begun_to_the_new_text(
    release: Release, cast: Cast
) -> None:
    def settle_all() -> None:
        while "answers" in release_settle(release_id=release.pk):
            continue

    settle_all()
    add(cast)
    assert "answers" in release_settle(release_id=release.pk)
    assert QUESTION["question"] in questions(release)
    settle_all()


def test_a_department_cannot_soften_what_the_program_asks(cast: Cast) -> None:
    with pytest.raises(AnswerRefused, match="never softer"):
        addition_make(
            department=cast.public_works,
            checklist="eligibility",
            content={"harden": "ELI-01", "severity": "informs"},
            actor=cast.coordinator,
        )
    assert not DepartmentItem.objects.exists()


def test_half_a_question_is_refused_with_what_is_missing(cast: Cast) -> None:
    with pytest.raises(AnswerRefused, match='"help" is missing'):
        add(cast, help="")


def test_taking_back_twice_is_once_and_leaves_an_event(cast: Cast) -> None:
    row = add(cast)
    addition_retire(row=row, actor=cast.coordinator)
    addition_retire(row=row, actor=cast.approver)
    row.refresh_from_db()
    assert row.retired_by == cast.coordinator
    actions = list(
        AuditEvent.objects.filter(action__startswith="checklists.item_").values_list("action", flat=True)
    )
    assert sorted(actions) == ["checklists.item_added", "checklists.item_retired"]


def url(name: str, cast: Cast, *args: object) -> str:
    return reverse(name, args=[cast.public_works.pk, *args])


@pytest.mark.parametrize("role", ["coordinator", "department_approver", "portal_admin"])
def test_a_question_is_added_on_the_page(client: Client, cast: Cast, role: str) -> None:
    client.force_login(cast[role])
    page = client.get(url("department_item_add", cast, "eligibility"))
    assert page.status_code == 200
    answer = client.post(url("department_item_add", cast, "eligibility"), QUESTION, follow=True)
    listed = answer.content.decode()
    assert "begun ones keep their text" in listed
    assert QUESTION["question"] in listed and "Asks; must be answered" in listed


def test_a_question_with_own_answers_and_a_condition(client: Client, cast: Cast, release: Release) -> None:
    client.force_login(cast.coordinator)
    sent = QUESTION | {
        "type": "choice",
        "options": "Seen\nNot seen",
        "bad": "not seen",
        "only_if": "ELI-01=yes",
    }
    assert client.post(url("department_item_add", cast, "eligibility"), sent).status_code == 302
    content = DepartmentItem.objects.get().content["item"]
    assert content["options"] == [["o1", "Seen"], ["o2", "Not seen"]]
    assert (content["blocks_on"], content["when"]) == (["o2"], {"item": "ELI-01", "is": "yes"})
    fill(release)
    assert QUESTION["question"] in questions(release)


def test_a_question_is_made_stricter_on_the_page(client: Client, cast: Cast, release: Release) -> None:
    client.force_login(cast.coordinator)
    sent = {"harden": "ELI-07", "severity": "blocks"}
    page = client.post(url("department_item_add", cast, "eligibility"), sent, follow=True).content.decode()
    assert "Made stricter: must be answered" in page
    fill(release)
    submission = submission_of(release.pk, "eligibility")
    assert submission is not None
    assert submission.version.catalogue.item("ELI-07").severity == "blocks"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"question": ""}, "Write the question."),
        ({"sentence": ""}, "Say what people read after a bad answer"),
        ({"bad": "perhaps"}, "is none of the answers"),
        ({"type": "choice", "bad": ""}, "Write at least two answers"),
        ({"severity": "informs"}, "warns or must be answered"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    client: Client, cast: Cast, changes: dict[str, str], said: str
) -> None:
    client.force_login(cast.coordinator)
    answer = client.post(url("department_item_add", cast, "eligibility"), QUESTION | changes)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not DepartmentItem.objects.exists()


def test_who_may_not_add_is_refused(client: Client, cast: Cast) -> None:
    row = add(cast)
    client.force_login(cast.steward)
    page = client.get(url("department_items", cast)).content.decode()
    assert QUESTION["question"] in page and "Take back" not in page
    assert client.post(url("department_item_add", cast, "eligibility"), QUESTION).status_code == 403
    assert client.post(url("department_item_retire", cast, row.pk)).status_code == 403
    assert client.post(url("department_review_add", cast), {}).status_code == 403


@pytest.mark.parametrize("who", ["other_coordinator", "foreign_cdo"])
def test_another_department_or_program_does_not_learn_of_it(client: Client, cast: Cast, who: str) -> None:
    row = add(cast)
    client.force_login(getattr(cast, who))
    assert client.get(url("department_items", cast)).status_code == 404
    assert client.post(url("department_item_add", cast, "eligibility"), QUESTION).status_code == 404
    assert client.post(url("department_item_retire", cast, row.pk)).status_code == 404


def test_a_department_takes_back_its_own_additions_only(client: Client, cast: Cast) -> None:
    row = add(cast)
    client.force_login(cast.portal_admin)
    address = reverse("department_item_retire", args=[cast.health.pk, row.pk])
    assert client.post(address).status_code == 404
    row.refresh_from_db()
    assert row.retired_at is None


def test_a_review_is_added_and_the_move_needs_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.approver)
    sent = {"kind": "legal", "move": "pass_quality", "people": "1"}
    page = client.post(url("department_review_add", cast), sent, follow=True).content.decode()
    assert "Every release that has yet to make that move needs it." in page
    assert [row.kind for row in reviews_added(cast.public_works.pk, "pass_quality")] == ["legal"]
    release = release_at(Stage.READINESS, cast)
    kinds = [need.kind for need in needs_of(context_of(release.pk), "pass_quality")]
    assert "legal" in kinds
    again = client.post(url("department_review_add", cast), sent)
    assert again.status_code == 422
    assert "has added this review already" in again.content.decode()
    row = DepartmentReview.objects.get()
    client.post(url("department_review_retire", cast, row.pk))
    assert reviews_added(cast.public_works.pk) == []


def test_a_review_that_the_program_asks_for_of_as_many_people_adds_nothing(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.coordinator)
    sent = {"kind": "department", "move": "pass_quality", "people": "1"}
    answer = client.post(url("department_review_add", cast), sent)
    assert answer.status_code == 422
    assert "asks for this review already" in answer.content.decode()
