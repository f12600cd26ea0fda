"""Who is known to the portal, and how they sign in: a key id and secret, or a token of OAuth."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from typing import Any

from publishing.devserver.http import ApiError, Request

PUBLISHER: dict[str, Any] = {
    "id": "demo-user",
    "displayName": "Portal publisher",
    "email": "publisher@example.gov",
    "roleName": "publisher",
    "rights": ["create_datasets", "edit_others_datasets", "review_public_approvals"],
}
# They may see what is shared with them, each by their own key; the reviewer also decides on what waits.
REVIEWER: dict[str, Any] = {
    "id": "revw-2222",
    "displayName": "Rosa Reviewer",
    "email": "reviewer@example.gov",
    "roleName": "approver",
    "rights": ["review_public_approvals"],
}
VIEWER: dict[str, Any] = {
    "id": "view-3333",
    "displayName": "Vic Viewer",
    "email": "viewer@example.gov",
    "roleName": "viewer",
    "rights": [],
}
EVERYBODY = (PUBLISHER, REVIEWER, VIEWER)
# Whoever has an address at one of these domains is a user of the portal as well, and may look at what is shared
# with them; named with commas between them, by whoever starts the stand-in for a demonstration.
DOMAINS = frozenset(filter(None, os.environ.get("STANDIN_USERS_OF", "").lower().split(",")))
# Their keys are published, as the portal holds nothing real.
KEYS = {
    "standin-reviewer": ("standin-reviewer-secret", REVIEWER),
    "standin-viewer": ("standin-viewer-secret", VIEWER),
}


def who(request: Request, keys: dict[str, str]) -> dict[str, Any] | None:
    """The person of this request; None for a stranger. Raises ApiError 401 for a key that nobody has."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    kind, _, text = header.partition(" ")
    if kind.lower() == "oauth":
        # The token of the publisher is the secret of their key.
        if any(hmac.compare_digest(secret.encode(), text.encode()) for secret in keys.values()):
            return PUBLISHER
        raise ApiError(401, "authentication_required", "Incorrect token")
    try:
        name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name = secret = ""
    known, person = (keys[name], PUBLISHER) if name in keys else KEYS.get(name, ("", PUBLISHER))
    if kind.lower() != "basic" or not known or not hmac.compare_digest(known.encode(), secret.encode()):
        raise ApiError(401, "authentication_required", "Incorrect key id or secret")
    return person


def find(about: dict[str, Any]) -> dict[str, Any]:
    """The person that a grant names by email, which wins, or by id; the portal's 404 when there is none."""
    for key in ("email", "id"):
        if about.get(key):
            found = next((person for person in EVERYBODY if person[key] == about[key]), None)
            if found is None:
                found = _of_a_domain(str(about[key]).lower())
            if found is not None:
                return found
            break
    raise ApiError(404, "not_found", "User not found", {"user": about.get("email") or about.get("id")})


def of_id(name: str) -> dict[str, Any] | None:
    """The person with this id."""
    return next((person for person in EVERYBODY if person["id"] == name), None) or _of_a_domain(name)


def _of_a_domain(email: str) -> dict[str, Any] | None:
    name, _, domain = email.partition("@")
    if not name or domain not in DOMAINS:
        return None
    return {"id": email, "displayName": name.title(), "email": email, "roleName": "viewer", "rights": []}
