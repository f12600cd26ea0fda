"""The findings as the Privacy tab shows them: filtered, a page at a time, each with why and what may be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.paginator import Paginator

from privacy.changes import verdicts_before, what_changed
from privacy.detectors import DETECTORS
from privacy.filters import SHOWS, Filters, choice_of
from privacy.models import ColumnVerdict, Disposition
from privacy.selectors import PrivacyState, remedies_for
from privacy.suggestions import suggested_for, suggestions
from privacy.undoing import last_batch
from privacy.words import ENTITY_LABELS, KEEP_CHOICES, REMEDY_WORDS

PER_PAGE = 50
# Up to so many findings are shown as cards unless the person asks for the list.
FEW = 8
SUGGESTED = "suggested"
LIST_COLUMNS = ("Column", "What it is", "Why", "Decision")
_TONES = {"flag": "bad", "confirm": "warn", "clear": "good"}
_SHOW_WORDS = {
    "open": "To decide",
    "reopened": "Open again",
    "decided": "Decided",
    "all": "All findings",
    "clear": "Nothing found",
}
# What a remedy does when a decision names it without further questions (privacy.recipes).
_QUICK_LABELS = {str(Disposition.Remedy.GENERALISE_DATE): "Keep only the year"}
_DETECTOR_NAMES = {one.entity: f"{one.name}, version {one.version}" for one in DETECTORS}


@dataclass(frozen=True)
class Refusal:
    """A decision that was not taken, so that the form can be shown again as it was filled in."""

    sentence: str
    columns: tuple[str, ...] = ()
    choice: str = ""
    reason: str = ""
    where: str = ""


@dataclass
class Card:
    """One column with its finding, what was decided, and what may be."""

    verdict: ColumnVerdict
    disposition: Disposition | None
    reopened: Disposition | None
    changed: list[str]
    tone: str
    what: str
    suggested: str
    hits: list[dict[str, Any]] = field(default_factory=list)
    choices: list[tuple[str, str, str]] = field(default_factory=list)
    refusal: Refusal | None = None
    ticked: bool = False


def findings_of(state: PrivacyState, filters: Filters, refusal: Refusal | None) -> dict[str, Any]:
    """The part of the page's context that is about findings."""
    by_show = {show: [one for one in state.verdicts if _IN_SHOW[show](state, one)] for show in SHOWS}
    asked = filters
    filters = _settled(filters, by_show)
    matching = matches(state, filters)
    page = Paginator(matching, PER_PAGE).get_page(filters.page)
    before = verdicts_before(state.release_id, state.reopened.values())
    view = filters.view or ("cards" if len(matching) <= FEW else "list")
    suggested = _suggested(one for one in matching if one.column not in state.decided)
    return {
        "filters": filters,
        "narrowed": filters.narrows,
        "unfiltered": Filters(show=filters.show, view=filters.view).query,
        "back": replace(asked, page=page.number).query,
        "shows": [_show(show, found, filters) for show, found in by_show.items() if found or show in _ALWAYS],
        "views": [
            {"words": words, "query": replace(filters, view=key).query, "here": key == view}
            for key, words in (("list", "List"), ("cards", "Cards"))
        ],
        "as_cards": view == "cards",
        "options": _options(state, by_show[filters.show], filters),
        "page_obj": page,
        "cards": [_card(state, verdict, before, refusal) for verdict in page],
        "matching": [verdict.column for verdict in matching],
        "bulk_choices": _bulk_choices(matching),
        "suggestions": suggested,
        "suggested_count": sum(len(one["columns"]) for one in suggested),
        "progress": _progress(state),
        "unconfirmed_clear": [one.column for one in by_show["clear"] if one.column not in state.decided],
        "last_batch": _last(state),
        "refusal": refusal,
    }


def matches(state: PrivacyState, filters: Filters) -> list[ColumnVerdict]:
    """The columns that the filters ask for, in the order of the file."""
    shown = _IN_SHOW[filters.show or "all"]
    return [
        verdict
        for verdict in state.verdicts
        if shown(state, verdict) and filters.fits(verdict, state.decided.get(verdict.column))
    ]


def next_after(state: PrivacyState, filters: Filters, position: int) -> ColumnVerdict | None:
    """Where a person goes on who has decided the column at `position`: the next that is open, else the first."""
    still = [one for one in matches(state, filters.but(show="open", decision="")) if one.position != position]
    return next((one for one in still if one.position > position), still[0] if still else None)


def _open(state: PrivacyState, verdict: ColumnVerdict) -> bool:
    return verdict.must_be_decided and verdict.column not in state.decided


_IN_SHOW: dict[str, Callable[[PrivacyState, ColumnVerdict], bool]] = {
    "open": _open,
    "reopened": lambda state, verdict: _open(state, verdict) and verdict.column in state.reopened,
    "decided": lambda state, verdict: verdict.must_be_decided and verdict.column in state.decided,
    "all": lambda state, verdict: verdict.must_be_decided,
    "clear": lambda state, verdict: not verdict.must_be_decided,
}
_ALWAYS = ("open", "decided")


def _suggested(verdicts: Iterable[ColumnVerdict]) -> list[dict[str, Any]]:
    return [
        {
            "what": ENTITY_LABELS.get(one.entity, one.entity),
            "remedy": _label(one.remedy),
            "columns": one.columns,
        }
        for one in suggestions(verdicts)
    ]


