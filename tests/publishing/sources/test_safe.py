"""No address that a person types leads into our own network."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from publishing.sources.base import Secrets, SourceFault
from publishing.sources.safe import Refused, SafeSession, is_public, typed_fault, url_fault
from tests.publishing.sources.server import Site

# Fifteen ways to spell an inner address, and more; each must be refused without a connection.
BYPASSES = (
    "https://127.0.0.1/",
    "https://localhost/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://data.example.gov@127.0.0.1/",
    "https://user:word@data.example.gov/",
    "https://data.example.gov\\@127.0.0.1/",
    "https://127.0.0.1\t.example.gov/",
    "https://①②⑦.⓪.⓪.①/",
    "https://data.example.gov:22/",
    "http://data.example.gov/",
    "http://127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "ftp://data.example.gov/x.csv",
    "//127.0.0.1/",
    "https:///x.csv",
)


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def answering(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The name server says these addresses, one list for each question. Gives the questions."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        said = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in said]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("url", BYPASSES)
@pytest.mark.usefixtures("no_connection")
def test_an_inner_address_is_refused_however_it_is_spelt(url: str) -> None:
    with SafeSession(Secrets()) as session, pytest.raises(SourceFault):
        session.get(url)


@pytest.mark.usefixtures("no_connection")
def test_a_name_is_refused_when_one_of_its_addresses_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["93.184.216.34", "10.0.0.7"])
    with SafeSession(Secrets()) as session, pytest.raises(Refused, match="private network"):
        session.get("https://mixed.example.gov/x.csv")


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the second answer of the name server would be our own machine; it is never asked for."""
    asked = answering(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    connected: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        connected.append(address[0])
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with SafeSession(Secrets()) as session, pytest.raises(SourceFault, match="does not answer"):
        session.get("https://rebinding.example.gov/x.csv")
    assert connected == ["93.184.216.34"]
    assert asked == ["rebinding.example.gov"]


def test_each_redirect_is_looked_at_like_the_first_address(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.redirects = {"/in": "https://10.0.0.1/secret.csv", "/on": "/file.csv", "/round": "/round"}
    site.files["/file.csv"] = ("text/csv", b"a\n1\n")
    with SafeSession(Secrets(allow_loopback=True)) as session:
        with pytest.raises(Refused):
            session.get(f"{site.url}/in", follow=True)
        with pytest.raises(Refused, match="sends us on"):
            session.get(f"{site.url}/on")
        with pytest.raises(Refused, match="sends us on"):
            session.get(f"{site.url}/round", follow=True)
        assert session.get(f"{site.url}/on", follow=True).status_code == 200


def test_a_secret_stays_with_the_host_it_is_for(site: Site) -> None:
    site.redirects["/away"] = f"http://localhost:{site.port}/file.csv"
    site.files["/file.csv"] = ("text/csv", b"a\n1\n")
    with SafeSession(Secrets(allow_loopback=True)) as session:
        session.get(f"{site.url}/away", headers={"Authorization": "Bearer x"}, follow=True).close()
    first, second = (headers for _, headers in site.asked)
    assert first["authorization"] == "Bearer x"
    assert "authorization" not in second


def test_no_proxy_of_the_environment_is_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.files["/file.csv"] = ("text/csv", b"a\n1\n")
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with SafeSession(Secrets(allow_loopback=True)) as session:
        assert session.get(f"{site.url}/file.csv").status_code == 200


def test_only_hosts_of_the_list_are_asked_where_there_is_one() -> None:
    secrets = Secrets(hosts=("data.example.gov", ".example.org"))
    assert url_fault("https://data.example.gov/x.csv", secrets=secrets) == ""
    assert url_fault("https://files.example.org/x.csv", secrets=secrets) == ""
    assert "not among the hosts" in url_fault("https://other.example.gov/x.csv", secrets=secrets)
    assert "not among the hosts" in url_fault("https://badexample.org/x.csv", secrets=secrets)


@pytest.mark.parametrize(
    "query", ["token=abc", "a=1&X-Amz-Signature=abc", "sig=abc", "api_key=1", "PASSWORD=x", "apikey=1"]
)
def test_an_address_with_a_key_in_it_is_refused_before_it_is_stored(query: str) -> None:
    assert "holds a key" in typed_fault(f"https://data.example.gov/x.csv?{query}")


def test_an_ordinary_address_is_asked() -> None:
    for url in (
        "https://data.example.gov/x.csv",
        "https://data.example.gov:6443/arcgis/rest/services/A/FeatureServer/0",
        "https://data.example.gov/export?year=2026&design=flat",
    ):
        assert url_fault(url, secrets=Secrets()) == ""
        assert typed_fault(url) == ""


def test_public_addresses_are_public() -> None:
    import ipaddress

    assert is_public(ipaddress.ip_address("93.184.216.34"))
    assert is_public(ipaddress.ip_address("2606:2800:220:1:248:1893:25c8:1946"))
