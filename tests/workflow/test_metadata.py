"""Metadata: which fields a program asks for, what may be written, what counts, and what a change does."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.profiles import MetadataField, parse, profile_of
from accounts.profiles.parts import PortalField
from accounts.services import PROGRAMS_DIR
from audit.models import AuditEvent
from checklists.services import answer_save, answers_fill
from dossier.errors import DossierFrozen
from dossier.models import Contribution
from dossier.selectors import facts
from dossier.services import fact_record
from publishing.models import Publication
from tests.cast import Cast
from tests.factories.publications import published
from tests.factories.workflow import dataset_make, release_at
from workflow.context import context_of
from workflow.metadata import asked_by, clean, faults_of
from workflow.metadata_fields import AUTO, FIELDS, KINDS, RELEASE_ONLY
from workflow.models import Dataset, Release
from workflow.selectors.metadata import missing_sentences, own_values, page_of, value_of
from workflow.services.catalogue import answer_sources, record_for
from workflow.services.datasets import release_open
from workflow.services.facts import metadata_fact
from workflow.services.metadata import metadata_change
from workflow.services.refresh_bounds import description_digest
from workflow.services.transitions import release_transition
from workflow.stages import Stage

pytestmark = pytest.mark.django_db

# DOMAIN g: what one of the programs or catalogs asks for.
_WANTED = (
    "title description category department row_count row_label keywords source_link geographic_unit",
    "temporal_coverage related_documents attribution owner contact_email contact_name",
    "update_frequency last_updated licence rights access_level language identifier issued publisher",
    "creator contributor coverage spatial format relation type subject data_dictionary data_notes",
    "collection_frequency change_frequency purpose limitations citation summary thumbnail homepage",
    "data_standard program_contact theme",
)
WANTED = [code for line in _WANTED for code in line.split()]


@pytest.fixture
def release(cast: Cast) -> Release:
    return dataset_make(cast).current_release


def asks(release: Release, *rows: tuple[str, str]) -> None:
    """Let the release's program ask for these fields: (code, use)."""
    row = release.profile
    row.content = row.content | {
        "metadata": [{"field": code, "label": f"Our {code}", "use": use} for code, use in rows]
    }
    row.digest = "d" * 63 + str(len(rows) % 10)
    row.save()


def page(release: Release) -> Any:
    return page_of(context_of(release.pk), columns={})


def line(release: Release, code: str) -> Any:
    return next(one for one in page(release).lines if one.asked.code == code)


def change(release: Release, cast: Cast, **values: Any) -> list[str]:
    return metadata_change(release_id=release.pk, values=values, actor=cast.steward)


def test_the_superset_has_every_field_of_the_programs_and_catalogs() -> None:
    assert set(WANTED) <= set(FIELDS)
    for code, field in FIELDS.items():
        assert field.kind in KINDS and field.meaning.endswith((".", "…”.")), code
        if field.column:
            Dataset._meta.get_field(field.column)


def test_a_program_that_names_no_fields_asks_for_what_every_portal_needs(release: Release) -> None:
    asked = asked_by(profile_of(release.profile))
    needed = {one.code for one in asked if one.is_required}
    assert needed == {
        "title", "description", "category", "licence", "contact_email", "keywords", "data_dictionary"
    }  # fmt: skip


def test_the_shipped_programs_ask_for_known_fields_each_once() -> None:
    for path in sorted(PROGRAMS_DIR.glob("*.toml")):
        assert faults_of(parse(tomllib.loads(path.read_text("utf-8")))) == [], path.name


def test_an_unknown_or_doubled_field_of_a_profile_is_named(release: Release) -> None:
    rows = (MetadataField("colour", "Colour"), MetadataField("title", "A"), MetadataField("title", "B"))
    faults = faults_of(replace(profile_of(release.profile), metadata=rows))
    assert faults == [
        'metadata[1]: there is no metadata field "colour".',
        'metadata: the field "title" stands twice.',
    ]


def test_the_labels_and_meanings_are_the_programs(release: Release) -> None:
    asks(release, ("publisher", "required"), ("rights", "if_applicable"))
    assert [(one.asked.label, one.asked.use) for one in page(release).lines] == [
        ("Our publisher", "required"),
        ("Our rights", "if_applicable"),
        ("How updates are made", "optional"),
    ]


def test_subject_and_type_are_keywords_and_category_where_the_program_has_no_others(
    release: Release, cast: Cast
) -> None:
    asks(release, ("subject", "required"), ("type", "required"))
    assert [one.asked.code for one in page(release).lines][:2] == ["keywords", "category"]
    assert line(release, "keywords").asked.label == "Our subject"
    asks(release, ("subject", "required"), ("keywords", "required"), ("title", "required"))
    assert [one.asked.code for one in page(release).lines][:2] == ["subject", "keywords"]


