"""`manage.py scan_file FILE`: scan a file as the product would, and measure who could be singled out (PRIVACY 7)."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from datafiles.child import MEMORY_SENTENCE
from datafiles.errors import DataFileError
from dossier.services_files import limits_current
from privacy.management.column_names import UNREADABLE
from privacy.management.file_scanning import Risk, ScannedFile, file_scan, warm_up
from privacy.risk.sentences import listing

FOUND = 3


class Command(BaseCommand):
    help = (
        "Scans a data file for personal data and prints what it found, masked. "
        "Exit code 0: nothing to decide; 3: something is; 2: the file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        several = "separated by commas, or the option again"
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--quasi", action="append", default=[], help=f"columns to measure k over, {several}"
        )
        parser.add_argument(
            "--sensitive",
            action="append",
            default=[],
            help=f"sensitive columns, to measure l and t of, {several}",
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        started = time.perf_counter()
        warm_up()
        startup = time.perf_counter() - started
        found = _scan(path, options["quasi"], options["sensitive"])
        report = _report(found, startup)
        for note in found.notes:
            self.stderr.write(note)
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_as_text(path, report))
        if found.result.open_columns:
            sys.exit(FOUND)


def _scan(path: Path, quasi: list[str], sensitive: list[str]) -> ScannedFile:
    """Scan the file. Raises CommandError (exit code 2) with the sentence that says why it cannot be read."""
    if path.is_dir():
        raise CommandError(f"{path} is a folder. Name a file in it.", returncode=UNREADABLE)
    if not path.is_file():
        raise CommandError(f"There is no file {path}.", returncode=UNREADABLE)
    try:
        return file_scan(path, limits=limits_current(), quasi=quasi, sensitive=sensitive)
    except DataFileError as error:
        sentence = error.sentence
    except MemoryError:
        sentence = MEMORY_SENTENCE
    except OSError as error:
        sentence = f"The file cannot be read: {error.strerror}."
    raise CommandError(sentence, returncode=UNREADABLE)


def _report(found: ScannedFile, startup: float) -> dict[str, Any]:
    result = found.result
    return {
        "file": {
            "sha256": found.sha256,
            "rows": result.rows,
            "columns": len(result.columns),
            "bytes": found.bytes,
            "seconds": round(found.seconds, 3),
            "peak_rss_mb": found.peak_rss_mb,
        },
        "engine": {"registry_version": result.registry_version, "startup_seconds": round(startup, 3)},
        "columns": [column.to_dict() for column in result.columns],
        "risk": _risk(found.risk) if found.risk else None,
    }


def _risk(risk: Risk) -> dict[str, Any]:
    profile = risk.profile
    first = profile.sensitive[0] if profile.sensitive else None
    return {
        "quasi_identifiers": profile.quasi,
        "k": profile.k,
        "k_null_wildcard": risk.k_null_wildcard,
        "classes": profile.classes,
        "unique_rows": profile.unique_rows,
        "rows_under_11": profile.rows_under_11,
        "prosecutor_max": profile.prosecutor_max,
        "prosecutor_average": profile.prosecutor_average,
        "l": first.l if first else None,
        "entropy_l": first.entropy_l if first else None,
        "t": first.t if first else None,
        "null_policy": "value",
    }


def _as_text(path: Path, report: dict[str, Any]) -> str:
    file = report["file"]
    lines = [
        f"{path.name}: {file['rows']:,} rows, {file['columns']} columns, read and scanned in "
        f"{file['seconds']:.1f} s by detectors {report['engine']['registry_version']}",
        "",
        f"{'column':<28} {'type':<9} {'class':<10} {'entity':<15} {'decision':<8}",
    ]
    for column in report["columns"]:
        lines.append(
            f"{column['name'][:28]:<28} {column['type']:<9} {column['class']:<10} "
            f"{column['entity'] or '':<15} {column['decision']:<8}"
        )
        if column["decision"] != "clear":
            lines.append(f"    {column['explanation']}")
    if report["risk"]:
        risk = report["risk"]
        lines += [
            "",
            f"Over {listing(risk['quasi_identifiers'])}: k = {risk['k']}, {risk['unique_rows']:,} of "
            f"{file['rows']:,} rows stand alone, {risk['rows_under_11']:,} are in groups under 11.",
        ]
        if risk["l"] is not None:
            lines.append(f"Of the sensitive column: l = {risk['l']}, t = {risk['t']:.3f}.")
    return "\n".join(lines)
