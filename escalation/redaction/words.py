"""Tell what looks like a secret: the checks that a rule's value has to pass, and the words that are none."""

# ruff: noqa: E501, SIM905 - words and patterns are easier to read in a row

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of secret: where `pattern` matches and `check` agrees, its groups `s`, `s1`, `s2` (or all of it) go.

    The pattern is only tried where one of `hints`, lower case, stands in the text: most texts hold no secret.
    """

    kind: str
    pattern: re.Pattern[str]
    hints: tuple[str, ...]
    check: Check | None = None
    begins: re.Pattern[str] | None = None
    """What the pattern begins with, if many do: looked for once, and the pattern is tried there alone."""


def rule(
    kind: str, hints: str, pattern: str, check: Check | None = None, flags: int = re.IGNORECASE, begins: str = ""
) -> Rule:
    """Compile a rule. Patterns are bounded and nest no repetition, so that each takes linear time."""
    first = re.compile(begins, flags | re.MULTILINE) if begins and pattern.startswith(begins) else None
    return Rule(kind, re.compile(pattern, flags | re.MULTILINE), tuple(hints.lower().split()), check, first)


_SYMBOL = re.compile(r"[!@#$%^&*?+=~|§€£]")
SHORTCUT = (
    r"(?:ctrl|control|alt|altgr|shift|strg|umschalt|maj)(?:[+-](?:[a-z]{1,9}\d{0,2}|\d))+|(?:cmd|win|fn|option|esc|tab)(?:\+(?:[a-z]{1,9}\d{0,2}|\d))+"
)
"""Keys that are pressed together."""
_HARMLESS = re.compile(
    rf"{SHORTCUT}|"
    r"0x[0-9a-f]+|kb\d{6,8}|\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?|s-1-\d.*|[a-z]:\\.*|\\\\.*|[a-z]{2,8}://.*|hk[a-z_]{2,20}\\.*|"
    r"[{(]?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[)}]?|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|"
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\d{1,2}:\d\d(?::\d\d)?(?:am|pm)?|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|"
    r"\d+(?:st|nd|rd|th|h|hrs?|min|mins|days?|chars?|x|k|mb|gb|%|s|am|pm)|v?\d+(?:\.\d+)+|"
    r"(?:win(?:dows)?|server|outlook|office|exchange|m|o|level|l|tier|ticket#?|id|p|step|room|floor|ext|event|vlan|desk)"
    r"-?\d{1,5}|"
    r"(?:pc|srv|ws|dc|lt|nb|lap|desktop|fs|rds|vm|sw|fw|prn|ts|exch?|sql|web|app|host|laptop|server|printer|hp|dell)"
    r"(?:[a-z]{0,8}-?[a-z0-9]{0,8}\d{1,4}|-[a-z]{2,14})|"
    r"(?-i:[a-z0-9-]+(?:\.[a-z0-9-]+){0,5}\.[a-z]{2,12})|aadsts\d+:?|[a-z_]+(?:\.[a-z_]+)+(?:\(.*\))?|[a-z]+(?:_[a-z]+)+=\S+|\w+=[\d.]+|mfa|2fa|ad/?aad|w/?o?|n/a|yes/no|and/or|\W+|ok!?|[a-z]+[!?]+|\w+\?",
    re.IGNORECASE,
)
"""Codes, addresses, dates, versions, host names: what stands beside passwords and is none."""

MEASURED = re.compile(r"[~≈<>]?\d{1,3}(?:[.,]\d{1,2})?%|[~≈<>]?\d{1,4}(?:[.,]\d{1,3})?[kmgtp]i?b", re.IGNORECASE)
"""A share or a size, as tables of disks and quotas have them beside the names of users: too short for a password, and not made as one."""

_PLACEHOLDER = re.compile(
    r"!(?:vault|secret|ref|sub|env|env_var|getatt|reference|include|join|importvalue|base64|encrypted)\b|\$\(?\w+\)?|\$[{(].*|\$env:.*|%\w+%|[{<].*[}>]|[*•xX.?#_-]+|\$\w+[.:\[].*|\(.*|--?[a-z][a-z-]*|@\{.*|"
    r"\S*example(?:key)?|@[a-z]\w+\.\w+\(.*|vault:\S+|op://\S+|arn:aws:\S+|id[=:]\S+|\[[a-z][a-z -]{1,24}\]?|[a-z_]+(?:\.[a-z_]+)*[\[(](?:[\"'].*)?",
    re.DOTALL | re.IGNORECASE,
)
"""What a script or a form has in place of a secret."""

WORDS = frozenset(
    "reset resets resetting expired expires expiring expiry not correct incorrect wrong right required needed "
    "changed change unknown invalid valid same the a an on in for to and or of no yes never always ok okay "
    "set stored saved known blank empty none null n/a tbd accepted rejected working works see synced "
    "synchronized being still now it her his their my our your too weak strong complex hidden masked removed "
    "redacted secure fine failed failing fails prompt prompts policy policies manager box field ask asks "
    "asked again was is has been by with at from itglue hudu keeper lastpass 1password bitwarden vault must "
    "should does did do cannot can lost forgotten stale cached mismatch missing protected protection disabled "
    "enabled default locked unlocked sent emailed given provided via above below attached username user admin "
    "account email mail something nothing that this what which when where if so but then than before after as "
    "be are were will would could authentication encryption security recovery rotation rotated sync "
    "synchronization writeback hash hashes age history length complexity expiration caching based prompting "
    "prompted entry entries screen dialog page window popup attempt attempts change(s) changes link option "
    "options setting settings file files list type types used using use uses update updated updates typed "
    "entered string strings name names map view group context index already yet only also just there here he "
    "she they we you i me him them who whose how why because while until since till yesterday today tomorrow "
    "last next first twice once three times number value text label line lines key keys secret secrets token "
    "tokens password passwords community revoked deleted created generated renewed replaced copied pasted "
    "shared different ready done gone present absent available abgelaufen geändert zurückgesetzt vergessen "
    "falsch korrekt richtig ist war und oder nicht bekannt unbekannt gesetzt läuft wurde neu jetzt wird hat "
    "im auf zu für von mit bei expiré oublié changé réinitialisé est et ou pas refusé pour de du le la les un "
    "une sur avec verlopen vergeten juist onjuist gewijzigd werkt niet het een van voor met op en caducada "
    "olvidada correcta incorrecta cambiada es y o el los se ha para con por sin del unchanged changeable ages "
    "owner combination combinations undocumented identical similar written pending needs need have had having "
    "configured applied got get gets went goes seems looks appears remains stays blocked refused denied less health healthy siehe "
    "liegt steht hinterlegt dokumentiert folgt kommt voir connu véase consultar zie bekend vedi held tbc follow "
    "follows coming later soon ditto idem "
    "active inactive suspended mounted unmounted degraded healthy licensed unlicensed compliant enrolled registered assigned unassigned "
    "nil return returns raise await mainly really only usually primarily intended meant concerning "
    "all any both some each every authentication locking unlocking changing removing generating adding never mysql sudo "
    # what became of a password, in the other languages that are read
    "expirado expirada vencido vencida vencidas bloqueado bloqueada alterado alterada mudado mudada trocado trocada redefinido "
    "redefinida esquecido esquecida incorreto incorreta errado errada inválido inválida restablecido restablecida cambiado "
    "olvidado rechazado rechazada errónea scaduto scaduta dimenticato dimenticata cambiato cambiata errato errata sbagliato "
    "sbagliata bloccato bloccata reimpostato reimpostata resettato resettata rifiutato rifiutata périmé périmée bloqué bloquée "
    "modifié modifiée erroné erronée refusée oubliée expirée invalide gesperrt ungültig abgelehnt verweigert entsperrt geblokkeerd "
    "aangepast gereset ongeldig geweigerd onbekend utgånget ändrat glömt spärrat återställt udløbet ændret glemt låst nulstillet "
    "utløpt endret nullstilt sperret wygasło wygasła zmienione zmieniono zablokowane zapomniane zresetowane niepoprawne vypršelo "
    "změněno zapomenuto doldu değişti erneuert rotiert aktualisiert verlängert geprüft getauscht ausgetauscht eingetragen renouvelé "
    "renouvelée vernieuwd renovado renovada rinnovato rinnovata fornyet förnyad odnowiony odnowione eingegeben saisi saisie ingevoerd "
    "introducido introducida inserito inserita inserido inserida indtastet inmatad inntastet wpisany wpisane".split()
)
_KEYWORD = re.compile(
    r"(?:min|max|minimum|maximum)[-_][a-z]+|(?:expir(?:y|ation|e)|lifetime|aging|ageing|history|reuse|retr(?:y|ies)|lockout|strength|complexity|"
    r"length|policy|change|warning|grace|format|encryption|recovery|prompt|storage|validity)"
    r"(?:[-_](?:length|count|age|days?|type|mode|check|prompt|time|period|duration|threshold|limit|policy|interval|level|warning|method|algorithm))?"
)
"""What a line of configuration says about passwords instead of telling one: their length, age and history."""
_TYPES = frozenset(
    "0 4 5 6 7 8 9 enc encrypted encrypted-key cipher ciphertext simple plain plaintext plain-text ascii "
    "ascii-text hex hexadecimal text md5 sha sha1 sha256 hash hashed mode read write ro rw local remote "
    "address hostname host version informs traps auth priv noauth enable disable level privilege pre-shared- "
    "secret pre-shared-key shared-secret show service line login logging interface end exit any all manager "
    "operator key-chain encryption aes nopassword set edit config include section authentication-method pre- "
    "share timeout retransmit deadtime public private".split()
)
_QUOTES = "\"'“”‘’`„«»"


def bare(value: str) -> str:
    """Return a value without the quotation marks around it."""
    return value.strip(_QUOTES)


def _is_word(value: str) -> bool:
    value = value.lower().rstrip("!?.,;:)")
    return value in WORDS or _KEYWORD.fullmatch(value) is not None


def labelled(value: str) -> bool:
    """Whether what stands behind "password:" is one: anything but the words that usually follow there."""
    value = bare(value)
    return (
        len(value) >= 3
        and not _is_word(value)
        and not _HARMLESS.fullmatch(value)
        and not _PLACEHOLDER.fullmatch(value)
    )


def secretive(value: str) -> bool:
    """Whether a word behind "password is" looks like one: letters with digits or symbols, inner capitals, digits alone."""
    value = bare(value)
    if len(value) < 4 or not labelled(value):
        return False
    letters, digits = any(c.isalpha() for c in value), any(c.isdigit() for c in value)
    symbols = _SYMBOL.search(value) is not None
    if not letters:
        return bool(re.fullmatch(r"\d{4,20}", value)) or (digits and symbols)
    return digits or symbols or (len(value) >= 8 and re.search(r"[a-z][A-Z]", value) is not None)


def direct(value: str) -> bool:
    """Whether a word right behind "password" is one: letters and digits, and more than the number of a thing."""
    value = bare(value)
    digits, letters = sum(c.isdigit() for c in value), sum(c.isalpha() for c in value)
    upper = any(c.isupper() for c in value)
    if len(value) < (5 if upper and digits > 1 else 6) or not secretive(value):
        return False
    return digits > 0 and letters > 1 and (digits > 1 or upper or _SYMBOL.search(value) is not None)


def strong(value: str) -> bool:
    """Whether a word stands out as a password without any label: a digit, a letter and a symbol, or mixed case and a digit."""
    value = bare(value)
    if not secretive(value) or not any(c.isdigit() for c in value):
        return False
    mixed = any(c.islower() for c in value) and any(c.isupper() for c in value)
    return (_SYMBOL.search(value) is not None and any(c.isalpha() for c in value)) or (
        mixed and len(value) >= 7
    )


def signed(value: str) -> bool:
    """Whether a word can hardly be anything else: letters, digits and a symbol inside."""
    value = bare(value)
    return len(value) >= 7 and strong(value) and re.search(r"\w[!@#$%^&*+=~]\w|\w[!$#*]$", value) is not None


def setting(value: str) -> bool:
    """Whether the value of a command or setting that only takes a secret is one: no keyword, no word of a sentence."""
    value = bare(value)
    if len(value) < 3 or value.lower() in _TYPES or _is_word(value) or _PLACEHOLDER.fullmatch(value):
        return False
    return not re.fullmatch(r"[\d.,/|:]{1,3}|\d{1,3}(?:\.\d{1,3}){3}|[A-Z]:|https?://.*|<.*|[|&;].*", value) and (
        re.fullmatch(r"[a-z]+['’](?:s|t|d|m|ve|re|ll)", value) is None
    )


def argument(value: str) -> bool:
    """Whether what follows a flag that takes a password is one: no other flag, no variable."""
    value = bare(value)
    return setting(value) and not value.startswith(("/", "$", "(", "%", "@"))


def keyish(value: str) -> bool:
    """Whether a value behind "api key:" is one."""
    value = bare(value)
    return len(value) >= 6 and labelled(value) and (any(c.isdigit() for c in value) or len(value) >= 16)


def random_looking(value: str) -> bool:
    """Whether a value is as long and mixed as generated ones, and neither a path, a fingerprint nor a name."""
    value = bare(value)
    if (
        len(value) < 16
        or _HARMLESS.fullmatch(value)
        or re.match(r"SHA\d+:|HK[A-Z_]+\\|ssh-|AAAA[BC]3|[A-Za-z]+/[a-z]+/", value)
    ):
        return False
    digits = sum(c.isdigit() for c in value)
    turns = len(re.findall(r"[a-z](?=[A-Z])|[A-Z](?=[a-z])", value))
    if not any(c.isalpha() for c in value) or digits < 1 or (digits < 2 and turns < 5):
        return False
    return digits > 3 or re.search(r"[a-z]{9}", value) is None


_SAMPLES = frozenset(
    "4242424242424242 4111111111111111 4012888888881881 4000056655665556 5555555555554444 5105105105105100 2223003122003222 "
    "378282246310005 371449635398431 6011111111111117 6011000990139424 3056930009020004 30569309025904 38520000023237 "
    "DE89370400440532013000 DE75512108001245126199 GB29NWBK60161331926819 GB82WEST12345698765432 GB33BUKB20201555555555 "
    "FR1420041010050500013M02606 FR7630006000011234567890189 NL91ABNA0417164300 ES9121000418450200051332 IT60X0542811101000000123456 "
    "CH9300762011623852957 AT611904300234573201 BE68539007547034 BE71096123456769 IE29AIBK93115212345678 PT50000201231234567890154 "
    "SE4550000000058398257466 DK5000400440116243 NO9386011117947 FI2112345600000785 PL61109010140000071219812874 LU280019400644750000".split()
)
"""Numbers that banks and payment services publish for trying out."""


def card(value: str) -> bool:
    """Whether digits are a payment card: a known range and a right check digit."""
    digits = [int(c) for c in value if c.isdigit()]
    if not re.match(r"4|5[1-5]|2[2-7]|3[47]|6(?:011|4[4-9]|5)|3(?:0[0-5]|[68])", "".join(map(str, digits))):
        return False
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    if "".join(map(str, digits)) in _SAMPLES:
        return False
    return sum(digits[-1::-2]) % 10 == -sum(doubled) % 10 and len(set(digits)) > 1


def iban(value: str) -> bool:
    """Whether the check digits of a bank account's number are right."""
    flat = value.replace(" ", "")
    if not 15 <= len(flat) <= 34 or flat in _SAMPLES:
        return False
    return int("".join(str(int(c, 36)) for c in flat[4:] + flat[:4])) % 97 == 1


def coded(value: str) -> bool:
    """Whether there is a digit in it."""
    return any(c.isdigit() for c in value)


def mixed(value: str) -> bool:
    """Whether there are digits and capitals in it."""
    return coded(value) and any(c.isupper() for c in value)
