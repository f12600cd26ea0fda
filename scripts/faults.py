"""`make faults`: random faults under real pushes, on a PostgreSQL and a Redis started here and ended here.

    python scripts/faults.py --schedules 200 --seed 1

Prints a line for each schedule and ends with "200 schedules, 0 violations". A seed that finds something finds it
again: `--schedules 1 --seed <that seed>`.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

TALLY = re.compile(r"\d+ schedules?, \d+ violations?")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services import Missing  # noqa: E402
from tests.services.postgres import postgres  # noqa: E402
from tests.services.redis_server import redis_server  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description="Random faults under real pushes.")
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chosen = {"FAULT_SCHEDULES": str(options.schedules), "FAULT_SEED": str(options.seed)}
    try:
        with ExitStack() as servers:
            found = {
                "TEST_DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or servers.enter_context(postgres()),
                "TEST_REDIS_URL": os.environ.get("TEST_REDIS_URL") or servers.enter_context(redis_server()),
            }
            return _run(os.environ | {"LOG_LEVEL": "ERROR", "PYTHONUNBUFFERED": "1"} | found | chosen)
    except Missing as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _run(environment: dict[str, str]) -> int:
    """Show the lines of the schedules as they come and the tally last; of the rest only what explains a failure."""
    options = ("-q", "-s", "--tb=short", "--no-header", "-p", "no:randomly")
    command = [sys.executable, "-m", "pytest", *options, "tests/faults/test_schedules.py"]
    tally, rest = "", []
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("seed "):
                print(line, end="", flush=True)
            elif found := TALLY.search(line):
                tally = found.group()
            else:
                rest.append(line)
    if not tally:
        print("".join(rest), file=sys.stderr)
        return process.returncode or 1
    print(tally)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
