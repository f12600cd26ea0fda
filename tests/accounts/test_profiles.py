"""Program profiles are data: parsed, checked with the place of every fault, versioned by their content."""

from __future__ import annotations

import copy
import tomllib

import pytest

from accounts.models import ProgramProfile
from accounts.profiles import ProfileError, parse
from accounts.services import PROGRAMS_DIR, program_load, programs_load

CONTENT = tomllib.loads((PROGRAMS_DIR / "default.toml").read_text("utf-8"))


def changed(**parts: object) -> dict:
    return copy.deepcopy(CONTENT) | parts


def test_every_profile_that_is_shipped_can_work() -> None:
    for path in PROGRAMS_DIR.glob("*.toml"):
        assert parse(tomllib.loads(path.read_text("utf-8"))).stage_holders


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (changed(colour="blue"), '"colour" is not a part of a profile.'),
        (changed(stages=CONTENT["stages"] | {"PRIVACY": "wizard"}), 'stages.PRIVACY: "wizard" is not a role'),
        (changed(stages=dict.fromkeys(CONTENT["stages"], "cdo")), "one role would hold every stage"),
        (
            changed(order=CONTENT["order"] | {"preview_before": "never"}),
            'order.preview_before: "never" is not',
        ),
        (
            changed(reviews=[{"move": "approve", "kind": "astrology", "role": "it"}]),
            'reviews[1].kind: "astrology" is not a kind of review',
        ),
        (
            changed(reviews=[{"move": "approve", "kind": "it", "role": "cat"}]),
            "nobody could give this review",
        ),
        (
            changed(
                reviews=[{"move": "pass_quality", "kind": "it", "role": "it", "after": "post"}],
                checklists=CONTENT["checklists"] | {"PUBLISHED": ["post"]},
            ),
            "reviews[1].after: the post checklist stands at PUBLISHED, after the move pass_quality",
        ),
        (
            changed(reviews=[{"move": "approve", "kind": "it", "role": "it", "after": "cdo"}]),
            "reviews[1].after: no stage of this program asks for the cdo checklist.",
        ),
        (changed(drafts={"cdo": "steward"}), "drafts.cdo: no stage of this program asks"),
        (
            changed(privacy={"k_min": 0, "k_min_sensitive": 11}),
            "privacy.k_min: 0 must be a whole number from 1 to 10000",
        ),
        ({k: v for k, v in CONTENT.items() if k != "stages"}, 'The part "stages" is missing.'),
    ],
)
def test_a_profile_that_cannot_work_is_refused_with_the_place_of_the_fault(content: dict, fault: str) -> None:
    with pytest.raises(ProfileError) as refused:
        parse(content)
    assert any(fault in sentence for sentence in refused.value.faults)


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_a_change_is_the_next_version(tmp_path) -> None:
    loaded = programs_load()
    assert programs_load() == loaded
    first = next(row for row in loaded if row.program.code == "default")
    path = tmp_path / "default.toml"
    path.write_text(
        (PROGRAMS_DIR / "default.toml").read_text("utf-8").replace("k_min = 5", "k_min = 6"), "utf-8"
    )
    second = program_load(path=path)
    assert (second.program, second.version) == (first.program, first.version + 1)
    assert ProgramProfile.objects.get(pk=first.pk).content["privacy"]["k_min"] == 5


def test_a_sensitive_class_has_the_stricter_threshold() -> None:
    profile = parse(CONTENT)
    assert profile.k_min(classification="public") == 5
    assert profile.k_min(classification="sensitive") == 11
