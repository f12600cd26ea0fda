"""What is typed into the data dictionary is kept as far as the database can hold it."""

import pytest

from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.models import ColumnDescription
from workflow.services.datasets import columns_describe, columns_sync
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


def test_nul_characters_do_not_break_the_dictionary_and_long_words_are_kept(cast: Cast) -> None:
    release = release_at(Stage.READINESS, cast)
    columns_sync(release_id=release.pk, columns=[{"name": "permit", "type": "text"}])
    row = {"name": "permit", "label": "Per\0mit", "description": "x\0" * 20_000, "unit": "\0"}
    columns_describe(release_id=release.pk, rows=[row], actor=cast.steward)
    column = ColumnDescription.objects.get(name="permit")
    assert (column.label, column.description, column.unit) == ("Permit", "x" * 20_000, "")
