"""Celery entries of publishing: an id in, one service called."""

from celery import shared_task

from publishing.models import Fetch, PortalNotice, Publication, PublicCheck
from publishing.services import publication_run as run_publication
from publishing.services.fetched_files import fetched_files_delete
from publishing.services.fetches import fetch_run as run_fetch
from publishing.services.fetches import fetches_sweep
from publishing.services.notices import notice_run as run_notice
from publishing.services.recheck import recheck_run as run_recheck
from publishing.services.recheck import rechecks_sweep
from work.services import work_run


@shared_task
def publication_run(pk: int) -> None:
    work_run(Publication, pk, run_publication)


@shared_task
def notice_run(pk: int) -> None:
    work_run(PortalNotice, pk, run_notice)


@shared_task
def fetch_run(pk: int) -> None:
    work_run(Fetch, pk, run_fetch)


@shared_task
def fetches() -> None:
    fetches_sweep()


@shared_task
def fetched_files() -> None:
    fetched_files_delete()


@shared_task
def recheck_run(pk: int) -> None:
    work_run(PublicCheck, pk, run_recheck)


@shared_task
def rechecks() -> None:
    rechecks_sweep()
