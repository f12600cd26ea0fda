"""A program profile in words, for the page that everybody in the program may read. No queries."""

from __future__ import annotations

from typing import Any

from accounts.profiles import Profile, ReviewRule
from checklists.catalogue import CHECKLISTS, current
from publishing.places import ALL, MAPS_ONLY, PORTAL_NAMES, PortalRules
from workflow.gates import CHECKLIST_NAMES
from workflow.models import PublicationPlan, Review
from workflow.selectors.program_endings import retirement_words, retraction_words
from workflow.selectors.program_phrases import Pairs
from workflow.selectors.program_phrases import and_words as _and
from workflow.selectors.program_phrases import days_words as _days
from workflow.selectors.program_phrases import pair as _pair
from workflow.selectors.program_phrases import roles_words as _roles
from workflow.stage_words import stage_label
from workflow.stages import MOVES, ONWARD, SYSTEM_OWNER, WAY, Stage

_CALENDARS = {"us_federal": "Monday to Friday without federal holidays", "none": "Monday to Friday"}
_EXCEPTIONS = {
    "licence": "another licence",
    "identifiers": "identifiers that stay in",
    "risk": "risk above benefit",
}
_PRIORITY = {
    "grid": "the DataSF grid of classification and demand",
    "tiers": "the Los Angeles tiers: passive, active, strategic",
    "scoring": "the CalHHS scoring",
    "demand": "demand: records requests, interest, votes",
}
_METADATA_USES = {"required": "Required", "if_applicable": "If it applies", "optional": "Optional"}
_WEIGHED = {
    "always": "always",
    "when_personal": "when something personal was found or the privacy checklist is asked",
    "never": "never",
}
_SEVERITIES = {"blocks": "stands in the way", "warns": "warns", "informs": "informs"}


def words_of(profile: Profile) -> dict[str, Any]:
    """Every part of the profile, ready for its section of the page."""
    return {
        "stages": _stages(profile),
        "order": _order(profile),
        "reviews": [_review(rule, profile) for rule in profile.reviews],
        "final_key": _final_key(profile),
        "classes": [_class(row) for row in profile.classifications],
        "levels": [_level(row, profile) for row in profile.security_levels],
        "data_rules": _data_rules(profile),
        "time_rules": _time_rules(profile),
        "plan_rules": _plan_rules(profile),
        "retirement": retirement_words(profile),
        "retraction": retraction_words(profile),
        "inventory": _inventory(profile),
        "notify": _notify(profile),
        "exceptions": [
            {
                "label": row.label,
                "advise": profile.role_label(row.advise),
                "decide": profile.role_label(row.decide),
                "help": row.help,
            }
            for row in profile.exceptions
        ],
        "criteria": [row.label for row in profile.criteria],
        "metadata": [
            {"label": row.label, "use": _METADATA_USES[row.use], "meaning": row.meaning}
            for row in profile.metadata
        ],
        "items": _items(profile),
        "roles": [{"label": profile.role_label(role), "value": words} for role, words in _role_rows(profile)],
    }


def checklist_words(name: str) -> str:
    return current(name).title if name in CHECKLISTS else CHECKLIST_NAMES.get(name, name)


def _stages(profile: Profile) -> list[dict[str, Any]]:
    rows = []
    for stage in WAY:
        holder = profile.stage_holders.get(stage, SYSTEM_OWNER)
        days = profile.deadlines.get(stage)
        rows.append(
            {
                "stage": stage_label(stage, profile),
                "holder": "The system" if holder == SYSTEM_OWNER else profile.role_label(holder),
                "checklists": [_drafted(name, profile) for name in profile.checklists.get(stage, ())],
                "deadline": _days(days) if days else "",
                "onward": MOVES[ONWARD[stage]].label if stage in ONWARD else "",
            }
        )
    return rows


def _once(rule: ReviewRule) -> str:
    return f", once the {checklist_words(rule.after)} is complete" if rule.after else ""


def _drafted(name: str, profile: Profile) -> str:
    role = profile.drafts.get(name)
    return (
        f"{checklist_words(name)}, drafted by the {profile.role_words(role)}"
        if role
        else checklist_words(name)
    )


def _order(profile: Profile) -> list[str]:
    order = profile.order
    before = {"approve": "the approval", "publish": "the publication"}
    final = stage_label(Stage.CDO_REVIEW, profile)
    sentences = [
        f"The private copy is made on the portal in {final}, before the final approval."
        if order["private_copy_at"] == "cdo_review"
        else "The private copy is made on the portal after the final approval."
    ]
    previews = [rule for rule in profile.reviews if rule.kind == Review.Kind.STEWARD_PREVIEW]
    if previews:
        asked = "" if previews[0].when == "always" else ", where somebody asks for it"
        who = profile.role_label(previews[0].role)
        sentences.append(f"{who} previews it before {before[order['preview_before']]}{asked}.")
    sentences.append(f"The publication plan must be complete before {before[order['plan_before']]}.")
    if order["readiness_talk_before_inventory"]:
        sentences.append("A readiness talk is held before the inventory record is complete.")
    sentences.append(f"A return is answered by the {profile.role_words(profile.return_answered_by)}.")
    return sentences


