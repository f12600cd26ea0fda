"""Numbers that validators accept are found wherever they stand; those they refuse are graded lower or left alone."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban as stdnum_iban
from stdnum import luhn as stdnum_luhn
from stdnum.us import rtn as stdnum_rtn

from privacy import checksums
from privacy.detectors import DETECTORS, detector_of
from privacy.masking import mask

digits = st.text("0123456789", min_size=1, max_size=18)
letters = st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=17, max_size=17)


def one(check: Callable[[pl.Series], pl.Series], value: str) -> bool:
    return bool(check(pl.Series([value], dtype=pl.String))[0])


@settings(max_examples=25, deadline=None)
@given(value=digits)
def test_luhn_says_what_the_reference_says(value: str) -> None:
    assert one(checksums.luhn, value) == stdnum_luhn.is_valid(value)


@settings(max_examples=25, deadline=None)
@given(value=st.text("0123456789", min_size=9, max_size=9))
def test_a_routing_number_the_reference_refuses_is_refused(value: str) -> None:
    if one(checksums.aba, value):
        assert stdnum_rtn.is_valid(value)


@settings(max_examples=25, deadline=None)
@given(
    country=st.sampled_from(["DE", "GB", "FR", "NL"]), account=st.text("0123456789", min_size=11, max_size=24)
)
def test_iban_check_digits_are_those_of_the_reference(country: str, account: str) -> None:
    number = country + stdnum_iban.calc_check_digits(f"{country}00{account}") + account
    assert one(checksums.mod97, number)
    assert one(checksums.mod97, f"{number[:4]} {number[4:8]} {number[8:]}")
    wrong = number[:2] + f"{(int(number[2:4]) + 1) % 97:02}" + number[4:]
    assert not one(checksums.mod97, wrong)


@settings(max_examples=25, deadline=None)
@given(number=letters)
def test_one_wrong_character_is_seen_by_the_check_digit_of_a_vin(number: str) -> None:
    sound = [number[:8] + check + number[9:] for check in "0123456789X"]
    assert sum(one(checksums.vin, candidate) for candidate in sound) == 1


@settings(max_examples=25, deadline=None)
@given(base=st.text("0123456789", min_size=8, max_size=8), first=st.sampled_from("12"))
def test_a_provider_number_has_one_check_digit(base: str, first: str) -> None:
    check = stdnum_luhn.calc_check_digit(f"80840{first}{base}")
    assert one(checksums.npi, first + base + check)
    assert not one(checksums.npi, first + base + str((int(check) + 1) % 10))


@pytest.mark.parametrize("number", ["1HGCM82633A004352", "1M8GDM9AXKP042788"])
def test_known_vins_are_valid(number: str) -> None:
    assert one(checksums.vin, number)


@settings(max_examples=25, deadline=None)
@given(
    prefix=st.sampled_from(["4539", "5212", "6011", "3782"]),
    rest=st.text("0123456789", min_size=10, max_size=11),
)
def test_a_card_is_graded_by_its_check_digit(prefix: str, rest: str) -> None:
    grade = detector_of("CREDIT_CARD").grade
    assert grade is not None
    body = (prefix + rest)[: 14 if prefix.startswith("37") else 15].ljust(
        14 if prefix.startswith("37") else 15, "7"
    )
    check = stdnum_luhn.calc_check_digit(body)
    wrong = str((int(check) + 1) % 10)
    assert grade(pl.Series([body + check, body + wrong])).to_list() == [1.0, 0.0]


@settings(max_examples=25, deadline=None)
@given(
    value=st.text(min_size=1, max_size=80),
    entity=st.sampled_from(sorted({one.entity for one in DETECTORS})),
)
def test_no_mask_of_any_entity_reveals_more_than_two_characters(value: str, entity: str) -> None:
    masked = mask(value, entity)
    if entity != "EMAIL" or "@" not in value:
        assert masked.startswith("***") and len(masked.lstrip("*")) <= 2
