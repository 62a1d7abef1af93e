"""Notes in another language, short or beside English: the English is read, the other is named and never taken for nothing."""

# ruff: noqa: E501 - a row of examples is easier to read in one long line than in a ladder

from __future__ import annotations

from itertools import product

from escalation.brief.render import render
from escalation.text.language import foreign
from escalation.text.passages import read
from escalation.text.places import Plain
from tests.unit.escalation.tickets import evidence_of, package_of

SHORT = {
    "German": ("Neustart gemacht, Problem besteht weiterhin", "Kabel getauscht, gleicher Fehler", "Kunde angerufen, nicht erreicht"),
    "French": ("Redémarrage effectué, toujours pareil", "Câble remplacé, aucun changement", "Pilote réinstallé, rien ne change"),
    "Spanish": ("Reiniciado el equipo, sigue igual", "Contraseña cambiada, sin éxito"),
    "Dutch": ("Herstart gedaan, probleem blijft", "Kabel vervangen, geen verandering", "Klant gebeld, geen gehoor"),
    "Italian": ("Riavviato il PC, stesso problema", "Cavo sostituito, nessun cambiamento"),
    "Portuguese": ("Reiniciei o computador, continua igual", "Cabo trocado, mesmo problema"),
    "Swedish": ("Startade om datorn, samma fel", "Bytt kabel, ingen skillnad"),
    "Norwegian": ("Startet på nytt, samme feil", "Byttet kabel, ingen forskjell"),
    "Danish": ("Genstartet PC, samme fejl", "Skiftet kabel, ingen forskel"),
    "Polish": ("Zrestartowano komputer, bez zmian", "Wymieniono kabel, nadal nie działa"),
    "Cyrillic letters": ("Перезагрузил, не помогло",),
    "Japanese": ("再起動しました",),
    "Chinese or Japanese": ("已重启",),
}
ENGLISH = ("Replaced the cable between router and modem, no change.", "I flushed the DNS cache and it is still down.", "Rebooted the firewall, same error.")


def test_a_short_note_in_another_language_is_not_nothing() -> None:
    for name, notes in SHORT.items():
        for said in notes:
            assert foreign(said) == name, said
        note = render(package_of(evidence_of(notes[0])), marker=None)
        assert "none recorded" not in note, note
        assert f"what is written in {name} is not read" in note
    for said in ("No change", "rbt fw, same", "Called Müller, no answer", "Café Zürich offline", "Ticket from René Gómez", "Ten users on site", "Mail from Sam, same problem", "To do:", "en-US layout, de-DE keyboard", "Domain name: a.com"):
        assert foreign(said) is None, said


def test_of_a_note_in_two_languages_the_english_is_read_and_the_other_named() -> None:
    """Sentence by sentence, line by line, in paragraphs; English first, last or in the middle."""
    wrong = []
    for (name, said), english, join in product(SHORT.items(), ENGLISH, (" ", "\n", "\n\n", "\n- ")):
        theirs = [f"{one}." for one in said]
        for parts in ([*theirs, english], [english, *theirs], [theirs[0], english, *theirs[1:]]):
            text = join.join(parts)
            passage = read(Plain(text, text), "technician")
            kept = [s.text for s in passage.stretches if s.kind in ("sentence", "item")]
            if passage.language or passage.partly not in (name, "Chinese or Japanese") or kept != [english]:
                wrong.append((text, passage.language, passage.partly, kept))
    assert not wrong, (len(wrong), wrong[:4])
    text = "Router neu gestartet, das hat aber nicht geholfen. Replaced the cable between router and modem, no change."
    package = package_of(evidence_of(text))
    assert [step.evidence for step in package.steps_attempted] == ["Replaced the cable between router and modem, no change."]
    assert "a part of n1 (written in German" in render(package, marker=None)
    nothing = package_of(evidence_of("Router neu gestartet, das hat aber nicht geholfen. The rest of it is still not in the ticket."))
    assert "**Tried:** nothing found; what is written in German is not read" in render(nothing, marker=None)
