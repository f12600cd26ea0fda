"""Blinded reviews: a verdict stays under a veil until every seat of its kind has its own (FEATURES M16).

While it is veiled, nobody but who gave it sees what it says: no page, no letter, no history line. It does not
count either, so that no gate sentence gives it away; the seat that is open stands in the way anyhow.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.models import Review


def is_veiled(review: Review, reviews: Sequence[Review]) -> bool:
    """True while another seat of the same blinded review is still open."""
    return (
        review.blinded
        and bool(review.verdict)
        and any(
            other.is_pending
            and other.blinded
            and other.kind == review.kind
            and other.department_id == review.department_id
            for other in reviews
        )
    )


def unveiled(reviews: Sequence[Review]) -> list[Review]:
    """The reviews that anybody who sees the release may read, oldest first."""
    return [review for review in reviews if not is_veiled(review, reviews)]
