"""Celery tasks of the privacy station: ids in, one service each."""

from celery import shared_task

from privacy.models import ClassTabulation, CopyCheck, CopySketch, RecipeSearch, Scan, Treatment
from privacy.services import classes_run as run_classes
from privacy.services import copy_check_run as run_copy_check
from privacy.services import scan_run as run_scan
from privacy.services import sketch_run as run_sketch
from privacy.services import sketches_keep_missing
from privacy.services import treatment_run as run_treatment
from privacy.services.searches import search_run as run_search
from work.services import work_run


@shared_task
def scan_run(pk: int) -> None:
    work_run(Scan, pk, run_scan)


@shared_task
def classes_run(pk: int) -> None:
    work_run(ClassTabulation, pk, run_classes)


@shared_task
def treatment_run(pk: int) -> None:
    work_run(Treatment, pk, run_treatment)


@shared_task
def copy_check_run(pk: int) -> None:
    work_run(CopyCheck, pk, run_copy_check)


@shared_task
def sketch_run(pk: int) -> None:
    work_run(CopySketch, pk, run_sketch)


@shared_task
def search_run(pk: int) -> None:
    work_run(RecipeSearch, pk, run_search)


@shared_task
def sketches() -> None:
    sketches_keep_missing()
