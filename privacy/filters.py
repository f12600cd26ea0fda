"""Which findings a person looks at: read from the address of the page and written back to it.

Everything is optional, and what makes no sense counts as not asked. Names of columns may be searched for; the
page never puts a value of the file into an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from urllib.parse import parse_qsl, urlencode

from privacy.models import ColumnVerdict, Disposition

SHOWS = ("open", "reopened", "decided", "all", "clear")
VIEWS = ("list", "cards")
_LONGEST = 200


@dataclass(frozen=True)
class Filters:
    """`show` says which state, the others narrow it down; `show` and `view` are empty where the page chooses."""

    show: str = ""
    group: str = ""
    entity: str = ""
    decision: str = ""
    q: str = ""
    view: str = ""
    page: int = 1

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Filters:
        """The filters of an address (or of the hidden field that brings one back)."""
        page = asked.get("page", "")
        return cls(
            show=_one_of(asked, "show", SHOWS),
            group=_one_of(asked, "group", ColumnVerdict.Group.values),
            entity=asked.get("entity", "")[:_LONGEST],
            decision=asked.get("decision", "")[:_LONGEST],
            q=asked.get("q", "").replace("\0", "").strip()[:_LONGEST],
            view=_one_of(asked, "view", VIEWS),
            page=int(page) if page.isdecimal() and 0 < len(page) < 7 else 1,
        )

    @classmethod
    def of_query(cls, query: str) -> Filters:
        """The filters of a query string as `query` wrote it."""
        return cls.of(dict(parse_qsl(query[:2000])))

    @property
    def query(self) -> str:
        """The address's query string, without what is not asked; empty when nothing is."""
        plain = {one.name: one.default for one in fields(self)}
        return urlencode({key: value for key, value in asdict(self).items() if value != plain[key]})

    def but(self, **changes: str) -> Filters:
        """The same filters with some of them changed, from the first page on."""
        return replace(self, page=1, **changes)

    @property
    def narrows(self) -> bool:
        """Something beside the state is asked for."""
        return bool(self.group or self.entity or self.decision or self.q)

    def fits(self, verdict: ColumnVerdict, disposition: Disposition | None) -> bool:
        """True when the column is among those asked for, whatever its state."""
        if self.group and verdict.group != self.group:
            return False
        if self.entity and self.entity not in (verdict.entity, *verdict.entities):
            return False
        if self.decision and self.decision != choice_of(disposition):
            return False
        return self.q.casefold() in verdict.column.casefold()


def choice_of(disposition: Disposition | None) -> str:
    """A decision as the forms name it: "not_personal", "accept", "remedy:drop_column"; empty for none."""
    if disposition is None:
        return ""
    return f"{disposition.decision}:{disposition.remedy}" if disposition.remedy else disposition.decision


def _one_of(asked: Mapping[str, str], key: str, known: tuple[str, ...] | list[str]) -> str:
    value = asked.get(key, "")
    return value if value in known else ""
