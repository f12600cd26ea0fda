"""The locks: every version pinned and hashed, no host named, and nothing of the wrong licence."""

import re

import pytest

from tests.architecture.house import source

LOCKS = ("runtime", "dev")
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]+\])?==([^\s;\\]+)", re.IGNORECASE | re.MULTILINE)


def _lock(name: str) -> str:
    return source(f"requirements/{name}.txt").read_text("utf-8")


def _pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, version in PIN.findall(_lock(name)):
        found.setdefault(package.lower(), set()).add(version)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", _lock(name))
    pinned = [block for block in blocks if PIN.match(block)]
    assert len(pinned) > 20
    assert [block.splitlines()[0] for block in pinned if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_a_host(name: str) -> None:
    assert "://" not in _lock(name)


@pytest.mark.parametrize("name", LOCKS)
def test_django_fsm_stays_out(name: str) -> None:
    """Its later versions are AGPL; django-fsm-2 has the same import name (docs/adr/0002)."""
    assert "django-fsm" not in _pins(name)
    assert "django-fsm-2" in _pins(name)


def test_tests_run_on_the_versions_that_are_shipped() -> None:
    runtime, dev = _pins("runtime"), _pins("dev")
    assert {name: (v, dev.get(name)) for name, v in runtime.items() if dev.get(name) != v} == {}


@pytest.mark.parametrize("name", LOCKS)
def test_every_wish_is_locked(name: str) -> None:
    lines = source(f"requirements/{name}.in").read_text("utf-8").splitlines()
    wishes = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in lines if re.match(r"[A-Za-z]", line)}
    assert wishes - set(_pins(name)) == set()
