"""What the Publication tab shows of later checks: is the public copy still what was approved?"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from publishing.models import PortalAsset, PublicCheck


def checks_of(release_id: int) -> list[PublicCheck]:
    """The last check of every place where this release is public, or was found to be otherwise than it should."""
    found = PublicCheck.objects.select_related("asset", "publication")
    shown = Q(asset__public_publication__release_id=release_id)
    checks = found.filter(shown | (Q(publication__release_id=release_id) & ~Q(differs="")))
    return [check for check in checks if check.asset.public_publication_id or _is_still_said(check)]


def _is_still_said(check: PublicCheck) -> bool:
    """Of a place that shows nothing: strangers saw it, or the copy should be public there and was not taken back."""
    copy = check.publication
    should_be_shown = copy is not None and (copy.goal, copy.reached) == ("public", "public")
    return check.is_seen_without_leave or should_be_shown


def checks_that_differ(release_id: int) -> list[PublicCheck]:
    """Those that found the public copy of this release to be another one than approved, or not public any more."""
    return [
        check
        for check in checks_of(release_id)
        if check.differs
        and check.asset.public_publication_id in (None, check.publication_id)
        and not check.is_seen_without_leave
    ]


def checks_that_were_seen(release_id: int) -> list[PublicCheck]:
    """Those that found strangers to see a copy of this release that nobody had made public here."""
    return [
        check
        for check in checks_of(release_id)
        if check.is_seen_without_leave and check.publication and check.publication.release_id == release_id
    ]


def recheck_page(release_id: int) -> dict[str, Any]:
    """The lines of the tab; `rechecks` is None while the release is public nowhere and should be nowhere."""
    public = PortalAsset.objects.filter(public_publication__release_id=release_id).exclude(remote_id="")
    checks, is_public = checks_of(release_id), public.exists()
    if not checks and not is_public:
        return {"rechecks": None}
    return {
        "recheck_can_be_asked": is_public,
        "rechecks": [
            {
                "check": check,
                "evidence": [proof for proof in check.evidence if not proof["ok"]],
                "compared": len(check.evidence),
            }
            for check in checks
        ],
        "recheck_live": any(check.is_live for check in checks),
    }
