"""Tell English from other languages by their letters and small words: what is not English is quoted and not read for steps."""

# ruff: noqa: E501 - a row of words is easier to find in one long line than in a ladder

from __future__ import annotations

import re

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
_WORDS = {name: frozenset(words.split()) for name, words in _SMALL.items()}
_ENGLISH = frozenset(
    "the and is not a an i we has have was were on with for also still can at after but no it this that of to in my from be are did".split()  # noqa: SIM905
)
_ANY = frozenset().union(*_WORDS.values()) - _ENGLISH
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
_TOKEN = re.compile(r"[^\W\d_]+")
_FEWEST = 4
"""Small words (or letters of another script) it takes to call a text foreign; shorter ones are taken for English."""


def foreign(text: str) -> str | None:
    """Return the language of a text that is not English, by name, or None for English and for what cannot be told."""
    others = len(_OTHER_LETTERS.findall(text[:1500]))
    if 3 * others > 2 * sum(c.isalpha() for c in text[:1500]) and others >= _FEWEST:
        if _SCRIPT["Japanese"].search(text[:1500]):
            return "Japanese"
        return max(_SCRIPT, key=lambda script: len(_SCRIPT[script].findall(text[:1500])))
    words = text[:1500].lower().split()
    if len(_ANY.intersection(words)) < _FEWEST:
        return None
    seen = [word for row in text[:1500].split("\n") for word in _TOKEN.findall(row.lower())]
    english = sum(word in _ENGLISH for word in seen)
    name, count = max(
        ((name, sum(word in small for word in seen)) for name, small in _WORDS.items()), key=lambda pair: pair[1]
    )
    return name if count >= _FEWEST and count > 1.5 * english else None
