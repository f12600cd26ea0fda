"""Emergency retraction without a portal: the record it opens, the gate, the signatures, the reminders, the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from notifications.models import OutgoingMessage
from publishing.models import Permit, PortalNotice, Publication
from tests.cast import Cast
from tests.factories.endings import post_mortem_closed, post_mortem_ready
from tests.factories.publications import published
from tests.factories.workflow import release_at
from work.models import WorkItem
from workflow.errors import GatesUnmet
from workflow.models import PostMortem, PostMortemMeasure, Release, Retraction
from workflow.retracting import lacking
from workflow.selectors.retraction import post_mortems_waiting_on
from workflow.services import post_mortem
from workflow.services.datasets import release_open
from workflow.services.endings import endings_sweep
from workflow.services.retraction import retraction_look
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db


def retract(release: Release, person: object) -> Retraction:
    release_transition(release_id=release.pk, name="retract", actor=person, reason="A column names callers.")
    return Retraction.objects.get(release=release, reinstated_at=None)


@pytest.fixture
def taken_back(cast: Cast) -> Retraction:
    return retract(published(cast), cast.privacy_officer)


def hidden(row: Retraction) -> None:
    """What a worker writes once the portal has obeyed and a stranger sees nothing."""
    copies = Publication.objects.filter(release=row.release)
    copies.update(status=WorkItem.Status.DONE, reached="private", finished_at=timezone.now())
    for copy in copies:
        copy.asset.public_publication = None
        copy.asset.save()


def test_one_button_ends_the_permit_asks_the_copy_back_and_opens_the_record(
    cast: Cast, taken_back: Retraction
) -> None:
    assert not Permit.objects.filter(release=taken_back.release, revoked_at=None).exists()
    assert Publication.objects.get(release=taken_back.release).goal == "hidden"
    record = taken_back.post_mortem
    assert record.public_since == taken_back.release.published_at and record.closed_at is None
    assert record.due_at > timezone.now() + timedelta(days=9)
    assert "We review it" not in taken_back.public_text and taken_back.public_text
    asked = OutgoingMessage.objects.filter(message_id="post_mortem_begun", asked=True)
    assert {row.recipient for row in asked} >= {cast.cdo, cast.portal_admin}
    assert PortalNotice.objects.get().wanted == "gone"


def test_the_public_page_says_what_was_approved_in_advance_and_never_the_reason(
    client: Client, taken_back: Retraction
) -> None:
    dataset = taken_back.release.dataset
    page = client.get(reverse("catalogue_dataset", args=[dataset.program.code, dataset.inventory_id]))
    said = page.content.decode()
    assert page.status_code == 200 and "Withdrawn for review" in said and taken_back.public_text in said
    assert "names callers" not in said and page["Cache-Control"] == "no-cache"


def test_until_it_is_public_again_readers_are_told_the_same(cast: Cast, client: Client) -> None:
    release = release_at(Stage.RETRACTED, cast)
    post_mortem_closed(release, cast)
    release_transition(release_id=release.pk, name="reinstate", actor=cast.cdo, reason="Mended.")
    page = client.get(reverse("catalogue_dataset", args=[cast.program.code, release.dataset.inventory_id]))
    assert page.status_code == 200 and "Withdrawn for review" in page.content.decode()


def test_it_is_over_when_the_last_place_was_seen_private(cast: Cast, taken_back: Retraction) -> None:
    row = retraction_look(release_id=taken_back.release_id)
    assert row is not None and row.confirmed_at is None
    hidden(taken_back)
    row = retraction_look(release_id=taken_back.release_id)
    assert row is not None and row.confirmed_at is not None and row.took is not None
    assert AuditEvent.objects.filter(action="retraction.confirmed").count() == 1
    retraction_look(release_id=taken_back.release_id)
    assert AuditEvent.objects.filter(action="retraction.confirmed").count() == 1


def test_while_it_is_still_public_people_are_told_and_told_again(cast: Cast, taken_back: Retraction) -> None:
    copy = Publication.objects.get(release=taken_back.release)
    began = taken_back.started_at
    Publication.objects.filter(pk=copy.pk).update(status="dead", error="The portal refuses our key.")
    retraction_look(release_id=taken_back.release_id, now=began + timedelta(minutes=4))
    letters = OutgoingMessage.objects.filter(message_id="retraction_stuck", recipient=cast.portal_admin)
    assert letters.count() == 0
    copy.refresh_from_db()
    assert copy.status == "queued" and copy.attempts == 0
    for minutes, told in ((6, 1), (30, 1), (67, 2)):
        Publication.objects.filter(pk=copy.pk).update(status="dead", error="The portal refuses our key.")
        retraction_look(release_id=taken_back.release_id, now=began + timedelta(minutes=minutes))
        assert letters.count() == told, minutes
    assert "refuses our key" in letters.first().context["problem"]


def test_the_next_release_on_its_way_is_stopped_and_put_on_hold_once(cast: Cast) -> None:
    release = release_at(Stage.PUBLISHED, cast)
    following = release_open(dataset=release.dataset, actor=cast.coordinator)
    retract(release, cast.cdo)
    endings_sweep()
    following = Release.objects.get(pk=following.pk)
    assert following.held_at is not None and "was retracted in an emergency" in following.hold_reason
    release_transition(release_id=following.pk, name="resume", actor=cast.coordinator)
    endings_sweep()
    assert Release.objects.get(pk=following.pk).held_at is None


def test_reinstating_waits_for_the_closed_record_and_a_new_review(cast: Cast) -> None:
    release = release_at(Stage.RETRACTED, cast)
    retraction_look(release_id=release.pk)
    with pytest.raises(GatesUnmet, match="post-mortem of the retraction is not closed"):
        release_transition(release_id=release.pk, name="reinstate", actor=cast.cdo, reason="Mended.")
    row = post_mortem_closed(release, cast)
    release = release_transition(release_id=release.pk, name="reinstate", actor=cast.cdo, reason="Mended.")
    row.refresh_from_db()
    assert release.stage == Stage.PRIVACY and row.reinstated_at is not None


def test_two_different_people_sign_a_complete_record(cast: Cast) -> None:
    release = release_at(Stage.RETRACTED, cast)
    retraction_look(release_id=release.pk)
    row = Retraction.objects.get(release=release)
    with pytest.raises(ValidationError, match="Say what happened"):
        post_mortem.post_mortem_sign(record=row.post_mortem, actor=cast.cdo)
    row = post_mortem_ready(release, cast)
    assert lacking(row.post_mortem) == []
    with pytest.raises(PermissionDenied):
        post_mortem.post_mortem_sign(record=row.post_mortem, actor=cast.coordinator)
    post_mortem.post_mortem_sign(record=row.post_mortem, actor=cast.cdo)
    with pytest.raises(PermissionDenied, match="You signed already"):
        post_mortem.post_mortem_sign(record=row.post_mortem, actor=cast.cdo)
    assert [one.what for one in post_mortems_waiting_on(cast.portal_admin)] == ["sign the post-mortem"]
    assert post_mortem.post_mortem_sign(record=row.post_mortem, actor=cast.portal_admin).closed_at


def test_a_change_of_the_record_takes_the_signature_back(cast: Cast) -> None:
    release = release_at(Stage.RETRACTED, cast)
    row = post_mortem_ready(release, cast)
    post_mortem.post_mortem_sign(record=row.post_mortem, actor=cast.cdo)
    post_mortem.post_mortem_write(
        record=row.post_mortem, fields={"downloads": 12}, actor=cast.privacy_officer
    )
    assert row.post_mortem.signatures.count() == 0
    assert AuditEvent.objects.filter(action="post_mortem.signatures_void").exists()


def test_the_record_holds_no_values_of_the_data(cast: Cast, taken_back: Retraction) -> None:
    with pytest.raises(ValidationError) as refused:
        post_mortem.post_mortem_write(
            record=taken_back.post_mortem,
            fields={"what_happened": "It showed 078-05-1120 to everybody."},
            actor=cast.privacy_officer,
        )
    assert set(refused.value.message_dict) == {"what_happened"}
    assert "078-05-1120" not in str(refused.value)


def test_nothing_is_written_by_who_has_no_part_in_it_or_after_the_end(cast: Cast) -> None:
    release = release_at(Stage.RETRACTED, cast)
    row = post_mortem_closed(release, cast)
    for person, error in ((cast.other_coordinator, PermissionDenied), (cast.cdo, ValidationError)):
        with pytest.raises(error):
            post_mortem.post_mortem_write(record=row.post_mortem, fields={"downloads": 1}, actor=person)


def test_reminders_come_before_the_day_and_every_other_day_after_it(
    cast: Cast, taken_back: Retraction
) -> None:
    due = taken_back.post_mortem.due_at
    letters = OutgoingMessage.objects.filter(message_id="post_mortem_due", recipient=cast.cdo)
    for at, told in (
        (due - timedelta(days=5), 0),
        (due - timedelta(hours=30), 1),
        (due - timedelta(hours=20), 1),
        (due + timedelta(hours=1), 2),
        (due + timedelta(hours=30), 2),
        (due + timedelta(hours=50), 3),
    ):
        endings_sweep(now=at)
        assert letters.count() == told, at


def test_the_owner_of_a_measure_is_told_of_it_and_once_when_it_is_late(
    cast: Cast, taken_back: Retraction
) -> None:
    row = post_mortem.measure_add(
        record=taken_back.post_mortem,
        what="New columns stop the publication.",
        owner=cast.steward,
        due=timezone.localdate() + timedelta(days=3),
        actor=cast.privacy_officer,
    )
    assert OutgoingMessage.objects.filter(message_id="measure_given", recipient=cast.steward).count() == 1
    for _ in range(2):
        endings_sweep(now=timezone.now() + timedelta(days=5))
    assert OutgoingMessage.objects.filter(message_id="measure_late", recipient=cast.steward).count() == 1
    with pytest.raises(PermissionDenied):
        post_mortem.measure_done(measure=row, actor=cast.other_steward)
    post_mortem.measure_done(measure=row, actor=cast.steward)
    assert PostMortemMeasure.objects.get().done_by == cast.steward


def test_sites_that_show_what_the_portal_has_are_named_for_a_look(cast: Cast, taken_back: Retraction) -> None:
    hidden(taken_back)
    retraction_look(release_id=taken_back.release_id)
    PortalNotice.objects.update(sites={"data.county.example": True, "data.state.example": False})
    retraction_look(release_id=taken_back.release_id)
    assert {row.place: bool(row.done_at) for row in taken_back.follow_ups.all()} == {
        "data.county.example": False,
        "data.state.example": True,
    }
    assert "Look at 1 other place that may hold a copy." in lacking(taken_back.post_mortem)


def test_the_pages_of_a_retraction(cast: Cast, client: Client, taken_back: Retraction) -> None:
    page = reverse("release_retraction", args=[taken_back.release_id])
    client.force_login(cast.privacy_officer)
    said = client.get(page).content.decode()
    assert "Still public" in said and "Save the record" in said and "data.example.gov" in said
    answer = client.post(
        reverse("post_mortem_write", args=[taken_back.release_id]),
        {"what_happened": "A column was left in.", "root_cause": "Nobody looked.", "found_by": "A reader"},
    )
    assert answer.status_code == 302
    record = PostMortem.objects.get()
    assert record.what_happened == "A column was left in." and record.changed_by == cast.privacy_officer
    assert client.post(reverse("measure_add", args=[taken_back.release_id]), {}).status_code == 422
    assert (
        client.post(
            reverse("place_add", args=[taken_back.release_id]), {"place-place": "mirror.example"}
        ).status_code
        == 302
    )
    hidden(taken_back)
    assert "HX-Refresh" in client.get(reverse("retraction_progress", args=[taken_back.release_id]))
    assert "Taken back, checked from outside" in client.get(page).content.decode()
    client.force_login(cast.portal_admin)
    assert taken_back.release.dataset.title in client.get(reverse("retraction_list")).content.decode()
    client.force_login(cast.other_steward)
    assert client.get(page).status_code == 404


def test_the_button_leads_to_the_progress(cast: Cast, client: Client) -> None:
    release = published(cast)
    client.force_login(cast.portal_admin)
    answer = client.post(
        reverse("release_move", args=[release.pk, "retract"]), {"reason": "A column names callers."}
    )
    assert answer.status_code == 302 and answer["Location"] == reverse(
        "release_retraction", args=[release.pk]
    )


def test_duties_are_those_of_the_program_with_their_law() -> None:
    import tomllib

    from accounts.profiles import parse
    from accounts.services import PROGRAMS_DIR

    california = {"residents": "1798.29(a)", "attorney_general": "1798.29(e)"}
    asked = {
        "connecticut": {
            "residents": "36a-701b(b)(1)",
            "attorney_general": "36a-701b(b)(2)(A)",
            "identity_protection": "36a-701b(b)(2)(B)",
        },
        "durham": {
            "persons": "132-1.10(c1) and 75-65(a)",
            "attorney_general": "75-65(e1)",
            "consumer_agencies": "75-65(f)",
            "information_technology": "143B-1379",
        },
        "los_angeles": california,
        "san_francisco": california,
    }
    for name, laws in asked.items():
        profile = parse(tomllib.loads((PROGRAMS_DIR / f"{name}.toml").read_text("utf-8")))
        found = {duty.code: duty.help for duty in profile.retraction.duties}
        assert found.keys() == laws.keys()
        assert all(law in found[code] for code, law in laws.items()), name
