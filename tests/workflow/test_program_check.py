"""program_check: a line for every profile that is in order, each fault with its place, and what people would lack."""

from __future__ import annotations

import copy
import tomllib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import RoleAssignment
from accounts.profiles import parse
from accounts.profiles.words import CHECKLISTS, EVENTS, PRIVATE_COPY_READY, REVIEW_KINDS, STAGE_NAMES, TACTICS
from accounts.roles import Role
from accounts.services import PROGRAMS_DIR, role_assign
from checklists.catalogue import CHECKLISTS as IN_THE_CATALOGUE
from opendata_portal.checks import shipped_profiles_can_work
from tests.cast import Cast, person
from workflow.models import PublicationPlan, Review
from workflow.priority import SCALES
from workflow.program_faults import faults_above
from workflow.selectors.program_check import content_checked
from workflow.selectors.program_people import FAULT, people_remarks
from workflow.stages import MOVES, WAY

SHIPPED = {path.stem: path for path in sorted(PROGRAMS_DIR.glob("*.toml"))}
DEFAULT = tomllib.loads(SHIPPED["default"].read_text("utf-8"))


def changed(**parts: Any) -> dict[str, Any]:
    return copy.deepcopy(DEFAULT) | parts


def run(*files: Path) -> str:
    out = StringIO()
    call_command("program_check", *files, stdout=out)
    return out.getvalue()


def test_the_five_programs_are_shipped() -> None:
    assert set(SHIPPED) == {"default", "los_angeles", "san_francisco", "connecticut", "durham"}


@pytest.mark.parametrize("path", SHIPPED.values(), ids=SHIPPED)
def test_every_shipped_profile_is_in_order_and_gets_one_line(path: Path) -> None:
    first = run(path).splitlines()[0]
    assert first.startswith(f"{path.name}: in order, 6 stages held by")


def test_the_words_of_profiles_are_those_of_the_product() -> None:
    assert set(EVENTS) == set(MOVES) | {PRIVATE_COPY_READY}
    assert tuple(str(stage) for stage in WAY) == STAGE_NAMES
    assert set(REVIEW_KINDS) == set(Review.Kind.values)
    assert set(CHECKLISTS) == set(IN_THE_CATALOGUE)
    assert set(TACTICS) <= set(PublicationPlan.Tactic.values)
    assert {"grid", "tiers", "scoring", "demand"} == set(SCALES)


def test_a_bad_file_is_refused_with_every_fault_and_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    text = SHIPPED["default"].read_text("utf-8")
    path.write_text(
        text.replace('PRIVACY = "privacy_officer"', 'PRIVACY = "wizard"') + "\ncolour = 3\n", "utf-8"
    )
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("program_check", path, stdout=out)
    assert refused.value.returncode == 1
    assert 'stages.PRIVACY: "wizard" is not a role' in out.getvalue()
    assert "colour: there is no such key here" in out.getvalue()


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["no text", "no file"])
def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "gone.toml"
    if content is not None:
        path.write_bytes(content)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("program_check", path, stdout=out)
    assert "cannot be read" in out.getvalue()


def portal_field(**filled: str) -> dict[str, Any]:
    return {"custom_fields": [{"fieldset": "Publication", "name": "Owner", **filled}]}


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        (
            {"items": {"quality": {"QUA-99": {"asked": False}}}},
            "items.quality.QUA-99: the quality checklist has no",
        ),
        ({"metadata": [{"field": "mood", "label": "Mood"}]}, 'metadata[1].field: "mood" is no field'),
        (
            {"publication": DEFAULT["publication"] | portal_field(field="mood")},
            'publication.custom_fields[1].field: "mood" is no field',
        ),
        (
            {"publication": DEFAULT["publication"] | portal_field(field="row_count")},
            "publication.custom_fields[1].field: row_count is known of a release only",
        ),
        (
            {"publication": DEFAULT["publication"] | portal_field(field="title", value="Both")},
            "publication.custom_fields[1]: give either field or value.",
        ),
        (
            {"inventory": {"priority": "demand", "weights": {"luck": 2}}},
            "inventory.weights.luck: the scale demand",
        ),
        (
            {"criteria": [{"code": "a", "label": "A", "answered_by": ["item:quality/QUA-99"]}]},
            'criteria[1].answered_by: there is no item "quality/QUA-99"',
        ),
        (
            {"checklists": DEFAULT["checklists"] | {"PRIVACY": ["security"]}},
            "items.security.SEC-01: this program has no security levels",
        ),
        (
            {
                "checklists": DEFAULT["checklists"] | {"CDO_REVIEW": ["cdo"]},
                "plan": {"opens_at": "approve"},
                "items": {"cdo": {"CDO-07": {"severity": "blocks"}}},
            },
            "items.cdo.CDO-07: it waits for the publication plan",
        ),
    ],
)
def test_what_a_profile_names_and_the_product_lacks_is_a_fault(parts: dict[str, Any], fault: str) -> None:
    assert any(sentence.startswith(fault) for sentence in faults_above(parse(changed(**parts))))


