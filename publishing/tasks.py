"""Celery entry of publishing: an id in, one service called."""

from celery import shared_task

from publishing.models import Publication
from publishing.services import publication_run as run_publication
from work.services import work_run


@shared_task
def publication_run(pk: int) -> None:
    work_run(Publication, pk, run_publication)
