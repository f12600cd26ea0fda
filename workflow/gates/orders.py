"""Gate of orders: what a consultation ordered is done before the approval."""

from __future__ import annotations

from accounts.roles import Role
from workflow import review_needs
from workflow.context import ReleaseContext
from workflow.gates.base import GateResult, Unmet, day
from workflow.models import ReviewOrder
from workflow.veil import order_seats


def orders_done(context: ReleaseContext) -> GateResult:
    """No audit and no update that a reviewer ordered is still open. Reads the release's prefetched orders."""
    ordered = list(context.release.review_orders.all())
    result = GateResult("What was ordered is done" if ordered else "")
    for order in ordered:
        if not order.is_open:
            continue
        words = order.get_kind_display()
        # While an independent review is open, the sentence is read by its other reviewers too.
        by = "" if order_seats(order, context.reviews) else f" by {order.ordered_by}"
        if order.state == ReviewOrder.State.ANSWERED:
            who = order.ordered_by if by else "whoever ordered it"
            text = f"{words}: {order.owner} has answered; {who} accepts the answer or sends it back."
        else:
            text = f"{words}: ordered{by} from {order.owner}, due {day(order.due)}, not done yet."
        role = review_needs.role_of(context, order.review_kind) or Role.CDO
        result.unmet.append(Unmet(text, "reviews", role))
    return result
