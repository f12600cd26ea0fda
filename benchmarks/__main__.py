"""`python -m benchmarks [NAME ...]`: run all measurements, or the ones named."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks.lines import line

# Those that measure; the others in the folder help them.
NAMES = ("reading", "scanning", "risk", "lattice", "whatif", "accuracy", "publishing")


def main(wanted: list[str]) -> int:
    """Returns 1 when a name is unknown."""
    folder = Path(__file__).parent
    there = [name for name in NAMES if (folder / f"{name}.py").exists() or (folder / name).is_dir()]
    unknown = [name for name in wanted if name not in there]
    if unknown:
        print(f"There is no measurement {', '.join(unknown)}. There are: {', '.join(there)}.")
        return 1
    for name in wanted or there:
        print(f"\n== {name}", flush=True)
        line("what", "ours", "peer", "ratio", "peak memory, ours / peer")
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
