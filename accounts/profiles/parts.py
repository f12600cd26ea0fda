"""A program profile as the code reads it: immutable, without behaviour of its own beyond looking things up."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from accounts.profiles.privacy import PrivacyRules
from accounts.roles import Role


@dataclass(frozen=True)
class ReviewRule:
    """One review that a move needs: its kind, who gives it, how many people, and when it is asked for."""

    move: str
    kind: str
    role: str
    people: int = 1
    when: str = "always"
    classes: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    # The second reviewer sees nothing of the first one's verdict before giving their own.
    blinded: bool = False
    # The checklist that must be complete before anybody is asked: what is signed is there to be read.
    after: str = ""
    days: int = 5
    law: str = ""

    def applies(
        self,
        *,
        classification: str,
        level: str = "",
        risk: str = "",
        joint: bool = False,
        exceptions: Collection[str] = (),
    ) -> bool:
        """True when the review is needed without anybody asking for it."""
        return {
            "always": True,
            "classification": classification in self.classes,
            "level": level in self.levels,
            "risk": risk in self.risks,
            "joint": joint,
            "exception": bool(exceptions),
            "request": False,
        }[self.when]


@dataclass(frozen=True)
class Choice:
    """One entry of a list that a program offers."""

    code: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Classification:
    """One class of data. A class that needs a ground is chosen with the law or reason behind it."""

    code: str
    label: str
    help: str = ""
    needs_ground: bool = False
    # Whether data of this class may be published as it is, without a treated form.
    raw_publishable: bool = True
    # Whether nothing that is published may be of this class.
    never_publish: bool = False
    # Whether the program's release toolkit (the privacy checklist) is filled in for this class.
    needs_toolkit: bool = False

    @property
    def may_be_published(self) -> bool:
        """Whether the form that goes out may be of this class: only what could go out as it is."""
        return self.raw_publishable and not self.never_publish


@dataclass(frozen=True)
class SecurityLevel:
    """One security level. `reviews` are kinds of review that this level asks for."""

    code: str
    label: str
    help: str = ""
    never_on_portal: bool = False
    reviews: tuple[str, ...] = ()


@dataclass(frozen=True)
class Licence:
    code: str
    label: str
    help: str = ""
    needs_exception: bool = False
    # Where it stands on the web; of the well-known ones the catalogue knows it.
    uri: str = ""


@dataclass(frozen=True)
class FinalKey:
    """How the last approval is given. Who gives it is the holder of CDO_REVIEW, or `exception_role`."""

    people: int = 1
    each_side: bool = False
    exception_role: str = ""
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemRule:
    """What a program changes of one checklist item. Empty words leave the catalogue's own."""

    asked: bool = True
    severity: str = ""
    on: tuple[str, ...] = ()
    law: str = ""


# What each kind of drift calls for where the program says nothing else.
DRIFT_REVIEWS = {
    "new_column": "privacy",
    "structure": "full",
    "rows": "full",
    "spread": "full",
    "method": "privacy",
}


@dataclass(frozen=True)
class Updates:
    """How published data may be updated; `refused` says why a method is not allowed.

    The numbers are the bounds that an approval sets to refreshes (percent, percentage points, PSI, total
    variation), `reviews` the review that each kind of drift beyond them calls for: none, privacy or full.
    """

    methods: tuple[str, ...] = ("append", "replace", "upsert")
    refused: dict[str, str] = field(default_factory=dict)
    rows_more: int = 50
    rows_fewer: int = 10
    emptier: int = 10
    psi: float = 0.25
    variation: float = 0.2
    reviews: dict[str, str] = field(default_factory=dict)
    # Another way of aggregating is read again for privacy only where the data holds identifiers.
    method_with_identifiers: bool = False
    # After its period data is due; so many percent of the period later overdue, and later still delinquent.
    overdue_percent: int = 25
    delinquent_percent: int = 100
    # What the public reads while the automated refresh is parked: approved here, in advance.
    parked_notice: str = (
        "The source of this data cannot be read at the moment, so it may be older than usual. It is being looked "
        "into; what stands here was complete when it was published."
    )

    def review_for(self, drift: str) -> str:
        """Which review this kind of drift calls for."""
        return self.reviews.get(drift, DRIFT_REVIEWS[drift])


@dataclass(frozen=True)
class Clock:
    """How deadlines are counted and what happens when one passes. Days are business days, parking is calendar."""

    calendar: str = "us_federal"
    holidays: tuple[str, ...] = ()
    remind_days: int = 2
    escalate_days: int = 3
    escalate_to: str = "cdo"
    park_days: int = 60


@dataclass(frozen=True)
class Comments:
    answer_business_hours: int = 48
    report_days: int = 30


@dataclass(frozen=True)
class Requests:
    answer_days: int = 20


@dataclass(frozen=True)
class Retirement:
    """How published data is taken off the portal for good."""

    criteria: tuple[Choice, ...] = ()
    notice_days: int = 30
    days: str = "calendar"
    # Objections are heard at least as long as this, where that is longer than the notice.
    objection_days: int = 0
    # Data that is at most this many days old may be retired without the notice.
    grace_days: int = 7
    # How long the archive copy is kept; 0 is for good.
    archive_years: int = 0
    roles: tuple[str, ...] = ("cdo", "portal_admin")
    approval: tuple[str, ...] = ()
    notification_plan: bool = False
    # How portals mark the dataset while the notice runs, besides the words above its description.
    notice_title_prefix: str = ""
    notice_tag: str = ""


