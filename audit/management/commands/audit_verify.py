"""manage.py audit_verify: recompute the hash chain of the audit trail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.models import AuditSeal
from audit.selectors import chain_verify


class Command(BaseCommand):
    help = "Check that no sealed audit event was changed, removed or reordered. Exit code 1 when one was."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--head",
            help="a head of the chain noted earlier (the worker logs each): it must still be in the chain",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = chain_verify()
        self.stdout.write(f"{report.sealed} events sealed, {report.unsealed} not sealed yet.")
        self.stdout.write(f"Head of the chain: {report.head}")
        head = options["head"]
        if head and not AuditSeal.objects.filter(hash=head).exists():
            raise CommandError("The chain does not hold that head: events after or before it were removed.")
        if report.faults:
            raise CommandError("\n".join(report.faults))
        self.stdout.write("The chain is whole.")
