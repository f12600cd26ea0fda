"""The contract of a source: what it is asked for, what it brings, and how it says that it cannot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

# Which fetch is tried again by itself is decided by whoever asked; `final` says that waiting does not cure it.
Beat = Callable[[int, str], None]
MB = 1_000_000


class SourceFault(Exception):
    """A source did not give what was asked. The sentence is for people and holds no value of the data."""

    def __init__(
        self, sentence: str, *, final: bool = False, is_host: bool = False, after: float | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        # Asking again brings the same: a person must change something.
        self.final = final
        # The host itself is in trouble, so that others who ask it would meet the same.
        self.is_host = is_host
        self.after = after


@dataclass(frozen=True)
class Limits:
    """Bounds of one fetch. With `is_sample` it ends, without a fault, once `max_bytes` are there."""

    max_bytes: int = 2_147_483_648
    max_rows: int = 20_000_000
    seconds: float = 3600.0
    is_sample: bool = False
    # Rows, too, end a sample: sources that are asked page by page need not send more.
    sample_rows: int = 500


@dataclass(frozen=True)
class Secrets:
    """What the environment holds for one dataset: secrets and databases by name, and the hosts that may be asked.

    Its text shows names only.
    """

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    databases: Mapping[str, str] = field(default_factory=dict, repr=False)
    # Empty: any host with a public address.
    hosts: tuple[str, ...] = ()
    allow_loopback: bool = False
    # The only hosts to which a secret goes, by its name; one that is not named here is bound to none.
    bound: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # What is there and not for this dataset, or not for a test: a sentence by the name of its setting.
    withheld: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str, *, to: str) -> str:
        """The secret of that name, to be sent to the address `to`; empty when none is asked for.

        Raises SourceFault when it is not there, not for this dataset, or bound to other hosts.
        """
        if not name:
            return ""
        self._check(f"SOURCE_SECRET_{name}")
        found = self.values.get(name, "")
        if not found:
            raise SourceFault(
                f"The secret {name} is not set on the server. Ask your portal admin to set "
                f"SOURCE_SECRET_{name}, then try again.",
                final=True,
            )
        host = urlsplit(to).hostname or ""
        if name in self.bound and not is_among(host, self.bound[name]):
            raise SourceFault(
                f"The secret {name} is bound to other hosts, so it is not sent to {host}. If it belongs there, ask "
                f"your portal admin to add {host} to SOURCE_SECRET_{name}_HOSTS.",
                final=True,
            )
        return found

    def database(self, name: str) -> str:
        """The connection of that name. Raises SourceFault when it is not there, or not for this dataset."""
        self._check(f"SOURCE_DB_{name}")
        found = self.databases.get(name, "")
        if not found:
            raise SourceFault(
                f"There is no connection {name} on the server. Ask your portal admin to set SOURCE_DB_{name}.",
                final=True,
            )
        return found

    def _check(self, setting: str) -> None:
        if setting in self.withheld:
            raise SourceFault(self.withheld[setting], final=True)


def is_among(host: str, names: Iterable[str]) -> bool:
    """True when a host is one of the names; ".example.gov" takes in those below it."""
    return any(host == name or (name[0] == "." and host.endswith(name)) for name in names)


@dataclass(frozen=True)
class Fetched:
    """What a fetch brought, `sha256` being that of the file.

    `is_same`: the source says that nothing changed, and there is no file.
    """

    name: str = ""
    sha256: str = ""
    size: int = 0
    rows: int | None = None
    # What the source says of this version (etag, last_modified, ...), given back at the next fetch.
    validators: dict[str, str] = field(default_factory=dict)
    is_same: bool = False


@dataclass(frozen=True)
class Field:
    """One thing that a person says about a source, for forms and for pages."""

    name: str
    label: str
    help: str = ""
    required: bool = True
    kind: str = "text"  # text, url, words
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""


@dataclass
class Clock:
    """The time that a fetch may take, counted from its beginning."""

    limits: Limits
    beat: Beat
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        return self.limits.seconds - (time.monotonic() - self.started)

    def tick(self, message: str, *, done: float = 0.0) -> None:
        """Say that the work goes on. Raises SourceFault when its time is over."""
        if self.left <= 0:
            raise SourceFault(
                f"The source did not send everything within {_minutes(self.limits.seconds)}. Ask whoever "
                "runs it for a smaller extract, or your portal admin for more time (SOURCE_MAX_SECONDS).",
                is_host=True,
            )
        self.beat(int(5 + 85 * min(1.0, done)), message)


class Source(Protocol):
    """A kind of source."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def help(self) -> str: ...

    @property
    def fields(self) -> tuple[Field, ...]: ...

    def faults(self, config: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with a description, as a sentence for each field; empty when it can be asked."""

    def host(self, config: Mapping[str, Any]) -> str:
        """Who is asked: the unit that rests after failures."""

    def words(self, config: Mapping[str, Any]) -> str:
        """The source in one line, for people: never a secret."""

    def fetch(
        self,
        config: Mapping[str, Any],
        secrets: Secrets,
        into: Path,
        limits: Limits,
        beat: Beat,
        *,
        known: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Write the data to the file `into`. `known` are the validators of the last time.

        Raises SourceFault with a sentence.
        """


def required(fields: tuple[Field, ...], config: Mapping[str, Any]) -> dict[str, str]:
    """The sentences for fields that must be said and are not."""
    return {
        one.name: f"Say {one.label[0].lower()}{one.label[1:]}."
        for one in fields
        if one.required and not str(config.get(one.name) or "").strip()
    }


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
