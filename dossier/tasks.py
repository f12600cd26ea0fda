from celery import shared_task

from dossier.models import FileRead
from dossier.services_files import file_read as handler
from work.services import work_run


@shared_task
def file_read(pk: int) -> None:
    work_run(FileRead, pk, handler)
