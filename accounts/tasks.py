"""Celery tasks of the accounts."""

from celery import shared_task

from accounts.services_delegation import delegations_sync


@shared_task
def sync_delegations() -> None:
    delegations_sync()
