"""The frame of every page for people, whatever portal is stood in for."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from publishing.devserver.http import HTML, Response

STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;margin:0;color:#1b1b1b;background:#fff}
header,main,footer{max-width:64rem;margin:0 auto;padding:1rem}
header{border-bottom:3px solid #005ea2}header a{color:#1b1b1b;font-weight:700;text-decoration:none}
a{color:#005ea2}a:focus,.scroll:focus{outline:3px solid #2491ff;outline-offset:2px}
table{border-collapse:collapse}caption{text-align:left;font-weight:700;padding:.5rem 0}
th,td{border:1px solid #a9aeb1;padding:.25rem .75rem;text-align:left;vertical-align:top}th{background:#f0f0f0}
.scroll{overflow-x:auto}.scroll td{white-space:nowrap}
.scroll td:last-child{white-space:normal;min-width:20rem}
.state{border-left:.5rem solid #005ea2;background:#e7f6f8;padding:.5rem 1rem}
dt{font-weight:700}dd{margin:0 0 .5rem}li{margin-bottom:1rem}dd code,li code{overflow-wrap:anywhere}
"""


def page(title: str, body: str, status: int = 200, *, portal: str = "a Socrata portal") -> Response:
    text = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">
<title>{escape(title)} | Stand-in portal</title><style>{STYLE}</style></head>
<body><header><a href="/">Stand-in portal</a></header><main>{body}</main>
<footer><p>A stand-in for {portal}, for development and tests.</p></footer>
</body></html>"""
    return Response(status, text.encode(), HTML)


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table that scrolls by itself on a narrow screen; `heads` and cells are plain text."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs if value)
    return f"<dl>{lines}</dl>"
