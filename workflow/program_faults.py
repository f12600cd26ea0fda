"""What a program profile must fit besides itself: the checklists, moves, portals and scales of the product.

The profile knows words only (it lies on the floor of people); here they are held against the things they name.
"""

from __future__ import annotations

from collections.abc import Iterator

from accounts.profiles import ItemRule, Profile
from accounts.profiles.shape import known_words
from accounts.profiles.words import DECIDED_BY_MOVE
from checklists.catalogue import CHECKLISTS, Catalogue, CatalogueError, Item, current, parse, read
from checklists.catalogue.composing import compose
from publishing.places import MAPS_ONLY, PortalRules
from workflow.gates import GATES
from workflow.metadata_fields import FIELDS, RELEASE_ONLY
from workflow.models import PublicationPlan, Review
from workflow.priority import SCALES
from workflow.stages import MOVES, ONWARD, WAY, Stage

_WAY = [str(stage) for stage in WAY]


def faults_above(profile: Profile) -> list[str]:
    """Every place where the profile names something that the product does not have, or waits for it too early."""
    found: list[str] = []
    for rule in (_checklists, _items, _criteria, _metadata, _portal_fields, _words):
        found += rule(profile)
    return found


def remarks_above(profile: Profile) -> list[str]:
    """What is no fault but should be known before the profile is used."""
    return [*_portals(profile), *_signatures(profile), *_catalogue_contact(profile)]


def _portals(profile: Profile) -> Iterator[str]:
    rules = PortalRules.of(profile.publication)
    needed = rules.waited_for(rules.portals)
    for portal in rules.portals[1:]:
        what = "data with columns named latitude and longitude" if portal in MAPS_ONLY else "every release"
        held = "and holds a release up" if portal in needed else "and holds no release up"
        yield (
            f"publication.portals: {portal} is listed after {rules.portals[0]}. It takes {what} as well, {held} while "
            "it fails; publication.portals_needed says which."
        )


def _catalogue_contact(profile: Profile) -> Iterator[str]:
    rules = profile.catalogue
    if rules.contact == "program" and not (rules.contact_name and rules.contact_email):
        yield (
            "catalogue.contact: the contacts of datasets are kept private and no office is named instead, so the "
            "public catalogue (data.json) stays empty. Write contact_name and contact_email."
        )


def _catalogues(profile: Profile) -> Iterator[tuple[str, str, Catalogue]]:
    for stage, names in profile.checklists.items():
        for name in names:
            if name in CHECKLISTS and not _broken(name):
                yield stage, name, current(name)


def _broken(name: str) -> str:
    """Why the catalogue's own text of a checklist cannot be used; empty when it can."""
    try:
        current(name)
    except CatalogueError as error:
        return str(error)
    return ""


def _checklists(profile: Profile) -> Iterator[str]:
    for stage, names in profile.checklists.items():
        for name in names:
            if name not in CHECKLISTS:
                yield f"checklists.{stage}: there is no {name} checklist in the catalogue."
            elif _broken(name):
                yield f"checklists.{stage}: the {name} checklist of the catalogue cannot be read. {_broken(name)}"


def _items(profile: Profile) -> Iterator[str]:
    for stage, name, catalogue in _catalogues(profile):
        yield from _composed(profile, name)
        known = {item.id for item in catalogue.items}
        for item_id in profile.items.get(name, {}):
            if item_id not in known:
                yield f"items.{name}.{item_id}: the {name} checklist has no such item."
        for item in catalogue.items:
            yield from _item(profile, stage, name, item)


def _composed(profile: Profile, name: str) -> Iterator[str]:
    """The text that people of this program will answer must be a checklist that works."""
    try:
        parse(compose(read(name), profile.items.get(name, {})))
    except CatalogueError as error:
        yield f"items.{name}: with these rules the checklist cannot work. {' '.join(error.faults)}"


