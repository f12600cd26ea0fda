"""Reads of the privacy station: where a release stands between its file and its treated copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dossier.models import FileRead, StoredFile
from dossier.selectors import current_read
from dossier.services import digest_of
from privacy.detectors import REGISTRY_VERSION
from privacy.models import ColumnVerdict, Disposition, QuasiIdentifiers, RiskDecision, Scan, Treatment
from privacy.remedies.recipe import recipe_digest

Decision = Disposition.Decision


@dataclass
class PrivacyState:
    """Everything that decides what the station says of a release, read in a bounded number of queries.

    `scan` is the finished scan that counts: of the current file, by the newest detectors that have seen it.
    `decided` holds, by column, the dispositions that still speak of the scan's evidence.
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
        """Columns that identify people directly and stay as they are, by somebody's decision."""
        return [
            verdict.column
            for verdict in self.findings
            if verdict.group == ColumnVerdict.Group.DIRECT
            and verdict.column in self.decided
            and self.decided[verdict.column].decision == Decision.ACCEPT
        ]

    @property
    def is_decided(self) -> bool:
        """Scan current, every finding decided, and the quasi-identifiers confirmed."""
        return self.is_scan_current and not self.open and self.quasi is not None

    @property
    def recipe(self) -> list[dict[str, Any]]:
        return recipe_of(self.verdicts, self.decided)

    @property
    def quasi_left(self) -> list[str]:
        """The confirmed quasi-identifiers that the recipe leaves in the table."""
        dropped = {step["params"]["column"] for step in self.recipe if step["remedy"] == "drop_column"}
        return [name for name in (self.quasi.columns if self.quasi else []) if name not in dropped]

    @property
    def is_treated(self) -> bool:
        """A finished treated copy of exactly this file and these decisions is there."""
        return self.treatment is not None and self.treatment.treated_at is not None


def recipe_of(verdicts: Iterable[ColumnVerdict], decided: dict[str, Disposition]) -> list[dict[str, Any]]:
    """The recipe that the dispositions ask for, in the order of the columns."""
    steps = []
    for verdict in verdicts:
        disposition = decided.get(verdict.column)
        if disposition is None or disposition.decision != Decision.REMEDY:
            continue
        params: dict[str, Any] = {"column": verdict.column}
        if disposition.remedy == Disposition.Remedy.REDACT_MATCHES:
            params["entities"] = sorted(set(verdict.entities))
        steps.append({"remedy": disposition.remedy, "params": params})
    return steps


def offered_digest(verdicts: Iterable[ColumnVerdict]) -> str:
    """Names the columns among which quasi-identifiers are confirmed."""
    return digest_of([verdict.column for verdict in verdicts])


def quasi_digest(columns: Iterable[str]) -> str:
    return digest_of(sorted(columns))


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
        state.acceptance = RiskDecision.objects.filter(
            release_id=release_id,
            treated_sha256=state.treatment.treated.sha256,
            quasi_digest=state.treatment.quasi_digest,
        ).last()
    return state


def treatment_key(state: PrivacyState) -> dict[str, Any]:
    """What the treated copy depends on."""
    return {
        "release_id": state.release_id,
        "file_sha256": state.file_sha256,
        "registry_version": REGISTRY_VERSION,
        "recipe_digest": recipe_digest(state.recipe),
        "quasi_digest": quasi_digest(state.quasi_left),
    }


def _read_decisions(state: PrivacyState) -> None:
    latest: dict[str, Disposition] = {}
    for row in Disposition.objects.filter(release_id=state.release_id).select_related("by").order_by("id"):
        latest[row.column] = row
    for verdict in state.verdicts:
        last = latest.get(verdict.column)
        if last is not None and last.decision != Decision.TAKEN_BACK:
            same = last.evidence_digest == verdict.evidence_digest
            (state.decided if same else state.reopened)[verdict.column] = last
    confirmed = QuasiIdentifiers.objects.filter(release_id=state.release_id).select_related("by").last()
    if confirmed and confirmed.offered_digest == offered_digest(state.verdicts):
        state.quasi = confirmed


def remedies_for(verdict: ColumnVerdict) -> list[str]:
    """The remedies that make sense for a column."""
    remedy = Disposition.Remedy
    fitting: list[str] = [remedy.DROP_COLUMN]
    if verdict.hits:
        fitting.append(remedy.REDACT_MATCHES)
    if verdict.type in ("date", "datetime") or verdict.entity in ("DATE_OF_BIRTH", "EVENT_DATE"):
        fitting.append(remedy.GENERALISE_DATE)
    if verdict.entity == "ZIP_CODE":
        fitting.append(remedy.GENERALISE_ZIP)
    return fitting


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
