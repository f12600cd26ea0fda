"""Decisions made before there were recipes become version 1 of each release's recipe."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import migrations


def recipes_write(apps: Any, schema_editor: Any) -> None:
    Disposition, Scan, Recipe = (
        apps.get_model("privacy", name) for name in ("Disposition", "Scan", "RecipeVersion")
    )
    remedies = Disposition.objects.filter(decision="remedy")
    for release in sorted(set(remedies.values_list("release", flat=True))):
        latest = {row.column: row for row in Disposition.objects.filter(release=release).order_by("id")}
        scan = Scan.objects.filter(release=release, scanned_at__isnull=False).order_by("-id").first()
        verdicts = list(scan.verdicts.order_by("position")) if scan else []
        steps = [
            _step(verdict, latest[verdict.column]) for verdict in verdicts if _by_remedy(verdict, latest)
        ]
        if not steps or Recipe.objects.filter(release=release).exists():
            continue
        last = max((row for row in latest.values() if row.decision == "remedy"), key=lambda row: row.at)
        text = json.dumps(steps, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        Recipe.objects.create(
            release_id=release,
            number=1,
            steps=steps,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            note="From the decisions on the columns.",
            by=last.by,
            at=last.at,
        )


def _by_remedy(verdict: Any, latest: dict[str, Any]) -> bool:
    return verdict.column in latest and latest[verdict.column].decision == "remedy"


def _step(verdict: Any, decision: Any) -> dict[str, Any]:
    params: dict[str, Any] = {"column": verdict.column}
    if decision.remedy == "redact_matches":
        params["entities"] = sorted({hit["entity"] for hit in verdict.hits})
    return {"remedy": decision.remedy, "params": params}


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_privacy_engine")]
    operations = [migrations.RunPython(recipes_write, migrations.RunPython.noop)]
