"""`manage.py scan_file FILE`: scan a file as the product would, and measure who could be singled out (PRIVACY 7)."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from datafiles.errors import DataFileError
from datafiles.fingerprint import file_sha256
from datafiles.reading import read_in_child
from datafiles.table import Table, read_columnar
from dossier.services_files import limits_current
from privacy.risk.diversity import diversity
from privacy.risk.k_anonymity import measure
from privacy.risk.sentences import listing
from privacy.risk.wildcard import k_null_wildcard
from privacy.scanner import ScanResult, scan

FOUND, UNREADABLE = 3, 2


class Command(BaseCommand):
    help = (
        "Scans a data file for personal data and prints what it found, masked. "
        "Exit code 0: nothing to decide; 3: something is; 2: the file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--quasi", default="", help="columns to measure k over, separated by commas")
        parser.add_argument("--sensitive", default="", help="a sensitive column, to measure l and t of")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        quasi = [name.strip() for name in options["quasi"].split(",") if name.strip()]
        started = time.perf_counter()
        table = _read(path)
        for name in [*quasi, *filter(None, [options["sensitive"]])]:
            if name not in table.names:
                raise CommandError(f"The file has no column “{name}”.", returncode=UNREADABLE)
        result = scan(table)
        seconds = time.perf_counter() - started
        report = _report(path, table, result, quasi, options["sensitive"], seconds)
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_as_text(path, report))
        if result.open_columns:
            sys.exit(FOUND)


def _read(path: Path) -> Table:
    if not path.is_file():
        raise CommandError(f"There is no file {path}.", returncode=UNREADABLE)
    with tempfile.TemporaryDirectory() as folder:
        try:
            read = read_in_child(
                path.resolve(), name=path.name, out_dir=Path(folder), limits=limits_current()
            )
        except DataFileError as error:
            raise CommandError(error.sentence, returncode=UNREADABLE) from None
        return read_columnar(read.columnar)


def _report(
    path: Path, table: Table, result: ScanResult, quasi: list[str], sensitive: str, seconds: float
) -> dict[str, Any]:
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "file": {
            "sha256": file_sha256(path),
            "rows": table.rows,
            "columns": len(table.columns),
            "bytes": path.stat().st_size,
            "seconds": round(seconds, 3),
            "peak_rss_mb": peak // 1024,
        },
        "engine": {"registry_version": result.registry_version, "scan_seconds": round(result.seconds, 3)},
        "columns": [column.to_dict() for column in result.columns],
        "risk": _risk(table, quasi, sensitive) if quasi else None,
    }


def _risk(table: Table, quasi: list[str], sensitive: str) -> dict[str, Any]:
    measures = measure(table.frame, quasi)
    numbers = {column.name for column in table.columns if column.type in ("integer", "decimal")}
    shown = diversity(table.frame, quasi, sensitive, ordered=sensitive in numbers) if sensitive else None
    return {
        "quasi_identifiers": quasi,
        "k": measures.k,
        "k_null_wildcard": k_null_wildcard(table.frame, quasi),
        "classes": measures.classes,
        "unique_rows": measures.unique_rows,
        "rows_under_11": measures.rows_under_11,
        "prosecutor_max": measures.prosecutor_max,
        "prosecutor_average": measures.prosecutor_average,
        "l": shown.l if shown else None,
        "entropy_l": shown.entropy_l if shown else None,
        "t": shown.t if shown else None,
        "null_policy": "value",
    }


def _as_text(path: Path, report: dict[str, Any]) -> str:
    file = report["file"]
    lines = [
        f"{path.name}: {file['rows']:,} rows, {file['columns']} columns, scanned in "
        f"{report['engine']['scan_seconds']:.1f} s by detectors {report['engine']['registry_version']}",
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
