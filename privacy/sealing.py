"""Keeping a secret in the database: encrypted, and refused when somebody changed it.

The standard library has no cipher, so this is built from its keyed primitives in the textbook way: a fresh
nonce, the text combined with a SHAKE-256 key stream, then HMAC-SHA256 over nonce and text (encrypt, then
authenticate). Keys come from PRIVACY_KEY, or from SECRET_KEY where that is not set, and are never stored.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import numpy as np
from django.conf import settings

_NONCE, _TAG = 16, 32


class SealBroken(Exception):
    """The sealed bytes are not what was sealed, or the key is another one."""


def derived_key(purpose: str) -> bytes:
    """A key for one purpose; nobody learns another one from it."""
    master = (settings.PRIVACY_KEY or settings.SECRET_KEY).encode()
    return hmac.digest(master, f"privacy:{purpose}".encode(), "sha256")


def recipe_secret(dataset_id: int) -> bytes:
    """What seeds the surrogates and shifts of a dataset's recipes; the same at each refresh."""
    return derived_key(f"recipe:{dataset_id}")


def seal(text: bytes, purpose: str) -> bytes:
    """Encrypt `text`."""
    nonce = secrets.token_bytes(_NONCE)
    hidden = _combined(text, purpose, nonce)
    return nonce + hidden + _tag(purpose, nonce + hidden)


def unseal(sealed: bytes, purpose: str) -> bytes:
    """The text that was sealed for the same purpose. Raises SealBroken."""
    body, tag = sealed[:-_TAG], sealed[-_TAG:]
    if len(sealed) < _NONCE + _TAG or not hmac.compare_digest(tag, _tag(purpose, body)):
        raise SealBroken
    return _combined(body[_NONCE:], purpose, body[:_NONCE])


def _combined(text: bytes, purpose: str, nonce: bytes) -> bytes:
    stream = hashlib.shake_256(derived_key(f"encrypt:{purpose}") + nonce).digest(len(text))
    return np.bitwise_xor(np.frombuffer(text, np.uint8), np.frombuffer(stream, np.uint8)).tobytes()


def _tag(purpose: str, body: bytes) -> bytes:
    return hmac.digest(derived_key(f"authenticate:{purpose}"), body, "sha256")
