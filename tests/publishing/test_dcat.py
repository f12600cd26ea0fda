"""What the catalogue writes of a dataset, in DCAT-US 1.1 and 3.0."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from publishing import dcat
from publishing.dcat import words
from tests.publishing.dcat_rules import faults_11, faults_30

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
RECORD = dcat.CatalogRecord(
    identifier="city/PUB0001",
    title="Building permits",
    description="Permits issued for construction.",
    publisher="Public Works",
    part_of="City of Riverbend",
    contact_name="Open data coordinator, Public Works",
    contact_email="permits@example.gov",
    modified=AT,
    issued=AT - timedelta(days=400),
    licence=dcat.Licensed("CC_40_BY", "Creative Commons Attribution 4.0", words.LICENCES["CC_40_BY"]),
    keywords=("permits", "housing"),
    themes=("Housing",),
    frequency="monthly",
    spatial="The whole city",
    starts=date(2019, 1, 1),
    landing_page="https://data.example.gov/d/abcd-1234",
    dictionary="https://open.example.gov/catalogue/city/PUB0001/dictionary.json",
    forms=dcat.forms_of(
        "socrata",
        {
            "public_url": "https://data.example.gov/d/abcd-1234",
            "query_url": "https://data.example.gov/resource/abcd-1234.json",
            "remote_id": "abcd-1234",
        },
        ["text"],
    ),
    languages=("en", "es-MX"),
    documents=(("Manual", "https://example.gov/manual.pdf"),),
    related=("https://example.gov/other",),
    standard="BLDS https://permitdata.org/",
    creator="Public Works",
    purpose="Chapter 12 of the code.",
    limitations="Fees are estimates.",
    provenance=("Addresses were rounded to blocks.",),
    quality=(("completeness", 0.987), ("validity", 1.0)),
    version="2",
    previous=dcat.Version("1", AT - timedelta(days=400)),
)
WITHHELD = replace(
    RECORD,
    title="Juvenile cases",
    description="Health holds this data and does not publish it. The ground: Confidential by statute.",
    access_level=dcat.NON_PUBLIC,
    rights="The law forbids disclosure. Confidential by statute: NCGS 7B-3000",
    keywords=(),
    forms=(),
    restriction=dcat.Restriction("Confidential by statute", "NCGS 7B-3000"),
)


def file_of(version: str, *records: dcat.CatalogRecord) -> dcat.CatalogFile:
    return dcat.catalog_of(
        records,
        version=version,
        address="https://open.example.gov/data.json",
        name="City of Riverbend",
        home="https://open.example.gov/catalogue/",
    )


def one(version: str, record: dcat.CatalogRecord) -> dict[str, Any]:
    return file_of(version, record).content["dataset"][0]


def test_a_whole_record_keeps_the_rules_of_both_versions() -> None:
    assert faults_11(file_of(dcat.V1, RECORD, WITHHELD).content) == []
    assert faults_30(file_of(dcat.V3, RECORD, WITHHELD).content) == []
    assert file_of(dcat.V1, RECORD).gaps == file_of(dcat.V3, RECORD).gaps == ()


def test_the_older_version_says_everything_that_it_has_a_word_for() -> None:
    row = one(dcat.V1, RECORD)
    assert row["modified"] == "2026-03-04T05:06:07Z"
    assert row["issued"] == "2025-01-28T05:06:07Z"
    assert row["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert row["accrualPeriodicity"] == "R/P1M"
    # Data that goes on ends with its last change.
    assert row["temporal"] == "2019-01-01/2026-03-04"
    assert row["publisher"] == {
        "@type": "org:Organization",
        "name": "Public Works",
        "subOrganizationOf": {"@type": "org:Organization", "name": "City of Riverbend"},
    }
    assert row["contactPoint"]["hasEmail"] == "mailto:permits@example.gov"
    assert row["conformsTo"] == "https://permitdata.org/"
    assert row["references"] == ["https://example.gov/manual.pdf", "https://example.gov/other"]
    csv, api = row["distribution"]
    assert csv["downloadURL"] == "https://data.example.gov/api/views/abcd-1234/rows.csv?accessType=DOWNLOAD"
    assert csv["mediaType"] == "text/csv"
    assert api["accessURL"] == "https://data.example.gov/resource/abcd-1234.json"


def test_the_newer_version_says_what_only_it_can_say() -> None:
    row = one(dcat.V3, RECORD)
    assert row["accrualPeriodicity"] == "monthly"
    assert row["temporal"] == [{"@type": "PeriodOfTime", "startDate": "2019-01-01"}]
    assert row["language"] == ["en", "es"]
    assert row["scopeNote"] == "Fees are estimates."
    assert row["provenance"] == ["Addresses were rounded to blocks."]
    assert [measured["value"] for measured in row["hasQualityMeasurement"]] == ["0.99", "1.00"]
    assert row["version"] == "2"
    assert row["previousVersion"]["identifier"] == "city/PUB0001#1"
    use = row["distribution"][0]["useRestriction"][0]
    assert use["restrictionStatus"] == "Restricted - Partly"
    assert "Creative Commons Attribution" in use["restrictionNote"]
    assert row["distribution"][0]["accessRestriction"][0]["restrictionStatus"] == "Unrestricted"


def test_a_public_domain_licence_restricts_no_use() -> None:
    free = replace(
        RECORD, licence=dcat.Licensed("PUBLIC_DOMAIN", "Public domain", words.LICENCES["PUBLIC_DOMAIN"])
    )
    assert one(dcat.V3, free)["distribution"][0]["useRestriction"][0]["restrictionStatus"] == "Unrestricted"


@pytest.mark.parametrize(
    ("code", "older", "newer"),
    [
        ("as_needed", "irregular", "asNeeded"),
        ("annually", "R/P1Y", "annually"),
        ("biannually", "R/P6M", "biannually"),
        ("quarterly", "R/P3M", "quarterly"),
        ("bimonthly", "R/P2M", "R/P2M"),
        ("biweekly", "R/P2W", "fortnightly"),
        ("weekdays", "R/P1D", "daily"),
        ("daily", "R/P1D", "daily"),
        ("hourly", "R/PT1H", "R/PT1H"),
        ("continuous", "R/PT1S", "continual"),
        ("other", None, None),
        ("not_updated", None, "notPlanned"),
        ("", None, None),
    ],
)
def test_a_frequency_is_a_period_in_the_older_and_a_word_in_the_newer(
    code: str, older: str | None, newer: str | None
) -> None:
    record = replace(RECORD, frequency=code)
    assert one(dcat.V1, record).get("accrualPeriodicity") == older
    assert one(dcat.V3, record).get("accrualPeriodicity") == newer


def test_without_a_keyword_the_category_stands_for_one_and_somebody_is_told() -> None:
    file = file_of(dcat.V1, replace(RECORD, keywords=("  ",)))
    assert file.content["dataset"][0]["keyword"] == ["Housing"]
    assert [(gap.code, gap.keeps_out) for gap in file.gaps] == [("keyword", False)]


def test_without_any_word_to_find_it_by_only_the_older_version_goes_without_it() -> None:
    bare = replace(RECORD, keywords=(), themes=())
    older, newer = file_of(dcat.V1, bare, RECORD), file_of(dcat.V3, bare, RECORD)
    assert len(older.content["dataset"]) == 1
    assert [gap.code for gap in older.left_out] == ["keyword"]
    assert len(newer.content["dataset"]) == 2
    assert not newer.left_out


@pytest.mark.parametrize(
    ("changes", "code", "whose"),
    [
        ({"contact_email": ""}, "contact", dcat.DEPARTMENT),
        ({"contact_email": "no/slash%20@example.gov"}, "contact", dcat.DEPARTMENT),
        ({"contact_email": "", "contact_by": dcat.PORTAL_ADMIN}, "contact", dcat.PORTAL_ADMIN),
        ({"contact_name": ""}, "contact", dcat.DEPARTMENT),
        ({"description": " \n "}, "description", dcat.DEPARTMENT),
        ({"title": ""}, "title", dcat.DEPARTMENT),
    ],
)
def test_a_record_that_cannot_be_valid_is_a_gap_and_the_others_stand(
    changes: dict[str, Any], code: str, whose: str
) -> None:
    for version in dcat.VERSIONS:
        file = file_of(version, replace(RECORD, **changes), replace(RECORD, identifier="city/PUB0002"))
        assert [row["identifier"] for row in file.content["dataset"]] == ["city/PUB0002"]
        assert [(gap.code, gap.whose) for gap in file.left_out] == [(code, whose)]


def test_what_is_too_long_is_cut_between_words_in_the_older_version_only() -> None:
    long = replace(RECORD, description="word " * 4000, rights="clause " * 100)
    row = one(dcat.V1, long)
    assert len(row["description"]) <= 10_000
    assert row["description"].endswith("word…")
    assert len(row["rights"]) <= 255
    assert {gap.code for gap in file_of(dcat.V1, long).gaps} == {"description", "rights"}
    assert len(one(dcat.V3, long)["description"]) == 19_999


def test_a_licence_nobody_knows_the_address_of_is_named_and_told_to_the_portal_admin() -> None:
    own = replace(RECORD, licence=dcat.Licensed("SEE_TERMS_OF_USE", "Durham Open Data License"))
    file = file_of(dcat.V1, own)
    assert "license" not in file.content["dataset"][0]
    assert [(gap.code, gap.keeps_out, gap.whose) for gap in file.gaps] == [
        ("licence", False, dcat.PORTAL_ADMIN)
    ]
    assert one(dcat.V3, own)["distribution"][0]["license"] == "Durham Open Data License"


def test_addresses_and_mailboxes_are_written_in_ascii() -> None:
    record = replace(
        RECORD,
        title="Año nuevo – Straßen 東京",
        landing_page="https://bücher.example/straße?q=ä b",
        contact_email="daten@bücher.example",
    )
    row = one(dcat.V1, record)
    assert row["title"] == "Año nuevo – Straßen 東京"
    assert row["landingPage"] == "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%A4%20b"
    assert row["contactPoint"]["hasEmail"] == "mailto:daten@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://x.example/?years[]=2024&b=[2]", "https://x.example/?years%5B%5D=2024&b=%5B2%5D"),
        ("https://x.example/a[1]", "https://x.example/a%5B1%5D"),
        ("https://x.example/#/map#layer", "https://x.example/#/map%23layer"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("https://x.example/100%/%C3%A4", "https://x.example/100%25/%C3%A4"),
        ("http://a b/", "http://a%20b/"),
    ],
)
def test_an_address_is_written_as_the_rules_of_addresses_want_it(url: str, written: str) -> None:
    assert words.address(url) == written
    for version, faults in ((dcat.V1, faults_11), (dcat.V3, faults_30)):
        record = replace(RECORD, landing_page=url, image=url, forms=(dcat.Form("Page", url),))
        assert faults(file_of(version, record).content) == []


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://[fe80::1%25eth0]/x",
        "ftp://example.gov/x",
        "//example.gov",
        "https://",
        "https://a:b@example.gov/",
        "",
    ],
)
def test_what_is_no_address_on_the_web_is_left_out(url: str) -> None:
    assert words.address(url) == ""
    assert "landingPage" not in one(dcat.V1, replace(RECORD, landing_page=url))


def test_data_that_ends_before_it_begins_has_no_period_and_is_told() -> None:
    odd = replace(RECORD, ends=date(2018, 1, 1))
    for version in dcat.VERSIONS:
        file = file_of(version, odd)
        assert "temporal" not in file.content["dataset"][0]
        assert [gap.code for gap in file.gaps] == ["temporal"]


def test_instants_are_in_utc() -> None:
    there = AT.astimezone(timezone(timedelta(hours=-5)))
    assert one(dcat.V1, replace(RECORD, modified=there))["modified"] == "2026-03-04T05:06:07Z"


def test_control_characters_do_not_reach_a_file() -> None:
    row = one(dcat.V1, replace(RECORD, title="A\x0b\x00B", description="one\r\ntwo\x07"))
    assert (row["title"], row["description"]) == ("AB", "one\ntwo")


# withheld


def test_withheld_data_is_told_with_its_ground_and_its_law_and_nothing_of_the_data() -> None:
    older, newer = one(dcat.V1, WITHHELD), one(dcat.V3, WITHHELD)
    assert older["accessLevel"] == "non-public"
    assert older["rights"].endswith("NCGS 7B-3000")
    restriction = newer["accessRestriction"][0]
    assert restriction["restrictionStatus"] == "Restricted - Fully"
    assert restriction["restrictionNote"] == "NCGS 7B-3000"
    for row in (older, newer):
        told = {"distribution", "describedBy", "landingPage", "temporal", "spatial", "references", "page"}
        assert not told & set(row)
        assert "hasQualityMeasurement" not in row


def test_a_redacted_title_stands_nowhere_in_the_file() -> None:
    hidden = replace(WITHHELD, restriction=dcat.Restriction("Security", "6 USC 133", is_redacted=True))
    for version in dcat.VERSIONS:
        text = json.dumps(file_of(version, hidden).content)
        assert "Juvenile" not in text
        assert words.REDACTED in text
    assert faults_11(file_of(dcat.V1, hidden).content) == faults_30(file_of(dcat.V3, hidden).content) == []


def test_withheld_data_without_a_word_to_find_it_by_is_found_by_whose_it_is() -> None:
    bare = replace(WITHHELD, keywords=(" ", "\x07"), themes=("\n",))
    assert faults_11(file_of(dcat.V1, bare).content) == []
    assert one(dcat.V1, bare)["keyword"] == ["Public Works"]


def test_a_long_law_is_shortened_to_what_rights_may_hold() -> None:
    long = replace(WITHHELD, rights="The law forbids disclosure. " + "Section 12, " * 60)
    assert len(one(dcat.V1, long)["rights"]) <= 255


def test_a_federal_marking_is_told_with_who_controls_the_data() -> None:
    marked = replace(
        WITHHELD, restriction=dcat.Restriction("Privacy", "5 USC 552a", cui_marking="CUI//SP-PRVCY")
    )
    assert one(dcat.V3, marked)["cuiRestriction"]["cuiBannerMarking"] == "CUI//SP-PRVCY"
    assert one(dcat.V3, marked)["cuiRestriction"]["designationIndicator"] == "Controlled by: Public Works"


# forms


def test_a_table_with_shapes_can_be_had_as_geojson_too() -> None:
    receipt = {"public_url": "http://portal/d/abcd-1234", "remote_id": "abcd-1234"}
    forms = dcat.forms_of("socrata", receipt, ["text", "point"])
    assert [form.url for form in forms][-1] == "http://portal/resource/abcd-1234.geojson"


def test_a_portal_that_names_its_forms_is_believed_and_another_is_linked() -> None:
    named = {
        "forms": [
            {"title": "CSV", "url": "https://x.example/a.csv", "media_type": "text/csv", "is_file": True}
        ]
    }
    assert dcat.forms_of("static", named, [])[0].is_file
    file = {
        "public_url": "https://x.example/datasets/a/index.html",
        "query_url": "https://x.example/datasets/a/data.csv",
    }
    assert [(form.url, form.is_file) for form in dcat.forms_of("static", file, [])] == [
        (file["query_url"], True)
    ]
    layer = {"public_url": "https://x.example/item", "query_url": "https://x.example/FeatureServer/0/query"}
    assert dcat.forms_of("arcgis_geo", layer, ["point"])[-1].url.endswith(
        "query?where=1%3D1&outFields=*&f=geojson"
    )
    linked = dcat.forms_of("ckan", {"public_url": "https://x.example/dataset/a"}, [])
    assert [form.url for form in linked] == ["https://x.example/dataset/a"]
    assert dcat.forms_of("ckan", {}, []) == ()


def test_a_file_of_which_nobody_said_what_it_is_has_a_media_type_all_the_same() -> None:
    unsaid = replace(RECORD, forms=(dcat.Form("File", "https://x.example/a", is_file=True),))
    file = file_of(dcat.V1, unsaid)
    assert faults_11(file.content) == []
    assert file.content["dataset"][0]["distribution"][0]["mediaType"] == "application/octet-stream"


_TEXT = st.text(max_size=40)
_DAY = st.dates(min_value=date(1000, 1, 1))


@hypothesis_settings(max_examples=150)
@given(
    changes=st.fixed_dictionaries(
        {},
        optional={
            "title": _TEXT,
            "description": _TEXT,
            "publisher": _TEXT,
            "contact_name": _TEXT,
            "contact_email": st.one_of(_TEXT, st.emails()),
            "rights": _TEXT,
            "keywords": st.lists(_TEXT, max_size=3).map(tuple),
            "themes": st.lists(_TEXT, max_size=2).map(tuple),
            "licence": st.builds(dcat.Licensed, _TEXT, _TEXT, _TEXT),
            "frequency": _TEXT,
            "spatial": _TEXT,
            "starts": st.none() | _DAY,
            "ends": st.none() | _DAY,
            "landing_page": _TEXT,
            "dictionary": _TEXT,
            "standard": _TEXT,
            "purpose": _TEXT,
            "provenance": st.lists(_TEXT, max_size=2).map(tuple),
            "citation": _TEXT,
            "image": _TEXT,
            "forms": st.lists(st.builds(dcat.Form, _TEXT, _TEXT), max_size=2).map(tuple),
            "languages": _TEXT.map(words.languages),
        },
    )
)
def test_whatever_people_wrote_the_file_keeps_the_rules(changes: dict[str, Any]) -> None:
    record = replace(RECORD, **changes)
    assert faults_11(file_of(dcat.V1, record).content) == []
    assert faults_30(file_of(dcat.V3, record).content) == []
    json.dumps(file_of(dcat.V1, record).content, ensure_ascii=False).encode()
