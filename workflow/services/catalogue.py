"""What a portal and the public are told about a release: the record made from the inventory and the dictionary."""

from __future__ import annotations

from publishing.records import PortalColumn, PortalRecord, field_names
from publishing.services import record_build
from workflow.context import ReleaseContext
from workflow.models import ColumnDescription
from workflow.selectors.datasets import dictionary_of


def record_for(context: ReleaseContext) -> PortalRecord:
    """The portal record of a release: metadata of the dataset, columns of the treated copy.

    The columns come from the `treated` fact, so that a dropped column has no description either.
    """
    raise NotImplementedError