def test_a_way_of_updating_that_the_program_refuses_is_refused_with_its_reason(
    release: Release, cast: Cast
) -> None:
    row = release.profile
    refused = {"replace": "We append and never replace. Retire the data instead."}
    row.content = row.content | {"updates": {"methods": ["append"], "refused": refused}}
    row.digest = "e" * 64
    row.save()
    with pytest.raises(ValidationError, match="never replace"):
        change(release, cast, update_method="replace")
    assert change(release, cast, update_method="append") == ["update_method"]
    assert answer_sources(context_of(release.pk))["dataset.update_method"] == "append"


def test_what_the_program_requires_and_lacks_is_said_in_the_fact(release: Release, cast: Cast) -> None:
    asks(release, ("limitations", "required"), ("spatial", "required"), ("citation", "required"))
    fact = metadata_fact(release_id=release.pk)
    assert "“Our limitations” is not filled in. Fill it in on the Metadata page." in fact.sentences
    assert "“Our spatial” is not filled in. Fill it in on the inventory record." in fact.sentences
    assert not any("citation" in sentence for sentence in fact.sentences)  # it follows from what is known
    change(release, cast, limitations="Costs are estimates.")
    assert not any("limitations" in sentence for sentence in facts(release.pk)["metadata"].sentences)


def test_what_is_known_counts_and_is_marked(release: Release, cast: Cast) -> None:
    asks(release, ("publisher", "required"), ("title", "required"), ("limitations", "required"))
    shown = page(release)
    assert (shown.required_filled, shown.required, shown.filled) == (2, 3, 2)
    assert line(release, "publisher").value == cast.program.name
    assert "what the product knows" in line(release, "publisher").origin
    assert line(release, "title").origin == "From the inventory record."
    assert [one.asked.code for one in shown.missing] == ["limitations"]
    change(release, cast, publisher="The Mayor's Office", title="Permits")
    assert line(release, "publisher").value == "The Mayor's Office"
    assert line(release, "publisher").origin == line(release, "title").origin == ""


def test_an_answer_given_elsewhere_is_proposed_and_counts_once_it_is_saved(
    release: Release, cast: Cast
) -> None:
    asks(release, ("limitations", "required"))
    answers_fill(release_id=release.pk, sources=answer_sources(context_of(release.pk)))
    answer_save(
        release_id=release.pk,
        checklist="quality",
        item="QUA-22",
        value="No costs before 2021.",
        actor=cast.steward,
    )
    found = line(release, "limitations")
    assert found.proposal == "No costs before 2021." and found.is_missing
    assert "quality checklist" in found.origin
    change(release, cast, limitations=found.proposal)
    assert line(release, "limitations").proposal is None and not line(release, "limitations").is_missing


def test_a_later_release_keeps_the_values_and_says_where_they_come_from(release: Release, cast: Cast) -> None:
    asks(release, ("limitations", "required"), ("title", "required"))
    change(release, cast, limitations="Costs are estimates.")
    release_transition(release_id=release.pk, name="withdraw", actor=cast.coordinator, reason="Anew.")
    following = release_open(dataset=release.dataset, actor=cast.coordinator)
    assert line(following, "limitations").value == "Costs are estimates."
    assert line(following, "limitations").origin == "From the earlier release. Check that it still holds."


def test_a_change_is_a_contribution_and_an_event_without_the_words(release: Release, cast: Cast) -> None:
    assert change(release, cast, purpose="Ask Jane Doe.", keywords=["permits", "homes"]) == [
        "purpose",
        "keywords",
    ]
    event = AuditEvent.objects.get(action="workflow.metadata_changed")
    assert event.data == {"codes": ["purpose", "keywords"], "fields": "Purpose, Keywords"}
    assert "Jane" not in str(event.data) + event.subject_label
    assert Contribution.objects.filter(release=release, user=cast.steward, what="description").exists()
    assert change(release, cast, purpose="Ask Jane Doe.") == []
    assert AuditEvent.objects.filter(action="workflow.metadata_changed").count() == 1


def test_a_value_taken_back_leaves_nothing_behind(release: Release, cast: Cast) -> None:
    change(release, cast, purpose="Why.")
    assert change(release, cast, purpose=" ") == ["purpose"]
    release.dataset.refresh_from_db()
    assert release.dataset.metadata == {}


