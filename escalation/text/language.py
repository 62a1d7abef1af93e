"""Tell English from other languages by their letters and small words: what is not English is quoted and not read for steps."""

# ruff: noqa: E501 - a row of words is easier to find in one long line than in a ladder

from __future__ import annotations

import re

from escalation.wording.deeds import starts_with_deed

_SMALL = {
    "German": "der die das und ist nicht ein eine ich wir hat haben wurde wird auf dem den mit für auch noch kann bei nach aber keine kein sich wenn seit sind",
    "French": "le la les et est pas un une je nous avons été dans sur pour avec mais plus aussi ne des du au cette depuis sont fait qui",
    "Spanish": "el la los las y es no un una yo hemos ha fue en con para pero más también que se del al desde está son muy ya",
    "Dutch": "de het een en is niet ik wij hebben heeft werd wordt op met voor ook nog kan bij na maar geen zich als sinds zijn dat",
    "Italian": "il lo la gli le e è non un una ho abbiamo stato nel con per ma più anche che si del della dal sono questo ancora",
    "Portuguese": "o a os as e é não um uma eu nós foi em com para mas mais também que se do da dos desde está são já",
    "Swedish": "och är inte ett en jag vi har blev på med för också kan efter men ingen sig när sedan det den som av till",
    "Norwegian": "og er ikke et en jeg vi har ble på med for også kan etter men ingen seg når siden det den som av til",
    "Danish": "og er ikke et en jeg vi har blev på med for også kan efter men ingen sig når siden det den som af til",
    "Polish": "i jest nie w na z do że się to po od ale też już tylko przez oraz ma był była są jak przy dla",
}  # fmt: skip
_IN_NOTES = {
    "German": "neustart neu gestartet neugestartet gemacht getauscht ausgetauscht ersetzt geprüft getestet installiert neuinstalliert gelöscht zurückgesetzt gewechselt angerufen besteht weiterhin immer gleiche gleicher gleiches derselbe fehler geht läuft funktioniert hilft geholfen nichts ohne erfolg kunde rechner drucker kabel netzteil passwort benutzer gerät treiber änderung wieder unverändert",
    "French": "redémarré redémarrage effectué remplacé changé changement testé vérifié réinstallé toujours pareil même problème erreur câble imprimante poste utilisateur sans succès aucun aucune marche fonctionne rien appelé reste persiste identique",
    "Spanish": "reiniciado reinicié reiniciamos reinicio cambiado cambié probado revisado reinstalado sigue igual mismo misma problema fallo impresora equipo usuario sin éxito cambios funciona nada llamado contraseña actualizado persiste",
    "Dutch": "herstart opnieuw opgestart vervangen getest gecontroleerd geïnstalleerd zelfde hetzelfde probleem kabel gebruiker klant werkt nog steeds verandering gebeld niets zonder resultaat wachtwoord bijgewerkt blijft",
    "Italian": "riavviato riavvio sostituito cambiato provato verificato reinstallato stesso stessa problema cavo stampante utente senza successo nessun nessuna cambiamento funziona niente sempre uguale chiamato aggiornato rimane",
    "Portuguese": "reiniciado reiniciei reinício trocado troquei testado verificado reinstalado mesmo mesma problema cabo impressora usuário utilizador sem sucesso mudança funciona nada continua igual liguei atualizado",
    "Swedish": "startat startade omstart om bytt bytte testat kontrollerat installerat samma fel kabel skrivare användare fungerar fortfarande skillnad ringt utan resultat lösenord uppdaterat kvarstår",
    "Norwegian": "startet omstart byttet testet sjekket installert samme feil kabel skriver bruker fungerer fortsatt forskjell ringt uten passord oppdatert nytt vedvarer",
    "Danish": "genstartet genstart skiftet udskiftet testet tjekket installeret samme fejl kabel bruger virker stadig forskel ringet uden kodeord opdateret nyt",
    "Polish": "zrestartowano zrestartowałem zrestartowany wymieniono wymieniony sprawdzono przetestowano przeinstalowano ten sam błąd kabel drukarka użytkownik klient działa nadal bez zmian zadzwoniono hasło występuje",
}  # fmt: skip
"""What short notes of a help desk are made of, beside the small words; none of them is English but by chance."""
_SHORT = {name: frozenset(f"{_SMALL[name]} {words}".split()) for name, words in _IN_NOTES.items()}
_LETTERS = re.compile(r"[à-öø-ÿœąćęłńśźż]")
_FEW = 12
"""Words of a text in which two of those tell, where no English one stands."""
_WORDS = {name: frozenset(words.split()) for name, words in _SMALL.items()}
_ENGLISH = frozenset(
    "the and is not a an i we has have was were on with for also still can at after but no it this that of to in my from be are did".split()  # noqa: SIM905
)
_ANY_SMALL = frozenset().union(*_WORDS.values())
_ANY = _ANY_SMALL - _ENGLISH
_ANY_SHORT = frozenset().union(*_SHORT.values()) - _ENGLISH
_SCRIPTS = {
    "Arabic letters": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefe",
    "Hebrew letters": "\u0590-\u05ff\ufb1d-\ufb4f",
    "Greek letters": "\u0370-\u03ff\u1f00-\u1fff",
    "Cyrillic letters": "\u0400-\u052f",
    "Korean": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3",
    "Japanese": "\u3040-\u30ff",
    "Chinese or Japanese": "\u4e00-\u9fff\u3400-\u4dbf",
    "Thai": "\u0e00-\u0e7f",
    "an Indian script": "\u0900-\u0dff",
}  # fmt: skip
_OTHER_LETTERS = re.compile(f"[{''.join(_SCRIPTS.values())}]")
_SCRIPT = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_SYLLABLES = re.compile(f"[{_SCRIPTS['Korean']}{_SCRIPTS['Japanese']}{_SCRIPTS['Chinese or Japanese']}]")
_TOKEN = re.compile(r"[^\W\d_]+")
_FEWEST = 4
"""Small words it takes to call a text of more than a few words foreign, or letters of another alphabet; of signs for syllables and words two do."""


