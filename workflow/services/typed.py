"""What people typed, looked at before it is kept or shown: no values of a file, and nobody's numbers or addresses."""

from __future__ import annotations

from collections.abc import Mapping

from datafiles.names import is_personal
from privacy.personal_values import raw_values_in

_PUBLIC = "Everybody can read this. Leave out telephone numbers, personal numbers and e-mail addresses."


def typed_check(
    *, public: Mapping[str, str] | None = None, own: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The sentence for each field whose words cannot be taken; empty when all can. `public` is judged harder."""
    faults = {name: _PUBLIC for name, text in (public or {}).items() if is_personal(text)}
    for name, text in {**(own or {}), **(public or {})}.items():
        if name not in faults and (sentence := raw_values_in(text)):
            faults[name] = sentence
    return faults
