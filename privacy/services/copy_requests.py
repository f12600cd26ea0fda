"""Having the treated copy compared, as soon as there is one and whenever what it is measured by changes."""

from __future__ import annotations

from privacy.catalogue import catalogue_digest, published_sketches
from privacy.copy_inputs import CopyInputs, check_of, inputs_of
from privacy.models import CopyCheck
from privacy.selectors import PrivacyState
from work.models import WorkItem
from work.services import work_queue, work_retry


def copy_check_request(state: PrivacyState) -> CopyCheck | None:
    """Have the present copy compared unless it is, or is about to be. Call inside a transaction.

    Returns the comparison that is on its way or done; None before the copy is made.
    """
    inputs = inputs_of(state)
    if inputs is None:
        return None
    known = check_of(state.release_id, inputs)
    if known is None:
        return ask(state.release_id, inputs)
    if known.checked_at is None and known.status == WorkItem.Status.DEAD:
        work_retry(known)  # it stopped because a decision changed, and the decision has changed back
    return known


def ask(release_id: int, inputs: CopyInputs) -> CopyCheck:
    """Ask for the comparison with what is public now; the same one is never made twice."""
    check, created = CopyCheck.objects.get_or_create(
        release_id=release_id,
        treated_sha256=inputs.treated.sha256,
        about_digest=inputs.digest,
        catalogue_digest=catalogue_digest(published_sketches(release_id)),
        defaults={"about": inputs.about},
    )
    if created:
        work_queue(check)
    return check
