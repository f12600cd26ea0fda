"""Have what is public sketched that is not yet: `manage.py keep_sketches`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from privacy.services import sketches_keep_missing


class Command(BaseCommand):
    help = "Ask for sketches of every public copy that has none, so that later ones are compared with it."

    def handle(self, *args: Any, **options: Any) -> None:
        asked = sketches_keep_missing()
        self.stdout.write(f"{asked} published cop{'y is' if asked == 1 else 'ies are'} being sketched.")
