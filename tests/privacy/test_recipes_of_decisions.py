"""Decisions made before there were recipes: the migration makes them version 1, which asks for the same copy."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from privacy.models import ColumnVerdict, Disposition, RecipeVersion, Scan
from privacy.remedies.recipe import recipe_digest
from tests.cast import Cast
from tests.factories.workflow import release_at
from workflow.stages import Stage

pytestmark = pytest.mark.django_db
migration = import_module("privacy.migrations.0003_recipes_of_decisions")


def test_the_latest_decision_on_each_column_becomes_a_step_in_the_order_of_the_file(cast: Cast) -> None:
    release = release_at(Stage.PRIVACY, cast)
    Disposition.objects.filter(release=release).delete()
    RecipeVersion.objects.filter(release=release).delete()
    scan = Scan.objects.create(
        release=release, file_sha256="f" * 64, registry_version="old", scanned_at=release.opened_at
    )
    for position, name in enumerate(["zip", "owner", "remarks", "kept"]):
        ColumnVerdict.objects.create(
            scan=scan, position=position, column=name, type="text", group="direct", decision="flag", score=1,
            explanation="", evidence_digest="e", hits=[{"entity": "SSN"}, {"entity": "EMAIL"}],
        )  # fmt: skip
    for name, decision, remedy in [
        ("remarks", "remedy", "drop_column"),
        ("owner", "remedy", "drop_column"),
        ("kept", "remedy", "drop_column"),
        ("kept", "accept", ""),
        ("remarks", "remedy", "redact_matches"),
    ]:
        Disposition.objects.create(
            release=release, column=name, evidence_digest="e", decision=decision, remedy=remedy,
            reason="Because it is so.", by=cast.privacy_officer,
        )  # fmt: skip

    migration.recipes_write(apps, None)

    recipe = RecipeVersion.objects.get(release=release)
    assert recipe.steps == [
        {"remedy": "drop_column", "params": {"column": "owner"}},
        {"remedy": "redact_matches", "params": {"column": "remarks", "entities": ["EMAIL", "SSN"]}},
    ]
    assert (recipe.number, recipe.by, recipe.digest) == (1, cast.privacy_officer, recipe_digest(recipe.steps))

    migration.recipes_write(apps, None)
    assert RecipeVersion.objects.filter(release=release).count() == 1
