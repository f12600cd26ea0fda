"""How two datasets of the demo city left the portal: one for good, one in an emergency."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.roles import Role
from publishing.models import PortalNotice
from publishing.services.notices import notice_run
from work.services import work_run
from workflow.demo.journey import Journey
from workflow.models import ArchiveCopy, Release, Retraction
from workflow.services.archive import archive_run
from workflow.services.endings import retirement_settle
from workflow.services.post_mortem import (
    measure_add,
    place_add,
    place_settle,
    post_mortem_sign,
    post_mortem_write,
)
from workflow.services.retirement import retirement_decide, retirement_propose
from workflow.services.retraction import retraction_look


def leave_for_good(journey: Journey) -> None:
    """Proposed by the coordinator, decided by the CDO; the city's own program has no notice."""
    dataset = Release.objects.get(pk=journey.release_id).dataset
    row = retirement_propose(
        dataset=dataset,
        criteria=["discontinued"],
        reason="Sweeping is no longer done by fixed routes, so there is no schedule to publish.",
        successor_url="https://www.riverbend.example/streets/sweeping",
        notice="The map of streets swept this week stands on the city's site.",
        actor=journey.holder(Role.COORDINATOR),
        now=journey.now,
    )
    journey.wait(2, 4)
    row = retirement_decide(
        retirement=row,
        goes=True,
        answer="The department and the CDO agree.",
        actor=journey.holder(Role.CDO),
        now=journey.now,
    )
    for pk in ArchiveCopy.objects.filter(release=journey.release_id).values_list("pk", flat=True):
        work_run(ArchiveCopy, pk, archive_run)
    retirement_settle(row, journey.now)
    _bring_back(journey)


def leave_at_once(journey: Journey) -> None:
    """Taken back today by the privacy officer; the record is complete and signed by the first of two."""
    journey.now = timezone.now()
    officer = journey.holder(Role.PRIVACY_OFFICER)
    journey.move(
        "retract", Role.PRIVACY_OFFICER, reason="Remarks of the counting crews name people whom they met."
    )
    _bring_back(journey)
    retraction_look(release_id=journey.release_id)
    row = Retraction.objects.select_related("post_mortem", "release").get(release=journey.release_id)
    post_mortem_write(
        record=row.post_mortem,
        fields={
            "what_happened": "A reader wrote that remarks of the crews could be read. They were in the file since the "
            "crews got new devices, in a column that was taken for a code.",
            "found_by": "A reader of the portal",
            "people_exposed": 4,
            "details_exposed": "First names of passers-by, and where they were met",
            "downloads_source": "The portal has no figures for single datasets.",
            "root_cause": "The column was named like a code, and nobody read its values when it was new.",
        },
        actor=officer,
    )
    place = place_add(retraction=row, place="A researcher who takes a copy each month", actor=officer)
    place_settle(place=place, note="The copy was deleted, and that was confirmed by mail.", actor=officer)
    measure_add(
        record=row.post_mortem,
        what="A new column stops the refresh until somebody has read its values.",
        owner=journey.holder(Role.STEWARD),
        due=timezone.localdate() + timedelta(days=30),
        actor=officer,
    )
    row.refresh_from_db()
    if row.confirmed_at is not None:
        post_mortem_sign(record=row.post_mortem, actor=officer)


def _bring_back(journey: Journey) -> None:
    """Let the workers make the copies private, and the portals say why."""
    journey.run_pending()
    dataset = Release.objects.get(pk=journey.release_id).dataset_id
    for pk in PortalNotice.objects.filter(asset__dataset=dataset).values_list("pk", flat=True):
        work_run(PortalNotice, pk, notice_run)
