"""A test of the connection: who we are on the portal, what it lets us do, and what to do where it does not."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from publishing.portals.base import Finding, Forbidden, NotFound, PortalError, ProtocolError
from publishing.portals.socrata.assets import Assets
from publishing.portals.socrata.audience import Audience
from publishing.portals.socrata.describing import Describing
from publishing.portals.socrata.shape import checked_id, is_id
from publishing.portals.socrata.try_out import try_out

GOOD, WARN, BAD, OPEN = "good", "warn", "bad", ""
_SKEW_SECONDS = 60.0
_SLOW_SECONDS = 5.0


class Connection(Assets, Describing, Audience):
    def examine(self) -> list[Finding]:
        """Only reads. What cannot be asked without an answer to an earlier line is left out."""
        answers = self._domain()
        if any(line.tone == BAD for line in answers):
            return answers
        person, lines = self._who()
        lines = [*answers, *lines]
        if person is None:
            return lines
        lines += [_rights(person), self._app_token()]
        lines += self._approvals()
        lines += self._sites()
        lines.append(self._limits())
        return lines

    def rehearse(self) -> list[Finding]:
        """By doing: a private test dataset, from its creation to its removal."""
        return try_out(self)

    # lines

    def _domain(self) -> list[Finding]:
        what = "The portal answers"
        began = time.monotonic()
        params = {"domains": self.config.domain, "limit": "1"}
        try:
            told = self.call(
                "answer at all",
                lambda: self.stranger.send("GET", "/api/catalog/v1", params=params).json(),
                anonymous=True,
            )
            if not isinstance(told, dict) or "results" not in told:
                raise ProtocolError("What answers there is not the catalogue of a Socrata portal.")
        except PortalError as error:
            step = "Set SOCRATA_DOMAIN to the host name of the portal itself, and let this machine reach it (https)."
            return [Finding(what, BAD, str(error), step)]
        seconds = time.monotonic() - began
        slow = seconds > _SLOW_SECONDS
        return [
            Finding(
                what,
                WARN if slow else GOOD,
                f"{self.config.domain} answered in {seconds:.1f} seconds.",
                "Look for a slow network or proxy between this machine and the portal." if slow else "",
            ),
            self._clock(),
        ]

    def _clock(self) -> Finding:
        what = "Our clocks agree"
        last = self.stranger.session.last
        try:
            theirs = parsedate_to_datetime(last.headers["Date"]) if last is not None else None
        except (KeyError, ValueError):
            theirs = None
        if theirs is None:
            return Finding(what, OPEN, "The portal does not say what time it is.")
        skew = abs((datetime.now(UTC) - theirs.astimezone(UTC)).total_seconds())
        if skew <= _SKEW_SECONDS:
            return Finding(what, GOOD, f"They differ by {_seconds(skew)}.")
        return Finding(
            what,
            WARN,
            f"They differ by {_seconds(skew)}.",
            "Set the clock of this machine (NTP): release dates and embargoes go by it.",
        )

    def _who(self) -> tuple[dict[str, Any] | None, list[Finding]]:
        what = "Who we are there"
        try:
            person = self.get("sign in", "/api/users/current.json")
        except PortalError as error:
            step = (
                "Make an API key of the publishing account on the portal (Profile, Developer settings) and set "
                "SOCRATA_KEY_ID and SOCRATA_KEY_SECRET to it."
            )
            return None, [Finding(what, BAD, str(error), step)]
        if not isinstance(person, dict) or not person.get("id"):
            return None, [
                Finding(
                    what, BAD, "The portal does not say who we are.", "Set another API key, then look again."
                )
            ]
        name = person.get("displayName") or person["id"]
        role = person.get("roleName") or "no role that it names"
        return person, [Finding(what, GOOD, f"{name}, with the role {role}.")]

    def _app_token(self) -> Finding:
        what = "An app token"
        if self.config.app_token:
            return Finding(what, GOOD, "It is set, and the portal took the requests that carry it.")
        return Finding(
            what,
            WARN,
            "None is set: our requests share a limit with everybody else at this address.",
            "Make an app token on the portal (Profile, Developer settings) and set SOCRATA_APP_TOKEN to it.",
        )

    def _approvals(self) -> list[Finding]:
        """The portal says how it approves only about a dataset: we look at one that our account can see."""
        what = "Who approves what becomes public"
        try:
            views = self.get("list its datasets", "/api/views.json", limit="1")
        except PortalError as error:
            return [Finding(what, OPEN, str(error))]
        known = (
            next((view for view in views if is_id(view.get("id"))), None) if isinstance(views, list) else None
        )
        if known is None:
            return [
                Finding(
                    what,
                    OPEN,
                    "The portal tells that about a dataset, and our account has none there yet.",
                    "Try a private test dataset below: it tells.",
                )
            ]
        return [self.approval_finding(known["id"])]

    def approval_finding(self, remote_id: str) -> Finding:
        what = "Who approves what becomes public"
        try:
            told = self.get(
                "ask for its approval",
                f"/api/views/{checked_id(remote_id)}/approvals",
                method="guidance_v2",
                assetId=remote_id,
            )
        except (NotFound, Forbidden):
            return Finding(
                what, OPEN, "The portal does not say.", "Ask for the setting under Administration, Approvals."
            )
        public = told.get("public") or {} if isinstance(told, dict) else {}
        options = (public.get("toChangeAudience") or {}).get("queueOptions") or []
        waits = public.get("currentState") == "pending" or any(
            option.get("expectedState") == "pending" for option in options
        )
        if waits:
            return Finding(
                what,
                WARN,
                "Reviewers of the portal: a dataset waits for them after everything is approved here.",
                "Let the portal approve what our account submits by itself (Administration, Approvals), or tell "
                "its reviewers to expect these datasets: release dates then depend on them.",
            )
        if options:
            return Finding(what, GOOD, "The portal approves by itself; the approval here is the only one.")
        return Finding(
            what,
            OPEN,
            "The portal offers no way to the public for the dataset that we looked at.",
            "Try a private test dataset below: it tells.",
        )

    def _sites(self) -> list[Finding]:
        unnamed = [site for site in self._federated() if site not in self.federated_sites]
        if unnamed:
            what = "Sites that the portal federates to"
            step = "Name them in SOCRATA_FEDERATED_SITES, so that they are looked at from outside too."
            return [Finding(what, WARN, f"Not named here: {', '.join(unnamed)}.", step), *self._named_sites()]
        return self._named_sites()

    def _federated(self) -> list[str]:
        """The other sites that the portal itself names; none where it does not tell."""
        try:
            told = self.get("list its federations", "/api/federations.json")
        except PortalError:
            return []
        entries = told if isinstance(told, list) else []
        names = [str(entry.get("targetDomainCName") or "") for entry in entries if isinstance(entry, dict)]
        return [name for name in names if name and name != self.config.domain]

    def _named_sites(self) -> list[Finding]:
        what = "Sites that show its data too"
        if not self.federated_sites:
            return [
                Finding(
                    what,
                    OPEN,
                    "None is named.",
                    "If the portal is federated to others, name them in SOCRATA_FEDERATED_SITES: they are then "
                    "looked at after publishing and after taking back.",
                )
            ]
        return [self._site(site) for site in self.federated_sites]

    def _site(self, site: str) -> Finding:
        what = f"The site {site}"
        url = f"{self.config.scheme}://{site}/api/catalog/v1"
        try:
            self.call(
                f"look on {site}",
                lambda: self.stranger.fetch(url, params={"limit": "1"}).json(),
                anonymous=True,
            )
        except PortalError as error:
            step = f"Let this machine reach {site}, or take it out of SOCRATA_FEDERATED_SITES."
            return Finding(what, WARN, str(error), step)
        return Finding(what, GOOD, "It answers; we look there from outside too.")

    def _limits(self) -> Finding:
        what = "Limits on requests"
        throttled = self.signed.session.tally.throttled + self.stranger.session.tally.throttled
        if throttled:
            return Finding(
                what,
                WARN,
                f"The portal asked us to slow down {throttled} times during this test.",
                "Set an app token, and look whether other programs share it or our address.",
            )
        return Finding(what, GOOD, "The portal did not ask us to slow down during this test.")


def _rights(person: dict[str, Any]) -> Finding:
    what = "What we may do"
    rights = person.get("rights")
    if not isinstance(rights, list):
        return Finding(
            what, OPEN, "The portal does not list our rights.", "Try a private test dataset below: it tells."
        )
    if "create_datasets" in rights:
        return Finding(what, GOOD, "We may create datasets, which are then ours to fill and to publish.")
    return Finding(
        what,
        BAD,
        "We may not create datasets.",
        "Give the account behind the key the role Publisher on the portal (Administration, Users).",
    )


def _seconds(number: float) -> str:
    return "1 second" if round(number) == 1 else f"{number:.0f} seconds"
