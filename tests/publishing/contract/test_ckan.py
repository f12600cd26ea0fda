"""What only CKAN has: two datasets that change places, and extras that others write into."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
import requests

from publishing.portals.base import BadRequest, NotFound, PortalError, ProtocolError
from publishing.portals.ckan import CkanPortal
from tests.publishing.contract import material
from tests.publishing.contract.houses import CkanHouse, House

pytestmark = pytest.mark.parametrize("running_house", [CkanHouse], indirect=True, ids=["ckan"])


def refreshed(portal: CkanPortal) -> tuple[str, str, Any, Any]:
    """A public dataset with a working copy that is ready to take its place."""
    remote_id, old, _ = material.public(portal, material.table(10))
    after = material.table(20)
    record = material.record(after, key=old.external_key)
    copy = portal.working_copy(remote_id).remote_id
    portal.fit_columns(copy, record)
    portal.push_chunk(copy, material.rows(after, record))
    portal.set_metadata(copy, record)
    return remote_id, copy, record, after


def packages(portal: CkanPortal) -> list[dict[str, Any]]:
    found = portal.signed.action("package_search", "list", include_private=True)
    return list(found["results"])


def test_a_change_of_places_that_was_cut_is_ended_by_whoever_looks_next(
    portal: CkanPortal, house: House
) -> None:
    remote_id, copy, record, after = refreshed(portal)
    house.fault("reset_before", path="package_patch", skip=2, times=-1)
    with pytest.raises(PortalError):
        portal.publish(copy)
    house.quiet()
    with house.portal() as stranger, pytest.raises(NotFound):
        stranger.count(remote_id, anonymous=True)
    asset = portal.view(remote_id)
    assert (asset.scope, asset.published) == ("public", True)
    assert material.held(portal, remote_id, record, anonymous=True) == material.approved(after, record)


def test_the_old_state_is_not_left_in_the_catalogue(portal: CkanPortal) -> None:
    remote_id, copy, _, _ = refreshed(portal)
    portal.publish(copy)
    ours = [one for one in packages(portal) if one["name"].startswith(remote_id)]
    assert [(one["name"], one["private"]) for one in ours] == [(remote_id, False)]
    assert "workflow" not in str(ours[0]["extras"])


def test_extras_that_others_put_there_survive_description_and_refresh(portal: CkanPortal) -> None:
    remote_id, _, _ = material.public(portal)
    package = portal.signed.action("package_show", "look", id=remote_id)
    theirs = [*package["extras"], {"key": "spatial_coverage", "value": "Hartford"}]
    portal.signed.action("package_patch", "write", id=package["id"], extras=theirs)
    portal.set_metadata(remote_id, material.record(material.table(), key=_extra(package, "identifier")))
    copy = portal.working_copy(remote_id).remote_id
    record = material.record(material.table(), key=_extra(package, "identifier"))
    portal.fit_columns(copy, record)
    portal.set_metadata(copy, record)
    portal.publish(copy)
    assert (
        _extra(portal.signed.action("package_show", "look", id=remote_id), "spatial_coverage") == "Hartford"
    )


def _extra(package: dict[str, Any], name: str) -> str:
    return next(extra["value"] for extra in package["extras"] if extra["key"] == name)


def test_a_dataset_of_somebody_else_with_our_name_is_left_alone(portal: CkanPortal) -> None:
    record = material.record(material.table())
    name = record.external_key.replace("/", "-")
    portal.signed.action(
        "package_create", "theirs", name=name, title="Theirs", owner_org="city", private=True
    )
    assert portal.find(record) is None
    with pytest.raises(BadRequest, match="already in use"):
        portal.create(record)
    assert portal.signed.action("package_show", "look", id=name)["title"] == "Theirs"


def test_what_the_portal_says_about_a_row_is_its_place_and_not_its_value(portal: CkanPortal) -> None:
    remote_id, record, table = material.filled(portal)
    rows = material.rows(table, record)
    rows[2]["fee"] = "Jane Roe, 123-45-6789"
    with pytest.raises(BadRequest, match="row 3 of the step") as caught:
        portal.push_chunk(remote_id, rows)
    assert "Jane" not in str(caught.value)


def test_keywords_are_written_as_the_portal_takes_them(portal: CkanPortal) -> None:
    record = material.record(material.table(), tags=("health & safety", "x", "permits (2026)"))
    remote_id = portal.create(record).remote_id
    package = portal.signed.action("package_show", "look", id=remote_id)
    assert {tag["name"] for tag in package["tags"]} == {"health safety", "permits 2026"}
    assert package["license_id"] == "cc-zero"


def test_an_account_without_our_organization_is_told_which_setting(house: House) -> None:
    with (
        house.portal(organization="another") as portal,
        pytest.raises(PortalError, match="CKAN_ORGANIZATION"),
    ):
        portal.check_key()


def test_a_portal_that_gives_fewer_rows_at_a_time_than_asked_is_read_to_its_end(
    portal: CkanPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote_id, record, table = material.filled(portal, material.table(25))
    ask = portal.signed.action

    def capped(act: str, what: str, /, **body: Any) -> Any:
        if act != "datastore_search":
            return ask(act, what, **body)
        return ask(act, what, **(body | {"limit": min(body["limit"], 10)})) | {"limit": 10}

    monkeypatch.setattr(portal.signed, "action", capped)
    assert material.held(portal, remote_id, record) == material.approved(table, record)


def test_what_became_empty_in_the_record_is_gone_from_the_portal(portal: CkanPortal) -> None:
    remote_id, record, _ = material.filled(portal)
    portal.set_metadata(remote_id, record)
    assert _extra(portal.signed.action("package_show", "look", id=remote_id), "category") == "Housing"
    bare = dataclasses.replace(record, category="", row_label="")
    portal.set_metadata(remote_id, bare)
    extras = portal.signed.action("package_show", "look", id=remote_id)["extras"]
    assert not {"category", "row_label"} & {extra["key"] for extra in extras}
    assert portal.find(record) == remote_id


def test_a_row_that_sounds_like_an_answer_about_the_dataset_is_not_repeated(portal: CkanPortal) -> None:
    answer = requests.Response()
    answer.status_code = 409
    said = 'invalid input syntax for type numeric: "driver license of Jane Roe"'
    answer._content = json.dumps(
        {"success": False, "error": {"__type": "Validation Error", "info": {"orig": [said]}}}
    ).encode()
    for act in ("datastore_upsert", "datastore_create"):
        assert "Jane" not in str(portal.signed._error(act, "add rows", answer))


def test_an_answer_that_describes_no_dataset_is_asked_for_again(
    portal: CkanPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote_id, _, _ = material.filled(portal)
    for nothing in (None, [], "dataset"):
        monkeypatch.setattr(portal.signed, "action", lambda *about, given=nothing, **more: given)
        with pytest.raises(ProtocolError, match="did not describe"):
            portal.view(remote_id)
