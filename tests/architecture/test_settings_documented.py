"""`.env.example` lists exactly the variables that the settings read."""

import ast
import re

from tests.architecture.house import source

SETTINGS = ("base", "dev", "test", "prod")
# Read by docker-compose.yml or by Django itself, not by our settings.
ELSEWHERE = {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "DJANGO_SETTINGS_MODULE"}
# Set by pytest-xdist, for itself.
INTERNAL = {"PYTEST_XDIST_WORKER"}


def _read_by(name: str) -> set[str]:
    """The first arguments of env.xxx("NAME"), os.environ.get("NAME") and os.environ["NAME"]."""
    tree = ast.parse(source(f"opendata_portal/settings/{name}.py").read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            owner = ast.unparse(node.func.value)
            first = node.args[0]
            if owner in ("env", "os.environ") and isinstance(first, ast.Constant):
                found.add(str(first.value))
    return found - INTERNAL


def test_env_example_lists_exactly_what_is_read() -> None:
    text = source(".env.example").read_text("utf-8")
    listed = set(re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.MULTILINE))
    read = set().union(*(_read_by(name) for name in SETTINGS))
    assert "DATABASE_URL" in read
    assert read - listed == set(), "read by the settings, not in .env.example"
    assert listed - read - ELSEWHERE == set(), "in .env.example, read by nobody"


def test_compose_uses_only_what_env_example_lists() -> None:
    wanted = set(re.findall(r"\$\{([A-Z_]+)", source("docker-compose.yml").read_text("utf-8")))
    listed = set(re.findall(r"^#?([A-Z][A-Z_]+)=", source(".env.example").read_text("utf-8"), re.MULTILINE))
    assert wanted
    assert wanted <= listed
