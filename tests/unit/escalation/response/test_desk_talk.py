"""What is said of the ticket and not of the problem is no deed, whoever says it in whichever language; deeds beside it are."""

# ruff: noqa: E501 - examples are easier to compare in one line

from __future__ import annotations

import itertools

import pytest

from escalation.response.deeds import reports_deed, takes

BY = ("Maja Svensson", "msvensson")
TICKET = ("", "it ", "this ", "this ticket ", "the ticket ")
DESK = (
    *(f"{verb} {what}to {whom}" for verb, what, whom in itertools.product(
        ("Assigned", "Assigning", "Dispatched", "Routing"), TICKET, ("Tess", "Tess O'Brien", "the night shift", "the on-call engineer"))),
    *(f"{verb} {what}to {where}" for verb, what, where in itertools.product(
        ("Moved", "Moving", "Sent", "Sending"), TICKET, ("the projects board", "the escalation queue", "our network team", "dispatch"))),
    *(f"{verb} {what}to {tier}" for verb, what, tier in itertools.product(
        ("Escalated", "Escalating"), TICKET, ("tier 3", "level 2", "the engineers", "NOC"))),
    *(f"{verb} {what}{when}" for verb, what, when in itertools.product(
        ("Scheduled ", "Booked in "), ("", "an onsite visit ", "a call ", "the technician "), ("for 2pm tomorrow", "at 10:00", "with Jane on Monday"))),
    *(f"{verb} {what}{to}" for verb, what, to in itertools.product(
        ("Changed", "Raised", "Set the", "Bumped"), ("priority", "severity", "ticket type"), ("", " to P1", " from 3 to 1"))),
    *(f"{what} {verb}{to}" for what, verb, to in itertools.product(
        ("Ticket", "This ticket", "Your request"), ("has been assigned", "was received", "has been scheduled"), ("", " to Tess O'Brien", " for Monday"))),
    "Status changed from New to Assigned", "I have been assigned your ticket and will be in touch shortly.",
)  # fmt: skip
NOT_YET = (
    *(f"{still}{what}" for still, what in itertools.product(
        ("", "Still "), ("waiting on the customer", "waiting for Jane to reply", "awaiting the vendor", "waiting on parts"))),
    *(f"{who}{has} {what}" for who, has, what in itertools.product(
        ("", "I "), ("haven't", "have not", "did not"), ("looked at this yet", "had a chance to look", "get to it today"))),
    "Pending customer", "On hold until Monday", "Parking this until Monday", "No update yet", "No progress so far", "Still on my list",
    "Customer to call back", "Not looked at this yet", "Reminder: ticket overdue", "SLA breached", "n/a", "N/A", "TBC", "see above", "test",
    "Tess will pick this up", "Following up with Jane", "Reviewed ticket", "Read through the ticket history", "Daily review of queue",
    "Triaged", "Investigation started", "Investigation in progress.", "This one's mine", "Claimed", "Reassigned to me",
)  # fmt: skip
TO_OTHERS = (
    *(f"{whom} {ask}" for whom, ask in itertools.product(
        ("@Tess", "@tobrien,", "Tess please", "Tess could you", "Ahmed,", "Fred please"), ("take this one", "have a look", "check the firewall"))),
    "Accepted: Ticket 48211 VPN drops @ Mon 30 Nov 2pm - 3pm", "Declined: Onsite visit Harbour Dental",
    "Automatic reply: Ticket 48211 VPN drops", "Out of office: back on Monday",
)  # fmt: skip


@pytest.mark.parametrize("text", [*DESK, *NOT_YET, *TO_OTHERS])
def test_what_is_done_to_the_ticket_is_no_work_on_it(text: str) -> None:
    assert not reports_deed(text, by=BY)
    with_it = f"{text.rstrip('.')}. Restarted the VPN service, it connects."
    assert reports_deed(with_it, by=BY) or text in TO_OTHERS or ":" in text


@pytest.mark.parametrize(
    "text",
    [
        "Assigned a static IP to PC-14", "Assigned the E3 licence to Jane", "Moved the mailbox to Exchange Online",
        "Moved her to the sales VLAN", "Escalated to Fortinet, case 12345", "Sent the logs to Fortinet", "Set the MTU to 1400",
        "Changed the DNS server to 10.0.0.2", "Raised the TTL to 3600", "Updated the driver", "Booked a replacement disk with Dell",
        "No response from the switch on port 8", "No reply from 10.0.0.1", "Pending reboot cleared", "SLA probe shows 30% loss",
        "Have not been able to reproduce it on PC-15", "Did not find errors in the log", "Waited for the sync, still failing",
        "Test mail arrived", "Tested with another cable, same", "Restarted, please check", "Done please test again",
        "Rebuilt, please check again", "Re-ran the job, please have a look", "Reset, can you try now", "Reran, try again", "Online, please check",
        "Outlook will only open in safe mode", "Routed the subnet over the second tunnel",
        "Assigned to the guest VLAN", "Routed to the backup line", "Ticket logged with the ISP",
    ],
)  # fmt: skip
def test_work_in_like_words_is_work(text: str) -> None:
    assert reports_deed(text, by=BY)


