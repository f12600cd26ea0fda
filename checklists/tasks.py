"""Celery entry of the checklists: an id in, one service called."""

from celery import shared_task

from checklists.models import CheckRun
from checklists.services import checks_run as handler
from work.services import work_run


@shared_task
def checks_run(pk: int) -> None:
    work_run(CheckRun, pk, handler)
