"""A private copy shared with single people of the portal, by e-mail, and taken back from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from publishing.portals.base import BadRequest, NotFound, Shared
from publishing.portals.socrata.calls import Calls
from publishing.portals.socrata.shape import checked_id

_VIEWER = {"name": "viewer", "version": "all"}


class Sharing(Calls):
    def share(self, remote_id: str, emails: Sequence[str]) -> Shared:
        """One request for each person: the portal refuses all of them for one whom it does not know."""
        given, unknown = [], []
        for email in emails:
            users = self._users(remote_id)
            if email.lower() in _addresses(users):
                given.append(email)
                continue
            wanted = [*users, {"email": email, "accessLevels": [_VIEWER]}]
            try:
                self._write(remote_id, wanted, "share it with a reviewer")
            except (NotFound, BadRequest):
                unknown.append(email)
                continue
            there = email.lower() in _addresses(self._users(remote_id))
            (given if there else unknown).append(email)
        return Shared(tuple(given), tuple(unknown))

    def unshare(self, remote_id: str, emails: Sequence[str]) -> None:
        gone = {email.lower() for email in emails}
        users = self._users(remote_id)
        kept = [user for user in users if not (_is_viewer(user) and _address(user) in gone)]
        if len(kept) != len(users):
            self._write(remote_id, kept, "end the sharing with reviewers")

    def _users(self, remote_id: str) -> list[dict[str, Any]]:
        path = f"/api/views/{checked_id(remote_id)}/permissions"
        return list(self.get("read who may see it", path).get("users") or [])

    def _write(self, remote_id: str, users: list[dict[str, Any]], what: str) -> None:
        path = f"/api/views/{checked_id(remote_id)}/permissions"
        scope = self.get("read who may see it", path).get("scope")
        body = {"scope": scope, "users": users}
        self.call(what, lambda: self.signed.send("PUT", path, json=body))


def _address(user: dict[str, Any]) -> str:
    return str(user.get("email") or "").lower()


def _addresses(users: list[dict[str, Any]]) -> set[str]:
    return {_address(user) for user in users}


def _is_viewer(user: dict[str, Any]) -> bool:
    """Somebody who may only look: owners and contributors are the portal's own matter."""
    levels = {level.get("name") for level in user.get("accessLevels", [])}
    return levels == {"viewer"}
