"""Compile every template of the product: an unknown tag or an open block is found before a page is opened."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opendata_portal.settings.dev")

import django  # noqa: E402
from django.template import TemplateSyntaxError  # noqa: E402
from django.template.loader import get_template  # noqa: E402

FOLDERS = [ROOT / "templates", *ROOT.glob("*/templates")]


def template_names() -> list[str]:
    """The names of all templates in the product's own folders."""
    return sorted(
        str(path.relative_to(folder))
        for folder in FOLDERS
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in {".html", ".txt", ".xml", ".svg"}
    )


def faults() -> list[str]:
    """One sentence for each template that does not compile."""
    found = []
    for name in template_names():
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            found.append(f"templates/{name}: {error}")
    return found


if __name__ == "__main__":
    django.setup()
    wrong = faults()
    print("\n".join(wrong) or f"{len(template_names())} templates compile.")
    sys.exit(bool(wrong))
