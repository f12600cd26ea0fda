"""What the Publication tab shows of later checks: is the public copy still what was approved?"""

from __future__ import annotations

from typing import Any

from publishing.models import PortalAsset, PublicCheck


def checks_of(release_id: int) -> list[PublicCheck]:
    """The last check of every place where this release is public."""
    return list(
        PublicCheck.objects.select_related("asset", "publication").filter(
            asset__public_publication__release_id=release_id
        )
    )


def checks_that_differ(release_id: int) -> list[PublicCheck]:
    """Those that found the public copy of this release to be another one than approved."""
    return [
        check
        for check in checks_of(release_id)
        if check.differs and check.publication_id == check.asset.public_publication_id
    ]


def recheck_page(release_id: int) -> dict[str, Any]:
    """The lines of the tab; `rechecks` is None while the release is public nowhere."""
    public = PortalAsset.objects.filter(public_publication__release_id=release_id).exclude(remote_id="")
    if not public.exists():
        return {"rechecks": None}
    checks = checks_of(release_id)
    return {
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
