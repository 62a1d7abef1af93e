"""Of words in another language nothing is claimed: not that nothing was tried, not that nothing was left or said. They are quoted."""

# ruff: noqa: E501 - texts are easier to find in long lines

from __future__ import annotations

import pytest

from escalation.brief.outline import Limits
from escalation.brief.render import LIMIT, render
from escalation.brief.vendor import vendor_form
from escalation.package.contents import Package
from escalation.resolution.note import Course, draft
from escalation.resolution.text import drafted
from tests.unit.escalation.tickets import at, evidence_of, package_of

NOTES = {
    "German": "Treiber auf NB-31 neu installiert, es hat aber nichts gebracht. Den Virenscanner habe ich vorläufig ausgeschaltet, er ist noch aus.",
    "French": "J'ai réinstallé le pilote sur le poste, mais le problème est toujours là. L'antivirus est désactivé pour le moment, à remettre.",
    "Spanish": "He reinstalado el controlador en el equipo, pero el problema sigue igual. El antivirus está desactivado por ahora, hay que volver a ponerlo.",
    "Dutch": "Ik heb de driver op de laptop opnieuw geïnstalleerd, maar het probleem is er nog. De virusscanner staat tijdelijk uit en moet weer aan.",
}
DENIED = ("none recorded", "nothing recorded", "not recorded:** when", "One question")


def made(name: str) -> Package:
    return package_of(evidence_of(NOTES[name], summary="PC 31"))


@pytest.mark.parametrize("name", NOTES)
def test_the_brief_says_that_it_was_not_read_and_quotes_it(name: str) -> None:
    note = render(made(name), marker=None)
    assert f"**Tried:** nothing found; what is written in {name} is not read" in note
    above = note.partition("\n---\n")[0]
    assert all(f"- {said.strip('. ')} [n1]" in above for said in NOTES[name].split(". "))
    assert not [said for said in DENIED if said.lower() in note.lower()]


def test_english_beside_it_is_read_and_nothing_is_denied() -> None:
    package = package_of(evidence_of("Reinstalled the driver on NB-31, no change.", NOTES["German"]))
    note = render(package, marker=None)
    assert "**Tried (1):**" in note
    assert "**As written in German:**" in note
    assert not [said for said in DENIED if said.lower() in note.lower()]


def test_english_without_a_step_is_not_called_unread_for_a_customer_s_german() -> None:
    wrote = "Der Drucker im Lager druckt seit gestern nicht mehr und alle Etiketten bleiben leer, auch nach dem Neustart ist es nicht besser."
    package = package_of(evidence_of("No idea here, escalating.", description=wrote))
    assert package.unread_words == ()
    assert "**Tried:** nothing found; what is written in German is not read" in render(package, marker=None)


def test_what_stands_beside_its_translation_was_read() -> None:
    package = package_of(
        evidence_of(f"{NOTES['German']}\n\nReinstalled the driver on the laptop and it is still the same.")
    )
    assert package.unread_words == ()
    assert "is not read" not in render(package, marker=None)


def test_the_vendors_form_and_the_resolution_note_claim_nothing_either() -> None:
    form = vendor_form(made("German"), members=())
    assert "Changed for tests and still so:\nnothing found; what is written in German is not read" in form
    note = drafted(draft(evidence_of(NOTES["German"]), Course(at(120))), "internal")
    assert "**Still changed:** nothing found; what is written in German is not read" in note
    assert "nothing recorded" not in note


def test_many_such_sentences_keep_the_note_below_its_size() -> None:
    package = package_of(evidence_of(*[NOTES["German"].replace("31", str(i)) for i in range(40)]))
    assert len(package.unread_words) == 10
    assert len(render(package, marker=None).encode()) < LIMIT
    assert Limits.all_of(package).extras
