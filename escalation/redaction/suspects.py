"""Name what might be a secret and what speaks for and against it: features of a word and of the words around it.

`scorer.py` weighs them with what `training/secrets.py` learned. A suspect is a word with digits, signs or inner capitals,
or any word right behind a label or separator; nothing is decided here.
"""

# ruff: noqa: E501 - a table of patterns is easier to read in long rows

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from escalation.redaction.views import MARK

_RUN = re.compile(rf"[^\s{MARK}<>\"“”„«»`|,;]{{3,1200}}")
_PAIR = re.compile(r"(?P<label>[-/$.\[\]\w]{1,60}?)(?P<sep>:=|=>|[=:])(?P<value>[^=:].{2,})", re.DOTALL)
_SLASHED = re.compile(r"[\w.\\@-]{1,40}[/:](?P<value>[^/:]{4,60})")
_QUERY = re.compile(r"[?&#;](?P<label>[\w.-]{1,40})=(?P<value>[^&#\s]{4,400})")
_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
_EDGES = "\"'“”‘’`„«».,;:()[]{}<>*"

LABELS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        # what only a password follows, in any spelling
        ("P", r"\w*(?:pass?w|pas+wo|passphr|passcod|passkey|p[as]*wd|pswd|passord|kennw|contrase|wachtwo|senha|l[öo]senord|adgangsk|salasan|jelsz|"
              r"motdepasse|pas+wrd|pssw|losung|geslo|şifre|sifre|has[łl]o|heslo|парол|kodeord)\w*|p?pws?|pwds?|pass|psw|p/w|ww|mdp|clave|parol[ae]?|passe|pword|pasw|bindpw|\w{2,20}(?:pass|pwd|pw|psk)"),
        ("S", r"\w*(?:secret|presharedkey|apikey|credential|privkey|authkey|passkey)\w*|psks?|tokens?|\w{2,20}token|creds?|bearer|community|otpauth|totp|seed|shared|"
              r"preshared|geheim\w*|zugangsdaten|anmeldedaten|identifiants?|inloggegevens|credenziali|credenciales|wpa\d?|\w{0,12}auth|phrase"),
        ("K", r"keys?|\w{2,20}key|schlüssel|cl[ée]s?|llave|chiave|sleutel|chave|nøgle|nyckel|klucz"),
        ("C", r"pins?|codes?|pincode|puks?|combos?|combination|\w{2,14}(?:code|pin)|c[óo]digos?|codice|kode|kod|otp|mfa|digits|kombination|combinaison|passcodes?"),
        ("U", r"user\w*|log[io]ns?|logged|logs?|signs?|signed|signin|accounts?|admin\w*|root|sa|portals?|vault|benutzer|utilisateur|usuario|konto|gebruiker|"
              r"reset\w*|typed|types?|enter(?:ed|s)?|temp|temporary|rotated?|usernames?|uid|opens?|works|bind|auth\w+|access|prompt\w*"),
        ("D", r"doors?|gates?|alarm\w*|safe|lockbox|lockers?|padlock|panel|voicemail|copier|keypad|tablet|phone|ipad|sim|t[üu]r|tor|tresor|porte|portail|coffre|"
              r"puerta|caja|deur|poort|kluis|porta|disarm\w*|unlock\w*|opens|dial|punch"),
        ("W", r"wi|wifi|wlan|ssid|wireless|hotspot|guest|fi"),
    )
)  # fmt: skip