def _settled(filters: Filters, by_show: dict[str, list[ColumnVerdict]]) -> Filters:
    """What is shown when nothing was asked for: what is open, else what was decided."""
    if filters.show:
        return filters
    return replace(filters, show="open" if by_show["open"] or not by_show["decided"] else "decided")


def _show(show: str, found: list[ColumnVerdict], filters: Filters) -> dict[str, Any]:
    return {
        "words": _SHOW_WORDS[show],
        "count": len(found),
        "query": filters.but(show=show, decision="").query,
        "here": filters.show == show,
    }


def _options(
    state: PrivacyState, shown: list[ColumnVerdict], filters: Filters
) -> dict[str, list[tuple[str, str, bool]]]:
    """What the filters offer: only what occurs among the columns shown, each with how often."""
    groups = Counter(verdict.group for verdict in shown)
    entities = Counter(entity for one in shown for entity in {one.entity, *one.entities} if entity)
    decided = Counter(choice_of(state.decided[one.column]) for one in shown if one.column in state.decided)
    group_words = dict(ColumnVerdict.Group.choices)
    return {
        "group": _ticked(((key, group_words[key], n) for key, n in groups.items()), filters.group),
        "entity": _ticked(
            ((key, _capital(ENTITY_LABELS.get(key, key)), n) for key, n in entities.items()), filters.entity
        ),
        "decision": _ticked(((key, _choice_words(key), n) for key, n in decided.items()), filters.decision),
    }


def _ticked(found: Iterable[tuple[str, Any, int]], chosen: str) -> list[tuple[str, str, bool]]:
    rows = [(key, f"{words} ({count})", key == chosen) for key, words, count in found]
    return sorted(rows, key=lambda row: row[1])


def _card(
    state: PrivacyState,
    verdict: ColumnVerdict,
    before: dict[str, ColumnVerdict],
    refusal: Refusal | None,
) -> Card:
    reopened = state.reopened.get(verdict.column)
    suggested = suggested_for(verdict)
    named = refusal is not None and verdict.column in refusal.columns
    return Card(
        verdict=verdict,
        disposition=state.decided.get(verdict.column),
        reopened=reopened,
        changed=what_changed(before.get(verdict.column), verdict) if reopened else [],
        tone=_TONES[verdict.decision],
        what=ENTITY_LABELS.get(verdict.entity, ""),
        suggested=_label(suggested) if suggested else "",
        hits=[_hit(hit) for hit in verdict.hits],
        choices=[*KEEP_CHOICES, *_remedy_choices(remedies_for(verdict))],
        refusal=refusal if refusal and named and refusal.where == "card" else None,
        ticked=named and refusal is not None and refusal.where == "bulk",
    )


def _hit(hit: dict[str, Any]) -> dict[str, Any]:
    """A hit in words: what, how often, by which detector; positions and masked samples as they are kept."""
    return hit | {
        "label": ENTITY_LABELS.get(hit["entity"], hit["entity"]),
        "percent": _percent(hit["share"]),
        "detector": _DETECTOR_NAMES.get(hit["entity"], ""),
    }


def _percent(share: float) -> str:
    """Never "100 %" while a cell is left, never "0 %" while there is one."""
    if share >= 1:
        return "100 %"
    if share < 0.0005:
        return "< 0.1 %"
    return f"{min(100 * share, 99.9):.1f}".removesuffix(".0") + " %"


def _bulk_choices(verdicts: list[ColumnVerdict]) -> list[tuple[str, str, str]]:
    """What several columns may be decided alike: what fits all or, said so, some of them."""
    fitting = Counter(remedy for verdict in verdicts for remedy in remedies_for(verdict))
    rows = []
    for value, words, says in _remedy_choices(fitting):
        count = fitting[value.partition(":")[2]]
        more = "" if count == len(verdicts) else f" Fits {count} of the {len(verdicts)} columns shown."
        rows.append((value, words, says + more))
    return [*KEEP_CHOICES, *rows]


def _remedy_choices(remedies: Iterable[str]) -> list[tuple[str, str, str]]:
    return [(f"remedy:{name}", _label(name), REMEDY_WORDS[Disposition.Remedy(name)]) for name in remedies]


def _label(remedy: str) -> str:
    return _QUICK_LABELS.get(remedy) or str(Disposition.Remedy(remedy).label)


def _choice_words(choice: str) -> str:
    decision, _, remedy = choice.partition(":")
    return _label(remedy) if remedy else str(Disposition.Decision(decision).label)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _progress(state: PrivacyState) -> dict[str, int]:
    total = len(state.findings)
    decided = total - len(state.open)
    return {"decided": decided, "total": total, "open": total - decided}


def _last(state: PrivacyState) -> dict[str, Any] | None:
    """What was recorded last, for taking it back."""
    batch = last_batch(state.release_id)
    if not batch:
        return None
    words = list(dict.fromkeys(row.words for row in batch))
    return {
        "id": batch[-1].pk,
        "by": batch[0].by,
        "at": batch[0].at,
        "columns": [row.column for row in batch],
        "words": ", ".join(words),
    }
