"""Reads of hierarchies: those that a release may use, and what its columns are usually made coarser by."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import QuerySet

from dossier.selectors import subject_of
from dossier.storage import local_path
from privacy.class_file import class_table_read, class_values_read
from privacy.models import UploadedHierarchy
from privacy.remedies.built_in import BUILT_IN
from privacy.remedies.hierarchies import listed, suggested_hierarchy
from privacy.remedies.hierarchy import Hierarchy
from privacy.remedies.trial import Baseline
from privacy.risk.classes import ClassTable
from privacy.selectors import PrivacyState, class_table_of, state_of

# Tables of at most so many groups are read by web processes (two stay in memory, some 100 MB); what is computed on
# larger ones is computed by a worker.
MOST_CLASSES_ON_PAGES = 1_000_000


def is_for_pages(state: PrivacyState) -> bool:
    """Whether a page may compute on the class table of a release; also while there is none."""
    row = class_table_of(state)
    return row is None or row.classes <= MOST_CLASSES_ON_PAGES


def uploaded_rows(release_id: int) -> QuerySet[UploadedHierarchy]:
    """The hierarchies that somebody uploaded for the dataset of a release."""
    rows = UploadedHierarchy.objects.filter(dataset_id=subject_of(release_id)["dataset_id"])
    return rows.select_related("by")


def uploaded_hierarchies(release_id: int) -> dict[str, Hierarchy]:
    """The same by digest, ready for use."""
    return {row.digest: listed(row.label, row.level_labels, row.rows) for row in uploaded_rows(release_id)}


def offered_hierarchies(release_id: int) -> list[Hierarchy]:
    """Built-in ones, then uploaded ones: what a form offers (`name` is the key, `label` and `levels` the words)."""
    return [*BUILT_IN.values(), *uploaded_hierarchies(release_id).values()]


def class_table_loaded(state: PrivacyState) -> ClassTable | None:
    """The class table of a release, read from private storage; None while it is not made."""
    base = baseline_loaded(state)
    return base.table if base else None


def baseline_loaded(state: PrivacyState) -> Baseline | None:
    """The same with what every trial on it begins with. The last ones stay in memory: a what-if follows another."""
    row = class_table_of(state)
    return _loaded(row.table.storage_key) if row and row.table else None


@lru_cache(maxsize=2)
def _loaded(storage_key: str) -> Baseline:
    with local_path(storage_key) as path:
        return Baseline.of(class_table_read(path))


def column_values(release_id: int, column: str) -> list[str]:
    """The values of a confirmed quasi-identifier, for a comparison in memory; empty while they are not known.

    Only they are read, not the groups.
    """
    row = class_table_of(state_of(release_id))
    if row is None or row.table is None or column not in row.quasi:
        return []
    with local_path(row.table.storage_key) as path:
        return class_values_read(path, column).slice(1).to_list()


def suggested_hierarchies(state: PrivacyState, table: ClassTable) -> dict[str, Hierarchy]:
    """For each column of the class table the built-in hierarchy that fits it."""
    verdicts = {verdict.column: verdict for verdict in state.verdicts}
    return {
        name: suggested_hierarchy(table.values[name].slice(1), verdicts[name].type, verdicts[name].entity)
        for name in table.names
    }
