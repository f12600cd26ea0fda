"""Make the virtual environment and install the locked requirements. Called by make, with any Python 3.

    python3 scripts/setup.py runtime     what `make run` needs
    python3 scripts/setup.py dev         that, and what tests and lint need

A second call finds that nothing has changed and ends at once. An old Python 3 must be able to read this
file, to say that it is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else "runtime"
    if sys.version_info[:2] < OLDEST:
        start_again_with_a_newer_python()
    stamp = fingerprint(wanted)
    if not stale(wanted, stamp):
        return
    make_environment()
    print(f"Installing the locked requirements ({wanted}).", flush=True)
    install(os.path.join(ROOT, "requirements", wanted + ".txt"))
    with open(stamp_file(wanted), "w") as file:
        file.write(stamp)


def fingerprint(name):
    with open(os.path.join(ROOT, "requirements", name + ".txt"), "rb") as lock:
        return hashlib.sha256(lock.read() + sys.version.encode()).hexdigest()


def stamp_file(name):
    return os.path.join(VENV, "installed-" + name)


def stale(name, stamp):
    """Whether `name` has still to be installed. Whoever has the dev set has the runtime set."""
    if not os.path.exists(PYTHON):
        return True
    if name == "runtime" and not stale("dev", fingerprint("dev")):
        return False
    try:
        with open(stamp_file(name)) as file:
            return file.read() != stamp
    except OSError:
        return True


def start_again_with_a_newer_python():
    for name in NEWER:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, *sys.argv])  # noqa: S606
    stop(
        f"Python {version()} is too old: this needs Python 3.11 or newer, and none is on the PATH.\n"
        "    Debian 12+, Ubuntu 24.04+:  sudo apt-get install python3 python3-venv\n"
        "    macOS:                      brew install python@3.13\n"
        "Or name one: make setup PYTHON=/path/to/python3.13"
    )


def make_environment():
    if os.path.exists(PYTHON) and runs(PYTHON, "-c", "import sys; sys.exit(sys.version_info[:2] < (3, 11))"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    print(f"Making the virtual environment .venv with Python {version()}.", flush=True)
    uv = shutil.which("uv")
    if uv and runs(uv, "venv", "--quiet", "--seed", "--python", sys.executable, VENV):
        return
    whole = runs(sys.executable, "-c", "import venv, ensurepip")
    if not whole or not runs(sys.executable, "-m", "venv", VENV):
        shutil.rmtree(VENV, ignore_errors=True)
        stop(
            "This Python cannot make a virtual environment. Type:\n"
            f"    sudo apt-get install python{version()}-venv\n"
            "(Debian and Ubuntu keep that part in a package of its own), then the same command again."
        )


def install(lock):
    uv = shutil.which("uv")
    if uv:
        if runs(uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock):
            return
        print("uv could not install them (it does not read pip's configuration): trying pip.", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, "--require-hashes", "-r", lock], stdin=subprocess.DEVNULL) != 0:
        stop(
            "The requirements could not be installed; pip says why above. They come from the package index\n"
            "that pip is configured for. Behind a proxy or a mirror, set PIP_INDEX_URL and try again."
        )


def runs(*command):
    """Whether a command succeeds; what it prints is not shown."""
    nowhere = subprocess.DEVNULL
    return subprocess.call(command, stdin=nowhere, stdout=nowhere, stderr=nowhere) == 0


def version():
    return ".".join(map(str, sys.version_info[:2]))


def stop(sentence):
    print("\n" + sentence, file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
