"""`manage.py treat_file FILE --recipe RECIPE.json --output OUT`: replay a recipe on a file, and scan the copy."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from datafiles.table import Table, write_columnar
from privacy.guarded_csv import csv_write
from privacy.leftovers import still_to_decide
from privacy.management.column_names import UNREADABLE
from privacy.management.file_reading import table_read
from privacy.remedies.base import Context
from privacy.remedies.hierarchies import hierarchy_parse, listed
from privacy.remedies.hierarchy import Hierarchy
from privacy.remedies.recipe import Change, Outcome, RecipeError, Replay, recipe_digest, replay
from privacy.scanner import ColumnResult, ScanResult, scan
from privacy.verdicts import FLAG

FOUND = 3
SUFFIXES = (".csv", ".parquet")


class Command(BaseCommand):
    help = (
        "Applies a recipe to a data file, scans the copy and writes it as CSV or Parquet, by the suffix of OUT. "
        "The same file, recipe and secret give the same bytes. Exit code 0: nothing is left to decide; 3: "
        "something in the copy is still to be decided; 2: the file or the recipe cannot be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--recipe", type=Path, required=True, help="a JSON file: a list of steps")
        parser.add_argument(
            "--output", type=Path, required=True, help="where the copy goes: .csv or .parquet"
        )
        parser.add_argument(
            "--secret-env", default="", help="the environment variable that holds the secret of surrogates"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        if output.suffix.lower() not in SUFFIXES:
            raise CommandError(
                f"Write the copy to a .csv or a .parquet file, not {output.name}.", returncode=2
            )
        if output.resolve() == options["file"].resolve():
            raise CommandError(
                "The copy would take the place of the file. Name another file for it.", returncode=UNREADABLE
            )
        steps, hierarchies = _recipe(options["recipe"])
        context = Context(secret=_secret(options["secret_env"]), hierarchies=hierarchies)
        table = table_read(options["file"])
        try:
            made = replay(table, steps, context)
        except RecipeError as error:
            raise CommandError(error.sentence, returncode=UNREADABLE) from None
        found = scan(made.table)
        _write(made.table, output)
        left = _left(made, found, steps)
        self.stdout.write(_as_text(table, made, left, steps, output))
        if left:
            sys.exit(FOUND)


def _recipe(path: Path) -> tuple[list[dict[str, Any]], dict[str, Hierarchy]]:
    """The steps, and the hierarchies that the recipe brings along ({"name": "value,level1,..."}).

    A step may name such a hierarchy by its name; in the recipe that is replayed it stands by its digest.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise CommandError(f"There is no recipe {path}.", returncode=UNREADABLE) from None
    except ValueError:
        raise CommandError(f"The recipe {path.name} is not JSON.", returncode=UNREADABLE) from None
    steps = content.get("steps") if isinstance(content, dict) else content
    if not isinstance(steps, list):
        raise CommandError("A recipe is a list of steps.", returncode=UNREADABLE)
    named = _hierarchies(content.get("hierarchies", {}) if isinstance(content, dict) else {})
    digests = {name: one.name for name, one in named.items()}
    return [_by_digest(step, digests) for step in steps], {one.name: one for one in named.values()}


def _hierarchies(texts: Any) -> dict[str, Hierarchy]:
    if not isinstance(texts, Mapping):
        raise CommandError("The hierarchies of a recipe have a name and a CSV each.", returncode=UNREADABLE)
    found: dict[str, Hierarchy] = {}
    for name, text in texts.items():
        parsed = hierarchy_parse(str(text))
        if parsed.faults:
            raise CommandError(f"The hierarchy “{name}”: {parsed.faults[0]}", returncode=UNREADABLE)
        found[name] = listed(name, parsed.level_labels, parsed.rows)
    return found


def _by_digest(step: Any, digests: Mapping[str, str]) -> Any:
    """The step with the names of brought hierarchies replaced; a faulty step is left for the check."""
    if not isinstance(step, dict) or not isinstance(step.get("params"), dict):
        return step
    params = dict(step["params"])
    if isinstance(params.get("hierarchy"), str):
        params["hierarchy"] = digests.get(params["hierarchy"], params["hierarchy"])
    if isinstance(params.get("hierarchies"), list):
        params["hierarchies"] = [digests.get(str(key), key) for key in params["hierarchies"]]
    return step | {"params": params}


def _secret(variable: str) -> bytes:
    if not variable:
        return b""
    secret = os.environ.get(variable, "")
    if not secret:
        raise CommandError(f"The environment variable {variable} holds no secret.", returncode=UNREADABLE)
    return secret.encode()


def _write(table: Table, output: Path) -> None:
    try:
        if output.suffix.lower() == ".csv":
            csv_write(table, output)
        else:
            write_columnar(table, output)
    except OSError as error:
        raise CommandError(f"The copy cannot be written: {error.strerror}.", returncode=UNREADABLE) from None


def _as_text(
    source: Table, made: Replay, left: list[ColumnResult], steps: list[dict[str, Any]], output: Path
) -> str:
    lines = [f"Recipe {recipe_digest(steps)[:12]}: {len(steps)} steps on {source.rows:,} rows."]
    lines += [f"{outcome.step}. {outcome.says} {_did(outcome)}" for outcome in made.outcomes]
    lines.append(f"{output.name}: {made.table.rows:,} rows, {len(made.table.columns)} columns.")
    for column in left:
        what = "Still found in" if column.decision == FLAG else "To be decided:"
        lines.append(f"{what} “{column.name}”: {column.explanation}")
    if not left:
        lines.append("Nothing is left to decide in the copy.")
    return "\n".join(lines)


def _left(made: Replay, found: ScanResult, steps: list[dict[str, Any]]) -> list[ColumnResult]:
    none = Change()
    return [
        column
        for column in found.columns
        if still_to_decide(column, steps, made.changed.get(column.name, none))
    ]


def _did(outcome: Outcome) -> str:
    if outcome.columns_removed:
        return f"({outcome.columns_removed} column{'s' if outcome.columns_removed > 1 else ''} left out)"
    if outcome.rows_removed:
        return f"({outcome.rows_removed:,} rows left out)"
    return f"({outcome.cells_changed:,} cells changed in {outcome.rows_changed:,} rows)"
