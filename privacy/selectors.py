"""Reads of the privacy station: where a release stands between its file and its treated copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dossier.models import FileRead, StoredFile
from dossier.selectors import current_read
from dossier.services import digest_of
from privacy.catalogue import published_digests
from privacy.copy_inputs import accepted_digest
from privacy.detectors import REGISTRY_VERSION
from privacy.models import (
    ClassTabulation,
    ColumnVerdict,
    Disposition,
    QuasiIdentifiers,
    RecipeVersion,
    RiskDecision,
    Scan,
    Treatment,
)
from privacy.recipes import fitting
from privacy.remedies.recipe import (
    columns_guarded,
    columns_left,
    columns_touched,
    recipe_digest,
    recipe_faults,
)
from privacy.undoing import standing

Decision = Disposition.Decision
Group = ColumnVerdict.Group
# Of which decision on a column something is left over in the copy (privacy.leftovers).
KEPT, REMEDIED = "kept", "remedied"


@dataclass
class PrivacyState:
    """Everything that decides what the station says of a release, read in a bounded number of queries.

    `scan` is the finished scan that counts: of the current file, by the newest detectors that have seen it.
    `decided` holds, by column, the dispositions that still speak of the scan's evidence; one that leaves the
    column to the recipe counts only while a step of `recipe_version` is about it.
    """

    release_id: int
    raw: StoredFile | None
    columnar: StoredFile | None
    scan: Scan | None
    running: Scan | None
    verdicts: list[ColumnVerdict] = field(default_factory=list)
    decided: dict[str, Disposition] = field(default_factory=dict)
    reopened: dict[str, Disposition] = field(default_factory=dict)
    quasi: QuasiIdentifiers | None = None
    recipe_version: RecipeVersion | None = None
    treatment: Treatment | None = None
    acceptance: RiskDecision | None = None

    @property
    def file_sha256(self) -> str:
        return self.raw.sha256 if self.raw else ""

    @property
    def is_scan_current(self) -> bool:
        """The scan is of this file and by the detectors of today."""
        return self.scan is not None and self.scan.registry_version == REGISTRY_VERSION

    @property
    def findings(self) -> list[ColumnVerdict]:
        """The columns a person must decide on."""
        return [verdict for verdict in self.verdicts if verdict.must_be_decided]

    @property
    def open(self) -> list[ColumnVerdict]:
        """The findings nobody has decided yet."""
        return [verdict for verdict in self.findings if verdict.column not in self.decided]

    @property
    def identifiers_kept(self) -> list[str]:
        """Columns that identify people directly and stay as they are: by somebody's decision, or because the remedy
        that was chosen leaves them nearly as they were."""
        accepted = {name for name, row in self.decided.items() if row.decision == Decision.ACCEPT}
        left = {row["column"] for row in self.leftovers if row.get("decided") == REMEDIED}
        kept = accepted | left
        return [row.column for row in self.findings if row.names_people and row.column in kept]

    @property
    def is_decided(self) -> bool:
        """Scan current, every finding decided, and the quasi-identifiers confirmed."""
        return self.is_scan_current and not self.open and self.quasi is not None

    @property
    def columns(self) -> list[str]:
        """The columns of the file, as the scan saw them."""
        return [verdict.column for verdict in self.verdicts]

    @property
    def recipe(self) -> list[dict[str, Any]]:
        """The steps in force."""
        return list(self.recipe_version.steps) if self.recipe_version else []

    @property
    def quasi_left(self) -> list[str]:
        """The confirmed quasi-identifiers that the recipe leaves in the table."""
        confirmed = list(self.quasi.columns) if self.quasi else []
        if recipe_faults(self.recipe, self.columns, self.hierarchy_digests):
            return confirmed
        left = set(columns_left(self.recipe, self.columns))
        return [name for name in confirmed if name in left]

    @property
    def leftovers(self) -> list[dict[str, Any]]:
        """What is still found in the copy although no decision in force covers it."""
        remedied = {name for name, row in self.decided.items() if row.decision == Decision.REMEDY}
        return [
            row
            for row in (self.treatment.leftovers if self.treatment else [])
            if row.get("decided") in (None, REMEDIED if row["column"] in remedied else KEPT)
        ]

    @property
    def hierarchy_digests(self) -> set[str]:
        """The uploaded hierarchies that the recipe names: they are never deleted."""
        return hierarchies_named(self.recipe)

    @property
    def is_treated(self) -> bool:
        """A finished treated copy of exactly this file and these decisions is there."""
        return self.treatment is not None and self.treatment.treated_at is not None


def hierarchies_named(steps: Iterable[dict[str, Any]]) -> set[str]:
    """Every hierarchy that a recipe names, built in or uploaded."""
    named: set[str] = set()
    for step in steps:
        params = step.get("params", {})
        named.update(filter(None, [params.get("hierarchy"), *(params.get("hierarchies") or [])]))
    return named


def recipe_in_force(release_id: int) -> RecipeVersion | None:
    """The newest version of a release's recipe; None before anything was to be changed."""
    return RecipeVersion.objects.filter(release_id=release_id).order_by("number").last()


