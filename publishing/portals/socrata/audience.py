"""Who may see the dataset: its scope, the portal's own reviewers, strangers, and other sites."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from publishing.portals.base import (
    AuthFailed,
    BadRequest,
    Forbidden,
    NotFound,
    PortalError,
    PublicProbe,
    RemoteAsset,
    ReviewerRefused,
)
from publishing.portals.socrata.rows import RowCalls
from publishing.portals.socrata.shape import checked_id

_RETIRED = "Retired: "


class Audience(RowCalls):
    def set_scope(self, remote_id: str, scope: str) -> RemoteAsset:
        """Ask for the scope; what came of it is read back. Raises ReviewerRefused when a reviewer said no.

        A portal with reviewers of its own answers 200 and keeps the dataset private until one says yes.
        """
        if scope == "private":
            return self._narrow(remote_id)
        now = self._permissions(remote_id)
        if now.get("scope") == scope:
            return self.view(remote_id)
        self._withdraw_refused(remote_id)
        self._ask_for(remote_id, scope, now)
        asset = self.view(remote_id)
        if asset.scope != scope and not asset.waiting:
            return self._submit(remote_id, asset)
        return asset

    def _narrow(self, remote_id: str) -> RemoteAsset:
        """Private, and no request for more is left with the reviewers: their yes would widen it long afterwards."""
        now = self._permissions(remote_id)
        if now.get("scope") != "private":
            self._ask_for(remote_id, "private", now)
        asset, guidance = self.view(remote_id), self._guidance(remote_id)
        if not asset.waiting and guidance.get("currentState") != "pending":
            return asset
        self._withdraw(guidance)
        # A reviewer may have said yes just before.
        self._ask_for(remote_id, "private", self._permissions(remote_id))
        asset = self.view(remote_id)
        return replace(asset, waiting=asset.waiting or self.approval_state(remote_id) == "pending")

    def _permissions(self, remote_id: str) -> dict[str, Any]:
        now = self.get("read who may see it", f"/api/views/{checked_id(remote_id)}/permissions")
        return now if isinstance(now, dict) else {}

    def _ask_for(self, remote_id: str, scope: str, now: dict[str, Any]) -> None:
        """The same people, another audience."""
        path = f"/api/views/{checked_id(remote_id)}/permissions"
        body = {"scope": scope, "users": now.get("users", [])}
        self.call("change who may see it", lambda: self.signed.send("PUT", path, json=body))

    # the portal's own reviewers

    def approval_state(self, remote_id: str) -> str:
        """submittable, unsubmittable, pending, approved or rejected; empty where the portal tells nothing."""
        return str(self._guidance(remote_id).get("currentState") or "")

    def _guidance(self, remote_id: str) -> dict[str, Any]:
        path = f"/api/views/{checked_id(remote_id)}/approvals"
        try:
            told = self.get("ask for its approval", path, method="guidance_v2", assetId=checked_id(remote_id))
        except (NotFound, Forbidden, BadRequest):
            return {}
        public = told.get("public") if isinstance(told, dict) else None
        return public if isinstance(public, dict) else {}

    def _submit(self, remote_id: str, asset: RemoteAsset) -> RemoteAsset:
        """Hand it to the reviewers where asking for the scope alone did not."""
        guidance = self._guidance(remote_id)
        change = guidance.get("toChangeAudience") or {}
        options = change.get("queueOptions") or []
        if guidance.get("currentState") != "submittable" or not options:
            return asset
        path = _api_path(options[0].get("submissionUrl"))
        submission = change.get("submission") or {}
        self.call(
            "submit it for approval",
            lambda: self.signed.send("POST", path, json=submission),
            idempotent=False,
        )
        return self.view(remote_id)

    def _withdraw(self, guidance: dict[str, Any]) -> None:
        """Take what waits for a reviewer out of the queue, where the portal says how."""
        if not guidance.get("withdrawUrl"):
            return
        path = _api_path(guidance["withdrawUrl"])
        # Decided meanwhile, or withdrawn by a request whose answer got lost: what came of it is read back.
        with suppress(NotFound, BadRequest):
            self.call("withdraw the request for approval", lambda: self.signed.send("DELETE", path))

    def _withdraw_refused(self, remote_id: str) -> None:
        """A request that was refused is taken out of the queue and told: the next one is a person's wish."""
        guidance = self._guidance(remote_id)
        if guidance.get("currentState") != "rejected":
            return
        self._withdraw(guidance)
        raise ReviewerRefused(
            f"A reviewer of the portal at {self.config.domain} said no to making the dataset public, so it "
            "stays private. Ask your portal admin for the reason (on the portal: Administration, Approvals), "
            "correct it, then press Resume: it is submitted to the reviewers anew."
        )

    # from outside

    def verify_public(self, remote_id: str, *, key_field: str) -> PublicProbe:
        """As a stranger: the view, the count, and one query over the key."""
        try:
            self.call(
                "look from outside",
                lambda: self.stranger.soda.get_metadata(checked_id(remote_id)),
                anonymous=True,
            )
        except (Forbidden, NotFound, AuthFailed) as error:
            return PublicProbe(error.status or 403, None, None)
        sample = self.call(
            "query from outside",
            lambda: self.stranger.soda.get(
                checked_id(remote_id), where=f"{key_field} IS NOT NULL", order=key_field, limit=5
            ),
            anonymous=True,
        )
        return PublicProbe(200, self.count(remote_id, anonymous=True), len(sample))

    @property
    def federated_sites(self) -> tuple[str, ...]:
        return self.config.federated_sites

    def shown_on(self, remote_id: str) -> dict[str, bool | None]:
        """Ask each site's own catalogue, as a stranger, whether it lists the dataset."""
        return {site: self._shown_on(site, remote_id) for site in self.federated_sites}

    def _shown_on(self, site: str, remote_id: str) -> bool | None:
        params = {"ids": checked_id(remote_id), "search_context": site}
        url = f"{self.config.scheme}://{site}/api/catalog/v1"
        try:
            told = self.call(
                f"look on {site}",
                lambda: self.stranger.fetch(url, params=params).json(),
                anonymous=True,
            )
            return any(entry.get("resource", {}).get("id") == remote_id for entry in told.get("results", []))
        except (PortalError, AttributeError):
            return None

    # the end

    def retire(self, remote_id: str, note: str) -> RemoteAsset:
        """Private first; then the title and the description say that it ended, and why."""
        asset = self.set_scope(remote_id, "private")
        if asset.scope != "private" or asset.waiting:
            return asset
        view = self.described(remote_id)
        fields: dict[str, Any] = {}
        if not view["name"].startswith(_RETIRED):
            fields["name"] = f"{_RETIRED}{view['name']}"
        if not (view.get("description") or "").startswith(note):
            fields["description"] = f"{note}\n\n{view.get('description') or ''}".strip()
        if fields:
            self.call(
                "note that it is retired",
                lambda: self.signed.soda.update_metadata(checked_id(remote_id), fields),
            )
        return self.view(remote_id)


def _api_path(url: object) -> str:
    """The path of an address that the portal gave us, below /api and without its host."""
    parts = urlsplit(str(url or ""))
    path = parts.path if parts.path.startswith("/api/") else f"/api{parts.path}"
    return f"{path}?{parts.query}" if parts.query else path
