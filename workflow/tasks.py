"""Celery tasks of the conductor: nudged by every fact, and swept by beat."""

from celery import shared_task

from work.services import work_run
from workflow.models import ArchiveCopy, InventoryTakeover, Refresh
from workflow.services.archive import archive_run
from workflow.services.archive_expiry import archive_copies_delete
from workflow.services.bundle_settle import bundles_settle, release_bundle_settle
from workflow.services.deadlines import deadlines_sweep
from workflow.services.endings import endings_sweep
from workflow.services.fetched import fetched_sweep, fetched_take
from workflow.services.folder_catalogue import folder_catalogue_write
from workflow.services.freshness import freshness_sweep
from workflow.services.inventory_takeover import takeover_run
from workflow.services.overrides import overrides_sweep
from workflow.services.refresh_run import refresh_run
from workflow.services.settle import release_settle, releases_settle
from workflow.services.sweeps import intake_sweep, inventory_sweep


@shared_task
def settle(release_id: int) -> None:
    release_settle(release_id=release_id)
    release_bundle_settle(release_id=release_id)
    # A fact of the release may be that it is public, or is not any more.
    folder_catalogue_write()


@shared_task
def refresh(pk: int) -> None:
    work_run(Refresh, pk, refresh_run)


@shared_task
def folder_catalogue() -> None:
    folder_catalogue_write()


@shared_task
def freshness() -> None:
    freshness_sweep()


@shared_task
def settle_all() -> None:
    releases_settle()
    bundles_settle()


@shared_task
def deadlines() -> None:
    deadlines_sweep()


@shared_task
def intake() -> None:
    intake_sweep()


@shared_task
def overrides() -> None:
    overrides_sweep()


@shared_task
def endings() -> None:
    endings_sweep()


@shared_task
def archive_copy(pk: int) -> None:
    work_run(ArchiveCopy, pk, archive_run)


@shared_task
def archive_copies() -> None:
    archive_copies_delete()


@shared_task
def inventory() -> None:
    inventory_sweep()


@shared_task
def refreshes(dataset_id: int) -> None:
    fetched_take(dataset_id=dataset_id)


@shared_task
def refreshes_all() -> None:
    fetched_sweep()


@shared_task
def inventory_takeover(pk: int) -> None:
    work_run(InventoryTakeover, pk, takeover_run)
