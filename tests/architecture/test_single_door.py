"""A release moves through workflow.services.transitions and nowhere else; nothing looks up from it."""

import ast

from django.apps import apps

from tests.architecture.house import STAND_IN, STATIONS, modules
from workflow.stages import MOVES

DOOR = "workflow/services/transitions.py"
# A portal, and a demo journey, have a verb of the same name: the receiver says that it is no release.
NO_RELEASE = {"portal", "soda", "journey", "super()"}
# Machinery of django-fsm: the model declares, the door moves, the start-up check compares.
MAY_IMPORT_FSM = {DOOR, "workflow/models/release.py", "workflow/tables.py"}


def _moves_called(tree: ast.Module) -> set[str]:
    """The names of moves that are called as methods of anything that may be a release."""
    return {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in MOVES
        and ast.unparse(node.func.value).split(".")[-1] not in NO_RELEASE
    }


def test_no_module_but_the_door_calls_a_transition() -> None:
    callers = [
        f"{name} calls .{called}()"
        for name, tree in modules()
        if name != DOOR and not name.startswith(STAND_IN)
        for called in sorted(_moves_called(tree))
    ]
    assert callers == [], "Moves go through release_transition only."


def test_only_the_model_and_the_door_know_django_fsm() -> None:
    importers = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django_fsm"))
        or (isinstance(node, ast.Import) and any(alias.name.startswith("django_fsm") for alias in node.names))
    }
    assert importers - MAY_IMPORT_FSM == set()


def test_workflow_holds_no_foreign_key_to_a_station() -> None:
    upwards = [
        f"{model.__name__}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_app_config("workflow").get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model
        and field.related_model._meta.app_label in STATIONS
    ]
    assert upwards == []


def test_stations_point_at_releases_and_datasets_only() -> None:
    """And by name ("workflow.Release"), so that no import goes up: the contracts hold that half."""
    targets = [
        (model._meta.label, field.related_model._meta.label)
        for station in STATIONS
        for model in apps.get_app_config(station).get_models()
        for field in model._meta.get_fields()
        if field.many_to_one and field.related_model and field.related_model._meta.app_label == "workflow"
    ]
    assert targets, "no station points at a release: has a model moved?"
    assert {label for _, label in targets} <= {"workflow.Release", "workflow.Dataset"}
