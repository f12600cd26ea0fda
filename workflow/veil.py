"""Blinded reviews: a verdict stays under a veil until every seat of its kind has its own (FEATURES M16).

While it is veiled, nobody but who gave it sees what it says: no page, no letter, no history line. It does not
count either, so that no gate sentence gives it away; the seat that is open stands in the way anyhow. What a
reviewer orders meanwhile must be read by whoever does it; the other reviewers do not read it, and the history
does not say whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.models import Review, ReviewOrder


def is_veiled(review: Review, reviews: Sequence[Review]) -> bool:
    """True while another seat of the same blinded review is still open."""
    return review.blinded and bool(review.verdict) and bool(open_seats(review, reviews))


def open_seats(review: Review, reviews: Sequence[Review]) -> list[Review]:
    """The seats of the same blinded review that are asked for and not given; may hold `review` itself."""
    return [
        other
        for other in reviews
        if other.is_pending
        and other.blinded
        and other.kind == review.kind
        and other.department_id == review.department_id
    ]


def order_seats(order: ReviewOrder, reviews: Sequence[Review]) -> list[Review]:
    """The open seats whose reviewers are not to read an order before they have said what they think themselves."""
    made_in = next((review for review in reviews if review.pk == order.review_id), None)
    return open_seats(made_in, reviews) if made_in is not None else []


def unveiled(reviews: Sequence[Review]) -> list[Review]:
    """The reviews that anybody who sees the release may read, oldest first."""
    return [review for review in reviews if not is_veiled(review, reviews)]
