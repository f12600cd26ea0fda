"""The words that a profile may use. What lies on higher floors (moves, checklists, portals) is named here too;
tests and `program_check` compare these names with the things themselves."""

from __future__ import annotations

STAGE_NAMES = ("INVENTORY", "READINESS", "QUALITY", "PRIVACY", "CDO_REVIEW", "STAGED", "PUBLISHED")
# Nobody holds STAGED: background work and the release date decide there.
HELD_STAGES = tuple(name for name in STAGE_NAMES if name != "STAGED")

REVIEW_KINDS = (
    "department",
    "quality",
    "privacy",
    "security",
    "equity",
    "legal",
    "it",
    "policy",
    "communications",
    "steward_preview",
    "cdo",
)
REVIEWED_MOVES = (
    "begin_readiness",
    "submit_for_quality",
    "pass_quality",
    "clear_privacy",
    "approve",
    "publish",
)
# The verdicts that a move itself gives, and the move: nobody is asked for them before it.
DECIDED_BY_MOVE = {"quality": "pass_quality", "privacy": "clear_privacy", "cdo": "approve"}
REVIEW_WHENS = ("always", "classification", "level", "risk", "joint", "exception", "request")

PRIVATE_COPY_READY = "private_copy_ready"
EVENTS = (
    *REVIEWED_MOVES,
    "pass_refresh",
    "refresh_to_privacy",
    "refresh_to_review",
    "return_for_changes",
    "reject",
    "withdraw",
    "hold",
    "resume",
    "supersede",
    "retract",
    "reinstate",
    "retire",
    PRIVATE_COPY_READY,
)

CHECKLISTS = (
    "inventory",
    "eligibility",
    "readiness",
    "submission",
    "quality",
    "legal",
    "security",
    "privacy",
    "equity",
    "metadata",
    "cdo",
    "post",
    "retirement",
)
SEVERITIES = ("blocks", "warns", "informs")

# NIST SP 800-30's five words for a risk (DOMAIN d2).
RISK_LEVELS = ("very_low", "low", "moderate", "high", "very_high")
# What a weighing of benefit and risk may come to, from the most open to none at all.
PRIVACY_OUTCOMES = (
    "open",
    "conditions",
    "deidentify",
    "limited",
    "screen",
    "screen_legal",
    "do_not_publish",
)
# When benefit and risk are weighed.
WEIGHED = ("always", "when_personal", "never")

EXCEPTION_KINDS = ("licence", "identifiers", "risk")
UPDATE_METHODS = ("append", "replace", "upsert")
# What may differ between a refresh and what was approved, and what that may call for.
DRIFTS = ("new_column", "structure", "rows", "spread", "method")
DRIFT_REVIEWS = ("none", "privacy", "full")
PORTALS = ("socrata", "arcgis_geo", "ckan", "static")
# Of several portals: which a release waits for.
PORTALS_NEEDED = ("all", "first")
# How the days of a notice are counted.
DAY_KINDS = ("calendar", "business")
CALENDARS = ("us_federal", "none")
PRIORITY_SCALES = ("grid", "tiers", "scoring", "demand")
CATALOGUE_CONTACTS = ("dataset", "program")
METADATA_USES = ("required", "if_applicable", "optional")
TACTICS = ("blog", "social", "press", "event", "announcement", "hosted_event")
