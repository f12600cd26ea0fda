"""A checklist in the words of the program that asks it."""

from __future__ import annotations

import tomllib

from accounts.profiles import parse
from accounts.services import PROGRAMS_DIR
from checklists.catalogue import CHECKLISTS, read
from checklists.catalogue import parse as parse_catalogue
from checklists.wording import in_words, role_terms


def profile_called(name: str):
    return parse(tomllib.loads((PROGRAMS_DIR / f"{name}.toml").read_text("utf-8")))


def test_the_default_program_reads_the_catalogue_as_it_is_written() -> None:
    assert role_terms(profile_called("default")) == ()


def test_the_role_that_turns_the_final_key_stands_where_the_text_names_the_cdo() -> None:
    content = in_words(read("equity"), role_terms(profile_called("connecticut")))
    assert "Doubts go to the agency approver;" in content["intro"]


def test_a_word_that_is_another_roles_term_is_not_replaced_again() -> None:
    # Durham's coordinator is called data steward, and its steward subject matter expert.
    terms = role_terms(profile_called("durham"))
    said = in_words({"intro": "The coordinator asks a steward; An open data team helps."}, terms)["intro"]
    assert said == "The Data Steward asks a subject matter expert; An Open Data Team helps."


def test_codes_and_examples_stay_as_they_are() -> None:
    terms = (("CDO", "agency approver"),)
    item = {"id": "CDO-01", "source": "CDO act", "example": "the CDO", "question": "Is the CDO told?"}
    said = in_words({"items": [item], "checklist": "cdo"}, terms)
    assert said["items"][0] == item | {"question": "Is the agency approver told?"}


def test_every_checklist_of_every_program_still_is_one() -> None:
    for path in PROGRAMS_DIR.glob("*.toml"):
        terms = role_terms(parse(tomllib.loads(path.read_text("utf-8"))))
        for name in CHECKLISTS:
            assert parse_catalogue(in_words(read(name), terms)).items
