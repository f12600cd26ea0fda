"""Where a secret may go and for whom, as the environment says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from opendata_portal.environment import bindings_taken, named_values
from publishing.sources import KINDS
from publishing.sources.base import Limits, Secrets, SourceFault


def test_a_binding_is_read_beside_its_secret_and_is_no_secret_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_TRIED_PERMITS", "key")
    monkeypatch.setenv("SOURCE_TRIED_PERMITS_HOSTS", "Data.example.gov, .example.org")
    monkeypatch.setenv("SOURCE_TRIED_PERMITS_FOR", "Riverbend/PUB")
    values = named_values("SOURCE_TRIED_")
    assert bindings_taken(values, "_HOSTS") == {"PERMITS": ("data.example.gov", ".example.org")}
    assert bindings_taken(values, "_FOR") == {"PERMITS": ("riverbend/pub",)}
    assert values == {"PERMITS": "key"}


@pytest.mark.parametrize(
    ("to", "may"),
    [
        ("https://data.example.gov/x.csv", True),
        ("https://DATA.example.gov:8443/x.csv", True),
        ("https://a.example.org", True),
        ("https://example.org", False),
        ("https://data.example.gov.evil.org/x.csv", False),
        ("https://evil.org/data.example.gov", False),
        ("https://evil.org#data.example.gov", False),
        ("not an address", False),
    ],
)
def test_a_secret_goes_only_to_its_hosts(to: str, may: bool) -> None:
    secrets = Secrets(values={"K": "key"}, bound={"K": ("data.example.gov", ".example.org")})
    if may:
        assert secrets.value("K", to=to) == "key"
    else:
        with pytest.raises(SourceFault, match="is bound to other hosts") as refused:
            secrets.value("K", to=to)
        assert refused.value.final


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("url", {"url": "https://evil.org/x.csv"}),
        ("soda", {"domain": "evil.org", "dataset": "abcd-1234"}),
        ("ckan", {"domain": "evil.org", "resource": "abc"}),
        ("arcgis", {"url": "https://evil.org/FeatureServer/0"}),
        ("s3", {"endpoint": "https://evil.org", "region": "r", "bucket": "exports", "pattern": "*.csv"}),
    ],
)
def test_every_kind_of_source_asks_where_its_secret_may_go(
    kind: str, config: dict[str, str], tmp_path: Path
) -> None:
    secrets = Secrets(values={"K": "id:key"}, bound={"K": ("data.example.gov",)})
    with pytest.raises(SourceFault, match="is bound to other hosts"):
        KINDS[kind].fetch(
            config | {"secret": "K"}, secrets, tmp_path / "x", Limits(), lambda done, said: None
        )
