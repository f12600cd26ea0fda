"""Pages of docs/generated/ that no command of the product prints: `scripts/pages.py settings`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opendata_portal.settings.dev")

NOTICE = "<!-- Written by `make docs`. Do not edit. -->\n"


def detectors() -> Iterator[str]:
    """The detectors of the scan for personal data."""
    from privacy.detectors import DETECTORS, REGISTRY_VERSION

    yield f"# Detectors\n\nRegistry {REGISTRY_VERSION}. A scan made under another registry is stale.\n"
    yield "| finds | group | how | version |\n| --- | --- | --- | --- |"
    for one in DETECTORS:
        yield f"| {one.label} | {one.group} | {one.explanation} | {one.version} |"
    yield ""


def settings() -> Iterator[str]:
    """Every environment variable, from .env.example."""
    yield "# Settings\n\nRead from the environment. `NAME_FILE` may name a file that holds the value of `NAME`.\n"
    comment: list[str] = []
    heading = ""
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines():
        if part := re.fullmatch(r"# --- (.+) ---", line):
            heading = part[1]
            yield f"\n## {heading}\n\n| variable | | |\n| --- | --- | --- |"
            comment = []
        elif variable := re.fullmatch(r"(#?)([A-Z_]+)=(.*)", line):
            known = f"`{variable[3]}`" if variable[3] else ""
            said = f"{'default' if variable[1] else 'for example'} {known}" if known else ""
            if heading:
                yield f"| `{variable[2]}` | {said} | {' '.join(comment)} |"
            comment = []
        elif line.startswith("# "):
            comment.append(line[2:])
    yield ""


PAGES: dict[str, Callable[[], Iterator[str]]] = {"detectors": detectors, "settings": settings}


def main() -> None:
    import django

    django.setup()
    print("\n".join([NOTICE, *PAGES[sys.argv[1]]()]).rstrip())


if __name__ == "__main__":
    main()
