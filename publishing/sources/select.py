"""One SELECT and nothing else: what a person may ask of a database, judged before it is asked.

The database itself is the lock (a read-only transaction, an account that may read only what is exposed); this is
the sentence beside it.
"""

from __future__ import annotations

import re

LONGEST = 20_000
# Literals, quoted names and comments may hold any word: taken out before words are looked at. What two readers
# could end at different places (literals with escapes or dollars, comments that nest) is not read at all.
_SILENT = re.compile(
    r"""
      (?P<odd>\b(?:e|u&)'|\$(?:[a-z_]\w*)?\$|/\*|\*/)
    | '(?:[^']|'')*'            # a literal
    | "(?:[^"]|"")*"            # a quoted name
    | --[^\r\n]*                # a comment to the end of the line
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ODD = "\x01"
_CHANGES = re.compile(
    r"\b(insert|update|delete|merge|truncate|drop|alter|create|grant|revoke|copy|call|do|into|set|reset|lock|"
    r"attach|detach|pragma|vacuum|begin|commit|rollback|savepoint|listen|notify|execute|prepare)\b",
    re.IGNORECASE,
)
# Functions that write, read files, wait or end what others do although the transaction only reads, and those that run
# text as a query of its own, where none of this would be seen. Every pg_... belongs to the server, none to a table.
_REACHES_OUT = re.compile(
    r"\b(pg_\w+|dblink\w*|lo_\w+|loread|lowrite|set_config|nextval|setval|load_extension|"
    r"(?:query|cursor|table|schema|database)_to_xml\w*|ts_stat|ts_rewrite|crosstab\w*|connectby|xpath_table)\s*\(",
    re.IGNORECASE,
)


def select_fault(query: str) -> str:
    """Why this is not one plain SELECT, as a sentence; empty when it is."""
    if len(query) > LONGEST:
        return f"A query has at most {LONGEST:,} characters. Make a view of it in the database, and select from that."
    bare = _SILENT.sub(lambda found: _ODD if found["odd"] else " x ", query)
    if "\0" in query or _ODD in bare:
        return (
            "The query holds a comment or literal of a kind that is not read here. Make a view, and query it."
        )
    bare = bare.strip().removesuffix(";").strip()
    if not re.match(r"(select|with)\b", bare, re.IGNORECASE):
        return "A query begins with SELECT (or WITH): it reads, and changes nothing."
    if ";" in bare:
        return "There may be one statement only. Take the semicolon out."
    if "'" in bare or '"' in bare:
        return "A quotation mark is opened and not closed."
    if found := _CHANGES.search(bare):
        return (
            f"The query holds the word {found.group(0).upper()}, and a query only reads. If it is the name of a "
            "column, put it in double quotation marks."
        )
    if found := _REACHES_OUT.search(_SILENT.sub(_with_names, query)):
        return (
            f"The query calls {found.group(1).lower()}, which does more than read a table. Leave it out, or query a "
            "view of the database."
        )
    return ""


def _with_names(found: re.Match[str]) -> str:
    """Comments and literals as nothing; a quoted name as itself, since a function may be called by it."""
    name = found.group(0)[1:-1] if found.group(0)[0] == '"' else ""
    return f" {name} " if re.fullmatch(r"\w+", name) else " "
