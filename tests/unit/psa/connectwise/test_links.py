"""Addresses for people."""

from __future__ import annotations

from psa.connectwise.links import ticket_url
from psa.outbound.allowed_hosts import Site


def test_a_ticket_opens_on_the_host_people_log_in_to() -> None:
    url = ticket_url(Site.parse("api-na.myconnectwise.net"), company="acmemsp", ticket_id=5)
    assert url == (
        "https://na.myconnectwise.net/v4_6_release/services/system_io/Service/fv_sr100_request.rails"
        "?service_recid=5&companyName=acmemsp"
    )


def test_a_company_cannot_add_to_the_address() -> None:
    url = ticket_url(Site.parse("na.myconnectwise.net"), company='a&b="<x>', ticket_id=5)
    assert url.endswith("&companyName=a%26b%3D%22%3Cx%3E")
