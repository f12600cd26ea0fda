"""Database triggers that refuse to change or delete what was recorded.

Installed after every migrate (SQLite drops them when it remakes a table) and checked at start-up.
"""

from __future__ import annotations

from django.db import connections

PROTECTED = ("audit_auditevent", "audit_auditseal")
_MESSAGE = "audit rows are never changed or deleted"


def install(using: str = "default") -> None:
    connection = connections[using]
    statements = _postgres() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(using: str = "default") -> None:
    """Lift the triggers: for the one test fixture that must empty tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in PROTECTED:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")


def missing(using: str = "default") -> list[str]:
    """The protected tables that exist without their triggers."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
            suffixes = ("_append_only", "_no_truncate")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            suffixes = ("_no_update", "_no_delete")
        found = {row[0] for row in cursor.fetchall()}
    return [
        table
        for table in PROTECTED
        if table in tables and not {f"{table}{suffix}" for suffix in suffixes} <= found
    ]


def _postgres() -> list[str]:
    function = f"""
        CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_MESSAGE}'; END $$"""
    statements = [function]
    for table in PROTECTED:
        statements += [
            f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()",
            f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()",
        ]
    return statements


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        for table in PROTECTED
        for verb in ("update", "delete")
    ]
