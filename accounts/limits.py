"""How often somebody may try: log-ins that fail, and letters for a forgotten password."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.crypto import salted_hmac

WINDOW_SECONDS = 15 * 60
LOGIN_FAILURES = 10
RESET_LETTERS = 3


def login_blocked(*, email: str, ip: str) -> bool:
    """True while log-ins with this address from this place have to wait."""
    return int(cache.get(_key("login", email, ip), 0)) >= LOGIN_FAILURES


def login_failed(*, email: str, ip: str) -> bool:
    """Count a failure. Returns True for the failure that begins the wait."""
    return _count(_key("login", email, ip)) == LOGIN_FAILURES


def login_forgiven(*, email: str, ip: str) -> None:
    """A log-in that worked wipes the slate."""
    cache.delete(_key("login", email, ip))


def reset_allowed(*, email: str) -> bool:
    """Count a wish for a reset letter; False when this address has had enough of them for now."""
    return _count(_key("reset", email)) <= RESET_LETTERS


def public_allowed(*, kind: str, who: str, most: int) -> bool:
    """Count a try of somebody without an account, by address or by place; False after `most` in the window."""
    return _count(_key(kind, who)) <= most


def _count(key: str) -> int:
    if cache.add(key, 1, WINDOW_SECONDS):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # the window ended between the two calls
        cache.set(key, 1, WINDOW_SECONDS)
        return 1


def _key(kind: str, email: str, ip: str = "") -> str:
    # The cache may be a table that many read: it holds no addresses.
    return f"{kind}:" + salted_hmac("accounts.limits", f"{email.strip().lower()} {ip}").hexdigest()
