"""Every part of a profile, key by key: what it holds and what it means. docs/programs.md is written from this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.profiles import parts, words
from accounts.profiles.endings import RETIREMENT, RETRACTION
from accounts.profiles.fields import (
    CATALOGUE,
    CHOICE,
    CLASSIFICATION,
    CRITERION,
    DAYS,
    EXCEPTION,
    FLAG,
    ITEM,
    LEVEL,
    LICENCE,
    METADATA,
    PEOPLE,
    PORTAL_FIELD,
    REVIEW,
    ROLES,
    TEXT,
    date_fault,
    role,
    roles,
    timezone_fault,
    word,
)
from accounts.profiles.privacy import PRIVACY
from accounts.profiles.shape import Key, Many, Map, Rows, Table, Value


@dataclass(frozen=True)
class Part:
    """One part of a profile: its shape, and the attribute of Profile that it becomes."""

    holds: Any
    meaning: str
    attribute: str
    required: bool = False
    # The one key of a small table that is the attribute itself.
    only: str = ""


_PERCENT = Value(int, least=0, most=100)

PARTS: dict[str, Part] = {
    "name": Part(TEXT, "The program's name, as people read it.", "name", required=True),
    "timezone": Part(
        Value(says=timezone_fault), "The time zone in which days and deadlines are counted.", "timezone"
    ),
    "roles": Part(
        Map(TEXT, ROLES, "role"),
        "What this program calls a role, where that differs from the product's own word.",
        "role_labels",
    ),
    "stages": Part(
        Map(
            role("so nobody would hold this stage"),
            words.HELD_STAGES,
            "stage",
            needs=words.HELD_STAGES,
        ),
        "Who holds each stage: the role on whose desk a release lies there. CDO_REVIEW is the final key.",
        "stage_holders",
        required=True,
    ),
    "order": Part(
        Table(
            {
                "private_copy_at": Key(
                    word(
                        ("staged", "cdo_review"),
                        "a place for the private copy",
                        "and it is never made before privacy is cleared",
                    ),
                    "When the private copy is made on the portal: in CDO review or after the approval.",
                    required=True,
                ),
                "preview_before": Key(
                    word(("approve", "publish")),
                    "Whether the private copy is previewed before the approval or before the publication.",
                    required=True,
                ),
                "plan_before": Key(
                    word(("approve", "publish")),
                    "Which move waits for the publication plan.",
                    required=True,
                ),
                "readiness_talk_before_inventory": Key(
                    FLAG,
                    "Whether a readiness talk is held on a proposed dataset before its inventory record is complete.",
                    required=True,
                ),
            }
        ),
        "What stands where, in programs that do things in another order.",
        "order",
        required=True,
    ),
    "checklists": Part(
        Map(Many(word(words.CHECKLISTS, "a checklist")), words.STAGE_NAMES, "stage"),
        "Which checklists are answered at each stage. The retirement checklist, put at PUBLISHED, is asked for "
        "by the move retire.",
        "checklists",
    ),
    "drafts": Part(
        Map(role("so nobody would be asked to draft it"), words.CHECKLISTS, "checklist"),
        "Who is asked to draft a checklist, where it is not the holder of its stage.",
        "drafts",
    ),
    "items": Part(
        Map(Map(ITEM), words.CHECKLISTS, "checklist"),
        "What the program changes of single checklist items: "
        '[items.quality] QUA-05 = { severity = "warns", on = ["no"] }.',
        "items",
    ),
    "reviews": Part(Rows(REVIEW), "The reviews that each move needs.", "reviews", required=True),
    "final_key": Part(
        Table(
            {
                "people": Key(PEOPLE, "How many different people must approve."),
                "each_side": Key(FLAG, "Whether each side that the data belongs to must approve."),
                "exception_role": Key(
                    role("so nobody could approve"),
                    "Who approves instead of the holder of CDO_REVIEW while an exception is in play.",
                ),
                "exceptions": Key(
                    Many(word(words.EXCEPTION_KINDS, "a kind of exception")),
                    "The kinds of exception that bring exception_role in.",
                ),
            },
            parts.FinalKey,
        ),
        "How the last approval is given.",
        "final_key",
    ),
    "sides": Part(
        Rows(Table(CHOICE, parts.Choice), unique="code", noun="side"),
        "The governments that share one program, as Durham's City and County do.",
        "sides",
    ),
    "returns": Part(
        Table(
            {
                "answered_by": Key(
                    word(("steward", "coordinator"), "somebody who can answer a return"),
                    "Who answers a return to READINESS; a coordinator may pass points on to the steward.",
                    required=True,
                )
            }
        ),
        "Returns.",
        "return_answered_by",
        required=True,
        only="answered_by",
    ),
    "classifications": Part(
        Rows(CLASSIFICATION, unique="code", least=1, noun="class"),
        "The classes of data. What is held and what is published are classified apart.",
        "classifications",
        required=True,
    ),
    "security_levels": Part(
        Rows(LEVEL, unique="code", noun="level"), "Security levels, beside the classes.", "security_levels"
    ),
    "privacy": Part(
        PRIVACY,
        "Thresholds of the privacy review, and what benefit against risk comes to.",
        "privacy",
        required=True,
    ),
    "permit": Part(
        Table(
            {
                "valid_days": Key(
                    PEOPLE,
                    "Days for which an approval also covers refreshes that stay within it.",
                    required=True,
                )
            }
        ),
        "What an approval permits.",
        "permit_days",
        required=True,
        only="valid_days",
    ),
    "deadlines": Part(
        Map(Value(int, least=1), words.STAGE_NAMES, "stage"),
        "Business days a release may lie in a stage.",
        "deadlines",
    ),
    "clock": Part(
        Table(
            {
                "calendar": Key(
                    word(words.CALENDARS, "a calendar"), "Which public holidays are no business days."
                ),
                "holidays": Key(Many(Value(says=date_fault)), "Further days off, as ISO dates in quotes."),
                "remind_days": Key(DAYS, "Business days before a deadline on which people are reminded."),
                "escalate_days": Key(DAYS, "Business days after a deadline on which it is escalated."),
                "escalate_to": Key(role("so nobody would hear of it"), "Who hears of an escalation."),
                "park_days": Key(
                    Value(int, least=1), "Days without any movement after which a release is parked."
                ),
            },
            parts.Clock,
        ),
        "How deadlines are counted and what happens when they pass.",
        "clock",
    ),
    "comments": Part(
        Table(
            {
                "answer_business_hours": Key(
                    Value(int, least=1), "Business hours in which a public comment is answered."
                ),
                "report_days": Key(
                    Value(int, least=1), "Days for which the annual report is open for comment."
                ),
            },
            parts.Comments,
        ),
        "Comment clocks.",
        "comments",
    ),
    "requests": Part(
        Table(
            {"answer_days": Key(Value(int, least=1), "Business days in which a public request is answered.")},
            parts.Requests,
        ),
        "Requests from the public.",
        "requests",
    ),
    "publication": Part(
        Table(
            {
                "portals": Key(
                    Many(word(words.PORTALS, "a portal"), least=1),
                    "The portals that data goes to, the first one first. Beside another one, arcgis_geo takes only "
                    "data with columns named latitude and longitude.",
                ),
                "portals_needed": Key(
                    word(words.PORTALS_NEEDED, "an answer"),
                    "Which of several portals a release waits for: all of them, or the first that takes its data. "
                    "Left out, it is the first.",
                ),
                "default_licence": Key(TEXT, "The licence that is filled in; one of [[licences]]."),
                "categories": Key(Many(TEXT), "The portal's categories."),
                "custom_fields": Key(
                    Rows(PORTAL_FIELD, noun="field"),
                    "Fields that the admin of a Socrata domain added to the metadata, and what fills them.",
                ),
            }
        ),
        "Where and how data is published.",
        "publication",
    ),
    "licences": Part(
        Rows(LICENCE, unique="code", least=1, noun="licence"),
        "The licences that may be chosen.",
        "licences",
        required=True,
    ),
    "catalogue": Part(
        CATALOGUE, "The public catalogue (data.json): its contact, and data that is withheld.", "catalogue"
    ),
    "updates": Part(
        Table(
            {
                "methods": Key(
                    Many(word(words.UPDATE_METHODS, "an update method"), least=1),
                    "How published data may be updated.",
                ),
                "refused": Key(
                    Map(TEXT, words.UPDATE_METHODS, "update method"),
                    "For each method that is not allowed: the sentence that says why and what to do instead.",
                ),
                "rows_more": Key(
                    DAYS, "Percent by which the rows may grow in a refresh that nobody reviews."
                ),
                "rows_fewer": Key(_PERCENT, "Percent by which they may shrink."),
                "emptier": Key(_PERCENT, "Percentage points by which a column may become emptier or fuller."),
                "psi": Key(Value(float, least=0), "How far numbers may move: population stability index."),
                "variation": Key(
                    Value(float, least=0), "How far categories may move: total variation, 0 to 1."
                ),
                "reviews": Key(
                    Map(word(words.DRIFT_REVIEWS, "a review"), words.DRIFTS, "kind of drift"),
                    "Which review each kind of drift beyond that calls for.",
                ),
                "method_with_identifiers": Key(
                    FLAG,
                    "Another way of aggregating is read again for privacy only where the data holds identifiers.",
                ),
                "overdue_percent": Key(
                    DAYS, "Percent of its period after which data that is due counts as overdue."
                ),
                "delinquent_percent": Key(DAYS, "Percent of its period after which it counts as delinquent."),
                "parked_notice": Key(
                    TEXT, "What the public reads while the automated refresh of a dataset is parked."
                ),
            },
            parts.Updates,
        ),
        "Updates of published data.",
        "updates",
    ),
    "notify": Part(
        Map(roles(), words.EVENTS, "event"),
        "Who is told of a move besides those whom the product tells; private_copy_ready is an event too.",
        "notify",
    ),
    "retirement": Part(RETIREMENT, "Retirement of published data.", "retirement"),
    "retraction": Part(RETRACTION, "Emergency retraction of public data, and its post-mortem.", "retraction"),
    "inventory": Part(
        Table(
            {
                "priority": Key(
                    word(words.PRIORITY_SCALES, "a scale"),
                    "The scale by which holdings are ranked: the DataSF grid, Los Angeles' tiers, the CHHS scoring, "
                    "or Durham's demand.",
                ),
                "weights": Key(
                    Map(Value(float, least=0), noun="factor"), "Weight of each factor of the scale."
                ),
                "presumption_of_openness": Key(
                    FLAG, "Whether everything is to be published unless a ground for withholding is recorded."
                ),
                "yearly_high_value": Key(
                    FLAG, "Whether each department signs and publishes a yearly high-value inventory."
                ),
                "talk": Key(FLAG, "Whether a readiness talk is recorded on proposed datasets."),
            },
            parts.Inventory,
        ),
        "The inventory of holdings.",
        "inventory",
    ),
    "metadata": Part(
        Rows(METADATA, unique="field", noun="field"),
        "The metadata fields that this program uses, with its own labels.",
        "metadata",
    ),
    "criteria": Part(
        Rows(CRITERION, unique="code", noun="criterion"),
        "Publication criteria, shown on the decision page with what answers each.",
        "criteria",
    ),
    "plan": Part(
        Table(
            {
                "tactics": Key(
                    Many(word(words.TACTICS, "a tactic")), "Ways of telling the public that can be planned."
                ),
                "sign_off": Key(roles(), "Who signs the plan before the publication."),
                "opens_at": Key(
                    word(("begin", "approve")),
                    "Whether the plan is open from the beginning or from the approval.",
                ),
                "schedule": Key(FLAG, "Whether an implementation schedule is kept for each dataset."),
                "access_plan": Key(
                    FLAG, "Whether the datasets of each department make an open data access plan."
                ),
            },
            parts.Plan,
        ),
        "The publication plan.",
        "plan",
    ),
    "exceptions": Part(
        Rows(EXCEPTION, unique="kind", noun="exception"),
        "Exceptions that can be asked for. Each is a record with who, why and until when.",
        "exceptions",
    ),
}

CONTENT = Table({name: Key(part.holds, part.meaning, part.required) for name, part in PARTS.items()})


def build(content: dict[str, Any]) -> parts.Profile:
    """The profile of content in which `CONTENT.check` found nothing broken."""
    made: dict[str, Any] = {"timezone": "UTC", "role_labels": {}, "checklists": {}}
    for name, value in content.items():
        part = PARTS[name]
        built = part.holds.build(value)
        made[part.attribute] = built[part.only] if part.only else built
    return parts.Profile(**made)
