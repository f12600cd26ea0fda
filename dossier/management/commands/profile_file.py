"""`manage.py profile_file FILE`: read a file as the product would, and say what is in it, without values."""

from __future__ import annotations

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from datafiles.errors import DataFileError
from datafiles.limits import human_bytes
from datafiles.reading import ReadResult, read_in_child
from dossier.services_files import limits_current

UNREADABLE = 2


class Command(BaseCommand):
    help = "Reads a data file under the limits of an upload and prints its profile. Exit code 2: unreadable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        with tempfile.TemporaryDirectory() as folder:
            try:
                result = read_in_child(
                    path.resolve(), name=path.name, out_dir=Path(folder), limits=limits_current()
                )
            except DataFileError as error:
                if options["format"] == "json":
                    self.stdout.write(json.dumps({"ok": False, "error": error.to_dict()}))
                raise CommandError(error.sentence, returncode=UNREADABLE) from None
        if options["format"] == "json":
            self.stdout.write(json.dumps(_as_json(result), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_as_text(path, result))


def _as_json(result: ReadResult) -> dict[str, Any]:
    return {
        "ok": True,
        "rows": result.rows,
        "sha256": result.sha256,
        "row_fingerprint": result.row_fingerprint,
        "seconds": result.seconds,
        "notes": result.notes,
        "profile": result.profile,
    }


def _as_text(path: Path, result: ReadResult) -> str:
    size = human_bytes(path.stat().st_size)
    lines = [
        f"{path.name}: {result.rows:,} rows, {len(result.columns)} columns, {size}, "
        f"read in {result.seconds:.1f} s",
        f"sha256 {result.sha256}",
        "",
        f"{'column':<32} {'type':<9} {'filled':>8} {'distinct':>10} {'length':>9}",
    ]
    for column in result.profile["columns"]:
        length = f"{column['min_length']}-{column['max_length']}"
        lines.append(
            f"{column['name'][:32]:<32} {column['type']:<9} {column['filled_share']:>8.1%} "
            f"{column['distinct']:>10,} {length:>9}"
        )
    lines += [note["sentence"] for note in result.notes]
    return "\n".join(lines)
