"""`manage.py risk_file FILE`: measure how easily somebody could be singled out in a file (PRIVACY 3)."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from datafiles.table import Table, read_columnar, read_columns
from privacy.management.column_names import UNREADABLE, columns_named
from privacy.management.file_reading import columnar_read, file_facts, table_read
from privacy.risk.profile import TAU, RiskProfile, risk_profile
from privacy.risk.sentences import listing, profile_sentences, standing
from privacy.risk.suggest import Candidate, suggest
from privacy.scanner import scan

AT_RISK = 3
K_MIN = 5
HELP = """Measures how easily a person could be singled out in a data file.

Quasi-identifiers are the columns that others may know of a person: ZIP code, sex, date of birth. Without
--quasi the file is scanned and the columns that the scan proposes are measured.

  manage.py risk_file people.csv --quasi zip,sex,birth_year
  manage.py risk_file people.csv --quasi zip,sex --sensitive diagnosis --sensitive income --format json
  manage.py risk_file survey.csv --quasi region,age --weights weight
  manage.py risk_file sample.csv --quasi region,age --population register.csv

Printed are: k, groups, rows that stand alone, rows in groups under 5, 11 and --k-min, with null as a value of
its own and as any value; the risks of prosecutor, journalist and marketer; l and t of each sensitive column;
the risk of each person where --weights names sampling weights; special uniques (SUDA); and the columns and
combinations of columns that single out most. Values of the file are never printed: only names of columns,
counts and row numbers (the header does not count).

Exit code 0: k is at least --k-min; 3: it is lower; 2: the file cannot be read, or has no such column."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The columns that were named."""

    quasi: list[str]
    sensitive: list[str]
    weights: list[str]

    @property
    def all(self) -> list[str]:
        return [*self.quasi, *self.sensitive, *self.weights]


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """The help keeps its lines."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        several = "separated by commas, or the option again"
        parser.add_argument(
            "--quasi", action="append", default=[], help=f"columns to measure over, {several}"
        )
        parser.add_argument(
            "--sensitive", action="append", default=[], help=f"columns to measure l and t of, {several}"
        )
        parser.add_argument("--weights", default="", help="the column of sampling weights")
        parser.add_argument("--population", type=Path, help="a file of the whole population")
        parser.add_argument(
            "--k-min", type=int, default=K_MIN, help=f"the smallest group asked for ({K_MIN})"
        )
        parser.add_argument(
            "--tau", type=float, default=TAU, help=f"the risk above which a row is at risk ({TAU})"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        started = time.perf_counter()
        with columnar_read(path) as columnar:
            there = [column.name for column in read_columns(columnar)]
            asked = _Asked(
                columns_named(there, options["quasi"]),
                columns_named(there, options["sensitive"]),
                columns_named(there, [options["weights"]]),
            )
            # The scan proposes columns after it has seen them all; otherwise the others are not read.
            table = read_columnar(columnar, asked.all if asked.quasi else None)
        why = {} if asked.quasi else _proposed(table)
        profile = _measured(table, asked.quasi or list(why), asked, options)
        seconds = time.perf_counter() - started
        report: dict[str, Any] = {
            "file": file_facts(path, rows=table.rows, columns=len(there), seconds=seconds),
            "risk": _risk(profile),
            "sentences": [standing(profile), *profile_sentences(profile)],
        }
        if why:
            report["proposed"] = [{"column": name, "why": reason} for name, reason in why.items()]
        if options["format"] == "json":
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_as_text(path, report, profile))
        if profile.k < options["k_min"]:
            sys.exit(AT_RISK)


def _proposed(table: Table) -> dict[str, str]:
    found = scan(table)
    why = dict(suggest(Candidate(one.name, one.group, one.entity) for one in found.columns))
    if not why:
        raise CommandError(
            "The scan proposes no quasi-identifiers in this file. Name the columns with --quasi.",
            returncode=UNREADABLE,
        )
    return why


def _measured(table: Table, quasi: list[str], asked: _Asked, options: dict[str, Any]) -> RiskProfile:
    numbers = {column.name for column in table.columns if column.type in ("integer", "decimal")}
    population = None
    if options["population"]:
        everybody = table_read(options["population"])
        columns_named(everybody.names, quasi)
        population = everybody.frame
    try:
        return risk_profile(
            table.frame,
            quasi,
            sensitive=asked.sensitive,
            ordered=[name for name in asked.sensitive if name in numbers],
            weights=asked.weights[0] if asked.weights else None,
            population=population,
            threshold=options["k_min"],
            tau=options["tau"],
        )
    except ValueError as fault:
        raise CommandError(str(fault), returncode=UNREADABLE) from None


def _risk(profile: RiskProfile) -> dict[str, Any]:
    """The profile, led by the names that `scan_file` gives the same measures (PRIVACY 7)."""
    first = profile.sensitive[0] if profile.sensitive else None
    return {
        "quasi_identifiers": profile.quasi,
        "k": profile.k,
        "k_null_wildcard": profile.wildcard.k if profile.wildcard else 0,
        "classes": profile.classes,
        "unique_rows": profile.unique_rows,
        "unique_share": profile.unique_share,
        "rows_under_11": profile.rows_under_11,
        "prosecutor_max": profile.prosecutor_max,
        "prosecutor_average": profile.prosecutor_average,
        "journalist_max": profile.population.journalist_max if profile.population else None,
        "marketer": profile.population.marketer if profile.population else None,
        "l": first.l if first else None,
        "entropy_l": first.entropy_l if first else None,
        "t": first.t if first else None,
        "null_policy": "value",
    } | {name: value for name, value in profile.to_dict().items() if name != "quasi"}


def _as_text(path: Path, report: dict[str, Any], profile: RiskProfile) -> str:
    file = report["file"]
    lines = [
        f"{path.name}: {file['rows']:,} rows, measured over {listing(profile.quasi)} in {file['seconds']:.1f} s",
        "",
        f"{'group size':<14} {'rows':>14} {'groups':>14}",
    ]
    for low, high, rows, groups in profile.class_sizes:
        size = str(low) if low == high else f"{low} to {high}" if high else f"{low} or more"
        lines.append(f"{size:<14} {rows:>14,} {groups:>14,}")
    if profile.columns:
        lines += ["", f"{'column':<28} {'values':>10} {'empty':>10} {'alone':>10} {'share of risk':>14}"]
    for one in profile.columns:
        lines.append(
            f"{one.column[:28]:<28} {one.distinct:>10,} {one.null_rows:>10,} {one.unique_rows:>10,} "
            f"{one.share * 100:>12.0f} %"
        )
    for proposed in report.get("proposed", []):
        lines += ["", f"{proposed['column']} is measured: {proposed['why']}"]
    return "\n".join([*lines, "", *report["sentences"]])
