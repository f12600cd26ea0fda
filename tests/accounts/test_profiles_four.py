"""The four programs as their documents describe them; every fault of a profile is a sentence with its place."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.profiles import Profile, ReviewRule, faults_of, parse
from accounts.services import PROGRAMS_DIR

CONTENTS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in PROGRAMS_DIR.glob("*.toml")}


def profile(code: str) -> Profile:
    return parse(CONTENTS[code])


def rules(code: str, kind: str) -> list[ReviewRule]:
    return [rule for rule in profile(code).reviews if rule.kind == kind]


def changed(code: str, **parts: Any) -> dict[str, Any]:
    return copy.deepcopy(CONTENTS[code]) | parts


# -- Los Angeles: the playbook


def test_los_angeles_decides_with_the_private_copy_there_and_plans_after_the_approval() -> None:
    la = profile("los_angeles")
    assert la.order["private_copy_at"] == "cdo_review"
    assert la.plan.opens_at == "approve"
    assert set(la.plan.sign_off) == {"communications", "policy"}
    assert la.return_answered_by == "coordinator"
    assert (la.role_label("steward"), la.role_label("department_approver")) == (
        "Data Steward/Owner",
        "Department leadership (AGM)",
    )


def test_los_angeles_asks_leadership_always_and_it_security_and_policy_when_issues_arise() -> None:
    assert [(rule.move, rule.when) for rule in rules("los_angeles", "department")] == [
        ("pass_quality", "always")
    ]
    for kind in ("it", "security", "policy"):
        assert [(rule.move, rule.when) for rule in rules("los_angeles", kind)] == [("approve", "request")]
    level_two = profile("los_angeles").security_level("two")
    assert level_two
    assert set(level_two.reviews) == {"policy", "security"}


def test_los_angeles_never_puts_level_three_on_the_portal_and_tells_whom_the_playbook_names() -> None:
    la = profile("los_angeles")
    assert [level.code for level in la.security_levels if level.never_on_portal] == ["three"]
    assert la.notify["private_copy_ready"] == ("cdo",)
    assert set(la.notify["publish"]) == {"department_approver", "policy", "it"}
    assert (len(la.criteria), la.comments.answer_business_hours) == (5, 48)
    assert la.retirement.notification_plan


# -- San Francisco: the toolkit


def test_san_francisco_has_management_sign_the_toolkit_form_of_sensitive_and_protected_data() -> None:
    signs = next(rule for rule in rules("san_francisco", "department") if rule.move == "clear_privacy")
    for classification, needed in (("public", False), ("sensitive", True), ("protected", True)):
        assert signs.applies(classification=classification) is needed
    sf = profile("san_francisco")
    assert {row.code for row in sf.classifications if row.needs_toolkit} == {"sensitive", "protected"}
    assert sf.stage_holders["PRIVACY"] == "open_data_team"


def test_san_francisco_never_publishes_without_the_department() -> None:
    for classification in ("public", "sensitive", "protected"):
        assert any(
            rule.applies(classification=classification) for rule in rules("san_francisco", "department")
        )
    assert rules("san_francisco", "steward_preview")[0].when == "always"


def test_san_francisco_has_two_lawyers_look_at_a_high_risk_without_seeing_each_other() -> None:
    legal = rules("san_francisco", "legal")[0]
    assert (legal.people, legal.blinded) == (2, True)
    assert legal.applies(classification="public", risk="high")
    assert not legal.applies(classification="public", risk="low")


# -- Connecticut: the guidelines


def test_in_connecticut_the_agency_turns_the_final_key_and_the_cdo_where_an_exception_is_in_play() -> None:
    ct = profile("connecticut")
    assert ct.stage_holders["CDO_REVIEW"] == "department_approver"
    assert ct.final_key.exception_role == "cdo"
    assert set(ct.final_key.exceptions) == {"licence", "identifiers", "risk"}
    assert {(row.advise, row.decide) for row in ct.exceptions} == {("portal_admin", "cdo")}


def test_connecticut_appends_and_says_why_it_never_replaces() -> None:
    updates = profile("connecticut").updates
    assert updates.methods == ("append",)
    assert "never replaces" in updates.refused["replace"]


def test_connecticut_presumes_openness_and_keeps_its_licences_retirement_and_portals() -> None:
    ct = profile("connecticut")
    assert ct.inventory.presumption_of_openness
    assert ct.inventory.yearly_high_value
    assert ct.plan.access_plan
    assert ct.publication["portals"] == ("socrata", "arcgis_geo")
    assert ct.publication["default_licence"] == "PUBLIC_DOMAIN"
    assert (len(ct.retirement.criteria), ct.retirement.notice_days, ct.retirement.grace_days) == (7, 30, 7)
    # Handbook, data retirement: prefix the title, add the tag, note the removal.
    assert (ct.retirement.notice_title_prefix, ct.retirement.notice_tag) == ("ARCHIVE", "archive")
    # Counts of 5 and less are suppressed.
    assert ct.k_min(classification="public") == 6


# -- Durham: ITP-5


def test_durham_calls_the_departments_liaison_data_steward_who_previews_before_the_approval() -> None:
    durham = profile("durham")
    assert durham.role_label("coordinator") == "Data Steward"
    assert durham.order["readiness_talk_before_inventory"]
    assert (durham.order["private_copy_at"], durham.order["preview_before"]) == ("cdo_review", "approve")
    assert [(rule.move, rule.role) for rule in rules("durham", "steward_preview")] == [
        ("approve", "coordinator")
    ]


def test_durham_needs_the_city_and_the_county_for_joint_data() -> None:
    durham = profile("durham")
    assert durham.final_key.each_side
    assert [side.code for side in durham.sides] == ["city", "county"]
    assert durham.comments.report_days == 30


def test_durham_blocks_every_kind_of_restricted_data_and_names_its_section() -> None:
    screen = profile("durham").items["legal"]
    for number in range(1, 10):
        rule = screen[f"LEG-0{number}"]
        assert rule.severity == "blocks"
        assert rule.law.startswith("ITP-5 IV.E.3")


# -- all of them


@pytest.mark.parametrize("code", sorted(CONTENTS))
def test_nobody_holds_every_key_and_raw_privacy_is_cleared_before_any_copy(code: str) -> None:
    row = profile(code)
    assert row.stage_holders["PRIVACY"] != row.stage_holders["CDO_REVIEW"]
    assert row.order["private_copy_at"] in ("cdo_review", "staged")


@pytest.mark.parametrize("code", sorted(set(CONTENTS) - {"default"}))
def test_a_class_that_is_not_open_names_its_ground_and_is_never_published_as_it_is(code: str) -> None:
    protected = profile(code).classification("protected")
    assert protected
    assert protected.needs_ground
    assert not protected.raw_publishable


PREVIEW = {"move": "approve", "kind": "steward_preview", "role": "steward"}


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"colour": "blue"}, '"colour" is not a part of a profile.'),
        ({"final_key": {"color": 1}}, "final_key.color: there is no such key here"),
        ({"stages": {"NOWHERE": "cdo"}}, 'stages.NOWHERE: there is no stage "NOWHERE"'),
        ({"stages": {}}, "stages.INVENTORY: this stage is missing."),
        ({"roles": {"wizard": "Wizard"}}, 'roles.wizard: there is no role "wizard"'),
        ({"deadlines": {"LUNCH": 3}}, 'deadlines.LUNCH: there is no stage "LUNCH"'),
        ({"deadlines": {"QUALITY": 0}}, "deadlines.QUALITY: 0 must be a whole number from 1"),
        ({"checklists": {"QUALITY": ["mood"]}}, 'checklists.QUALITY[1]: "mood" is not a checklist'),
        ({"notify": {"sneeze": ["cdo"]}}, 'notify.sneeze: there is no event "sneeze"'),
        (
            {"notify": {"publish": ["cat"]}},
            'notify.publish[1]: "cat" is not a role, so nobody would be asked.',
        ),
        ({"timezone": "Mars/Olympus"}, 'timezone: "Mars/Olympus" is not a time zone'),
        ({"clock": {"holidays": ["2026-02-30"]}}, 'clock.holidays[1]: "2026-02-30" is not a date'),
        ({"clock": {"calendar": "lunar"}}, 'clock.calendar: "lunar" is not a calendar'),
        ({"privacy": {"k_min": True, "k_min_sensitive": 11}}, "privacy.k_min: True must be a whole number"),
        ({"name": ""}, "name: it is empty"),
        ({"name": "A\x00B"}, "cannot be kept (NUL)"),
        (
            {"inventory": {"priority": "demand", "weights": {"votes": float("inf")}}},
            "inventory.weights.votes: inf",
        ),
        ({"publication": {"portals": []}}, "publication.portals: the list is empty"),
        ({"publication": {"default_licence": "MIT"}}, 'publication.default_licence: "MIT" is not one of'),
        (
            {"order": CONTENTS["default"]["order"] | {"private_copy_at": "quality"}},
            "never made before privacy is cleared",
        ),
        (
            {"order": CONTENTS["default"]["order"] | {"preview_before": "approve"}},
            "a preview before it could never be given",
        ),
        (
            {
                "order": CONTENTS["default"]["order"] | {"plan_before": "approve"},
                "plan": {"opens_at": "approve"},
            },
            "would stand still for ever",
        ),
        ({"stages": dict.fromkeys(CONTENTS["default"]["stages"], "cdo")}, "nobody may hold every key"),
        (
            {"stages": CONTENTS["default"]["stages"] | {"PRIVACY": "cdo"}, "reviews": []},
            "the chief data officer, would hold every key",
        ),
        (
            {"stages": CONTENTS["default"]["stages"] | {"CDO_REVIEW": "steward"}},
            "whoever prepared a release may not decide on it",
        ),
        (
            {"stages": CONTENTS["default"]["stages"] | {"QUALITY": "auditor"}},
            "stages.QUALITY: an auditor only reads",
        ),
        ({"reviews": [PREVIEW | {"people": 0}]}, "reviews[1].people: 0 must be a whole number from 1"),
        ({"reviews": [PREVIEW | {"kind": "legal"}]}, "nobody reviews their own work"),
        ({"reviews": [PREVIEW]}, "order.preview_before says publish"),
        ({"reviews": [{"move": "approve", "kind": "it"}]}, "reviews[1]: the key role is missing."),
        (
            {"reviews": [{"move": "approve", "kind": "it", "role": "it", "when": "classification"}]},
            "reviews[1].classes: when is classification, but no classification is named",
        ),
        (
            {
                "reviews": [
                    {"move": "approve", "kind": "it", "role": "it", "when": "level", "levels": ["nine"]}
                ]
            },
            'reviews[1].levels: "nine" is not a security level of this program.',
        ),
        (
            {"reviews": [{"move": "approve", "kind": "it", "role": "it", "when": "exception"}]},
            "this program has no exceptions",
        ),
        (
            {"reviews": [{"move": "approve", "kind": "it", "role": "it", "blinded": True}]},
            "reviews[1].blinded: it needs at least two people",
        ),
        (
            {"reviews": [{"move": "clear_privacy", "kind": "privacy", "role": "privacy_officer"}]},
            "the privacy verdict is the move clear_privacy itself",
        ),
        (
            {"reviews": [{"move": "pass_quality", "kind": "cdo", "role": "cdo"}]},
            "so pass_quality could never be made",
        ),
        (
            {
                "reviews": [
                    {"move": "approve", "kind": "it", "role": "it"},
                    {"move": "publish", "kind": "it", "role": "cdo"},
                ]
            },
            "a kind of review is given by one role",
        ),
        ({"final_key": {"exception_role": "cdo"}}, "exceptions and exception_role need each other"),
        (
            {"final_key": {"exception_role": "cdo", "exceptions": ["licence"]}},
            "nobody could ask for it or decide it",
        ),
        ({"final_key": {"exception_role": "elf", "exceptions": ["licence"]}}, '"elf" is not a role'),
        ({"final_key": {"each_side": True}}, "final_key.each_side: it needs at least two [[sides]]"),
        ({"sides": [{"code": "a", "label": "A"}]}, "one side is no side"),
        (
            {"sides": [{"code": "a", "label": "A"}, {"code": "a", "label": "B"}]},
            'sides[2].code: "a" stands in an earlier row',
        ),
        (
            {
                "classifications": [
                    {"code": "x", "label": "X", "never_publish": True, "raw_publishable": False}
                ]
            },
            "so nothing could ever be",
        ),
        (
            {"security_levels": [{"code": "x", "label": "X", "never_on_portal": True}]},
            "nothing could ever be published",
        ),
        (
            {"licences": [{"code": "PUBLIC_DOMAIN", "label": "PD", "needs_exception": True}]},
            "every release would",
        ),
        ({"updates": {"methods": ["append"], "refused": {"append": "No."}}}, "it is allowed or refused"),
        (
            {"checklists": {"QUALITY": ["quality", "submission"]}},
            "the submission checklist must stand at INVENTORY",
        ),
        (
            {"checklists": {"INVENTORY": ["inventory", "submission"], "QUALITY": ["inventory"]}},
            "the inventory checklist stands at INVENTORY already",
        ),
        (
            {"items": {"equity": {"EQU-04": {"asked": False}}}},
            "items.equity: no stage of this program asks for",
        ),
        (
            {"criteria": [{"code": "a", "label": "A", "answered_by": ["review:equity"]}]},
            'this program has no review "equity"',
        ),
        ({"retirement": {"roles": []}}, "retirement.roles: nobody could retire data"),
        ({"retirement": {"notice_days": 10**9}}, "must be a whole number from 0 to 10000"),
    ],
)
def test_what_cannot_work_is_a_sentence_with_its_place(parts: dict[str, Any], fault: str) -> None:
    found = faults_of(changed("default", **parts))
    assert any(fault in sentence for sentence in found), found


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in the content, as the keys that lead to it."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield from spots(one, (*path, key))


PLACES = [(code, path) for code, content in sorted(CONTENTS.items()) for path in spots(content)]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), JUNK)
def test_whatever_stands_anywhere_a_profile_is_parsed_or_refused_in_sentences(
    place: tuple[str, tuple[Any, ...]], junk: Any
) -> None:
    code, path = place
    content: Any = copy.deepcopy(CONTENTS[code])
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = junk
    faults = faults_of(content)
    assert all(isinstance(sentence, str) and sentence for sentence in faults)
    if not faults:
        assert parse(content).name
