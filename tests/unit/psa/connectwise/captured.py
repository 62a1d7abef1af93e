"""Answers of ConnectWise as they were captured or documented, and who asks for them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses

from escalation.evidence import Roster
from psa.port import Keys

API = "https://api-na.myconnectwise.net/v2026_1/apis/3.0"
INFO = "https://na.myconnectwise.net/login/companyinfo/acmemsp"
KEYS = Keys(
    site="na.myconnectwise.net",
    company="acmemsp",
    public_key="Xk3vPub9",
    private_key="Qz8wSec4",
    client_id="cid",
    codebase="v2026_1/",
)
NOBODY = Roster()
TICKET: dict[str, Any] = {
    "id": 5,
    "summary": "VPN drops",
    "board": {"id": 1, "name": "Help"},
    "status": {"id": 2, "name": "Escalated", "sort": 3},
    "company": {"id": 9, "identifier": "ACME", "name": "Acme"},
    "severity": "Catastrophic",
    "impact": "Low",
    "owner": {"id": 7, "identifier": "jsmith", "name": "J"},
    "resources": "jsmith, amy,,jsmith",
    "closedFlag": False,
    "mergedParentTicket": None,
    "hasMergedChildTicketFlag": True,
    "somethingNew": {"deep": [1]},
    "_info": {
        "lastUpdated": "2026-06-09T21:59:49Z",
        "dateEntered": "2026-06-09T20:00:00Z",
        "updatedBy": "jsmith",
        "sequence": 7,
        "nested": {"a": None},
    },
}
NOTE = {
    "id": 70,
    "ticketId": 5,
    "text": "**brief**",
    "internalAnalysisFlag": True,
    "detailDescriptionFlag": False,
    "resolutionFlag": False,
    "internalFlag": True,
    "createdBy": "rfapi",
    "dateCreated": "2026-06-09T22:00:00Z",
}


def query(call: responses.Call) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(call.request.url or "").query).items()}
