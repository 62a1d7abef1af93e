"""How people say in other languages than English that they take a ticket, or are about to look: tables, as for quoted mail.

Present tense and first person: what was done is told in another tense. Words are in lower case, without apostrophes.
"""

# ruff: noqa: E501 - a language is easier to read in one long line than in a ladder

from __future__ import annotations

import re
from typing import Literal

_TABLE: tuple[tuple[str, str, str], ...] = (
    # who says it takes it | is about to look | what may stand around either without saying what is done
    ("übernehme|uebernehme|kümmere mich|kuemmere mich|nehme ich mir|mache ich",  # German
     "schaue|schau|gucke|prüfe|pruefe|checke|bearbeite|analysiere|untersuche|melde mich|bin dran|bin dabei|in arbeit|in bearbeitung|wird (?:gerade |noch )?(?:geprüft|bearbeitet)",
     "ich mir das den die es dieses diesen ticket fall mal gleich kurz jetzt gerade schon heute morgen später nachher hier darum drum an rein nach drüber selbst wieder sofort"),
    ("men occupe|men charge|je (?:le |la )?(?:prends|reprends|gère)|je prends en charge",  # French
     "je (?:le |la )?(?:regarde|vérifie|verifie|consulte)|je vais (?:regarder|vérifier|verifier|voir)|je reviens vers|en cours",
     "je ça ca cela le la les ce ticket dossier tout de suite maintenant vers vous moi y un du des demain bientôt"),
    ("pak ik|ik pak|neem ik|ik neem|ik ga hiermee aan de slag",  # Dutch
     "ik kijk|kijk ik|ik ga (?:er ?)?(?:naar )?kijken|ik check|ik bekijk|ik onderzoek|wordt (?:nu )?bekeken|in behandeling|ben (?:ermee |hiermee )?bezig",
     "ik dit deze het de op over ernaar er naar even nu straks ticket mee hiermee ermee zo vandaag morgen hier aan"),
    ("me encargo|me ocupo|lo tomo|lo cojo|lo llevo|tomo este",  # Spanish
     "estoy (?:revisando|mirando|verificando|analizando)|reviso|lo miro|voy a (?:revisar|mirar|ver)|en curso|en revisi[óo]n",
     "yo lo la el este esto ticket caso ahora mismo de del ya un momento enseguida hoy mañana"),
    ("me ne occupo|lo prendo|prendo io|ci penso io|prendo in carico",  # Italian
     "ci guardo|lo guardo|sto (?:guardando|verificando|controllando|analizzando)|verifico|in lavorazione|in corso",
     "io subito ora adesso il lo la questo ticket ci un attimo di oggi domani poi"),
    ("eu assumo|assumo|fico com|eu trato|trato disto|eu pego|pego este",  # Portuguese
     "vou (?:verificar|ver|analisar)|estou (?:a )?(?:ver|vendo|verificar|verificando|analisar|analisando)|em an[áa]lise",
     "eu isto isso este esta o a os as agora já ticket chamado caso disto com de hoje amanhã um momento"),
    ("jag tar|tar jag|tar den",  # Swedish
     "tittar|kollar|kikar|undersöker|pågår",
     "jag den det denna detta på nu ärendet här direkt snart över hand om strax idag i"),
    ("jeg tager|tager jeg|tager den|jeg tar|tar jeg|tar den|tar saken",  # Danish and Norwegian
     "kigger|jeg ser|ser jeg|undersøger|undersøker|tjekker|sjekker|titter|er i gang",
     "jeg den det denne på nu nå sagen saken her lige straks snart litt over om dag i"),
    ("biorę|biore|zajmuję się|zajmuje sie|zajmę się|zajme sie|przejmuję|przejmuje",  # Polish
     "patrzę|patrze|sprawdzam|sprawdzę|sprawdze|analizuję|analizuje|przyjrzę się|przyjrze sie|w trakcie",
     "na to tego tym temu ten zgłoszenie zgloszenie ja teraz się sie już juz zaraz od razu dziś"),
)  # fmt: skip
_LANGUAGES = tuple((re.compile(rf"\b(?:{take})\b"), re.compile(rf"\b(?:{look})\b"), frozenset(around.split())) for take, look, around in _TABLE)
_NAMED = 2
"""So many words may say what is looked at; with more, something is said of it."""
_FOUND = re.compile(
    r"\b(?:ok|okay|keine?n?|pas|non|geen|niet|no|sin|nessun|não|sem|inte|ingen|ikke|nie|brak|"
    r"fehler|erreur|fout|errore?|erro|fe[lj]l|feil|błąd|zeigt|montre|toont|muestra|mostra|vise?r)\b"
)
"""What tells that something was found: then it is more than an announcement."""


def announced(words: str) -> Literal["take", "look"] | None:
    """Return what a clause in another language announces and does not go beyond; None where it does neither."""
    for take, look, around in _LANGUAGES:
        if take.search(words) and not set(take.sub(" ", words).split()) - around:
            return "take"
        if look.search(words):
            rest = set(look.sub(" ", words).split()) - around
            if len(rest) <= _NAMED and not _FOUND.search(words) and not any(word.isdecimal() for word in rest):
                return "look"
    return None
