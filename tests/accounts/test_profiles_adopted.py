"""A program's own profile: adopted by its portal admin with a reason, version after version, never overwritten."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.profiles import ProfileError, faults_of
from accounts.profiles.writing import to_toml
from accounts.services import PROGRAMS_DIR, program_load
from accounts.services_programs import content_read, profile_adopt
from audit.models import AuditEvent
from tests.cast import Cast

DEFAULT = tomllib.loads((PROGRAMS_DIR / "default.toml").read_text("utf-8"))


def changed(**parts: Any) -> dict[str, Any]:
    return copy.deepcopy(DEFAULT) | parts


def adopt(cast: Cast, content: dict[str, Any], **more: Any) -> Any:
    details = {"reason": "The council decided it.", "based_on": 1, "actor": cast.portal_admin} | more
    return profile_adopt(program=cast.program, content=content, **details)


@pytest.mark.django_db
def test_a_portal_admin_adopts_the_next_version_with_a_reason_and_an_event(cast: Cast) -> None:
    row = adopt(cast, changed(permit={"valid_days": 90}))
    assert (row.version, row.adopted_by, row.reason) == (2, cast.portal_admin, "The council decided it.")
    event = AuditEvent.objects.filter(action="accounts.profile_adopted").latest("pk")
    assert (event.actor, event.program_id) == (cast.portal_admin, cast.program.pk)


@pytest.mark.django_db
def test_what_the_product_ships_does_not_overwrite_an_adopted_profile(cast: Cast) -> None:
    own = adopt(cast, changed(permit={"valid_days": 90}))
    assert program_load(path=PROGRAMS_DIR / "default.toml") == own


@pytest.mark.django_db
def test_nobody_else_adopts_a_profile(cast: Cast) -> None:
    for person in (cast.cdo, cast.coordinator, cast.outsider, cast.foreign_cdo):
        with pytest.raises(PermissionDenied, match="portal admins"):
            adopt(cast, changed(permit={"valid_days": 90}), actor=person)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"reason": "  "}, "Say why the profile changes"),
        ({"based_on": 7}, "was adopted while you looked at version 7"),
        ({"content": DEFAULT}, "nothing would change"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_adopted_is_said_in_a_sentence(
    cast: Cast, more: dict[str, Any], sentence: str
) -> None:
    content = more.pop("content", changed(permit={"valid_days": 90}))
    with pytest.raises(ValidationError, match=sentence):
        adopt(cast, content, **more)
    assert cast.program.profiles.count() == 1


@pytest.mark.django_db
def test_a_profile_with_faults_is_not_adopted(cast: Cast) -> None:
    with pytest.raises(ProfileError):
        adopt(cast, changed(stages=DEFAULT["stages"] | {"PRIVACY": "wizard"}))
    assert cast.program.profiles.count() == 1


def test_text_that_is_no_toml_is_refused_with_the_line() -> None:
    with pytest.raises(ProfileError, match="line 2"):
        content_read('name = "x"\n= 3\n')


@pytest.mark.parametrize("path", sorted(PROGRAMS_DIR.glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_profile_written_as_toml_reads_back_equal(path: Any) -> None:
    content = tomllib.loads(path.read_text("utf-8"))
    assert tomllib.loads(to_toml(content)) == content


texts = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=20)
values = st.one_of(
    texts, st.booleans(), st.integers(-99, 9999), st.floats(allow_nan=False, allow_infinity=False)
)
tables = st.dictionaries(texts, st.one_of(values, st.lists(values, max_size=3)), max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        texts,
        st.one_of(values, tables, st.lists(tables, min_size=1, max_size=3), st.lists(values)),
        max_size=5,
    )
)
def test_whatever_is_written_as_toml_reads_back_equal(content: dict[str, Any]) -> None:
    assert tomllib.loads(to_toml(content)) == content


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(DEFAULT)), st.one_of(values, tables, st.lists(tables), st.none(), st.lists(values))
)
def test_faults_are_found_whatever_stands_in_a_part(part: str, junk: Any) -> None:
    """Sentences, never an exception."""
    for sentence in faults_of(DEFAULT | {part: junk}):
        assert sentence.endswith((".", "=")) or part in sentence