def _review(rule: ReviewRule, profile: Profile) -> dict[str, str]:
    return {
        "move": MOVES[rule.move].label,
        "kind": Review.Kind(rule.kind).label,
        "role": profile.role_label(rule.role),
        "people": f"{rule.people}, each without seeing the others" if rule.blinded else str(rule.people),
        "when": _occasion(rule, profile) + _once(rule),
        "days": _days(rule.days),
        "law": rule.law,
    }


def _occasion(rule: ReviewRule, profile: Profile) -> str:
    classes = {row.code: row.label for row in profile.classifications}
    levels = {row.code: row.label for row in profile.security_levels}
    return {
        "always": "Always",
        "request": "When somebody asks for it",
        "joint": "When several departments contribute",
        "exception": "When an exception is open or granted",
        "classification": f"For data that is {_and(classes.get(code, code) for code in rule.classes)}",
        "level": f"For {_and(levels.get(code, code) for code in rule.levels)}",
        "risk": f"When the risk is {_and(risk.replace('_', ' ') for risk in rule.risks)}",
    }[rule.when]


def _final_key(profile: Profile) -> list[str]:
    key, holder = profile.final_key, profile.role_label(profile.stage_holders[Stage.CDO_REVIEW])
    many = f" {key.people} of them must approve." if key.people > 1 else ""
    sentences = [f"{holder} turns the final key.{many}"]
    if key.exception_role:
        kinds = _and(_EXCEPTIONS[kind] for kind in key.exceptions)
        sentences.append(
            f"Where an exception is in play ({kinds}), it is the {profile.role_words(key.exception_role)}."
        )
    if key.each_side:
        sides = _and(side.label for side in profile.sides)
        sentences.append(f"Data of {sides} together needs the approval of each side.")
    return sentences


def _class(row: Any) -> dict[str, str]:
    rules = [
        "chosen with its ground" if row.needs_ground else "",
        "" if row.raw_publishable else "never published as it is",
        "no published form may have it" if row.never_publish else "",
        "needs the privacy checklist" if row.needs_toolkit else "",
    ]
    return {"label": row.label, "help": row.help, "rules": "; ".join(filter(None, rules)) or "no condition"}


def _level(row: Any, profile: Profile) -> dict[str, str]:
    kinds = [Review.Kind(kind).label for kind in row.reviews]
    rules = ["never on the portal" if row.never_on_portal else "", f"asks for {_and(kinds)}" if kinds else ""]
    return {"label": row.label, "help": row.help, "rules": "; ".join(filter(None, rules)) or "no condition"}


def _data_rules(profile: Profile) -> Pairs:
    licences = [
        row.label + (" (with an exception)" if row.needs_exception else "") for row in profile.licences
    ]
    default = profile.licence(profile.publication.get("default_licence", ""))
    pairs = [
        *_thresholds(profile),
        _pair("Licences", _and(licences)),
    ]
    if default:
        pairs.append(_pair("Usual licence", default.label))
    pairs += [
        _pair("Portals", _portals(PortalRules.of(profile.publication))),
        _pair("Updates", _and(profile.updates.methods)),
    ]
    pairs += [_pair(f"No {method}", why) for method, why in profile.updates.refused.items()]
    pairs += _refreshes(profile)
    pairs += _catalogue(profile)
    if profile.publication.get("categories"):
        pairs.append(_pair("Categories", ", ".join(profile.publication["categories"])))
    if asked := profile.publication.get("custom_fields"):
        pairs.append(
            _pair("Fields of the portal's own", ", ".join(f"{row.fieldset}: {row.name}" for row in asked))
        )
    return pairs


def _portals(rules: PortalRules) -> str:
    """The portals in their order; of several, what goes there and which of them a release waits for."""
    names = [PORTAL_NAMES.get(code, code) for code in rules.portals]
    if len(names) == 1:
        return names[0]
    maps = [PORTAL_NAMES[code] for code in rules.portals if code in MAPS_ONLY]
    told = f"; {_and(maps)} only data with columns named latitude and longitude" if maps else ""
    waits = "all of them" if rules.needed == ALL else "the first that takes its data"
    return f"{_and(names)}{told}. A release waits for {waits}"


def _refreshes(profile: Profile) -> Pairs:
    """What a refresh may change without a review, and when data counts as late."""
    updates = profile.updates
    rows = f"up to {updates.rows_more} % more or {updates.rows_fewer} % fewer rows"
    late = f"{updates.overdue_percent} % and {updates.delinquent_percent} % of its period after the day"
    return [
        _pair("A refresh needs no review with", f"the same columns, and {rows}"),
        _pair("Public data is overdue, then long overdue", late),
    ]


def _catalogue(profile: Profile) -> Pairs:
    rules, labels = profile.catalogue, {row.code: row.label for row in profile.classifications}
    office = ", ".join(filter(None, (rules.contact_name, rules.contact_email)))
    named = "the contact of each dataset" if rules.contact == "dataset" else office or "nobody yet"
    withheld = "not listed"
    if rules.withheld:
        withheld = "listed with its ground and its law, without the data"
        for codes, how in ((rules.redacted_classes, "without title"), (rules.unlisted_classes, "not at all")):
            withheld += f"; {_and(labels[code] for code in codes)} {how}" if codes else ""
    return [_pair("Contact in the catalogue", named), _pair("Withheld data in the catalogue", withheld)]


