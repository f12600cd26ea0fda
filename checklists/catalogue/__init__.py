"""The checklists as content: TOML files beside this module, one per checklist (DOMAIN section c).

A file is read into a plain dict, which is what a CatalogueVersion row keeps; `parse` turns such a dict into a
Catalogue, whether it comes from today's file or from a row of last year.
"""

from checklists.catalogue.composing import compose, weakening
from checklists.catalogue.files import CHECKLISTS, current, read
from checklists.catalogue.parsing import CatalogueError, digest_of, parse
from checklists.catalogue.shapes import Catalogue, Contradiction, Item, Option, Section

__all__ = [
    "CHECKLISTS",
    "Catalogue",
    "CatalogueError",
    "Contradiction",
    "Item",
    "Option",
    "Section",
    "compose",
    "current",
    "digest_of",
    "parse",
    "read",
    "weakening",
]
