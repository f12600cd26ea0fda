"""Whether somebody typed a person's identifier where a public category belongs. Recipes are kept in clear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from datafiles.table import Table
from privacy.scanner import scan

# What stands for a person by itself; a ZIP code, a date or a name of a place in a list of values is a category.
_CATEGORIES = {"ZIP_CODE", "DATE_OF_BIRTH", "PERSON_NAME"}
# So many typed values are looked at one by one; more of them as one column.
_EACH = 20


def personal_value(params: Mapping[str, Any], *, many: bool = False) -> str | None:
    """The sentence that says which typed value looks like an identifier; None when none does.

    `many` looks at all values as one column (a hierarchy, a long list), otherwise at each by itself.
    """
    typed = [*(params.get("values") or []), *filter(None, [params.get("other"), params.get("prefix")])]
    many = many or len(typed) > _EACH
    for at, values in enumerate([typed] if many and typed else [[value] for value in typed], start=1):
        column = scan(Table.of(pl.DataFrame({"value": values}, schema={"value": pl.String}))).columns[0]
        found = {hit.entity for hit in column.hits} - _CATEGORIES
        if found:
            which = "a value" if many else f"value {at}"
            return (
                f"{which} is written like an identifier of a person ({sorted(found)[0]}), and what is typed "
                "here is kept in clear. Name the rows by another column instead."
            )
    return None
