"""What a record lacks for a version of DCAT-US, in sentences for whoever can mend it.

The rules are those of the specification: what 1.1 always wants (title, description, keyword, modified, publisher,
contactPoint, identifier, accessLevel) and what 3.0 does (title, description, contactPoint, identifier).
"""

from __future__ import annotations

from collections.abc import Iterator

from publishing.dcat import words
from publishing.dcat.record import DEPARTMENT, PORTAL_ADMIN, PUBLIC, CatalogRecord, Gap

V1, V3 = "1.1", "3.0"
VERSIONS = (V1, V3)

_NEXT = "It counts with the next release."


def gaps_of(record: CatalogRecord, version: str) -> list[Gap]:
    """Everything that is missing or was left out; those that keep the record out stand first."""
    said = [*_keeping_out(record, version), *_left_out(record, version)]
    return [
        Gap(record.identifier, record.title, code, sentence, keeps_out, whose)
        for code, sentence, keeps_out, whose in said
    ]


def _keeping_out(record: CatalogRecord, version: str) -> Iterator[tuple[str, str, bool, str]]:
    if not words.line(record.title):
        yield "title", f"It has no title. Write one on the Metadata page. {_NEXT}", True, DEPARTMENT
    if not words.plain(record.description):
        yield (
            "description",
            f"It has no description. Write one on the Metadata page. {_NEXT}",
            True,
            DEPARTMENT,
        )
    if not words.line(record.publisher):
        yield "publisher", "No agency stands behind it. Give its department a name.", True, PORTAL_ADMIN
    yield from _contact(record)
    if version == V1 and not _words_to_find(record):
        yield (
            "keyword",
            "It has no keyword and no category, and DCAT-US 1.1 wants at least one word to find it by. Write "
            f"keywords on the Metadata page. {_NEXT}",
            True,
            DEPARTMENT,
        )
    if version == V1 and record.modified is None:
        yield (
            "modified",
            "It is not known when the data last changed. Publish it once more.",
            True,
            DEPARTMENT,
        )


def _contact(record: CatalogRecord) -> Iterator[tuple[str, str, bool, str]]:
    if record.contact_by == PORTAL_ADMIN:
        mend = "Write contact_name and contact_email under [catalogue] in the program's profile."
    else:
        mend = f"Write an address of the office on the Metadata page. {_NEXT}"
    if not record.contact_email.strip():
        sentence = f"There is no e-mail address for questions about the data. {mend}"
        yield "contact", sentence, True, record.contact_by
    elif not words.mailto(record.contact_email):
        sentence = f"The e-mail address for questions holds characters that catalogues refuse. {mend}"
        yield "contact", sentence, True, record.contact_by
    elif not words.line(record.contact_name):
        yield "contact", f"The contact has no name. {mend}", True, record.contact_by


def _words_to_find(record: CatalogRecord) -> bool:
    return bool(record.restriction or words.lines((*record.keywords, *record.themes)))


def _left_out(record: CatalogRecord, version: str) -> Iterator[tuple[str, str, bool, str]]:
    if record.restriction is not None:
        return
    if version == V1 and not words.lines(record.keywords) and words.lines(record.themes):
        yield "keyword", f"It has no keyword, so its category stands for one. {_NEXT}", False, DEPARTMENT
    if version == V1 and len(words.plain(record.description)) > words.MAX_DESCRIPTION:
        yield "description", "Its description is cut at 10,000 characters. Shorten it.", False, DEPARTMENT
    if version == V1 and len(words.line(record.rights)) > words.MAX_RIGHTS:
        yield "rights", "Its rights are cut at 255 characters. Shorten them.", False, DEPARTMENT
    if not record.licence.code:
        yield "licence", f"It has no licence, so nobody knows what they may do. {_NEXT}", False, DEPARTMENT
    elif not record.licence.uri:
        yield (
            "licence",
            f"Nobody has said where the licence “{record.licence.label or record.licence.code}” stands on the web. "
            "Write its address as uri in [[licences]] of the program's profile.",
            False,
            PORTAL_ADMIN,
        )
    if words.is_reversed(record):
        yield "temporal", "Its data ends before it begins. Correct the inventory record.", False, DEPARTMENT
    if record.access_level != PUBLIC and not words.line(record.rights):
        yield "rights", "It is not open to everybody, and its rights do not say why.", False, DEPARTMENT
    if record.declared_level not in ("", record.access_level):
        yield (
            "access",
            f"It is public, and its public access level says “{record.declared_level}”. Correct the level on the "
            f"Metadata page, or take the data back. {_NEXT}",
            False,
            DEPARTMENT,
        )
    if not record.forms:
        yield "distribution", "The portal has not said where the data can be had.", False, PORTAL_ADMIN