def may_be_foreign(text: str) -> bool:
    """Whether words or letters of another language stand in a text, at a cheap look."""
    return _LETTERS.search(text.lower()) is not None or _OTHER_LETTERS.search(text) is not None or len(_ANY_SHORT.intersection(text.lower().split())) > 1


def foreign(text: str) -> str | None:
    """Return the language of a text that is not English, by name, or None for English and for what cannot be told."""
    others = len(_OTHER_LETTERS.findall(text[:1500]))
    if 3 * others > 2 * sum(c.isalpha() for c in text[:1500]) and others >= (2 if _SYLLABLES.search(text[:1500]) else _FEWEST):
        if _SCRIPT["Japanese"].search(text[:1500]):
            return "Japanese"
        return max(_SCRIPT, key=lambda script: len(_SCRIPT[script].findall(text[:1500])))
    words = text[:1500].lower().split()
    if len(words) <= _FEW:
        return _of_few(text)
    if len(_ANY.intersection(words)) < _FEWEST:
        return None
    seen = [word for row in text[:1500].split("\n") for word in _TOKEN.findall(row.lower())]
    english = sum(word in _ENGLISH for word in seen)
    name, count = max(
        ((name, sum(word in small for word in seen)) for name, small in _WORDS.items()), key=lambda pair: pair[1]
    )
    return name if count >= _FEWEST and count > 1.5 * english else None


def _of_few(text: str) -> str | None:
    """Return the language of a short note, by its small words and those of its trade; a letter that English has not tells that it is another."""
    seen = [word for part in text.lower().split() if len(word := part.strip(".,;:!?()\"'–-")) > 1 and word.isalpha()]
    if len(seen) < 2 or any(word in _ENGLISH and word not in _ANY_SMALL for word in seen) or starts_with_deed(text):
        return None
    name, told = max(((name, [word for word in seen if word in words]) for name, words in _SHORT.items()), key=lambda pair: len(pair[1]))
    others = sum(_LETTERS.search(word) is not None for word in seen if word not in told)
    tells = any(len(word) > 3 or _LETTERS.search(word) for word in told)
    return name if tells and len(set(told)) + others >= 2 else None
