"""What belongs to a dataset beside its rows: its description, its dictionary, its filtered views, other sites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from publishing.portals.base import Federates, HasViews, KeepsFiles, LoadsFiles, Proof, Proves
from publishing.portals.shared.dictionary import dictionary_file
from publishing.services.run_compare import Comparing
from work.errors import Retry

_SITES_WAIT = 60.0
# The line of evidence about the description (publishing.portals.shared.proving).
_DESCRIBED = "Description of the dataset"
_ATTACHED, _VIEW = "Attached", "Filtered view"


class Extras(Comparing):
    """Asked by COMPARE, CHECK and the way back, where the portal can do it."""

    def beside(self, remote_id: str, *, public_before: bool) -> list[dict[str, Any]]:
        """Evidence about everything but the rows, of the private copy. A draft has only what it will become."""
        proofs: list[Proof] = []
        if isinstance(self.portal, Proves):
            proofs += self.portal.proofs(remote_id, self.record)
        if not self._is_draft(remote_id):
            proofs += self._attached(remote_id)
            # Views are made of what is published: of a public dataset once its new rows are.
            proofs += [] if public_before else self._views(remote_id)
        return self._told(proofs)

    def beside_public(self, remote_id: str, before: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same of the public dataset: what could not be done before, the views' audience, other sites."""
        known = [proof["what"] for proof in before]
        proofs: list[Proof] = []
        if _DESCRIBED not in known:
            proofs += self._described(remote_id)
        if not any(what.startswith(_ATTACHED) for what in known):
            proofs += self._attached(remote_id)
        if self._has_views() and isinstance(self.portal, HasViews):
            if not any(what.startswith(_VIEW) for what in known):
                proofs += self._views(remote_id)
            odd = self.portal.set_views_scope(remote_id, "public")
            found = f"not public yet: {', '.join(odd)}" if odd else "public"
            proofs.append(Proof("Audience of the filtered views", "public", found, counts=False))
        if isinstance(self.portal, Federates):
            proofs += [_shown(site, shown) for site, shown in self.portal.shown_on(remote_id).items()]
        return self._told(proofs)

    def hide_views(self, remote_id: str) -> list[str]:
        """Make the filtered views private; returns the names of those that the portal still shows."""
        if self._has_views() and isinstance(self.portal, HasViews):
            return self.portal.set_views_scope(remote_id, "private")
        return []

    def require_gone_elsewhere(self, remote_id: str) -> None:
        """Other sites must stop showing what was taken back. Raises Retry while one of them lists it."""
        if not remote_id or not isinstance(self.portal, Federates):
            return
        still = [site for site, shown in self.portal.shown_on(remote_id).items() if shown]
        if still:
            raise Retry(
                f"The dataset is private on the portal, and {', '.join(still)} still lists it: other sites follow "
                "a while later. We look again until it is gone there.",
                after=_SITES_WAIT,
            )

    def _described(self, remote_id: str) -> list[Proof]:
        """What a draft has become. What the portal did not take of its description is said once more, then compared."""
        if not isinstance(self.portal, Proves):
            return []
        columns = self.schema_proof(self.portal.view(remote_id))
        schema = Proof(columns["what"], columns["expected"], columns["found"])
        if not schema.ok:
            return [schema]
        proofs = self.portal.proofs(remote_id, self.record)
        if all(one.ok for one in proofs):
            return [schema, *proofs]
        self.tell("Describing the dataset on the portal once more.")
        self.portal.set_metadata(remote_id, self.record)
        return [schema, *self.portal.proofs(remote_id, self.record)]

    def _attached(self, remote_id: str) -> list[Proof]:
        if not isinstance(self.portal, KeepsFiles):
            return []
        self.tell("Attaching the data dictionary.")
        return self.portal.attach(remote_id, [dictionary_file(self.record)])

    def _views(self, remote_id: str) -> list[Proof]:
        if not isinstance(self.portal, HasViews) or not self._has_views():
            return []
        self.tell("Making the filtered views.")
        return self.portal.set_views(remote_id, self.record)

    def _has_views(self) -> bool:
        """Planned now, or made for the release that is public."""
        earlier = self.asset.public_publication
        return bool(self.record.views) or bool(earlier is not None and earlier.record.get("views"))

    def _is_draft(self, remote_id: str) -> bool:
        return isinstance(self.portal, LoadsFiles) and self.portal.is_draft(remote_id)

    def _told(self, proofs: Iterable[Proof]) -> list[dict[str, Any]]:
        return [self.proof(one.what, one.expected, one.found, counts=one.counts) for one in proofs]


def _shown(site: str, shown: bool | None) -> Proof:
    words = {True: "shown", False: "not listed there yet", None: "the site does not answer"}
    return Proof(f"On the site {site}", "shown", words[shown], counts=False)
