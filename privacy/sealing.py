"""Keeping a secret in the database: encrypted with Fernet (AES-128-CBC and HMAC-SHA256), refused when changed.

Keys are derived with HKDF from PRIVACY_KEY, or from SECRET_KEY where that is not set, and are never stored.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(Exception):
    """The sealed bytes are not what was sealed, or the key is another one."""


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose; nobody learns another key from them (RFC 5869)."""
    master = (settings.PRIVACY_KEY or settings.SECRET_KEY).encode()
    return HKDF(SHA256(), 32, salt=None, info=f"privacy:{purpose}".encode()).derive(master)


def recipe_secret(dataset_id: int) -> bytes:
    """What seeds the surrogates and shifts of a dataset's recipes; the same at each refresh."""
    return derived_key(f"recipe:{dataset_id}")


def evidence_key() -> bytes:
    """With what the finds of a scan are marked: with another secret every hidden find is decided anew."""
    return derived_key("evidence")


def seal(text: bytes, purpose: str) -> bytes:
    """Encrypt `text`."""
    return _fernet(purpose).encrypt(text)


def unseal(sealed: bytes, purpose: str) -> bytes:
    """The text that was sealed for the same purpose. Raises SealBroken."""
    try:
        return _fernet(purpose).decrypt(bytes(sealed))
    except InvalidToken as error:
        raise SealBroken from error


def _fernet(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key(f"seal:{purpose}")))
