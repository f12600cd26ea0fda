"""Rule sets for small cells, as data: which counts are small, which figures go with them, and who says so.

Source: DOMAIN d5, which names for each the guideline it was read from. A count of 0 is never hidden by any.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule set.

    `fewer_than`: counts from 1 to one less are hidden. `population_least`: where fewer people live, counts are
    hidden whatever they are. `rate_count_least`, `rate_denominator_least`: below them other figures of the cell
    are hidden. `screen_denominator`: a table all of whose denominators reach it, and none of whose counts is
    small, needs no score. `hidden_sum_least`: hidden cells of a line together come to at least that.
    `all_hidden_above`: at least one hidden cell of a line is larger.
    """

    code: str
    label: str
    source: str
    fewer_than: int
    population_least: int = 0
    rate_count_least: int = 0
    rate_denominator_least: int = 0
    screen_denominator: int = 0
    hidden_sum_least: int = 0
    all_hidden_above: int = 0

    def says(self) -> str:
        """The rule in one sentence, for the page and for the metadata of the published table."""
        parts = [f"Counts from 1 to {self.fewer_than - 1:,} are hidden, 0 is shown"]
        if self.population_least:
            parts.append(f"counts of areas with fewer than {self.population_least:,} people are hidden")
        if self.rate_count_least > self.fewer_than:
            parts.append(f"no rate is shown for fewer than {self.rate_count_least:,}")
        if self.rate_denominator_least:
            parts.append(f"no rate is shown out of fewer than {self.rate_denominator_least:,}")
        if self.screen_denominator:
            parts.append(f"denominators below {self.screen_denominator:,} call for a closer look")
        return "; ".join(parts) + "."


# In the order in which they are offered.
RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        Rule(
            "calhhs",
            "California Health and Human Services: fewer than 11",
            "CalHHS Data De-Identification Guidelines, ed. 2, 4.2 to 4.4",
            fewer_than=11,
            screen_denominator=20_000,
            hidden_sum_least=11,
            all_hidden_above=3,
        ),
        Rule(
            "cms",
            "Centers for Medicare & Medicaid Services: 10 people or fewer",
            "CMS cell size suppression policy, in CalHHS guidelines 16.1",
            fewer_than=11,
        ),
        Rule(
            "ct_sde",
            "Connecticut Department of Education: 5 or fewer, totals too",
            "Connecticut Open Data Handbook",
            fewer_than=6,
            rate_count_least=6,
            rate_denominator_least=20,
        ),
        Rule("cdc_wonder", "CDC WONDER: fewer than 10", "CalHHS guidelines 16.1", fewer_than=10),
        Rule(
            "nepht",
            "National Environmental Public Health Tracking: fewer than 6",
            "CalHHS guidelines 16.1",
            fewer_than=6,
            screen_denominator=100_000,
        ),
        Rule(
            "sf_covid",
            "San Francisco health counts: fewer than 10, areas under 1,000 people",
            "Privacy notes of San Francisco's COVID-19 datasets",
            fewer_than=10,
            population_least=1_000,
            rate_count_least=20,
        ),
        Rule(
            "survey",
            "Survey cases: fewer than 30 are unreliable",
            "CalHHS guidelines 5.2",
            fewer_than=30,
        ),
        Rule(
            "ferpa",
            "Pupils: fewer than 10",
            "Common practice of states under FERPA; the law sets no number",
            fewer_than=10,
        ),
    )
}

# What holds whatever the score, where a table is about people at high risk (CalHHS guidelines 5.6.2).
HIGH_RISK_LEAST = 11


@dataclass(frozen=True, slots=True)
class PopulationLimit:
    """A limit on how many people must live in an area before more is told of it; no rule for counts."""

    code: str
    says: str
    people: int
    source: str


POPULATION_LIMITS: tuple[PopulationLimit, ...] = (
    PopulationLimit(
        "hipaa",
        "The first three digits of a ZIP code only where more than 20,000 people live, else 000; "
        "ages from 90 on together; dates to the year.",
        20_000,
        "45 CFR 164.514(b)",
    ),
    PopulationLimit(
        "nchs",
        "Micro-data name no place of fewer than 250,000 people.",
        250_000,
        "CalHHS guidelines 16.1 (National Center for Health Statistics)",
    ),
)


def stricter(rule: Rule, *, is_high_risk: bool) -> Rule:
    """The rule that applies: people at high risk are never shown in counts under 11 (DOMAIN PRV-06)."""
    if not is_high_risk or rule.fewer_than >= HIGH_RISK_LEAST:
        return rule
    changed = {name: getattr(rule, name) for name in Rule.__dataclass_fields__}
    return Rule(**changed | {"fewer_than": HIGH_RISK_LEAST})
