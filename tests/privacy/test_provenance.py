"""What a copy was made from: its recipe's version, and the surrogates that were given before."""

from __future__ import annotations

import pytest

from dossier.models import StoredFile
from privacy.remedies.base import Context
from privacy.remedies.recipe import recipe_digest
from privacy.sealing import seal
from privacy.selectors import provenance_of
from privacy.services.pseudonyms import pseudonyms_keep, replay_context
from tests.cast import Cast
from tests.factories.workflow import release_at
from tests.privacy.test_recipes import NOTES, PHONES, ZIPS, Work, confirm, dispose, save, step
from work.errors import Retry
from workflow.models import Release


@pytest.fixture
def release(cast: Cast) -> Release:
    return release_at("PRIVACY", cast)


def test_a_copy_with_the_bytes_of_an_older_one_names_the_version_that_made_it(
    scanned: Release, cast: Cast, work: Work
) -> None:
    save(scanned, cast, PHONES, NOTES, ZIPS)
    dispose(scanned, cast, "sex", "accept")
    confirm(scanned, cast, "zip", "sex")
    work()
    again = [PHONES, NOTES, ZIPS, step("drop_rows", column="status", values=["no such status"])]
    save(scanned, cast, *again, expected=1)
    work()
    proof = provenance_of(scanned.pk)
    assert proof is not None and StoredFile.objects.filter(kind="treated").count() == 1
    assert (proof.version, proof.recipe_digest, proof.steps) == (2, recipe_digest(again), again)


def test_of_two_replays_that_give_the_first_surrogates_at_once_the_second_begins_anew(
    scanned: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one writes its map between the second one's look and its writing."""
    steps = [step("pseudonym", column="permit_no")]
    first, second = (Context(known={"permit_no": {"a mark": given}}) for given in ("S-1", "S-2"))
    rivals = [first]

    def seal_later(text: bytes, purpose: str) -> bytes:
        while rivals:
            pseudonyms_keep(release_id=scanned.pk, steps=steps, context=rivals.pop())
        return seal(text, purpose)

    monkeypatch.setattr("privacy.services.pseudonyms.seal", seal_later)
    with pytest.raises(Retry, match="at the same time"):
        pseudonyms_keep(release_id=scanned.pk, steps=steps, context=second)
    monkeypatch.undo()
    # Here both are one transaction, so neither is kept; what counts is that the second wrote over nothing.
    assert replay_context(scanned.pk, steps).known == {"permit_no": {}}