@dataclass(frozen=True)
class Retraction:
    """What follows when public data is taken back in an emergency."""

    public_text: str = (
        "This dataset is withdrawn while we review it. It comes back when the review has ended, or a notice here "
        "says what became of it."
    )
    postmortem_days: int = 10
    duties: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Inventory:
    """How holdings are ranked, and whether they are presumed open."""

    priority: str = "grid"
    weights: dict[str, float] = field(default_factory=dict)
    presumption_of_openness: bool = False
    yearly_high_value: bool = False
    talk: bool = False


@dataclass(frozen=True)
class MetadataField:
    """How the program uses one field of the superset: its own label, and what belongs there."""

    field: str
    label: str
    use: str = "optional"
    meaning: str = ""


@dataclass(frozen=True)
class PortalField:
    """A metadata field of the portal's own, and what it is filled from: a field of the superset, or fixed words."""

    fieldset: str
    name: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True)
class Criterion:
    """A publication criterion on the decision page, and what answers it."""

    code: str
    label: str
    answered_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The publication plan: what can be planned, who signs it, when it opens."""

    tactics: tuple[str, ...] = ("blog", "social", "press", "event", "announcement", "hosted_event")
    sign_off: tuple[str, ...] = ()
    opens_at: str = "begin"
    schedule: bool = False
    access_plan: bool = False


@dataclass(frozen=True)
class ExceptionRule:
    """A kind of exception: who advises on it and who decides."""

    kind: str
    label: str
    advise: str
    decide: str
    help: str = ""


@dataclass(frozen=True)
class Catalogue:
    """What the public catalogue (data.json) names as contact, and what it says of data that is withheld."""

    contact: str = "dataset"
    contact_name: str = ""
    contact_email: str = ""
    withheld: bool = False
    # Of withheld data of these classes the title is not told, or nothing at all.
    redacted_classes: tuple[str, ...] = ()
    unlisted_classes: tuple[str, ...] = ()
    cui_markings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """How one program works. docs/programs.md says what each part means."""

    name: str
    timezone: str
    role_labels: dict[str, str]
    stage_holders: dict[str, str]
    order: dict[str, Any]
    checklists: dict[str, tuple[str, ...]]
    reviews: tuple[ReviewRule, ...]
    return_answered_by: str
    classifications: tuple[Classification, ...]
    licences: tuple[Licence, ...]
    privacy: PrivacyRules
    permit_days: int
    deadlines: dict[str, int] = field(default_factory=dict)
    publication: dict[str, Any] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    items: dict[str, dict[str, ItemRule]] = field(default_factory=dict)
    final_key: FinalKey = FinalKey()
    sides: tuple[Choice, ...] = ()
    security_levels: tuple[SecurityLevel, ...] = ()
    updates: Updates = Updates()
    notify: dict[str, tuple[str, ...]] = field(default_factory=dict)
    clock: Clock = Clock()
    comments: Comments = Comments()
    requests: Requests = Requests()
    retirement: Retirement = Retirement()
    retraction: Retraction = Retraction()
    inventory: Inventory = Inventory()
    metadata: tuple[MetadataField, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    plan: Plan = Plan()
    exceptions: tuple[ExceptionRule, ...] = ()
    catalogue: Catalogue = Catalogue()

    def role_label(self, role: str) -> str:
        return self.role_labels.get(role) or Role(role).label

    def role_words(self, role: str) -> str:
        """The label inside a sentence: "security officer (CISO)", "IT (portal owner)", "Chief Data Officer".

        A title that a program writes with capitals keeps them all.
        """
        label = self.role_label(role)
        is_title = any(word[:1].isupper() and word[1:2].islower() for word in re.split(r"[\s/(]+", label)[1:])
        return label if is_title or not label[1:2].islower() else label[0].lower() + label[1:]

    def reviews_for(self, move: str) -> tuple[ReviewRule, ...]:
        return tuple(rule for rule in self.reviews if rule.move == move)

    def review_role(self, kind: str) -> str | None:
        """The role that gives reviews of `kind`; None when this program has no such review."""
        return next((rule.role for rule in self.reviews if rule.kind == kind), None)

    def item_rule(self, checklist: str, item_id: str) -> ItemRule:
        """What this program changes of a checklist item; the default rule changes nothing."""
        return self.items.get(checklist, {}).get(item_id, ItemRule())

    @property
    def asks_high_value(self) -> bool:
        """True where the inventory checklist asks for Connecticut's marks of high-value data, A to H."""
        return self.inventory.yearly_high_value or self.item_rule("inventory", "INV-17").asked

    def k_min(self, *, classification: str) -> int:
        """The smallest group a person may be in: the program's threshold for this classification."""
        return self.privacy.k_for(classification)

    def classification(self, code: str) -> Classification | None:
        return next((row for row in self.classifications if row.code == code), None)

    def licence(self, code: str) -> Licence | None:
        return next((row for row in self.licences if row.code == code), None)

    def security_level(self, code: str) -> SecurityLevel | None:
        return next((row for row in self.security_levels if row.code == code), None)

    def exception(self, kind: str) -> ExceptionRule | None:
        return next((row for row in self.exceptions if row.kind == kind), None)
