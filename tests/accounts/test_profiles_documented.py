"""docs/programs.md: its key reference is that of the schema, its example works, and it names what is not walked."""

from __future__ import annotations

import re
import tomllib

import pytest

from accounts.profiles import faults_of
from accounts.profiles.reference import reference
from accounts.profiles.schema import PARTS
from tests.services.processes import REPOSITORY
from workflow.selectors.program_check import content_checked

PAGE = (REPOSITORY / "docs" / "programs.md").read_text("utf-8")


def test_the_reference_of_keys_is_current() -> None:
    written = PAGE.partition("<!-- keys: begin -->\n")[2].partition("<!-- keys: end -->")[0]
    assert written.strip() == reference().strip(), (
        "stale: put in what `manage.py program_check --keys` prints"
    )


def test_every_part_is_documented() -> None:
    for name in PARTS:
        assert re.search(rf"^### `\[*{name}\]*`$", PAGE, re.MULTILINE), name


def test_the_small_profile_of_the_guide_works() -> None:
    text = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert text
    content = tomllib.loads(text[1])
    assert faults_of(content) == []
    assert content_checked(content, name="guide").is_in_order


@pytest.mark.parametrize("program", ["Los Angeles", "San Francisco", "Connecticut", "Durham"])
def test_what_is_not_yet_walked_is_named_for_each_program(program: str) -> None:
    section = re.search(rf"### {program} \(.*?(?=\n###? )", PAGE, re.DOTALL)
    assert section
    assert "Not yet walked: " in section[0]


@pytest.mark.parametrize("part", ["geo portal", "refresh automation", "annual report"])
def test_the_parts_still_to_come_are_named(part: str) -> None:
    assert part in PAGE