def _thresholds(profile: Profile) -> Pairs:
    privacy = profile.privacy
    classes = {row.code: row.label for row in profile.classifications}
    return [
        _pair("Smallest group in public data", f"{privacy.k_min} people"),
        _pair("Smallest group in other data", f"{privacy.k_min_sensitive} people"),
        *(
            _pair(f"Smallest group in data that is {classes[code]}", f"{people} people")
            for code, people in privacy.k_min_by_class.items()
        ),
        _pair("Benefit and risk are weighed", _WEIGHED[privacy.weighed]),
        _pair("A risk above the threshold is accepted", f"for at most {_days(privacy.override_days, 'day')}"),
    ]


def _time_rules(profile: Profile) -> Pairs:
    clock = profile.clock
    escalated_to = profile.role_words(clock.escalate_to)
    pairs = [
        _pair("Time zone", profile.timezone),
        _pair("Business days", _CALENDARS[clock.calendar]),
        _pair("Reminder", f"{_days(clock.remind_days)} before a deadline"),
        _pair("Escalation", f"{_days(clock.escalate_days)} after a deadline, to the {escalated_to}"),
        _pair("Parking", f"after {_days(clock.park_days, 'day')} without any movement"),
        _pair(
            "Comments of the public",
            f"answered within {profile.comments.answer_business_hours} business hours",
        ),
        _pair("Annual report", f"open for comment for {_days(profile.comments.report_days, 'day')}"),
        _pair("Requests of the public", f"answered within {_days(profile.requests.answer_days)}"),
        _pair("An approval also covers refreshes for", _days(profile.permit_days, "day")),
    ]
    if clock.holidays:
        pairs.insert(2, _pair("Further days off", ", ".join(clock.holidays)))
    return pairs


def _plan_rules(profile: Profile) -> Pairs:
    tactics = dict(PublicationPlan.Tactic.choices)
    plan = profile.plan
    opens = "with the approval" if plan.opens_at == "approve" else "from the beginning"
    pairs = [_pair("The plan is open", opens)]
    pairs.append(_pair("Tactics", _and(str(tactics[code]) for code in plan.tactics) or "none"))
    if plan.sign_off:
        pairs.append(_pair("Signed by", _roles(profile, plan.sign_off)))
    if plan.schedule:
        pairs.append(_pair("Implementation schedule", "kept for each dataset"))
    if plan.access_plan:
        pairs.append(_pair("Open data access plan", "kept by each department"))
    return pairs


def _inventory(profile: Profile) -> Pairs:
    rule = profile.inventory
    pairs = [_pair("Ranked by", _PRIORITY[rule.priority])]
    if rule.weights:
        weights = ", ".join(f"{code.replace('_', ' ')} {weight:g}" for code, weight in rule.weights.items())
        pairs.append(_pair("Weights", weights))
    if rule.presumption_of_openness:
        pairs.append(
            _pair("Presumption of openness", "everything is to be published unless a ground is recorded")
        )
    if rule.yearly_high_value:
        pairs.append(_pair("High-value inventory", "signed and published each year by every department"))
    if rule.talk:
        pairs.append(_pair("Readiness talks", "recorded on proposed datasets"))
    return pairs


def _notify(profile: Profile) -> Pairs:
    return [
        _pair(
            MOVES[event].label if event in MOVES else "The private copy is ready",
            f"also tells {_roles(profile, roles)}",
        )
        for event, roles in profile.notify.items()
    ]


def _items(profile: Profile) -> list[dict[str, str]]:
    rows = []
    for name, rules in profile.items.items():
        questions = {item.id: item.question for item in current(name).items} if name in CHECKLISTS else {}
        for item_id, rule in rules.items():
            change = _SEVERITIES.get(rule.severity, "as everywhere") if rule.asked else "is not asked"
            rows.append(
                {
                    "checklist": checklist_words(name),
                    "item": item_id,
                    "question": questions.get(item_id, ""),
                    "change": change,
                    "law": rule.law,
                }
            )
    return rows


def _role_rows(profile: Profile) -> list[tuple[str, str]]:
    """Each role with what the profile asks of it."""
    duties: dict[str, list[str]] = {role: [] for role in profile.role_labels}
    for stage, role in profile.stage_holders.items():
        duties.setdefault(role, []).append(f"holds {stage_label(stage, profile)}")
    for rule in profile.reviews:
        duties.setdefault(rule.role, []).append(f"gives the review “{Review.Kind(rule.kind).label}”")
    for role in profile.plan.sign_off:
        duties.setdefault(role, []).append("signs the publication plan")
    for role in profile.retirement.roles:
        duties.setdefault(role, []).append("retires data")
    return [(role, "; ".join(dict.fromkeys(rows)) or "works on the data") for role, rows in duties.items()]
