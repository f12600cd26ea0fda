from celery import shared_task

from notifications import services
from notifications.models import OutgoingMessage
from work.services import work_run


@shared_task
def message_send(pk: int) -> None:
    work_run(OutgoingMessage, pk, services.message_send)
