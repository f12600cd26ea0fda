from celery import shared_task

from work.services import work_sweep


@shared_task
def sweep() -> None:
    work_sweep()
