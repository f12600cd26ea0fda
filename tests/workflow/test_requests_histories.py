"""Whatever people do with requests in whatever order, nobody counts twice and no address outlives its use."""

from __future__ import annotations

import contextlib

from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from notifications.models import OutgoingMessage
from tests.cast import cast_create
from workflow.models import DatasetRequest, RequestVote
from workflow.selectors.requests import requests_public
from workflow.services import request_triage as triage
from workflow.services import requests as services

ACTS = ("follow", "confirm", "replay", "vote", "unvote", "answer", "merge", "close")
step = st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 2))


class RandomHistories(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(step, max_size=25))
    def test_no_voter_counts_twice_and_closed_requests_hold_no_address(
        self, steps: list[tuple[str, int, int]]
    ) -> None:
        cast = cast_create()
        self.actor = cast.cdo
        self.used: list[str] = []
        self.rows = [
            services.request_ask(
                program=cast.program, title=f"Wish {n}", purpose="For use.", email=f"asker{n}@example.net"
            )
            for n in range(2)
        ]
        for n in range(2):
            self._confirm_newest(f"asker{n}@example.net")
        for act, number, person in steps:
            with contextlib.suppress(ValidationError, services.LinkLapsed):
                self._do(act, self.rows[number], self.rows[1 - number], person)
            self._assert_counts_are_whole()

    def _do(self, act: str, row: DatasetRequest, other: DatasetRequest, person: int) -> None:
        address, voter = f"person{person}@example.net", services.voter_digest(f"browser {person}")
        if act == "follow":
            services.request_follow(request=row, email=address)
        elif act == "confirm":
            self._confirm_newest(address, voter)
        elif act == "replay" and self.used:
            services.request_confirm(secret=self.used[-1])
        elif act == "vote":
            services.request_vote(request=row, voter=voter)
        elif act == "unvote":
            services.request_unvote(request=row, voter=voter)
        elif act == "answer":
            triage.request_answer(request=row, answer="We look.", actor=self.actor)
        elif act == "merge":
            triage.request_merge(request=row, into=other, actor=self.actor)
        elif act == "close":
            triage.request_close(request=row, circumstance="not_held", actor=self.actor)

    def _confirm_newest(self, address: str, voter: str = "") -> None:
        letter = OutgoingMessage.objects.filter(to_address=address, message_id="request_confirm").first()
        if letter is not None:
            secret = letter.path.rstrip("/").rsplit("/", 1)[-1]
            self.used.append(secret)
            services.request_confirm(secret=secret, voter=voter)

    def _assert_counts_are_whole(self) -> None:
        counted = RequestVote.objects.filter(confirmed_at__isnull=False)
        for row in DatasetRequest.objects.all():
            votes = counted.filter(request=row)
            browsers = [vote.voter for vote in votes if vote.voter]
            people = [vote.email_hash for vote in votes if vote.email_hash]
            assert len(browsers) == len(set(browsers))
            assert len(people) == len(set(people))
            if row.state == "closed":
                assert row.name == ""
                assert not votes.exclude(email="").exists()
            shown = requests_public(row.program).get(pk=row.pk)
            assert shown.vote_count == votes.count()
