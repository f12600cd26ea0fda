"""`make bench`: install the peers into .bench/, an environment of their own, apart from what runs and tests us.

Each peer is tried alone; .bench/missing.json says of those that could not be installed what pip said.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / ".bench"
PYTHON = BENCH / "bin" / "python"
LIST = ROOT / "benchmarks" / "peers.txt"
_MINUTES = 10


def main() -> None:
    """Make the environment when it is not there or the list has changed; a second call ends at once."""
    stamp, digest = BENCH / "installed", hashlib.sha256(LIST.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(BENCH)], check=True)
    missing = {}
    for line in LIST.read_text().splitlines():
        wanted = line.partition("#")[0].strip()
        if wanted:
            print(f"Installing {wanted} into .bench/", flush=True)
            fault = _install(wanted)
            if fault:
                missing[wanted] = fault
                print(f"    not installed: {fault}", flush=True)
    (BENCH / "missing.json").write_text(json.dumps(missing, indent=2))
    stamp.write_text(digest)


def _install(wanted: str) -> str:
    """Install one peer. Returns what pip said last when it could not, "" when it could."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_MINUTES * 60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"pip took longer than {_MINUTES} minutes"
    if done.returncode == 0:
        return ""
    said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return said[-1].removeprefix("ERROR: ") if said else f"pip ended with {done.returncode}"


if __name__ == "__main__":
    main()
