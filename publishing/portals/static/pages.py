"""Pages for people: the list of public datasets, and one page for each. No script, readable without a style."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from publishing.portals.shared.dictionary import type_word
from publishing.portals.static.files import DATA, DICTIONARY, MAP, PACKAGE, kept_record
from publishing.records import PortalRecord

STYLE = """body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:64rem;padding:1rem;color:#1b1b1b;
overflow-wrap:break-word;
background:#fff}a{color:#005ea2}a:focus,.scroll:focus{outline:3px solid #2491ff;outline-offset:2px}
table{border-collapse:collapse}caption{text-align:left;font-weight:700;padding:.5rem 0}
th,td{border:1px solid #a9aeb1;padding:.25rem .75rem;text-align:left;vertical-align:top}th{background:#f0f0f0}
.scroll{overflow-x:auto}dt{font-weight:700}dd{margin:0 0 .5rem}li{margin-bottom:.75rem}
"""


# By this the note in the place of a dataset is told from the page of a dataset.
ENDED = 'data-state="ended"'
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


def _frame(title: str, body: str, *, up: str) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{escape(title)}</title><link rel="stylesheet" href="{up}style.css"></head>
<body>{body}</body></html>
"""


def index(title: str, entries: Iterable[tuple[str, PortalRecord, int]], *, has_catalogue: bool) -> str:
    """The first page of the catalogue: (name, record, rows) of every public dataset."""
    items = "".join(
        f'<li><a href="datasets/{name}/index.html">{escape(record.name)}</a><br>'
        f"{escape(record.description)}<br><small>{rows:,} rows</small></li>"
        for name, record, rows in entries
    )
    body = f"<ul>{items}</ul>" if items else "<p>Nothing is public here yet.</p>"
    if has_catalogue:
        body += '<p>For programs: <a href="data.json">data.json</a></p>'
    return _frame(title, f"<main><h1>{escape(title)}</h1>{body}</main>", up="")


def _facts(record: PortalRecord) -> list[tuple[str, str]]:
    return [
        ("Category", record.category),
        ("Keywords", ", ".join(record.tags)),
        ("Provided by", record.attribution),
        ("Contact", record.contact_email),
        ("Licence", record.licence),
        ("Updated", record.update_frequency),
    ]


def tells(page: str, record: PortalRecord) -> bool:
    """Does the page of a dataset say what the record says of it?"""
    wanted = [record.name, record.description, *(words for _, words in _facts(record))]
    return all(escape(words) in page for words in wanted)


def dataset(folder: Path, record: PortalRecord, rows: int) -> str:
    facts = [
        *_facts(record),
        ("Rows", f"{rows:,}"),
        ("Files written", f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC"),
    ]
    pairs = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)
    files = [(DATA, "All rows as CSV"), (DICTIONARY, "What each column holds, as CSV")]
    files += [(MAP, "All rows as GeoJSON, for maps")] if (folder / MAP).exists() else []
    files += [(PACKAGE, "A description for programs (Data Package)")]
    links = "".join(f'<li><a href="{name}">{words}</a></li>' for name, words in files)
    lines = "".join(
        f'<tr><th scope="row">{escape(column.name)}</th><td><code>{column.field_name}</code></td>'
        f"<td>{type_word(column.type)}</td><td>{escape(column.description)}</td></tr>"
        for column in record.columns
    )
    body = f"""<p><a href="../../index.html">All datasets</a></p>
<main><h1>{escape(record.name)}</h1><p>{escape(record.description)}</p>
<h2>Download</h2><ul>{links}</ul>
<h2>About the data</h2><dl>{pairs}</dl>
<h2>Columns</h2><div class="scroll" tabindex="0" role="region" aria-label="Columns"><table>
<caption>What each column holds</caption><thead><tr><th scope="col">Column</th>
<th scope="col">Name in the file</th><th scope="col">Type</th><th scope="col">Description</th></tr></thead>
<tbody>{lines}</tbody></table></div></main>"""
    return _frame(record.name, body, up="../../")


def ended(record: PortalRecord, note: str) -> str:
    """What stands in the place of a dataset that is not public any more: why, and nothing of the data."""
    paragraphs = "".join(f"<p>{_linked(part)}</p>" for part in note.split("\n\n") if part.strip())
    body = f"""<p><a href="../../index.html">All datasets</a></p>
<main {ENDED}><h1>{escape(record.name)}</h1><p><strong>This dataset is not public any more.</strong></p>
{paragraphs}</main>"""
    return _frame(record.name, body, up="../../")


def _linked(text: str) -> str:
    """Text with its addresses as links."""
    rest, parts = 0, []
    for found in _LINK.finditer(text):
        address = escape(found.group())
        parts += [escape(text[rest : found.start()]), f'<a href="{address}">{address}</a>']
        rest = found.end()
    return "".join((*parts, escape(text[rest:])))


def entries(folders: Iterable[tuple[str, Path]]) -> list[tuple[str, PortalRecord, int]]:
    found = [(name, *kept_record(folder)) for name, folder in folders]
    return sorted(found, key=lambda entry: entry[1].name.lower())