def _item(profile: Profile, stage: str, name: str, item: Item) -> Iterator[str]:
    rule: ItemRule = profile.item_rule(name, item.id)
    place = f"items.{name}.{item.id}"
    severity = rule.severity or item.severity
    if not rule.asked or severity != "blocks":
        return
    asked_at = item.stage or stage
    if item.answers_from == "dataset.security_level" and not profile.security_levels:
        yield f"{place}: this program has no security levels, so nobody could choose one. Add asked = false, or levels."
    if (
        item.answers_from == "fact.plan"
        and profile.plan.opens_at == "approve"
        and not _after_approval(asked_at)
    ):
        yield (
            f"{place}: it waits for the publication plan, which opens only with the approval. Add asked = false, or "
            "open the plan from the beginning."
        )


def _signatures(profile: Profile) -> Iterator[str]:
    """Questions that show a review as a signature, where that review is not given by then."""
    for stage, name, catalogue in _catalogues(profile):
        for item in catalogue.items:
            kind = item.answers_from.removeprefix("review.")
            if kind == item.answers_from or not profile.item_rule(name, item.id).asked:
                continue
            if kind not in DECIDED_BY_MOVE and not _given_by(profile, kind, item.stage or stage):
                yield (
                    f"items.{name}.{item.id}: it shows the {kind} review, which this program does not ask of every "
                    f"release by {item.stage or stage}, so it stays open. Add asked = false; reviews have a gate of "
                    "their own."
                )


def _given_by(profile: Profile, kind: str, stage: str) -> bool:
    """True when every release has a review of `kind` before it leaves `stage`."""
    return any(
        rule.kind == kind and rule.when == "always" and _WAY.index(_source(rule.move)) <= _WAY.index(stage)
        for rule in profile.reviews
    )


def _source(move: str) -> str:
    return next(str(stage) for stage, name in ONWARD.items() if name == move)


def _after_approval(stage: str) -> bool:
    return _WAY.index(stage) > _WAY.index(Stage.CDO_REVIEW)


def _criteria(profile: Profile) -> Iterator[str]:
    items = {f"{name}/{item.id}" for _, name, catalogue in _catalogues(profile) for item in catalogue.items}
    for number, criterion in enumerate(profile.criteria, start=1):
        for source in criterion.answered_by:
            sort, _, rest = source.partition(":")
            if sort == "item" and rest not in items:
                yield f'criteria[{number}].answered_by: there is no item "{rest}".'
            if sort not in ("item", "review") and ":" in source:
                yield f'criteria[{number}].answered_by: "{source}" names neither a fact, a review nor an item.'


def _metadata(profile: Profile) -> Iterator[str]:
    for number, row in enumerate(profile.metadata, start=1):
        if row.field not in FIELDS:
            known = known_words(row.field, FIELDS)
            yield f'metadata[{number}].field: "{row.field}" is no field of the superset.{known}'


def _portal_fields(profile: Profile) -> Iterator[str]:
    for number, row in enumerate(profile.publication.get("custom_fields", ()), start=1):
        place = f"publication.custom_fields[{number}]"
        if bool(row.field) == bool(row.value):
            yield f"{place}: give either field or value."
        elif row.field and row.field not in FIELDS:
            known = known_words(row.field, FIELDS)
            yield f'{place}.field: "{row.field}" is no field of the superset.{known}'
        elif row.field in RELEASE_ONLY:
            yield f"{place}.field: {row.field} is known of a release only, so it cannot go there."


def _words(profile: Profile) -> Iterator[str]:
    factors = {code for code, _ in SCALES[profile.inventory.priority].weighted}
    for code in sorted(set(profile.inventory.weights) - factors):
        known = f" It has {', '.join(sorted(factors))}." if factors else " It has none; take the weights out."
        yield f"inventory.weights.{code}: the scale {profile.inventory.priority} has no such factor.{known}"
    for tactic in sorted(set(profile.plan.tactics) - set(PublicationPlan.Tactic.values)):
        yield f'plan.tactics: there is no tactic "{tactic}".'
    for number, rule in enumerate(profile.reviews, start=1):
        if rule.move not in MOVES:
            yield f'reviews[{number}].move: there is no move "{rule.move}".'
        if rule.kind not in Review.Kind.values:
            yield f'reviews[{number}].kind: there is no review of kind "{rule.kind}".'
        if not any(gate.__name__ == f"reviews_in_{rule.move}" for gate in GATES.get(rule.move, ())):
            yield f"reviews[{number}].move: {rule.move} waits for no reviews, so this one would change nothing."