TAKES = {
    "de": ("Ich übernehme das Ticket", "Übernehme ich", "Ich kümmere mich darum"),
    "fr": ("Je m'en occupe", "Je prends le ticket", "Je m\N{RIGHT SINGLE QUOTATION MARK}en charge"),
    "nl": ("Ik pak dit op", "Ik neem het over"),
    "es": ("Me encargo", "Lo tomo yo", "Me ocupo de esto"),
    "it": ("Me ne occupo io", "Lo prendo io"),
    "pt": ("Eu assumo", "Fico com este"),
    "sv": ("Jag tar den", "Jag tar hand om det"),
    "da": ("Jeg tager den", "Jeg tager sagen nu"),
    "nb": ("Jeg tar den", "Jeg tar saken"),
    "pl": ("Biorę to", "Zajmuję się tym", "Przejmuję zgłoszenie"),
}
LOOKS = {
    "de": ("Schaue ich mir gleich an", "Ich schaue mir das an", "Bin dran", "Wird geprüft", "Ich prüfe die Firewall", "In Bearbeitung"),
    "fr": ("Je regarde", "Je vais vérifier", "Je regarde le pare-feu", "En cours"),
    "nl": ("Ik kijk ernaar", "Ik ga er naar kijken", "In behandeling"),
    "es": ("Lo estoy revisando", "Voy a revisar", "Lo reviso ahora mismo"),
    "it": ("Ci guardo subito", "Sto verificando", "In lavorazione"),
    "pt": ("Vou verificar", "Estou a ver isto", "Em análise"),
    "sv": ("Jag tittar på det", "Kollar nu"),
    "da": ("Jeg kigger på det", "Er i gang"),
    "nb": ("Jeg ser på det", "Sjekker nå"),
    "pl": ("Patrzę na to", "Sprawdzam", "Już sprawdzam ten serwer"),
}
WORK = (
    "Firewall neu gestartet, VPN läuft", "Logs geprüft, Fehler 1014 gefunden", "Kabel getauscht", "Prüfe Log: Fehler 1014",
    "J'ai redémarré le pare-feu, pas de changement", "Je prends la main sur le poste, service relancé", "Câble remplacé",
    "Firewall herstart, geen verschil", "Reinicié el servicio y funciona", "Riavviato il servizio, funziona",
    "Reiniciei o serviço, sem alteração", "Startade om brandväggen, ingen skillnad", "Jag tog bort filen", "Genstartede tjenesten",
    "Startet tjenesten på nytt, virker", "Uruchomiłem usługę ponownie, działa", "Sprawdziłem logi, brak błędów",
)  # fmt: skip


@pytest.mark.parametrize(("language", "after"), list(itertools.product(TAKES, ("", ".", "!", " - Maja"))))
def test_who_says_in_another_language_that_they_take_it_takes_it_and_has_done_nothing(language: str, after: str) -> None:
    for text in TAKES[language]:
        assert takes(text + after), text
        assert not reports_deed(text + after, by=BY), text


@pytest.mark.parametrize(("language", "after"), list(itertools.product(LOOKS, ("", ".", " ..."))))
def test_who_is_about_to_look_in_another_language_has_done_nothing_and_taken_nothing(language: str, after: str) -> None:
    for text in LOOKS[language]:
        assert not reports_deed(text + after, by=BY), text
        assert not takes(text + after), text


@pytest.mark.parametrize("text", WORK)
def test_work_in_another_language_is_work(text: str) -> None:
    assert reports_deed(text, by=BY)
    assert not takes(text)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("I'll handle this", True), ("I'll take care of it", True), ("Dealing with this one", True), ("Leave it with me", True),
        ("Leave this one to me", True), ("Yep mine", True), ("Handle this please", False), ("Take care of it, Tess", False),
        ("Tess is taking care of it", False), ("Leave it with them", False), ("Not mine", False), ("I'm not taking this", False),
        ("got this one", True), ("Got this, thanks", True), ("Got it", False), ("Got this from the user", False),
    ],
)  # fmt: skip
def test_more_ways_to_take_it(text: str, taken: bool) -> None:
    assert takes(text) is taken
