"""Addresses of records in the PSA's user interface, for people; needs no client and no keys."""

from __future__ import annotations

from urllib.parse import quote

from psa.outbound.allowed_hosts import Site


def ticket_url(site: Site, *, company: str, ticket_id: int) -> str:
    """Return the ticket's address in ConnectWise, on the host people log in to (public code)."""
    return (
        f"{site.ui_origin}/v4_6_release/services/system_io/Service/fv_sr100_request.rails"
        f"?service_recid={ticket_id}&companyName={quote(company, safe='')}"
    )