def test_a_question_that_shows_a_review_nobody_is_asked_for_is_a_warning() -> None:
    verdict = content_checked(
        changed(checklists=DEFAULT["checklists"] | {"PRIVACY": ["privacy", "security"]}), name="x"
    )
    assert any(
        words.startswith("items.security.SEC-16: it shows the security review") for words in verdict.warnings
    )
    assert any("items.security.SEC-01" in words for words in verdict.faults)


@pytest.mark.django_db
def test_the_people_of_the_cast_can_run_their_program(cast: Cast) -> None:
    remarks = people_remarks(cast.program, parse(DEFAULT))
    assert not [remark for remark in remarks if remark.level == FAULT]
    assert any("nobody is department approver in Health" in str(remark) for remark in remarks)


@pytest.mark.django_db
def test_one_person_with_every_key_is_a_fault_and_two_keys_are_a_warning(cast: Cast) -> None:
    role_assign(user=cast.approver, role=Role.PRIVACY_OFFICER, program=cast.program, actor=None)
    two = [
        str(remark) for remark in people_remarks(cast.program, parse(DEFAULT)) if "keys" in remark.sentence
    ]
    assert len(two) == 1
    assert "Grace Okafor holds 2 of 3 keys of Public Works" in two[0]
    role_assign(user=cast.approver, role=Role.CDO, program=cast.program, actor=None)
    verdict = content_checked(DEFAULT, name="default", program=cast.program)
    assert any("Grace Okafor holds every key of Public Works" in fault for fault in verdict.faults)
    out = StringIO()
    with pytest.raises(CommandError, match="default, adopted version 1"):
        call_command("program_check", stdout=out)
    assert "every key" in out.getvalue()


@pytest.mark.django_db
def test_more_people_than_there_are_is_a_warning(cast: Cast) -> None:
    reviews = [{"move": "approve", "kind": "legal", "role": "legal", "people": 2}]
    remarks = people_remarks(cast.program, parse(changed(reviews=reviews)))
    assert any("2 people are needed, but only 1 of them is legal" in str(remark) for remark in remarks)


@pytest.mark.django_db
def test_a_side_without_anybody_who_may_approve_is_a_warning(cast: Cast) -> None:
    sides = [{"code": "city", "label": "City"}, {"code": "county", "label": "County"}]
    profile = parse(changed(sides=sides, final_key={"each_side": True}))
    RoleAssignment.objects.filter(role=Role.CDO, program=cast.program).update(side="city")
    words = " ".join(str(remark) for remark in people_remarks(cast.program, profile))
    assert "nobody is chief data officer for the County" in words
    assert "Public Works belongs to no side" in words


@pytest.mark.django_db
def test_closed_accounts_hold_nothing(cast: Cast) -> None:
    cast.privacy_officer.is_active = False
    cast.privacy_officer.save()
    remarks = people_remarks(cast.program, parse(DEFAULT))
    assert any("stages.PRIVACY: nobody is privacy officer" in str(remark) for remark in remarks)


@pytest.mark.django_db
def test_a_program_without_people_is_not_running_and_has_no_remarks(cast: Cast) -> None:
    RoleAssignment.objects.filter(program=cast.other_program).delete()
    assert people_remarks(cast.other_program, parse(DEFAULT)) == []


@pytest.mark.django_db
def test_the_remarks_cost_the_same_whoever_works_there(cast: Cast, django_assert_num_queries: Any) -> None:
    for number in range(5):
        user = person(f"Extra Person{number}")
        role_assign(user=user, role=Role.LEGAL, program=cast.program, actor=None)
    with django_assert_num_queries(2):
        people_remarks(cast.program, parse(DEFAULT))


def test_a_shipped_profile_that_cannot_work_is_an_error_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SHIPPED["default"].read_text("utf-8").replace('CDO_REVIEW = "cdo"', 'CDO_REVIEW = "king"')
    (tmp_path / "kingdom.toml").write_text(text, "utf-8")
    assert shipped_profiles_can_work(None) == []
    monkeypatch.setattr("accounts.services_programs.PROGRAMS_DIR", tmp_path)
    errors = shipped_profiles_can_work(None)
    assert [(error.id, error.msg[:40]) for error in errors] == [
        ("portal.E005", 'kingdom.toml: stages.CDO_REVIEW: "king" ')
    ]