_LIKE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("url", r"\w{2,10}://.*"),
        ("path", r"(?:[A-Za-z]:)?(?:\\|/)\S*|\S*\\\S*|\.{1,2}/\S*|~/\S*|[\w.-]+(?:/[\w.-]+){2,}/?"),
        ("mail", r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"),
        ("ip", r"\d{1,3}(?:\.\d{1,3}){3}\S{0,8}|[\dx]{1,3}(?:\.[\dx*]{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}(?:/\d+)?"),
        ("mac", r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"),
        ("guid", r"[({]?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}[)}]?"),
        ("sid", r"S-1-\d[\d-]+"),
        ("time", r"\d{1,4}[-/.:]\d{1,2}(?:[-/.:T]\d{1,4}\S{0,16})?|\d{1,2}[:.h]\d\d(?::\d\d)?(?:am|pm|AM|PM|Z)?"),
        ("version", r"[vV]?\d+(?:[.,]\d+)+(?:[-_+]?\w{1,12}){0,2}|[vV]\d+|rev\w?\d+"),
        ("amount", r"[~<>=+-]*[$€£]?\d+(?:[.,]\d+)*(?:%|°|[kKMGTPmnµ]?[bBsmgwWVAh]|Mbps|Gbps|Mbit|GHz|MHz|dBm?|ms|min|mins|hrs?|hours?|days?|weeks?|th|st|nd|rd|x|px|am|pm|AM|PM|pc|pcs|users?|chars?|k|K)?(?:/\w+)?"),
        ("hexerror", r"-?0x[0-9A-Fa-f]+|[A-Z]{2,12}[-_]?\d{3,8}:?|E\d{3,6}"),
        ("hex", r"(?:[0-9a-f]{16,}|[0-9A-F]{16,})"),
        ("host", r"(?:[a-z0-9-]+\.)+[a-z]{2,14}(?::\d+)?/?|(?i:srv|dc|pc|ws|lt|lap\w*|desktop|nb|fw|sw|ap|rds|vm|esxi?|nas|prn|print\w*|sql|web|app|fs|ex|exch\w*|host|router|switch|hv|bkp|ts|backup|file)-?\w{0,12}-?\d{1,4}"
                 r"|(?i:srv|dc|pc|ws|lt|lap\w*|desktop|fw|sw|ap|vm|nas|prn|host|switch|router)-[\w-]{2,30}"),
        ("file", r"(?i)[\w()+-]+(?:\.[\w()+-]+)*\.(?:exe|msi|dll|log|txt|docx?|xlsx?|pptx?|pdf|zip|7z|ps1|bat|cmd|sys|inf|cfg|conf|ini|json|xml|ya?ml|csv|evtx?|pst|ost|vhdx?|vmdk|iso|bak|png|jpe?g|html?|php|aspx?|js|py|sh|key|pem|pfx|cer|crt|reg|rdp|dat|db|mdb|tmp|lnk|gz|tar|rpm|deb|etl|dmp|eml|msg|so|jar|ico|sql|out|pol|admx|adml|cab|msp|ovpn|local)(?::\d+)*"),
        ("caps", r"[A-Z][A-Z_]{2,}\d{0,4}"),
        ("model", r"[A-Z]{1,5}-?\d{1,5}[A-Z]{0,4}\d{0,2}|[A-Z0-9]{2,6}(?:-[A-Z0-9]{1,8}){1,3}"),
        ("snake", r"[a-z]+(?:_[a-z]+)+|[a-z]+(?:-[a-z]+)+|[A-Z][a-z]+(?:-[A-Za-z]+)+"),
        ("camel", r"[A-Za-z]?[a-z]+(?:[A-Z]+[a-z]*)+"),
        ("product", r"(?i:win(?:dows)?|ad|office|server|exchange|sql|outlook|word|excel|o|m|ms|event|id|kb|ticket|port|vlan|ver|build|teams|sage|adobe|acrobat|floor|room|desk|disk|drive|node|site|line|step|level|part|page|port|bay|slot|rack|unit|phase|tier|wave|user|test|copy|gi|fa|te|eth|lan|wan|ge|po|wlan|tunnel|veth|sd[a-z]|nvme|com|lpt|usb|f|q|h|ipv)[-/#]?\d{1,5}(?:[./]\d{1,4})*"),
        ("handle", r"@\w+"),
        ("product", r"(?i:win|windows|server|exchange|sql|office)?-?20[012]\d(?:r2|sp\d|cu\d{1,2})?"),
        ("setting", r"[a-z_.]+=[\d.x:a-z=]{1,24}"),
        ("placeholder", r"[$%]\w*[(%{]?.*|\{.*\}|<.*>|[*•.xX?_#-]+|--?[A-Za-z][\w-]*|\(.*\)?|\[.*\]?|@.*|#\w*"),
        ("call", r"[A-Za-z]\w*(?:\.\w+)*\(.*\)?|[A-Z][a-z]+-[A-Z]\w+|[A-Za-z]+\.[A-Za-z.]+"),
        ("either", r"[A-Za-z]+(?:/[A-Za-z0-9]+)+|\w+&\w{1,3}|[\w-]+(?:/[\w.-]+)+"),
        ("ordinal", r"#?\d{1,3}\.?|\d{1,2}[.)][A-Z][a-z]+|[A-Za-z]\d|\d[A-Za-z]"),
        ("contraction", r"[A-Za-z]+['’][A-Za-z]{1,2}|[A-Za-z]+\([a-z]+\)"),
    )
)  # fmt: skip
_PHRASE = re.compile(r"[a-z0-9]{3,10}(?:[ -][a-z0-9]{3,10}){2,7}(?=[\"”'’`.;,)|<]|[ \t]*$)", re.MULTILINE)
_PARTED = re.compile(r"(?:[:=>→\t|(\"'“‘`„«–]|\s-|\b(?:is|was|ist|est|es|è|é|to|lautet))\s{0,3}[\"'“‘`„«(]?\Z")
_UNIT = re.compile(
    r"\s{0,2}(?:%|m?s|sec\w*|min\w*|h|hours?|days?|weeks?|times|bytes?|[kKMGT]i?[Bb]|bits?|chars?|characters|attempts|tries|users|devices)\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_FLAG = re.compile(r"(?:^|\s)(--?[A-Za-z][\w-]{0,40}|/[A-Za-z]{1,20})[ \t]*[:=]?[ \t]*[\"']?$")
_TAG = re.compile(r"<([\w:.-]{1,60})(?:\s[^<>]{0,200})?>\s*$")
_RUNS = re.compile(r"[a-z]+|[A-Z]+|\d+|[^A-Za-z\d]+")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A stretch of a text that might be a secret."""

    begin: int
    end: int
    features: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return the kind of the nearest label that names a secret, or nothing."""
        return next((name[2] for name in self.features if name.startswith("N:") and name != "N:"), "")


@lru_cache(maxsize=8192)
def label(word: str) -> str:
    """Return the kind of label that a lower-case word is: password, secret, key, code, user talk, Wi-Fi, or none."""
    for kind, pattern in LABELS:
        if pattern.fullmatch(word):
            return kind
    return ""


@lru_cache(maxsize=8192)
def looks(value: str) -> str:
    """Return the name of the harmless thing that a word looks like, or nothing."""
    for name, pattern in _LIKE:
        if pattern.fullmatch(value):
            return name
    return ""


@lru_cache(maxsize=8192)
def kind_of(value: str) -> str:
    """Return in a word how a value is made."""
    lower = any(c.islower() for c in value)
    upper = any(c.isupper() for c in value)
    digit = any(c.isdigit() for c in value)
    sign = re.search(r"[^\w\s.:/\\-]", value) is not None
    if not (lower or upper):
        return f"digits{min(len(value), 9)}" if value.isdigit() else ("numbers" if digit else "signs")
    if len(value) >= 20 and digit and not re.search(r"[\s\\]", value):
        return "long"
    if sign and digit:
        return "strong"
    if lower and upper and digit:
        return "mixed"
    if digit:
        joined = re.search(r"[-_./]", value) is not None
        return ("joined" if joined else "plain") + ("" if lower else "caps")
    if sign:
        return "signed"
    if value[1:] != value[1:].lower():
        return "humps" if lower else "caps"
    if re.search(r"[-_./:]", value):
        return "parts"
    return "word"


def shape(value: str) -> str:
    """Return the order of classes in a value: `Ul9!` for capital, small letters, digits, a sign."""
    out = []
    for run in _RUNS.findall(value[:40]):
        first = run[0]
        if first.islower():
            out.append("l" if len(run) > 2 else "i")
        elif first.isupper():
            out.append("U" if len(run) == 1 else "V")
        elif first.isdigit():
            out.append("Y" if _YEAR.fullmatch(run) else "9" if len(run) > 1 else "1")
        else:
            out.append("-" if run in "-_./" else "!")
    return "".join(out[:9])


def suspects(text: str, known: frozenset[str]) -> Iterator[Suspect]:
    """Yield what might be a secret in a text as its reader sees it; `known` are ordinary words, lower case."""
    talk = {kind for word in set(_WORD.findall(text.lower())) if (kind := label(word))}
    for run in _RUN.finditer(text):
        if run[0].isalpha() and not talk:
            continue
        for begin, end, named in _values(text, run.start(), run.end()):
            value = text[begin:end]
            if len(value) < 3:
                continue
            word = kind_of(value)
            if _weak(word, value) and not (talk and (named or _labelled(text, begin, end, word))):
                continue
            if word.startswith("digits") and _UNIT.match(text, end):
                continue
            yield Suspect(begin, end, tuple(_features(text, begin, end, value, word, talk, known)))
            if word == "word" and value.islower() and _PARTED.search(text, max(0, begin - 12), begin):
                phrase = _PHRASE.match(text, begin)
                if not phrase:
                    continue
                yield Suspect(begin, phrase.end(), tuple(_features(text, begin, phrase.end(), phrase[0], "phrase", talk, known)))


def _weak(word: str, value: str) -> bool:
    """Whether a value is made as ordinary words, names and numbers are, so that only a label beside it makes it a suspect."""
    return (
        word in ("word", "humps", "caps", "parts", "signed", "numbers", "signs")
        or word.startswith("digits")
        or (word in ("plain", "plaincaps", "joinedcaps") and sum(c.isdigit() for c in value) < 3)
    )


def _labelled(text: str, begin: int, end: int, word: str) -> bool:
    """Whether a label stands beside a stretch: right before a plain word, in the same line or the one above for others."""
    if _FLAG.search(text, max(0, begin - 44), begin):
        return True
    left = _WORD.findall(text[max(0, begin - 90) : begin].lower())[-9:]
    if word in ("word", "humps"):
        parted = _PARTED.search(text, max(0, begin - 12), begin)
        left = left[-3:] if parted else left[-1:] if word == "word" else left[-2:]
    if any(label(said) not in ("", "U") for said in left) or (left and label(left[-1])):
        return True
    return word not in ("word", "humps") and any(
        label(said) not in ("", "U") for said in _WORD.findall(text[end : end + 40].lower())[:4]
    )


def _values(text: str, begin: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the stretches of a run between blanks that may be a value by themselves, and whether a label stands in the run."""
    run = text[begin:end]
    if "://" in run:
        for found in _QUERY.finditer(run):
            yield begin + found.start("value"), begin + found.end("value"), _labels(found["label"])
        return
    pair = _PAIR.match(run)
    if pair:
        first, last = _trim(text, begin + pair.start("value"), end)
        inner = _PAIR.match(text[first:last])
        if inner and label(inner["label"].lower().strip("-_$/")):
            first += inner.start("value")
        yield first, last, _labels(pair["label"])
        return
    slashed = _SLASHED.fullmatch(run.rstrip(_EDGES))
    if slashed and not looks(run):
        first, last = _trim(text, begin + slashed.start("value"), end)
        yield first, last, False
        return
    first, last = _trim(text, begin, end)
    if last > first:
        yield first, last, False


def _labels(name: str) -> bool:
    return any(label(word) for word in _WORD.findall(_HUMP.sub(" ", name).lower())) or bool(label(name.lower()))


def ordinary(text: str, suspect: Suspect, known: frozenset[str]) -> bool:
    """Whether a suspect is an ordinary word in a sentence: nothing parts it from the word before."""
    begin = suspect.begin
    return text[begin : suspect.end].lower() in known and not _PARTED.search(text, max(0, begin - 12), begin)


def _trim(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin < end and text[begin] in _EDGES:
        begin += 1
    while end > begin and text[end - 1] in _EDGES:
        end -= 1
    return begin, end


def _separator(left: str) -> str:
    """Return what stands right before a value."""
    if not left.strip():
        return "start"
    if _TAG.search(left):
        return "tag"
    if _FLAG.search(left):
        return "flag"
    tail = left.rstrip("\"'“‘`„«([{*_ \t")
    quoted = "q" if re.search(r"[\"'“„«`][\s]*$", left) else ""
    opened = "(" if left.rstrip().endswith("(") else ""
    last = tail[-2:]
    for sign in ("=>", "->", ":", "=", "→", "/", ",", "|", "\t", ";", "–", ".", "+", "@"):
        if last.endswith(sign) or (sign == "\t" and "\t" in left[-3:]):
            return sign + quoted
    if last.endswith("-") and tail[-2:-1] in (" ", ""):
        return "dash"
    return ("blank" + quoted) if not opened else "("


def _features(
    text: str, begin: int, end: int, value: str, word: str, talk: set[str], known: frozenset[str]
) -> Iterator[str]:
    line = text.rfind("\n", 0, begin) + 1
    left = text[max(line, begin - 140) : begin]
    stop = text.find("\n", end)
    right = text[end : min(stop if stop >= 0 else len(text), end + 70)]
    words = _WORD.findall(_HUMP.sub(" ", left).lower())[-8:]
    above: list[str] = []
    if len(words) < 2 and line > 1:
        above = _WORD.findall(text[max(0, line - 80) : line].split("\n")[-2].lower())[-4:]
    after = _WORD.findall(right.lower())[:4]
    separator = _separator(left)
    # the value
    like = looks(value)
    size = len(value)
    bucket = "3-5" if size < 6 else "6-7" if size < 8 else "8-11" if size < 12 else "12-19" if size < 20 else "20+"
    yield f"k:{word}"
    yield f"n:{word}:{bucket}"
    yield f"l:{like}"
    form = shape(value)
    yield f"s:{form}"
    pieces = [p for p in _WORD.findall(_HUMP.sub(" ", value).lower()) if len(p) > 2]
    ordinary = sum(p in known for p in pieces)
    if pieces:
        yield "v:all" if ordinary == len(pieces) else "v:some" if ordinary else "v:none"
        if word in ("word", "humps", "parts", "caps"):
            yield f"v:{word}:{ordinary == len(pieces)}"
    if value[0].isupper() and any(c.islower() for c in value) and any(c.isdigit() for c in value):
        yield "c:title"
    if re.search(r"[a-z][013457@$][a-z]", value):
        yield "c:leet"
    if _YEAR.search(value) and re.search(r"[A-Za-z]{3}", value):
        yield "c:year"
    if re.search(r"[A-Za-z\d][!#$%&*+=^~@]$", value):
        yield "c:sign at end"
    if re.search(r"\w[!#$%&*+=^~@]\w", value):
        yield "c:sign inside"
    turns = sum(a.isdigit() != b.isdigit() for a, b in pairwise(value))
    yield f"t:{min(turns, 5)}"
    # the words before it
    yield f"x:{separator}"
    yield f"x:{separator}:{word}"
    if separator == "flag" and (flag := _FLAG.search(left)):
        yield f"f:{flag[1]}"
        yield f"f:{flag[1].lower().lstrip('-/')}:{word}"
    nearest = ""
    for back, said in enumerate(reversed(words)):
        if back < 3:
            yield f"p{back}:{said}"
        yield f"b:{said}"
        kind = label(said)
        if kind:
            near = "0" if back == 0 else "1" if back == 1 else "2" if back < 4 else "4"
            yield f"L:{kind}{near}"
            if not nearest and kind in "PSKCDW":
                nearest = f"{kind}{near}"
    for said in above:
        if kind := label(said):
            yield f"O:{kind}"
            if not nearest and kind in "PSKCDW" and len(words) < 2:
                nearest = f"{kind}^"
    for ahead, said in enumerate(after):
        if ahead == 0:
            yield f"a0:{said}"
        yield f"a:{said}"
        if kind := label(said):
            yield f"A:{kind}{'0' if ahead == 0 else '1'}"
    for kind in talk:
        yield f"T:{kind}"
        if kind in "PSC":
            yield f"T:{kind}:{word}"
    mouth = "plain" if like else "odd"
    yield f"N:{nearest}"
    yield f"N:{nearest}:{word}"
    yield f"N:{nearest}:{mouth}:{separator[:1]}"
    yield f"N:{nearest}:{like}"
    yield f"U:{'U' in talk}:{word}:{mouth}"
