"""`make lint`: run every check, tell how each ended, and fail if one did."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
DEPLOYED = {
    "DJANGO_SETTINGS_MODULE": "opendata_portal.settings.prod",
    "SECRET_KEY": "only-for-this-check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "data.example.gov",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
}
CHECK = ("python", "manage.py", "check", "--fail-level", "WARNING")

CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("style", ["ruff", "check", "--quiet", "."], {}),
    ("format", ["ruff", "format", "--check", "--quiet", "."], {}),
    ("types", ["mypy", "."], {}),
    ("import contracts", ["lint-imports"], {}),
    ("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"], {}),
    ("system checks", [*CHECK], {}),
    ("checks of a deployment", [*CHECK, "--deploy"], DEPLOYED),
    ("templates compile", ["python", "scripts/templates.py"], {}),
    ("templates are well formed", ["djlint", "templates", "--lint", "--quiet"], {}),
]


def main() -> int:
    failed = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, (program, *arguments), more in CHECKS:
            began = time.monotonic()
            environment = os.environ | {"VAR_DIR": scratch, "PYTHONWARNINGS": "ignore"} | more
            done = subprocess.run(
                [str(BIN / program), *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            ok = done.returncode == 0
            print(f"{'ok  ' if ok else 'FAIL'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
            if not ok:
                failed.append(name)
                print(done.stdout + done.stderr, flush=True)
    print(f"make lint: {', '.join(failed)} failed." if failed else "make lint: everything is in order.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
