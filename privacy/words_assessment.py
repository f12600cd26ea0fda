"""Words of the assessment: steps, factors with the text that anchors each step, outcomes.

The anchors follow DataSF's four factors, NIST SP 800-30 (tables G-2 and H-3) and the Future of Privacy Forum's
Seattle model; the steps of “success” are those that the measures stand for (DOMAIN d3).
"""

from __future__ import annotations

from typing import NamedTuple

LEVEL_WORDS = {
    "very_low": "Very low",
    "low": "Low",
    "moderate": "Moderate",
    "high": "High",
    "very_high": "Very high",
}
# NIST SP 800-30's numbers for the five steps, for readers who know them: from to, and the single value.
LEVEL_NUMBERS = {
    "very_low": "0 to 4",
    "low": "5 to 20",
    "moderate": "21 to 79",
    "high": "80 to 95",
    "very_high": "96 to 100",
}

OUTCOME_WORDS = {
    "open": "Publish",
    "conditions": "Publish with conditions",
    "deidentify": "Treat it further and judge again",
    "limited": "Limited access only",
    "screen": "People decide: privacy officer and CDO",
    "screen_legal": "People decide: privacy officer, CDO and legal",
    "do_not_publish": "Do not publish",
}
# Shown in the cells of the matrix, where there is little room.
OUTCOME_SHORT = {
    "open": "Open",
    "conditions": "With conditions",
    "deidentify": "Treat further",
    "limited": "Limited access",
    "screen": "Screen",
    "screen_legal": "Screen, with legal",
    "do_not_publish": "Do not publish",
}
OUTCOME_HELP = {
    "open": "The benefit outweighs the risk that is left.",
    "conditions": "It goes out under rules that hold as long as it is public, signed by the privacy officer.",
    "deidentify": "Apply remedies, measure again, and rate what is left.",
    "limited": "Not on the open portal: known users, under an agreement.",
    "screen": "No table decides this: the privacy officer and the CDO do, in writing.",
    "screen_legal": "No table decides this: the privacy officer, the CDO and legal do, in writing.",
    "do_not_publish": "The risk outweighs the benefit.",
}
# What a person may decide.
DECISIONS = ("open", "conditions", "deidentify", "limited", "do_not_publish")


class FactorWords(NamedTuple):
    """One factor on the form: what it is called, what is asked, what each step means."""

    label: str
    question: str
    help: str
    anchors: dict[str, str]


def _anchors(*texts: str) -> dict[str, str]:
    return dict(zip(LEVEL_WORDS, texts, strict=True))


FACTOR_WORDS: dict[str, FactorWords] = {
    "value": FactorWords(
        "Value",
        "What is it worth to the public?",
        "Think of who asked for it, what they would do with it, and whether it can be had elsewhere.",
        _anchors(
            "curiosity only",
            "useful to a few",
            "regularly useful to a group of residents, firms or the press",
            "needed to judge a policy or to plan a service",
            "a law asks for it, or safety depends on it",
        ),
    ),
    "value_likelihood": FactorWords(
        "Likelihood of the value",
        "How likely is it that this value comes about?",
        "Somebody must know of the data, understand it and be able to use it.",
        _anchors(
            "nobody is known who would use it",
            "somebody might",
            "some have asked",
            "users are waiting",
            "it is used in a similar form today",
        ),
    ),
    "expectation": FactorWords(
        "Expectation of privacy",
        "How private do the people in it expect this to be?",
        "Ask what they were told when the data was collected, and what a neighbor would say.",
        _anchors(
            "public by law, such as salaries of officials or building permits",
            "known to many anyway",
            "known to the office and to those concerned",
            "told in confidence, such as income or complaints",
            "health, minors, victims, or anything a law keeps secret",
        ),
    ),
    "harm_person": FactorWords(
        "Harm to a person",
        "What would it mean for a person to be recognized in it?",
        "The worst that could reasonably happen to one of them.",
        _anchors(
            "nothing they would notice",
            "a nuisance, such as unwanted letters",
            "embarrassment or a loss that can be made good",
            "lost work, home, money or standing",
            "danger to life, health or freedom",
        ),
    ),
    "harm_organisation": FactorWords(
        "Harm to the government",
        "What would it mean for the government if somebody were recognized?",
        "Trust, claims, duties to notify, the willingness of people to give data.",
        _anchors(
            "nothing",
            "a correction",
            "complaints and an inquiry",
            "claims, a breach notice, lost trust of a group",
            "a program can no longer work",
        ),
    ),
    "attempt": FactorWords(
        "Likelihood of an attempt",
        "How likely is it that somebody tries to recognize people in it?",
        "Journalists, firms, an angry neighbor, a former partner: what would they gain?",
        _anchors(
            "nothing to gain",
            "little to gain, much work",
            "of interest to some",
            "worth money or a story",
            "it has been tried with data like this",
        ),
    ),
    "success": FactorWords(
        "Likelihood of success",
        "How likely would an attempt succeed?",
        "The step is proposed from what was measured. Choose another only for a reason that you write down.",
        _anchors(
            "counts without small cells, or nobody in it",
            "groups of at least twice the threshold",
            "groups between the threshold and twice of it",
            "groups below the threshold, or free text that nobody read",
            "direct identifiers, or people alone in their group",
        ),
    ),
}


def level_words(level: str) -> str:
    return LEVEL_WORDS.get(level, "")


def inside(words: str) -> str:
    """Words of a label inside a sentence: "Very high" -> "very high"."""
    return words[:1].lower() + words[1:]
