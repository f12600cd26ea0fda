"""Writes of publishing: what people and the conductor ask for (requests), the run of a worker (run)."""

from publishing.services.facts import facts_rebuild
from publishing.services.hiding import (
    publication_hide_everywhere,
    publication_make_private,
    publication_stay_private,
)
from publishing.services.requests import (
    permit_write,
    publication_request,
    publication_resume,
    record_build,
    treated_columns,
)
from publishing.services.run import publication_run

__all__ = [
    "facts_rebuild",
    "permit_write",
    "publication_hide_everywhere",
    "publication_make_private",
    "publication_request",
    "publication_resume",
    "publication_run",
    "publication_stay_private",
    "record_build",
    "treated_columns",
]