def recipe_versions(release_id: int) -> list[RecipeVersion]:
    """Every version of the recipe, newest first."""
    rows = RecipeVersion.objects.filter(release_id=release_id).select_related("by")
    return list(rows.order_by("-number"))


def class_table_of(state: PrivacyState) -> ClassTabulation | None:
    """The class table of the present file and the confirmed quasi-identifiers, finished or on its way."""
    if state.quasi is None or not state.quasi.columns:
        return None
    rows = ClassTabulation.objects.select_related("table").filter(
        release_id=state.release_id,
        file_sha256=state.file_sha256,
        quasi_digest=quasi_digest(state.quasi.columns),
    )
    return rows.first()


@dataclass(frozen=True, slots=True)
class Provenance:
    """From which file and which recipe the copy that moves on was made. `version` 0: nothing was changed."""

    treated_sha256: str
    raw_sha256: str
    recipe_digest: str
    version: int
    steps: list[dict[str, Any]]
    treated_at: datetime


def provenance_of(release_id: int) -> Provenance | None:
    """What proves that the present copy came from a version of the recipe; None while there is no copy.

    The digests are those of the treatment that made it, not computed from today's recipe. They are not read from the
    file: an older version may have given the same bytes.
    """
    treatment = state_of(release_id).treatment
    if treatment is None or treatment.treated is None or treatment.treated_at is None:
        return None
    version = RecipeVersion.objects.filter(release_id=release_id, digest=treatment.recipe_digest).last()
    return Provenance(
        treated_sha256=treatment.treated.sha256,
        raw_sha256=treatment.file_sha256,
        recipe_digest=treatment.recipe_digest,
        version=version.number if version else 0,
        steps=list(treatment.recipe),
        treated_at=treatment.treated_at,
    )


def offered_digest(verdicts: Iterable[ColumnVerdict]) -> str:
    """Names the columns among which quasi-identifiers are confirmed, and what the scan says each of them is."""
    return digest_of(
        [[verdict.column, verdict.group == Group.QUASI, verdict.entity or ""] for verdict in verdicts]
    )


def quasi_digest(columns: Iterable[str]) -> str:
    return digest_of(sorted(columns))


def measured_digest(state: PrivacyState) -> str:
    """Names what the risk is measured over: quasi-identifiers left, sensitive columns and weights."""
    quasi = state.quasi
    if quasi is None or not (quasi.sensitive or quasi.weights):
        return quasi_digest(state.quasi_left)
    return digest_of([sorted(state.quasi_left), sorted(quasi.sensitive), quasi.weights])


def dispositions_digest(state: PrivacyState) -> str:
    """Names the decisions in force: what is decided of each column, not by whom or in which words."""
    decided = [[name, row.decision, row.remedy] for name, row in sorted(state.decided.items())]
    return digest_of([decided, sorted(state.quasi.columns) if state.quasi else None])


def state_of(release_id: int) -> PrivacyState:
    """Where a release stands now."""
    read = current_read(release_id)
    state = PrivacyState(
        release_id=release_id,
        raw=read.raw if read else None,
        columnar=read.columnar if read else None,
        scan=None,
        running=None,
    )
    scans = Scan.objects.filter(release_id=release_id, file_sha256=state.file_sha256).order_by("-id")
    state.scan = next((scan for scan in scans if scan.scanned_at), None)
    state.running = next((scan for scan in scans if not scan.scanned_at), None)
    if state.scan is None:
        return state
    state.verdicts = list(state.scan.verdicts.all())
    _read_decisions(state)
    if state.is_decided:
        state.treatment = Treatment.objects.select_related("treated").filter(**treatment_key(state)).first()
    if state.treatment and state.treatment.treated:
        state.acceptance = _acceptance(state, state.treatment)
    return state


