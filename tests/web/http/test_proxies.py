"""Proxies: what one says of a request counts only where the settings name it, and then holds for every address that is made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from allegata.errors import UsageError
from allegata.web.http.proxies import networks
from http_client import fetch
from service import PATIENT, Service, make_site, serve

PREFIXED = {"X-Forwarded-Prefix": "/data/ko", "X-Forwarded-Host": "example.net", "X-Forwarded-Proto": "https"}
PAGES = (
    "/",
    "/query",
    "/search?q=ada",
    "/compare",
    "/dumps",
    "/reconcile/features",
    "/ns",
    "/nothing",
    "/releases",
    "/page/actor/dprk",
    "/page/actor/dprk",
    "/treaties",
)


@pytest.fixture(scope="module")
def behind(site: Path) -> Iterator[Service]:
    """Serve behind a proxy on this machine."""
    with serve(site, trusted_proxies=1, **PATIENT) as running:
        yield running


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve behind a proxy on another machine."""
    site = make_site(tmp_path_factory.mktemp("elsewhere"))
    with serve(site, trusted_proxies=1, proxy_addresses="10.0.0.0/8, fd00::1", **PATIENT) as running:
        yield running


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_is_under_the_prefix(behind: Service, path: str) -> None:
    page = fetch(behind.address, path, headers={**PREFIXED, "Accept": "text/html"}).text
    links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
    assert len(links) > 5 and [link for link in links if not link.startswith("/data/ko/")] == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_one_prefix_is_not_given_at_another(behind: Service, path: str) -> None:
    fetch(behind.address, path, headers={**PREFIXED, "Accept": "text/html"})
    assert "/data/ko/" not in fetch(behind.address, path, headers={"Accept": "text/html"}).text


def test_programs_are_told_whole_addresses(behind: Service) -> None:
    manifest = fetch(behind.address, "/reconcile", headers=PREFIXED).json
    place = manifest["suggest"]["entity"]
    assert place["service_url"] + place["service_path"] == "https://example.net/data/ko/reconcile/suggest/entity"
    assert manifest["documentation"] == "https://example.net/data/ko/reconcile/features"
    assert fetch(behind.address, "/openapi.json", headers=PREFIXED).json["servers"] == [{"url": "/data/ko/"}]
    assert "https://example.net/data/ko/sitemap.xml" in fetch(behind.address, "/robots.txt", headers=PREFIXED).text


def test_redirects_stay_under_the_prefix(behind: Service) -> None:
    reply = fetch(behind.address, "/reconcile/?queries=%7B%7D", headers=PREFIXED)
    assert (reply.status, reply.headers["location"]) == (308, "/data/ko/reconcile?queries=%7B%7D")


@pytest.mark.parametrize("prefix", ["//evil.example", "data", "/a//b", '/"><script>', "/a, /b", "https://evil.example", "/a\\b"])
def test_a_prefix_that_is_no_path_is_passed_over(behind: Service, prefix: str) -> None:
    page = fetch(behind.address, "/nothing", headers={"X-Forwarded-Prefix": prefix, "Accept": "text/html"})
    assert page.status == 404 and 'href="/compare"' in page.text and "evil" not in page.text


def test_a_proxy_that_the_settings_do_not_name_counts_for_nothing(elsewhere: Service) -> None:
    page = fetch(elsewhere.address, "/", headers={**PREFIXED, "Forwarded": "host=example.net", "Accept": "text/html"})
    assert "/data/ko" not in page.text and "example.net" not in page.text + str(page.headers)


def test_without_a_number_of_proxies_none_counts(tmp_path: Path) -> None:
    with serve(make_site(tmp_path), **PATIENT) as service:
        assert "/data/ko" not in fetch(service.address, "/", headers={**PREFIXED, "Accept": "text/html"}).text


def test_networks_are_read_and_told_apart() -> None:
    assert [str(item) for item in networks("10.1.2.3/8, ::1 192.0.2.1")] == ["10.0.0.0/8", "::1/128", "192.0.2.1/32"]
    with pytest.raises(UsageError, match="no address"):
        networks("proxy.example")


def test_a_literal_of_ipv6_is_a_host(behind: Service) -> None:
    """RFC 3986, section 3.2.2."""
    manifest = fetch(behind.address, "/reconcile", headers={"Host": "[2001:db8::1]:8000"}).json
    assert manifest["documentation"] == "http://[2001:db8::1]:8000/reconcile/features"
