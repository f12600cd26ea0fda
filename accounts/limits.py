"""How often a log-in may fail before it has to wait: 10 times in 15 minutes per address and place."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.crypto import salted_hmac

LOGIN_FAILURES = 10
LOGIN_WINDOW_SECONDS = 15 * 60


def login_blocked(*, email: str, ip: str) -> bool:
    """True while log-ins with this address from this place have to wait."""
    return int(cache.get(_key(email, ip), 0)) >= LOGIN_FAILURES


def login_failed(*, email: str, ip: str) -> bool:
    """Count a failure. Returns True for the failure that begins the wait."""
    key = _key(email, ip)
    if cache.add(key, 1, LOGIN_WINDOW_SECONDS):
        return LOGIN_FAILURES == 1
    try:
        return cache.incr(key) == LOGIN_FAILURES
    except ValueError:  # the window ended between the two calls
        cache.set(key, 1, LOGIN_WINDOW_SECONDS)
        return False


def login_forgiven(*, email: str, ip: str) -> None:
    """A log-in that worked wipes the slate."""
    cache.delete(_key(email, ip))


def _key(email: str, ip: str) -> str:
    # The cache may be a table that many read: it holds no addresses.
    return "login:" + salted_hmac("accounts.limits", f"{email.strip().lower()} {ip}").hexdigest()
