"""The columns that the options of a command name."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.management.base import CommandError

UNREADABLE = 2


def columns_named(there: Sequence[str], options: Sequence[str]) -> list[str]:
    """The columns that an option names: each time one name, or several separated by commas.

    Raises CommandError (exit code 2) for a name that is not `there`.
    """
    names = []
    for option in options:
        names += [option] if option in there else [name.strip() for name in option.split(",")]
    names = list(dict.fromkeys(name for name in names if name))
    for name in names:
        if name not in there:
            raise CommandError(f"The file has no column “{name}”.", returncode=UNREADABLE)
    return names
