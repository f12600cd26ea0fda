"""Every URL has an entry in the access table, and every entry a URL."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from opendata_portal.access import ADMIN_NAMESPACE, PUBLIC, URL_ACCESS


def _names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _names(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name or pattern.pattern}"


def _ours() -> set[str]:
    names = set(_names(get_resolver().url_patterns))
    return {name for name in names if not name.startswith(f"{ADMIN_NAMESPACE}:")}


def test_every_url_has_a_rule() -> None:
    assert _ours() - set(URL_ACCESS) == set()


def test_every_rule_has_a_url() -> None:
    assert set(URL_ACCESS) - _ours() == set()


@pytest.mark.django_db
def test_a_page_that_is_not_public_sends_a_stranger_to_log_in(client: Client) -> None:
    """Addresses without parameters; those with parameters go through the same middleware."""
    from django.urls import NoReverseMatch, reverse

    opened = 0
    for name in sorted(_ours()):
        if URL_ACCESS[name] is PUBLIC:
            continue
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        answer = client.get(address)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/"), name
        assert "next=" in answer["Location"], name
        opened += 1
    assert opened > 3
