"""`make docs`: write docs/generated/ from the code. A test compares the files with what this makes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "generated"

# file in docs/generated/ -> the command that prints it
GENERATED: dict[str, list[str]] = {
    "state_machine.md": ["manage.py", "state_diagram"],
    "detectors.md": ["scripts/pages.py", "detectors"],
    "settings.md": ["scripts/pages.py", "settings"],
}


def made(name: str) -> str:
    """The text that the command of `name` prints now."""
    done = subprocess.run(
        [sys.executable, *GENERATED[name]],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in GENERATED:
        (FOLDER / name).write_text(made(name), "utf-8")
        print(f"docs/generated/{name}")


if __name__ == "__main__":
    main()
