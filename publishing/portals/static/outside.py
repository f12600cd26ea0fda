"""The catalogue as a stranger sees it: over HTTP, at the address that the public knows."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from typing import Any

import requests

from publishing.portals.base import PortalError
from publishing.portals.shared.errors import by_status, lost, strange
from publishing.portals.shared.session import PortalClient, PortalSession
from publishing.portals.static.config import StaticConfig
from publishing.portals.static.files import DATA, PACKAGE, PAGE, rows_of
from publishing.portals.static.pages import ENDED

_PART = 1 << 16
# How web servers say to a stranger that there is nothing for them.
_HIDDEN = (401, 403, 404, 410)


class Outside(PortalClient):
    config: StaticConfig

    def __init__(self, config: StaticConfig) -> None:
        super().__init__(config)
        self.session = PortalSession(config)
        # What stands between us and the files must not answer from its memory.
        self.session.headers.update({"Accept": "*/*", "Cache-Control": "no-cache"})

    def status(self, name: str) -> int:
        """200 when the page of the dataset is there, 401, 403, 404 or 410 when it is not.

        A note that says why it ended is no page of the dataset: then its files must be gone too.
        """
        status, text = self._look(f"{name}/{PAGE}")
        if status != 200 or ENDED not in text:
            return status
        return min(self._look(f"{name}/{file}", stream=True)[0] for file in (DATA, PACKAGE))

    def _look(self, path: str, **options: Any) -> tuple[int, str]:
        """Is it there for a stranger? With its text, unless it comes as a stream."""
        try:
            response = self._get("look from outside", path, **options)
        except PortalError as error:
            if error.status in _HIDDEN:
                return error.status, ""
            raise
        if options:
            response.close()
        return 200, "" if options else response.text

    def count(self, name: str) -> int:
        """As the description beside the rows says; the comparison reads every row besides."""
        what = "count the rows"

        def number(response: requests.Response) -> int:
            try:
                return int(response.json()["resources"][0]["rows"])
            except requests.JSONDecodeError:
                raise
            except (LookupError, TypeError, ValueError):
                raise strange(what, self.config, "sent a strange description") from None

        return self._get(what, f"{name}/{PACKAGE}", number)

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Every row of the file, read as it comes."""
        what = "read the rows back"
        response = self._get(what, f"{name}/{DATA}", stream=True)
        try:
            yield from rows_of(_lines(response))
        except requests.RequestException as error:
            raise lost(what, self.config, error) from None
        except (UnicodeDecodeError, csv.Error):
            raise strange(what, self.config, "sent a file that is not the one we wrote") from None
        finally:
            response.close()

    def _get(
        self,
        what: str,
        path: str,
        read: Callable[[requests.Response], Any] = lambda response: response,
        **options: Any,
    ) -> Any:
        def ask() -> Any:
            response = self.session.get(f"{self.config.address}/datasets/{path}", **options)
            if response.status_code >= 400:
                raise self._error(what, response)
            if response.status_code != 200:
                raise strange(what, self.config, f"answered {response.status_code}")
            return read(response)

        return self.call(what, ask)

    def _error(self, what: str, response: requests.Response) -> PortalError:
        wait = response.headers.get("Retry-After")
        return by_status(response.status_code, what=what, config=self.config, wait=wait)


def _lines(response: requests.Response) -> Iterator[str]:
    """Lines as the CSV has them: cut after a line feed only, never at the other line ends of Unicode."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    rest = ""
    for part in response.iter_content(_PART):
        *lines, rest = (rest + decoder.decode(part)).split("\n")
        yield from (f"{line}\n" for line in lines)
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
