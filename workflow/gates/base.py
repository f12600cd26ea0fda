"""What a gate answers: the result with its sentences, and the question most gates ask of a fact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

from workflow.context import ReleaseContext


@dataclass(frozen=True)
class Unmet:
    """One thing in the way: the sentence, the tab where it is cured, and the role that cures it."""

    text: str
    tab: str
    who: str


@dataclass
class GateResult:
    """The answer of one gate: `unmet` is empty when it holds, `done` then says so in words.

    `done` is empty where there is nothing worth saying: a rule of another program, an order nobody gave.
    """

    done: str
    unmet: list[Unmet] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.unmet


Gate = Callable[[ReleaseContext], GateResult]


def fact_holds(
    context: ReleaseContext,
    kind: str,
    *,
    done: str,
    absent: str,
    tab: str,
    who: str,
    same: dict[str, tuple[str, str]] | None = None,
    stale: str = "",
) -> GateResult:
    """The fact is there, holds, and speaks of what is there now (`same`: its key -> (fact kind, key))."""
    fact = context.facts.get(kind)
    result = GateResult(done)
    if fact is None:
        result.unmet.append(Unmet(absent, tab, who))
    elif any(fact.about.get(key) != context.about(*other) for key, other in (same or {}).items()):
        result.unmet.append(Unmet(stale, tab, who))
    elif not fact.ok:
        result.unmet += [Unmet(text, tab, who) for text in (fact.sentences or [absent])]
    return result


def day(moment: datetime) -> str:
    """A day in words, in the time zone of the reader."""
    return date_format(timezone.localtime(moment), "j M")


def sentence(text: str) -> str:
    """Words that a person typed, as a sentence among others."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