def _acceptance(state: PrivacyState, treatment: Treatment) -> RiskDecision | None:
    """What was accepted of exactly this copy, measured by these columns and compared with the same release."""
    sha256 = treatment.treated.sha256 if treatment.treated else ""
    rows = RiskDecision.objects.filter(
        release_id=state.release_id,
        treated_sha256=sha256,
        quasi_digest=treatment.quasi_digest,
        # What was accepted against a lower threshold says nothing of a higher one.
        k_min__gte=state.quasi.k_min if state.quasi else 0,
    )
    if not rows.exists():
        return None
    named = [accepted_digest(state)]
    if sha256 in published_digests(state.release_id):
        # Older acceptances do not name what was seen; of what is public they hold until their last day.
        named.append("")
    return rows.filter(accepted_digest__in=named).last()


def sound_steps(state: PrivacyState) -> list[dict[str, Any]]:
    """The steps in force that can be done to this file."""
    return [
        step for step in state.recipe if not recipe_faults([step], state.columns, state.hierarchy_digests)
    ]


def columns_remedied(state: PrivacyState) -> set[str]:
    """The columns that the recipe takes care of: it leaves them out or changes them, or leaves no small group over
    confirmed quasi-identifiers, whose risk is measured. Of a faulty recipe the sound steps count."""
    sound = sound_steps(state)
    measured = set(state.quasi.columns) if state.quasi else set()
    return columns_touched(sound, state.columns) | (columns_guarded(sound) & measured)


def treatment_key(state: PrivacyState) -> dict[str, Any]:
    """What the treated copy depends on."""
    return {
        "release_id": state.release_id,
        "file_sha256": state.file_sha256,
        "registry_version": REGISTRY_VERSION,
        "recipe_digest": recipe_digest(state.recipe),
        "quasi_digest": measured_digest(state),
    }


def _is_answered(confirmed: QuasiIdentifiers, state: PrivacyState) -> bool:
    """Whether it says something of what the scan suggests: that some of it is measured, or why none is."""
    suggested = {verdict.column for verdict in state.verdicts if verdict.group == Group.QUASI}
    return bool(not suggested or confirmed.reason or suggested.intersection(confirmed.columns))


def _is_offered(confirmed: QuasiIdentifiers, state: PrivacyState) -> bool:
    """Whether they chose from these columns while the scan said of them what it says now.

    Older rows name the columns only: what was said of them is read from the scan that was the newest then.
    """
    offered = offered_digest(state.verdicts)
    if confirmed.offered_digest == offered:
        return True
    if confirmed.offered_digest != digest_of(state.columns):
        return False
    scans = Scan.objects.filter(release_id=state.release_id, scanned_at__lte=confirmed.at)
    seen = scans.order_by("-scanned_at", "-id").first()
    return seen is not None and offered_digest(seen.verdicts.all()) == offered


def _read_decisions(state: PrivacyState) -> None:
    state.recipe_version = recipe_in_force(state.release_id)
    confirmed = QuasiIdentifiers.objects.filter(release_id=state.release_id).select_related("by").last()
    if confirmed and _is_answered(confirmed, state) and _is_offered(confirmed, state):
        state.quasi = confirmed
    remedied = columns_remedied(state)
    # What is left out needs no second look, whatever a newer file holds there.
    left_out = set(state.columns) - set(columns_left(sound_steps(state), state.columns))
    rows = Disposition.objects.filter(release_id=state.release_id).select_related("by").order_by("id")
    latest = standing(list(rows))
    for verdict in state.verdicts:
        last = latest.get(verdict.column)
        if last is not None:
            holds = last.evidence_digest == verdict.evidence_digest
            if last.decision == Decision.REMEDY:
                holds = verdict.column in (remedied if holds else left_out)
            (state.decided if holds else state.reopened)[verdict.column] = last


def remedies_for(verdict: ColumnVerdict) -> list[str]:
    """The remedies that make sense for a column and need no further question."""
    return fitting(verdict)


def columnar_of(release_id: int, file_sha256: str) -> StoredFile | None:
    """The columnar copy of one raw file of a release, current or not."""
    read = (
        FileRead.objects.filter(release_id=release_id, raw__sha256=file_sha256, columnar__isnull=False)
        .select_related("columnar")
        .last()
    )
    return read.columnar if read else None


def history_of(release_id: int) -> list[Disposition]:
    """Every disposition ever made for a release, newest first."""
    return list(Disposition.objects.filter(release_id=release_id).select_related("by").order_by("-id"))
