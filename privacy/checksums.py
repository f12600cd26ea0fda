"""Check digits, worked out for whole columns at once."""

from __future__ import annotations

import polars as pl

_LONGEST = 20
# Letters of an IBAN become two digits: A is 10, Z is 35.
_LETTERS = [(chr(65 + place), str(10 + place)) for place in range(26)]
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_ABA_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7, 1)


def only_digits(values: pl.Series) -> pl.Series:
    return values.str.replace_all(r"[^0-9]", "")


def luhn(digits: pl.Series) -> pl.Series:
    """Which rows of digits end in the check digit of ISO/IEC 7812 (cards, IMEI)."""
    text = pl.col("d")
    total = pl.lit(0, dtype=pl.Int32)
    for place in range(_LONGEST):
        digit = text.str.slice(-place - 1, 1).cast(pl.Int32, strict=False)
        digit = pl.when(text.str.len_bytes() > place).then(digit).otherwise(0)
        if place % 2:
            digit = digit * 2 - pl.when(digit > 4).then(9).otherwise(0)
        total = total + digit
    return digits.to_frame("d").select((total % 10 == 0).fill_null(value=False)).to_series()


def mod97(numbers: pl.Series) -> pl.Series:
    """Which account numbers leave 1 when divided by 97 (ISO 13616, ISO 7064)."""
    plain = numbers.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    turned = plain.to_frame("d").select(pl.col("d").str.slice(4) + pl.col("d").str.slice(0, 4)).to_series()
    digits = turned.str.replace_many([one for one, _ in _LETTERS], [two for _, two in _LETTERS])
    frame = digits.to_frame("d").with_columns(rest=pl.lit(0, dtype=pl.Int64))
    for start in range(0, 70, 7):
        piece = pl.col("d").str.slice(start, 7)
        value = piece.cast(pl.Int64, strict=False).fill_null(0)
        scale = pl.lit(10, dtype=pl.Int64).pow(piece.str.len_bytes().cast(pl.Int64))
        frame = frame.with_columns(rest=(pl.col("rest") * scale + value) % 97)
    return frame.get_column("rest") == 1


def aba(digits: pl.Series) -> pl.Series:
    """Which nine digits are a routing number of a U.S. bank (ABA: weights 3, 7, 1; districts in use)."""
    total = pl.lit(0, dtype=pl.Int32)
    for place, weight in enumerate(_ABA_WEIGHTS):
        total = total + pl.col("d").str.slice(place, 1).cast(pl.Int32, strict=False) * weight
    used = pl.col("d").str.contains(r"^(?:0[0-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)[0-9]{7}$")
    return digits.to_frame("d").select((used & (total % 10 == 0)).fill_null(value=False)).to_series()


def vin(numbers: pl.Series) -> pl.Series:
    """Which 17 characters carry the check digit of 49 CFR 565.15 in the ninth place."""
    plain = numbers.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "")
    total = pl.lit(0, dtype=pl.Int32)
    for place, weight in enumerate(_VIN_WEIGHTS):
        sign = pl.col("d").str.slice(place, 1)
        value = sign.replace_strict(
            [*_VIN_VALUES, *"0123456789"],
            [*_VIN_VALUES.values(), *range(10)],
            default=0,
            return_dtype=pl.Int32,
        )
        total = total + value * weight
    rest = total % 11
    check = pl.when(rest == 10).then(pl.lit("X")).otherwise(rest.cast(pl.String))
    whole = pl.col("d").str.contains(r"^[A-HJ-NPR-Z0-9]{17}$")
    return (
        plain.to_frame("d")
        .select((whole & (pl.col("d").str.slice(8, 1) == check)).fill_null(value=False))
        .to_series()
    )


def npi(digits: pl.Series) -> pl.Series:
    """Which ten digits are a National Provider Identifier: Luhn over 80840 and the number (45 CFR 162.406)."""
    ten = digits.str.contains(r"^[12][0-9]{9}$").fill_null(value=False)
    return ten & luhn("80840" + digits)