def test_a_change_of_metadata_is_seen_by_whoever_approved_it(release: Release, cast: Cast) -> None:
    before = metadata_fact(release_id=release.pk).about["metadata"]
    change(release, cast, limitations="Costs are estimates.")
    assert facts(release.pk)["metadata"].about["metadata"] != before
    change(release, cast, limitations="")
    assert facts(release.pk)["metadata"].about["metadata"] == before


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"homepage": "javascript:alert(1)"}, "not a link"),
        ({"contact_email": "nobody"}, "not an e-mail address"),
        ({"summary": "x" * 251}, "251 characters long; 250 fit"),
        ({"change_frequency": "hourly"}, "none of the values"),
        ({"related_documents": ["javascript:alert(1)"]}, "not a link"),
        ({"title": " "}, "never without a title"),
    ],
)
def test_what_cannot_be_taken_is_refused_at_its_field(
    release: Release, cast: Cast, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        change(release, cast, **values)
    (code,) = values
    assert code in refusal.value.message_dict
    assert said in str(refusal.value.message_dict[code])
    assert not AuditEvent.objects.filter(action="workflow.metadata_changed").exists()


@pytest.mark.parametrize("code", ["row_count", "update_frequency", "colour"])
def test_what_is_kept_elsewhere_is_not_written_here(release: Release, cast: Cast, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        change(release, cast, **{code: "x"})


def test_reviewed_metadata_is_frozen(cast: Cast) -> None:
    release = release_at(Stage.CDO_REVIEW, cast)
    with pytest.raises(DossierFrozen):
        change(release, cast, purpose="Too late.")


def test_checklists_and_portal_are_told_the_values(release: Release, cast: Cast) -> None:
    change(release, cast, limitations="Costs are estimates.", attribution="Riverbend Permits")
    context = context_of(release.pk)
    sources = answer_sources(context)
    assert sources["dataset.limitations"] == "Costs are estimates."
    assert sources["dataset.citation"].startswith("Public Works")
    fact_record(
        release_id=release.pk,
        kind="treated",
        ok=True,
        about={},
        data={"columns": [{"name": "permit", "type": "text"}]},
    )
    assert record_for(context_of(release.pk)).attribution == "Riverbend Permits"


def test_a_field_that_only_the_release_before_filled_stands_empty(cast: Cast) -> None:
    first = published(cast)
    second = release_open(dataset=first.dataset, actor=cast.coordinator)
    columns = [{"name": "permit", "type": "text"}]
    fact_record(release_id=second.pk, kind="treated", ok=True, about={}, data={"columns": columns})
    before = description_digest(context_of(second.pk))
    row = Publication.objects.get(release=first)
    row.record = row.record | {"custom_fields": [["Publication", "Owner", "Records"]]}
    row.save()
    assert record_for(context_of(second.pk)).custom_fields == (("Publication", "Owner", ""),)
    assert record_for(context_of(first.pk)).custom_fields == ()
    # An empty field reads like none, so nobody is asked about the description again.
    assert description_digest(context_of(second.pk)) == before


def test_the_portal_is_told_the_fields_that_the_program_names(
    release: Release, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(release, cast, limitations="Costs are estimates.")
    columns = [{"name": "permit", "type": "text"}]
    fact_record(release_id=release.pk, kind="treated", ok=True, about={}, data={"columns": columns})
    context = context_of(release.pk)
    before = record_for(context)
    assert before.custom_fields == ()
    asked = (
        PortalField("Publication", "Agency", field="department"),
        PortalField("Publication", "Update frequency", field="update_frequency"),
        PortalField("Publication", "Please note", field="limitations"),
        PortalField("Publication", "Suggested citation", field="citation"),
        PortalField("Contact", "Office", value="Open Data Office"),
        PortalField("Contact", "Purpose", field="purpose"),
    )
    publication = {**context.profile.publication, "custom_fields": asked}
    changed = replace(context, profile=replace(context.profile, publication=publication))
    record = record_for(changed)
    told = {name: value for _, name, value in record.custom_fields}
    assert told["Agency"] == "Public Works"
    assert told["Update frequency"] == release.dataset.get_accrual_periodicity_display()
    assert told["Please note"] == "Costs are estimates."
    assert told["Suggested citation"].startswith("Public Works")
    assert ("Contact", "Office", "Open Data Office") in record.custom_fields
    assert told["Purpose"] == "", "what nobody filled in is empty on the portal"
    assert record.digest != before.digest
    known = {
        one.code for one in FIELDS.values() if one.place == AUTO and value_of(one, release.dataset) is None
    }
    assert known == RELEASE_ONLY


def test_asking_what_is_missing_needs_no_query(release: Release, django_assert_num_queries: Any) -> None:
    context = context_of(release.pk)
    with django_assert_num_queries(0):
        missing_sentences(context.dataset, context.profile)
        own_values(context.dataset)


EDITED = [field for field in FIELDS.values() if field.is_edited]


@given(st.sampled_from(EDITED), st.text() | st.lists(st.text(max_size=30), max_size=5))
def test_cleaning_twice_is_cleaning_once_and_never_fails_otherwise(field: Any, value: Any) -> None:
    try:
        kept = clean(field, value)
    except ValidationError as refusal:
        assert all(sentence.endswith(".") for sentence in refusal.messages)
        return
    assert clean(field, kept) == kept
    assert "\0" not in str(kept)
