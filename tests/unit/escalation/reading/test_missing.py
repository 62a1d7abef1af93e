"""What a senior would ask at once: for every domain something, and nothing that somebody has said."""

from __future__ import annotations

import pytest

from escalation.reading.missing import BY_DOMAIN, CHANGED, ERROR, MOST, WHEN, WHO, not_recorded
from escalation.reading.vocabulary import DOMAINS


def missing(domain: str, *texts: str, has_error_text: bool = False) -> list[str]:
    return [q.missing for q in not_recorded(domain, list(texts), has_error_text=has_error_text)]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_has_four_questions_of_its_own(domain: str) -> None:
    own = BY_DOMAIN[domain]
    assert len({q.missing for q in own}) == 4
    assert all(q.ask.endswith("?") for q in own)


@pytest.mark.parametrize("domain", DOMAINS)
def test_of_a_thin_ticket_the_domain_first_then_what_every_senior_asks(domain: str) -> None:
    assert missing(domain, "It is broken.") == [BY_DOMAIN[domain][0].missing, WHEN.missing, CHANGED.missing, WHO.missing]


@pytest.mark.parametrize(
    ("domain", "said", "answered"),
    [
        ("email", "Works fine in OWA.", "whether webmail works"),
        ("identity", "She can sign in on another laptop.", "whether the account works on another computer"),
        ("network", "Port log is clean.", "firewall log"),
        ("dns_dhcp", "Client points at 10.0.0.10.", "which DNS server the clients use"),
        ("printing", "Nobody on that floor can print.", "whether it prints from another computer"),
        ("endpoint", "Same on another profile.", "whether another profile or computer shows it"),
        ("virtualization", "Datastore is at 97%.", "host and datastore health"),
        ("storage_backup", "Last good backup was Tuesday.", "last good backup"),
        ("database_app", "Nothing in the event log.", "server-side log"),
        ("security", "Laptop isolated at 10:02.", "whether the device is isolated"),
        ("telephony", "Outgoing calls only.", "whether incoming, outgoing or both fail"),
        ("remote_desktop", "Fails from home, works in the office.", "whether it fails inside the network too"),
        ("file_services", "Effective access says Modify.", "share and file permissions"),
        ("server_os", "Event log has 41.", "event log"),
        ("cloud", "No advisory in service health.", "service health"),
    ],
)
def test_what_was_said_is_not_asked(domain: str, said: str, answered: str) -> None:
    assert answered in missing(domain, "It is broken.")
    assert answered not in missing(domain, said)


@pytest.mark.parametrize(
    "said",
    ["Did you look at the firewall log?", "Not sure what the firewall log says.", "Have not checked the firewall log."],
)
def test_a_question_or_a_shrug_answers_nothing(said: str) -> None:
    assert missing("network", said)[0] == "firewall log"


def test_the_wording_of_an_error_comes_first_where_one_is_only_mentioned() -> None:
    assert missing("database_app", "Users get an error.")[0] == ERROR.missing
    assert ERROR.missing not in missing("database_app", "Users get an error.", has_error_text=True)


def test_at_most_four() -> None:
    assert all(len(missing(domain, "x")) == MOST for domain in DOMAINS)
