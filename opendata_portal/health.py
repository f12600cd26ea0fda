"""Health pages for whoever runs the product: is the process up, and can it work?"""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and every migration is applied; 503 with what is wrong otherwise."""
    faults = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            faults.append("migrations are missing")
    except DatabaseError:
        faults.append("the database does not answer")
    body = {
        "status": "not ready" if faults else "ready",
        "faults": faults,
        "database": "embedded SQLite" if settings.EMBEDDED_DATABASE else "PostgreSQL",
        "broker": "Redis" if settings.REDIS_URL else "embedded files",
    }
    return JsonResponse(body, status=503 if faults else 200)
