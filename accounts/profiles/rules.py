"""What a profile must be besides well-formed: no dead end, no review nobody can do, nobody with every key.

Each rule looks at content whose shape is right and yields faults with their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts.profiles import privacy
from accounts.profiles.words import DECIDED_BY_MOVE, HELD_STAGES, REVIEWED_MOVES, STAGE_NAMES
from accounts.roles import Role

# Who may only prepare or only look: an approval of theirs would be worth nothing.
_PREPARES = {Role.STEWARD, Role.CUSTODIAN}
_ONLY_LOOKS = {Role.AUDITOR}
Content = dict[str, Any]


def faults(content: Content) -> list[str]:
    """Every fault of sense in well-formed content, as "place: sentence"."""
    found: list[str] = []
    for rule in (
        _holders,
        _reviews,
        _review_conditions,
        _keys,
        _final_key,
        _way,
        _choices,
        _checklists,
        _catalogue,
        privacy.faults,
        _clocks,
    ):
        found += rule(content)
    return found


def _codes(content: Content, part: str) -> list[str]:
    return [row["code"] for row in content.get(part, ())]


def _holders(content: Content) -> Iterator[str]:
    stages = content["stages"]
    if len({stages[stage] for stage in HELD_STAGES}) < 2:
        yield "stages: one role would hold every stage; nobody may hold every key."
    for stage, role in stages.items():
        if role in _ONLY_LOOKS:
            yield f"stages.{stage}: an {Role(role).label.lower()} only reads, so nobody could move a release on."
    for stage in ("PRIVACY", "CDO_REVIEW"):
        if stages[stage] in _PREPARES:
            yield (
                f"stages.{stage}: a {Role(stages[stage]).label.lower()} prepares the data, and whoever prepared a "
                "release may not decide on it. Name another role."
            )


def _reviews(content: Content) -> Iterator[str]:
    given_by: dict[str, str] = {}
    seen: set[tuple[str, str, str]] = set()
    for number, rule in enumerate(content["reviews"], start=1):
        place, kind, role, move = f"reviews[{number}]", rule["kind"], rule["role"], rule["move"]
        if given_by.setdefault(kind, role) != role:
            yield (
                f"{place}.role: another row has the {kind} review given by {given_by[kind]}; a kind of review is "
                "given by one role in a program."
            )
        row = (move, kind, rule.get("when", "always"))
        if row in seen:
            yield f"{place}: the same review stands there already, for the same move and occasion."
        seen.add(row)
        if role in _ONLY_LOOKS:
            yield f"{place}.role: an {Role(role).label.lower()} only reads, so nobody could give this review."
        if role in _PREPARES and kind != "steward_preview":
            yield (
                f"{place}.role: a {Role(role).label.lower()} prepares the data, and nobody reviews their own work, "
                "so nobody could give this review."
            )
        decided_by = DECIDED_BY_MOVE.get(kind)
        if decided_by == move:
            yield f"{place}: the {kind} verdict is the move {move} itself; it needs no row of its own."
        elif decided_by and _before(move, decided_by):
            yield f"{place}: the {kind} verdict is given by {decided_by}, after {move}, so {move} could never be made."


def _before(move: str, other: str) -> bool:
    return REVIEWED_MOVES.index(move) < REVIEWED_MOVES.index(other)


# when -> the key that says for which, the part that lists what may stand there, and a word for it
_CONDITIONS = {
    "classification": ("classes", "classifications", "classification"),
    "level": ("levels", "security_levels", "security level"),
    "risk": ("risks", "", "risk"),
}


def _review_conditions(content: Content) -> Iterator[str]:
    for number, rule in enumerate(content["reviews"], start=1):
        place, when = f"reviews[{number}]", rule.get("when", "always")
        for occasion, (key, part, noun) in _CONDITIONS.items():
            named = rule.get(key, ())
            if when == occasion and not named:
                yield f"{place}.{key}: when is {when}, but no {noun} is named, so the review would never be asked for."
            if when != occasion and named:
                yield f"{place}.{key}: it counts only with when = {occasion}."
            known = _codes(content, part) if part else named
            for code in named:
                if code not in known:
                    yield f'{place}.{key}: "{code}" is not a {noun} of this program.'
        if when == "exception" and not content.get("exceptions"):
            yield f"{place}.when: this program has no exceptions, so the review would never be asked for."
        if rule.get("blinded") and rule.get("people", 1) < 2:
            yield f"{place}.blinded: it needs at least two people, of whom neither sees the other's verdict."
    kinds = {rule["kind"] for rule in content["reviews"]}
    for number, level in enumerate(content.get("security_levels", ()), start=1):
        for kind in level.get("reviews", ()):
            if kind not in kinds:
                yield f"security_levels[{number}].reviews: no row of [[reviews]] says who gives the {kind} review."


def _keys(content: Content) -> Iterator[str]:
    """Nobody may hold every key: what the department, privacy and the final approval say must be several roles."""
    stages = content["stages"]
    keys = {"stages.PRIVACY": stages["PRIVACY"], "stages.CDO_REVIEW": stages["CDO_REVIEW"]}
    for number, rule in enumerate(content["reviews"], start=1):
        if rule["kind"] == "department" and rule.get("when", "always") == "always":
            keys[f"reviews[{number}]"] = rule["role"]
    if len(set(keys.values())) == 1:
        role = Role(stages["CDO_REVIEW"]).label.lower()
        yield (
            f"{', '.join(keys)}: one role, the {role}, would hold every key of a release, so that one person could "
            "let data out alone. Give one of them to another role."
        )


def _final_key(content: Content) -> Iterator[str]:
    key = content.get("final_key", {})
    known = {row["kind"] for row in content.get("exceptions", ())}
    for kind in key.get("exceptions", ()):
        if kind not in known:
            yield f"final_key.exceptions: [[exceptions]] has no {kind}, so nobody could ask for it or decide it."
    if bool(key.get("exceptions")) != bool(key.get("exception_role")):
        yield "final_key: exceptions and exception_role need each other; name both or neither."
    if key.get("exception_role") and key["exception_role"] == content["stages"]["PRIVACY"]:
        yield (
            "final_key.exception_role: it also holds stages.PRIVACY, so one role would hold both keys of a release "
            "with an exception."
        )
    sides = content.get("sides", ())
    if key.get("each_side") and len(sides) < 2:
        yield "final_key.each_side: it needs at least two [[sides]]."
    if len(sides) == 1:
        yield "sides: one side is no side. Name at least two, or none."


def _way(content: Content) -> Iterator[str]:
    """Dead ends: a move that waits for something which comes only after it."""
    order, plan = content["order"], content.get("plan", {})
    if order["preview_before"] == "approve" and order["private_copy_at"] == "staged":
        yield (
            "order.preview_before: the private copy is made only after the approval (private_copy_at = staged), so a "
            "preview before it could never be given. Make the copy at cdo_review."
        )
    if order["plan_before"] == "approve" and plan.get("opens_at") == "approve":
        yield (
            "plan.opens_at: the plan opens with the approval, and the approval waits for the plan "
            "(order.plan_before), so a release would stand still for ever."
        )
    for number, rule in enumerate(content["reviews"], start=1):
        if rule["kind"] != "steward_preview" or rule["move"] == order["preview_before"]:
            continue
        yield (
            f"reviews[{number}].move: the preview stands before {rule['move']}, but order.preview_before says "
            f"{order['preview_before']}."
        )
    if all(row.get("never_publish") for row in content["classifications"]):
        yield "classifications: every class is never published, so nothing could ever be."
    levels = content.get("security_levels", ())
    if levels and all(row.get("never_on_portal") for row in levels):
        yield "security_levels: every level is kept from the portal, so nothing could ever be published."


def _choices(content: Content) -> Iterator[str]:
    licences = {row["code"]: row for row in content["licences"]}
    default = content.get("publication", {}).get("default_licence", "")
    if default and default not in licences:
        yield f'publication.default_licence: "{default}" is not one of [[licences]].'
    elif default and licences[default].get("needs_exception"):
        yield f'publication.default_licence: "{default}" needs an exception, so every release would need one.'
    if all(row.get("needs_exception") for row in licences.values()):
        yield "licences: every licence needs an exception. At least one must be free to choose."
    exceptions = {row["kind"] for row in content.get("exceptions", ())}
    if "licence" not in exceptions and any(row.get("needs_exception") for row in licences.values()):
        yield "licences: some need an exception, but [[exceptions]] has no licence, so nobody could decide it."
    updates = content.get("updates", {})
    for method in updates.get("refused", {}):
        if method in updates.get("methods", ("append", "replace", "upsert")):
            yield f"updates.refused.{method}: the method is among updates.methods too; it is allowed or refused."
    for number, row in enumerate(content["classifications"], start=1):
        if row.get("never_publish") and row.get("raw_publishable", True):
            yield (
                f"classifications[{number}]: it is never published, so its raw data cannot be publishable: add "
                "raw_publishable = false."
            )


def _catalogue(content: Content) -> Iterator[str]:
    catalogue = content.get("catalogue", {})
    classes = _codes(content, "classifications")
    lists = ("redacted_classes", "unlisted_classes", "cui_markings")
    for key in lists:
        for code in catalogue.get(key, ()):
            if code not in classes:
                yield f'catalogue.{key}: "{code}" is not a classification of this program.'
        if catalogue.get(key) and not catalogue.get("withheld"):
            yield f"catalogue.{key}: it counts only with withheld = true."
    for code in catalogue.get("redacted_classes", ()):
        if code in catalogue.get("unlisted_classes", ()):
            yield f'catalogue.unlisted_classes: "{code}" is in redacted_classes too; it is the one or the other.'
    if catalogue.get("withheld") and not (catalogue.get("contact_name") and catalogue.get("contact_email")):
        yield (
            "catalogue.withheld: whoever reads of withheld data must know whom to ask. Write contact_name and "
            "contact_email of the office."
        )


def _checklists(content: Content) -> Iterator[str]:
    placed: dict[str, str] = {}
    for stage, names in content.get("checklists", {}).items():
        for name in names:
            if name in placed:
                yield f"checklists.{stage}: the {name} checklist stands at {placed[name]} already."
            placed.setdefault(name, stage)
    if placed.get("submission") not in ("INVENTORY", "READINESS"):
        yield (
            "checklists: the submission checklist must stand at INVENTORY or READINESS. The coordinator attests it "
            "before the quality check, so no release could ever go on without it."
        )
    for part in ("items", "drafts"):
        for name in content.get(part, {}):
            if name not in placed:
                yield f"{part}.{name}: no stage of this program asks for the {name} checklist."
    yield from _signed_after(content, placed)
    for number, criterion in enumerate(content.get("criteria", ()), start=1):
        kinds = {rule["kind"] for rule in content["reviews"]} | set(DECIDED_BY_MOVE)
        for source in criterion.get("answered_by", ()):
            sort, _, rest = source.partition(":")
            if sort == "review" and rest not in kinds:
                yield f'criteria[{number}].answered_by: this program has no review "{rest}".'
            if sort == "item" and rest.partition("/")[0] not in placed:
                yield f'criteria[{number}].answered_by: no stage of this program asks for the checklist of "{rest}".'


def _signed_after(content: Content, placed: dict[str, str]) -> Iterator[str]:
    """A review that waits for a checklist which is asked for later, or never, would not be asked for."""
    for number, rule in enumerate(content["reviews"], start=1):
        name = rule.get("after", "")
        if not name:
            continue
        if name not in placed:
            yield f"reviews[{number}].after: no stage of this program asks for the {name} checklist."
        # The moves stand in the order of the stages that they leave.
        elif STAGE_NAMES.index(placed[name]) > REVIEWED_MOVES.index(rule["move"]):
            yield (
                f"reviews[{number}].after: the {name} checklist stands at {placed[name]}, after the move "
                f"{rule['move']} that waits for this review, so nobody would ever be asked."
            )


def _clocks(content: Content) -> Iterator[str]:
    retirement = content.get("retirement", {})
    if "roles" in retirement and not retirement["roles"]:
        yield "retirement.roles: nobody could retire data."
    for role in (*retirement.get("roles", ()), *retirement.get("approval", ())):
        if role in _ONLY_LOOKS:
            yield f"retirement: an {Role(role).label.lower()} only reads and cannot take part in a retirement."
