"""What a publication would do on a portal, told in words from what is there now. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass

from publishing.encode import CHUNK_ROWS
from publishing.portals.base import (
    Federates,
    HasViews,
    KeepsFiles,
    LoadsFiles,
    NotFound,
    Portal,
    Proves,
    RemoteAsset,
    TidiesUp,
)
from publishing.portals.shared.points import point_fields
from publishing.records import PortalRecord


@dataclass(frozen=True)
class Planned:
    """One thing that would be asked of the portal. `writes`: it would change something there."""

    what: str
    how: str
    writes: bool = True


@dataclass(frozen=True)
class Wish:
    """What is to be published: the record, its number of rows where it is known, and how far it goes."""

    record: PortalRecord
    rows: int | None
    to_public: bool
    # The id of the dataset that we know there; empty when there is none.
    remote_id: str = ""
    # Did we make that dataset, or send rows to it?
    is_ours: bool = False


def plan_of(portal: Portal, wish: Wish) -> list[Planned]:
    """Every step in its order. Only asks the portal; raises PortalError when it does not answer."""
    remote = _there(portal, wish)
    lines = [_place(portal, wish, remote)]
    if remote is not None and remote.published and isinstance(portal, TidiesUp):
        found = portal.leftovers(remote.remote_id)
        if found:
            lines.append(Planned("Tidy up", f"Discard what was left open: {', '.join(found)}."))
    lines += [_columns(wish.record, remote), _rows(portal, wish, remote)]
    if portal.name == "socrata" and point_fields(wish.record.columns) is not None:
        latitude, longitude = point_fields(wish.record.columns) or ("", "")
        lines.append(
            Planned("A point for the map", f"A column Location is made of {latitude} and {longitude}.")
        )
    lines.append(_description(portal, wish.record, remote))
    if isinstance(portal, KeepsFiles):
        lines.append(
            Planned(
                "Attach",
                f"The data dictionary with {len(wish.record.columns)} columns, where it is new or has changed.",
            )
        )
    if wish.record.views and isinstance(portal, HasViews):
        names = ", ".join(view.name for view in wish.record.views)
        lines.append(Planned("Filtered views", f"Create or correct, and verify: {names}."))
    lines.append(
        Planned("Compare", "Read the private copy back whole and compare it with the treated copy.", False)
    )
    return [*lines, *_audience(portal, wish, remote)]


def _there(portal: Portal, wish: Wish) -> RemoteAsset | None:
    if wish.remote_id:
        try:
            return portal.view(wish.remote_id)
        except NotFound:
            pass
    found = portal.find(wish.record)
    return portal.view(found) if found is not None else None


def _place(portal: Portal, wish: Wish, remote: RemoteAsset | None) -> Planned:
    key = wish.record.external_key
    if remote is None:
        return Planned("Create", f"No dataset there carries our key {key}: a private one is made.")
    state = "public" if remote.scope == "public" else "private"
    told = f"The dataset {remote.remote_id} carries our key {key}. It is {state} now."
    if not wish.is_ours and portal.count(remote.remote_id):
        told += " It holds rows that we did not send: nothing goes there until it is empty or deleted."
    return Planned("Update", told, False)


def _columns(record: PortalRecord, remote: RemoteAsset | None) -> Planned:
    if remote is None:
        return Planned("Columns", f"{len(record.columns)} columns: {', '.join(record.fields)}.")
    there = {column.field_name: column.type for column in remote.columns}
    wanted = {column.field_name: column.type for column in record.columns}
    changes = [
        ("new", [name for name in wanted if name not in there]),
        ("removed", [name for name in there if name not in wanted]),
        ("of another type", [name for name in wanted if name in there and there[name] != wanted[name]]),
    ]
    told = "; ".join(f"{word}: {', '.join(names)}" for word, names in changes if names)
    if not told:
        return Planned("Columns", f"The {len(wanted)} columns stay as they are.", False)
    return Planned("Columns", f"They change in a copy that nobody sees. {told[0].upper()}{told[1:]}.")


def _rows(portal: Portal, wish: Wish, remote: RemoteAsset | None) -> Planned:
    if wish.rows is None:
        count, steps = "The rows of the treated copy", ""
    else:
        parts = max(1, -(-wish.rows // CHUNK_ROWS))
        count = f"{wish.rows:,} {'row' if wish.rows == 1 else 'rows'}"
        steps = f", in {parts:,} {'part' if parts == 1 else 'parts'} or more"
    where = (
        "into a working copy that nobody sees" if remote and remote.published else "into the private dataset"
    )
    also = " What is there already and has not changed is left alone." if remote and remote.published else ""
    if isinstance(portal, LoadsFiles):
        also += " A table above the size that is set goes over as one file in parts."
    return Planned("Rows", f"{count} {where}{steps}.{also}")


def _description(portal: Portal, record: PortalRecord, remote: RemoteAsset | None) -> Planned:
    if remote is None or not isinstance(portal, Proves):
        return Planned(
            "Describe", f"Title “{record.name}”, description, keywords, licence, contact and columns."
        )
    odd = [proof for proof in portal.proofs(remote.remote_id, record) if not proof.ok]
    if not odd:
        return Planned("Describe", "The portal says of it what was approved already.", False)
    told = "; ".join(f"{proof.what.lower()}: {proof.found}" for proof in odd)
    return Planned("Describe", f"What differs is written anew ({told}).")


def _audience(portal: Portal, wish: Wish, remote: RemoteAsset | None) -> list[Planned]:
    if not wish.to_public:
        kept = remote is not None and remote.scope == "public"
        how = (
            "The public goes on seeing the earlier release."
            if kept
            else "It stays private: nobody but our account sees it."
        )
        return [Planned("Audience", how, False)]
    waits = portal.capabilities.has_queue
    queue = (
        " A reviewer of the portal may have to say yes first; until then it waits as submitted."
        if waits
        else ""
    )
    lines = [
        Planned("Audience", f"Make it public.{queue}"),
        Planned("Check from outside", "Without a key: the page, a count, a query, and every row.", False),
    ]
    sites = portal.federated_sites if isinstance(portal, Federates) else ()
    if sites:
        lines.append(Planned("Other sites", f"Look whether they show it: {', '.join(sites)}.", False))
    return lines
