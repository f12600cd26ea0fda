"""The way of a private dataset in small, on the portal itself: made, filled, looked at from outside, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from publishing.portals.base import BadRequest, Finding, NotFound, PortalError
from publishing.portals.socrata.shape import checked_id
from publishing.records import NUMBER, TEXT, PortalColumn, PortalRecord

if TYPE_CHECKING:
    from publishing.portals.socrata.connection import Connection

GOOD, WARN, BAD = "good", "warn", "bad"
KEY = "odp-connection-test"
RECORD = PortalRecord(
    external_key=KEY,
    name="Connection test (private, safe to delete)",
    description="Made by the test of the connection, and removed by it. If it is still here, delete it.",
    columns=(
        PortalColumn("row_key", "Row key", NUMBER, "A running number."),
        PortalColumn("word", "Word", TEXT, "A word."),
    ),
    row_identifier="row_key",
)
ROWS: list[dict[str, Any]] = [{"row_key": "1", "word": "one"}, {"row_key": "2", "word": "two"}]


def try_out(portal: Connection) -> list[Finding]:
    """Every step with what came of it; the dataset is removed whatever happened, and never one that is not ours."""
    lines: list[Finding] = []

    def step(what: str, act: Callable[[], str], todo: str) -> bool:
        try:
            lines.append(Finding(what, GOOD, act()))
        except PortalError as error:
            lines.append(Finding(what, BAD, str(error), todo))
            return False
        return True

    left = _found(portal)
    made: list[str] = [left] if left else []

    def create() -> str:
        if not made:
            made.append(portal.create(RECORD).remote_id)
        scope = portal.view(made[0]).scope
        if scope != "private":
            raise BadRequest(f"A new dataset begins with the audience {scope}, and it must begin private.")
        return f"Dataset {made[0]}, private."

    def fill() -> str:
        receipt = portal.push_chunk(made[0], ROWS)
        portal.push_chunk(made[0], ROWS)
        count = portal.count(made[0])
        if count != len(ROWS):
            raise BadRequest(
                f"Two rows sent twice became {count} rows: the portal does not keep the row identifier."
            )
        return f"Two rows, sent twice, are two rows (request {receipt.request_id or 'without a number'})."

    def outside() -> str:
        probe = portal.verify_public(made[0], key_field="row_key")
        if probe.visible:
            raise BadRequest("A stranger sees a private dataset.")
        return f"A stranger is refused (answer {probe.view_status})."

    rights = "Give the account behind the key the role Publisher on the portal (Administration, Users)."
    if step("Create a private dataset", create, rights):
        step("Fill it, and send the same rows again", fill, "Show this line to the portal's support.")
        step(
            "Look at it from outside",
            outside,
            "Publish nothing before the portal's support has explained this.",
        )
        lines.append(portal.approval_finding(made[0]))
    made = made or [name for name in (_found(portal),) if name]
    if made:
        todo = f"Delete the dataset {made[0]} on the portal yourself."
        step("Remove it again", lambda: _remove(portal, made[0]), todo)
    return lines


def _found(portal: Connection) -> str | None:
    """A test dataset that an earlier test could not remove, or one whose answer got lost."""
    try:
        return portal.find(RECORD)
    except PortalError:
        return None


def _remove(portal: Connection, remote_id: str) -> str:
    """Delete it: only under our test's own name, unpublished and private."""
    view = portal.view(remote_id)
    if view.name != RECORD.name or view.published or view.scope != "private":
        raise BadRequest("The dataset under the key of the test is not the one that the test makes.")
    path = f"/api/views/{checked_id(remote_id)}.json"
    portal.call("remove the test dataset", lambda: portal.signed.send("DELETE", path))
    try:
        portal.view(remote_id)
    except NotFound:
        return "It is gone."
    raise BadRequest("The portal took the request and still has the dataset.")
