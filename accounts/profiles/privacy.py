"""The privacy part of a profile: thresholds, when benefit and risk are weighed, and the matrix that proposes.

The matrix that counts when a program says nothing is the product's own reading of DataSF's four factors on NIST
SP 800-30's scale (DOMAIN d3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from accounts.profiles.shape import Key, Many, Map, Table, Value
from accounts.profiles.words import PRIVACY_OUTCOMES, RISK_LEVELS, WEIGHED

# risk -> what is proposed, by benefit from very low to very high
MATRIX: dict[str, tuple[str, ...]] = {
    "very_low": ("open", "open", "open", "open", "open"),
    "low": ("screen", "open", "open", "open", "open"),
    "moderate": ("do_not_publish", "screen", "deidentify", "deidentify", "deidentify"),
    "high": ("do_not_publish", "do_not_publish", "screen", "limited", "limited"),
    "very_high": ("do_not_publish", "do_not_publish", "do_not_publish", "do_not_publish", "screen_legal"),
}
# By benefit: what “treat it further” means where the remedies are applied already.
AFTER_REMEDIES = ("limited", "limited", "limited", "conditions", "conditions")


@dataclass(frozen=True)
class PrivacyRules:
    """What the privacy review measures with."""

    k_min: int
    k_min_sensitive: int
    k_min_by_class: dict[str, int] = field(default_factory=dict)
    # When benefit and risk are weighed before privacy clears a release.
    weighed: str = "when_personal"
    psc_max: int = 12
    override_days: int = 365
    matrix: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(MATRIX))
    after_remedies: tuple[str, ...] = AFTER_REMEDIES

    def k_for(self, classification: str) -> int:
        """The smallest group a person may be in, for data of this class."""
        usual = self.k_min if classification == "public" else self.k_min_sensitive
        return self.k_min_by_class.get(classification, usual)


_PEOPLE = Value(int, least=1)
_OUTCOMES = Many(Value(words=PRIVACY_OUTCOMES, noun="an outcome"), least=len(RISK_LEVELS), may_repeat=True)

PRIVACY = Table(
    {
        "k_min": Key(_PEOPLE, "The smallest group a person may be in, in public data.", required=True),
        "k_min_sensitive": Key(_PEOPLE, "The same for every other class.", required=True),
        "k_min_by_class": Key(
            Map(_PEOPLE, noun="class"), "Classes with a threshold of their own, by their code."
        ),
        "weighed": Key(
            Value(words=WEIGHED, noun="an occasion"),
            "When benefit and risk are weighed before privacy clears a release: always, when the scan found "
            "something personal or the privacy checklist is asked, or never.",
        ),
        "psc_max": Key(
            Value(int, least=0), "The highest publication score of a table of counts that is shown as it is."
        ),
        "override_days": Key(
            _PEOPLE, "The most days for which a risk above the threshold or the matrix may be accepted."
        ),
        "matrix": Key(
            Map(_OUTCOMES, RISK_LEVELS, "risk", needs=RISK_LEVELS),
            "What is proposed for each risk: five outcomes, by benefit from very low to very high. Left out, it is "
            "the product's own (docs/programs.md, Benefit against risk).",
        ),
        "after_remedies": Key(
            _OUTCOMES,
            "What deidentify means once the remedies are applied: five outcomes, by benefit from very low to very "
            "high.",
        ),
    },
    PrivacyRules,
)


def faults(content: dict[str, Any]) -> Iterator[str]:
    """What must make sense in thresholds and matrix: nothing missing, nothing that gets more open with the risk."""
    privacy = content["privacy"]
    classes = {row["code"] for row in content["classifications"]}
    for code in privacy.get("k_min_by_class", {}):
        if code not in classes:
            yield f'privacy.k_min_by_class: "{code}" is not a classification of this program.'
    asked = [name for names in content.get("checklists", {}).values() for name in names]
    if privacy.get("weighed") == "never" and "privacy" in asked:
        yield (
            "privacy.weighed: the privacy checklist rests on benefit and risk, so they must be weighed. Say always or "
            "when_personal, or ask no privacy checklist."
        )
    matrix, after = privacy.get("matrix", MATRIX), privacy.get("after_remedies", AFTER_REMEDIES)
    yield from _matrix_faults(matrix)
    if len(after) != len(RISK_LEVELS):
        yield f"privacy.after_remedies: it holds {len(after)} outcomes; there must be five, one for each benefit."
    if "deidentify" in after:
        yield "privacy.after_remedies: deidentify is no end: the remedies are applied already."


def _matrix_faults(matrix: dict[str, Any]) -> Iterator[str]:
    for risk, row in matrix.items():
        if len(row) != len(RISK_LEVELS):
            yield f"privacy.matrix.{risk}: it holds {len(row)} outcomes; there must be five, one for each benefit."
            return
    for column, benefit in enumerate(RISK_LEVELS):
        steps = [PRIVACY_OUTCOMES.index(matrix[risk][column]) for risk in RISK_LEVELS]
        if steps != sorted(steps):
            yield f"privacy.matrix: with the benefit {benefit}, more risk would be treated more openly than less."
    for risk in RISK_LEVELS:
        steps = [PRIVACY_OUTCOMES.index(outcome) for outcome in matrix[risk]]
        if steps != sorted(steps, reverse=True):
            yield f"privacy.matrix.{risk}: more benefit would be treated less openly than less."
