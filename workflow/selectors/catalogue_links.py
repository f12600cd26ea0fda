"""Licences and links of a catalogue record, out of the program's profile and the approved description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.profiles import Profile
from publishing import dcat
from publishing.dcat import words

Documents = tuple[tuple[str, str], ...]


def licence_of(code: str, profile: Profile) -> dcat.Licensed:
    """The licence as the program calls it; the program's own address of it wins over the well-known one."""
    if not code:
        return dcat.Licensed()
    own = profile.licence(code)
    address = (own.uri if own else "") or words.LICENCES.get(code, "")
    return dcat.Licensed(code, own.label if own else code, address)


def documents_of(said: Mapping[str, Any]) -> tuple[Documents, tuple[str, ...]]:
    """The documents beside the data, each with its words, and the links to datasets that belong to it."""
    documents: dict[str, str] = {}
    for title, url in _documents(said):
        documents.setdefault(url, title)
    related = tuple(dict.fromkeys(url for text in said.get("relation", ()) for url in words.links_in(text)))
    return tuple((title, url) for url, title in documents.items()), related


def _documents(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for text in said.get("related_documents", ()):
        for url in words.links_in(text):
            title = " ".join(word for word in text.split() if not words.links_in(word)).rstrip(":,;- ")
            yield title or url, url
    for code, title in (("homepage", "Page of the program behind the data"), ("source_link", "Source")):
        for url in words.links_in(said.get(code, "")):
            yield title, url
