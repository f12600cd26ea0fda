from celery import shared_task

from audit.services import events_seal


@shared_task
def seal() -> None:
    events_seal()
