"""Names of files and columns are shown, stored and logged everywhere: they must not be about a person."""

from __future__ import annotations

import re

# Written as nobody names a column: a Social Security number, a telephone number, an e-mail address.
_PERSONAL = re.compile(
    r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"
    r"|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}(?!\d)"
    r"|[\w.+%-]+@[\w-]+\.[\w.-]*[A-Za-z]{2}"
)


def is_personal(name: str) -> bool:
    """True when a name holds what is written like a personal number or an e-mail address."""
    return _PERSONAL.search(name) is not None
