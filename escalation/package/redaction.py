"""Take secrets out of ticket text: `[redacted: password]` stands where one was.

Applied right after reading from the PSA, before anything is stored, mailed, logged or shown, so that everything
else only ever sees what is left. Secrets with a shape of their own (keys, tokens, cards) are found by it;
those people write in prose ("pw is …", "reset it to …") by the words around them and by looking like a secret,
so that "the password is correct" stays. A new kind is one rule and one test.

Linear in the text: every pattern is bounded and none nests repetitions.
"""

# ruff: noqa: E501, SIM905 - a rule is easier to read on one line

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass

from escalation.evidence import Evidence

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of secret: where `pattern` matches and `check` agrees, its group `secret` (or all of it) goes."""

    kind: str
    pattern: re.Pattern[str]
    check: Check | None = None


_STORABLE = re.compile(r"[\x00\ud800-\udfff]")


def redact(text: str) -> str:
    """Return the text without secrets. NUL and lone surrogates, which no database stores, become U+FFFD."""
    text = _STORABLE.sub("\ufffd", text)
    for rule in RULES:
        text = rule.pattern.sub(lambda found, rule=rule: _replaced(found, rule), text)  # type: ignore[misc]
    return text


def redact_evidence(evidence: Evidence) -> Evidence:
    """Return the evidence with every text of it redacted."""
    redacted = _deep(evidence)
    assert isinstance(redacted, Evidence)  # narrows the type for the reader and mypy
    return redacted


def _deep(value: object) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, tuple):
        return tuple(_deep(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **{f.name: _deep(getattr(value, f.name)) for f in dataclasses.fields(value)})
    return value


def _replaced(found: re.Match[str], rule: Rule) -> str:
    whole = found.group()
    named = "secret" in found.re.groupindex
    secret = found["secret"] if named else whole
    if named:
        secret = secret.rstrip(".,;:)]}>\"'”’") or secret
    if not secret or "[redacted" in secret or "[redacted" in whole[-40:] or (rule.check and not rule.check(secret)):
        return whole
    if not named:
        return f"[redacted: {rule.kind}]"
    begin = found.start("secret") - found.start()
    return f"{whole[:begin]}[redacted: {rule.kind}]{whole[begin + len(secret):]}"


# ---- what looks like a secret ----------------------------------------------------------------------------------

_SYMBOL = re.compile(r"[!@#$%^&*?+=~|]")
_HARMLESS = re.compile(
    r"(?:0x[0-9a-f]+|kb\d{6,8}|\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?|[{(]?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[)}]?|s-1-\d.*|[a-z]:\\.*|\\\\.*|https?://.*|"
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\d{1,2}:\d\d(?::\d\d)?(?:am|pm)?|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d+(?:st|nd|rd|th|h|hrs?|min|mins|days?|chars?|x|k|mb|gb|%)|v?\d+(?:\.\d+)+|"
    r"(?:win(?:dows)?|server|outlook|office|exchange|m|o|level|l|tier|ticket#?|id|p|step|room|floor|ext|event)-?\d{1,4}|(?:pc|srv|ws|dc|lt|nb|lap|desktop|fs|rds|vm|sw|fw|prn|ts|exch?|sql|web|app|host|"
    r"laptop|server|printer|hp|dell)[a-z]{0,8}-?[a-z0-9]{0,8}\d{1,4}|aadsts\d+|mfa|2fa|ad/?aad|w/?o?|n/a|yes/no|and/or|\W+|ok!?|[a-z]+[!?]+|\w+\?)",
    re.IGNORECASE,
)
_WORDS = frozenset(
    "reset resets resetting expired expires expiring expiry not correct incorrect wrong right required needed changed change unknown invalid valid same the a an on in for to and or of no "
    "yes never always ok okay set stored saved known blank empty none null n/a tbd accepted rejected working works see synced synchronized being still now it her his their my our your "
    "too weak strong complex hidden masked removed redacted secure okay fine failed failing prompt prompts policy manager box field ask asked again was is has been by with at from itglue "
    "hudu keeper lastpass 1password bitwarden vault must should does did do cannot can incorrect/expired lost forgotten stale cached mismatch missing protected disabled enabled default "
    "locked unlocked sent emailed given provided via above below attached username user admin account email mail something nothing that this what which when where".split()
)


def _secretive(value: str) -> bool:
    """Whether a word behind "password is" looks like one: letters with digits or symbols, inner capitals, digits alone."""
    bare = value.strip("\"'“”‘’`")
    if len(bare) < 4 or bare.lower() in _WORDS or bare.lower().rstrip("!?.") in _WORDS or _HARMLESS.fullmatch(bare):
        return False
    letters = any(c.isalpha() for c in bare)
    digits = any(c.isdigit() for c in bare)
    symbols = _SYMBOL.search(bare) is not None
    if not letters:
        return bool(re.fullmatch(r"\d{4,20}", bare)) or (digits and symbols)
    inner_capital = re.search(r"[a-z][A-Z]", bare) is not None
    return digits or symbols or (inner_capital and len(bare) >= 8)


def _labelled(value: str) -> bool:
    """Whether a word behind "password:" is one: anything but the words that usually follow there."""
    bare = value.strip("\"'“”‘’`")
    return len(bare) >= 3 and bare.lower() not in _WORDS and not _HARMLESS.fullmatch(bare)


def _strong(value: str) -> bool:
    """Whether a word stands out as a password without any label: a digit, a letter and a symbol, or mixed case and a digit."""
    bare = value.strip("\"'“”‘’`")
    if not _secretive(bare) or not any(c.isdigit() for c in bare):
        return False
    mixed = any(c.islower() for c in bare) and any(c.isupper() for c in bare)
    return _SYMBOL.search(bare) is not None or (mixed and len(bare) >= 7)


def _keyish(value: str) -> bool:
    return len(value) >= 6 and value.lower() not in _WORDS and (any(c.isdigit() for c in value) or len(value) >= 16)


def _luhn(value: str) -> bool:
    digits = [int(c) for c in value if c.isdigit()]
    if not re.match(r"4|5[1-5]|2[2-7]|3[47]|6(?:011|4[4-9]|5)|3(?:0[0-5]|[68])", "".join(map(str, digits))):
        return False
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    return sum(digits[-1::-2]) % 10 == -sum(doubled) % 10 and len(set(digits)) > 1


def _iban(value: str) -> bool:
    flat = value.replace(" ", "")
    if not 15 <= len(flat) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in flat[4:] + flat[:4])) % 97 == 1


def _codes(value: str) -> bool:
    return any(c.isdigit() for c in value)


def _rule(kind: str, pattern: str, check: Check | None = None, flags: int = re.IGNORECASE) -> Rule:
    return Rule(kind, re.compile(pattern, flags), check)


# ---- the kinds ---------------------------------------------------------------------------------------------------

_LABEL = r"(?:pass ?words?|passwd|pass ?code|pwd?s?|p/w|pass|kennwort|passwort|contrase[ñn]a|mot de passe|wachtwoord|senha|lösenord)"
_VALUE = r"[\"'“‘`]?(?P<secret>[^\s\"'“”‘’`<>\[\]]{3,80})"
_QUOTED = r"(?P<secret>[\"“'‘`][^\"“”'‘’`\n]{3,80}[\"”'’`])"
_SEP = r"\s*(?<![a-z])(?:(?:is|was|are|=>?|:|->|→|as|it's|it is|should (?:now )?be|will (?:now )?be|is now|now|ist|es|est|lautet|to|–|-)\s)\s*|\s*[:=]\s*"

RULES: tuple[Rule, ...] = (
    # keys and tokens that are known by their shape
    _rule("private key", r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^-]{0,12000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?", flags=0),
    _rule("private key", r"-----BEGIN OpenVPN Static key V1-----[^-]{0,4000}(?:-----END OpenVPN Static key V1-----)?", flags=0),
    _rule("private key", r"PuTTY-User-Key-File-\d:[^\0]{0,3000}?Private-MAC: [0-9a-f]+"),
    _rule("private key", r"\bPrivateKey\s*=\s*(?P<secret>[A-Za-z0-9+/]{42,44}=?)"),
    _rule("bitlocker key", r"\b\d{6}(?:[- ]\d{6}){7}\b"),
    _rule("mfa seed", r"\botpauth://[^\s\"'<>]{5,400}"),
    _rule("mfa seed", r"\b(?:totp|mfa|2fa|otp|authenticator)[ -](?:seed|secret|setup key|key)(?: key)?\s*(?:is|:|=)?\s*(?P<secret>[A-Z2-7]{4}(?: ?[A-Z2-7]{4}){3,15})"),
    _rule("jwt", r"\beyJ[\w-]{8,4000}\.[\w-]{8,4000}(?:\.[\w-]{5,2000})?", flags=0),
    _rule("aws key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", flags=0),
    _rule("aws secret", r"\baws_?secret(?:_access)?_?key[\"']?\s*(?:is|[:=])\s*[\"']?(?P<secret>[A-Za-z0-9/+=]{30,60})"),
    _rule("azure secret", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,40}", flags=0),
    _rule("storage key", r"\b(?:AccountKey|SharedAccessKey|SharedSecret)\s*=\s*(?P<secret>[A-Za-z0-9+/%=]{20,120})"),
    _rule("sas token", r"[?&]sig=(?P<secret>[A-Za-z0-9%+/=_-]{16,200})"),
    _rule("github token", r"\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255})", flags=0),
    _rule("gitlab token", r"\bgl(?:pat|ptt|rt)-[\w-]{16,64}", flags=0),
    _rule("slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}|\bxapp-\d-[A-Za-z0-9-]{10,250}"),
    _rule("webhook", r"https://(?:hooks\.slack\.com/(?:services|workflows)/|[\w-]+\.webhook\.office\.com/|discord(?:app)?\.com/api/webhooks/)\S{8,400}"),
    _rule("google key", r"\bAIza[\w-]{30,40}|\bya29\.[\w-]{20,400}|\bGOCSPX-[\w-]{20,40}", flags=0),
    _rule("stripe key", r"\b(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,200}", flags=0),
    _rule("api key", r"\b(?:sk-(?:ant-|proj-)?[\w-]{20,200}|SG\.[\w-]{16,32}\.[\w-]{30,60}|npm_[A-Za-z0-9]{30,50}|pypi-[\w-]{30,250}|hf_[A-Za-z0-9]{30,50}|dop_v1_[0-9a-f]{40,80}"
          r"|\d{8,10}:AA[\w-]{32,36}|key-[0-9a-f]{32}|SK[0-9a-f]{32})\b", flags=0),
    _rule("session cookie", r"\b(?:set-)?cookie:\s*(?P<secret>[^\r\n]{8,2000})"),
    _rule("session cookie", r"\b(?:PHPSESSID|JSESSIONID|ASP\.NET_SessionId|sessionid|session_id|connect\.sid|\.ASPXAUTH|ESTSAUTH\w{0,20}|FedAuth|sid)=(?P<secret>[^\s;\"'&]{8,2000})"),
    _rule("auth header", r"\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:\w{3,10}\s+)?(?P<secret>[\w.~+/=:-]{8,2000})"),
    _rule("bearer token", r"\bbearer\s+(?P<secret>[\w.~+/=-]{16,2000})", _codes),
    _rule("auth header", r"\bbasic\s+(?P<secret>[A-Za-z0-9+/]{12,400}={0,2})(?![\w])", lambda v: len(v) % 4 == 0 and bool(re.search(r"[A-Z0-9=]", v[1:])) and v.lower() != v),
    _rule("url password", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,80}:(?P<secret>[^\s/@]{1,120})@"),
    _rule("password hash", r"\$(?:1|2[aby]?|5|6|y|argon2id?|8|9)\$[\w./$=,+-]{12,200}|\b[0-9a-f]{32}:[0-9a-f]{32}\b"),
    # commands and configuration
    _rule("password", r"\bnet1?(?:\.exe)?\s+user\s+(?:\"[^\"\n]{1,60}\"|\S{1,60})\s+(?P<secret>[^\s/][^\s]{0,80})", lambda v: v.lower() not in _WORDS and len(v) > 2),
    _rule("password", r"\bnet\s+use\s[^\n]{0,160}?/user:\S{1,80}\s+(?P<secret>[^\s/]\S{2,80})"),
    _rule("password", r"\bConvertTo-SecureString\s+(?:-String\s+)?(?P<secret>\"[^\"\n]{1,120}\"|'[^'\n]{1,120}'|[^\s$-]\S{2,120})"),
    _rule("password", r"(?<!\S)(?:--?(?:password|passwd|pass|pwd)|/(?:password|pass|pwd|p))(?:[ =:]\s*)[\"']?(?P<secret>[^\s\"'\[]{3,120})", lambda v: v.lower() not in _WORDS and not v.startswith(("-", "/", "$"))),
    _rule("password", r"\b(?:psexec(?:64)?|mysql|mysqldump|sshpass|plink|pscp|sqlcmd|osql|bcp|smbclient|xfreerdp|winexe|psql|mosquitto_\w+|7z)\b[^\n]{0,120}?\s-[pP]\s?[\"']?(?P<secret>[^\s\"'-][^\s\"']{2,80})", lambda v: not v.isdigit()),
    _rule("password", r"\bcurl\b[^\n]{0,160}?\s(?:-u|--user)\s+[\"']?[^\s:\"']{1,80}:(?P<secret>[^\s\"']{3,80})"),
    _rule("snmp community", r"\bsnmp(?:-server|v[123]c?)?[ -](?:community|string)(?:[ -]string)?(?: is| was|:|=)?\s+[\"']?(?P<secret>[^\s\"']{3,64})", lambda v: v.lower() not in _WORDS | {"string", "strings", "name", "names"}),
    _rule("snmp community", r"\bcommunity string(?: is| was|:|=)\s*[\"']?(?P<secret>[^\s\"']{3,64})", lambda v: v.lower() not in _WORDS),
    _rule("shared secret", r"\b(?:radius|tacacs\+?|shared|pre-?shared|ipsec|ike|vpn|server)[ _-](?:shared[ _-])?secret(?: key)?[\"']?\s*[:=]\s*[\"']?(?P<secret>[^\s\"']{4,120})", _labelled),
    _rule("shared secret", r"\b(?:radius|tacacs\+?|shared|pre-?shared|ipsec|ike|vpn|server)[ _-](?:shared[ _-])?secret(?: key)? (?:is|was) [\"']?(?P<secret>[^\s\"']{4,120})", lambda v: ("-" not in v and _secretive(v)) or _strong(v)),
    _rule("device secret", r"\b(?:enable|username \S{1,40}|line \S{1,20})\s+(?:secret|password)\s+(?:[057-9]\s+)?(?P<secret>\S{4,120})", lambda v: any(c.isdigit() for c in v)),
    _rule("pre-shared key", r"\b(?:psk|pre[- ]?shared[ -]?key|(?:set )?psksecret|ike key|tunnel key)\b[\"']?(?:\s*(?:is|was|=|:|to|ascii-text|local|remote)){0,2}\s+[\"']?(?P<secret>[^\s\"'\[]{4,120})", lambda v: _secretive(v)),
    _rule("wifi key", r"\b(?:wi-?fi|wlan|wpa[23]?(?:-psk)?|ssid|wireless|guest network)\b[^\n.]{0,50}?\b(?:key|psk|password|passwort|pw|pass|passphrase|code)\b(?: (?:on|for|of|at|in|to) (?:the |our |their )?[\w-]{2,20}(?: \w{2,20})?)?(?: is| was| says| reads| =|:|=| ->| to)?\s*[\"'“]?(?P<secret>[^\s\"'”\[]{5,64})", _secretive),
    # numbers
    _rule("card number", r"(?<![\d.-])(?:\d[ -]?){12,18}\d(?![\d.-]?\d)", _luhn),
    _rule("iban", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", _iban, flags=0),
    _rule("ssn", r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])"),
    _rule("licence key", r"\b[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}\b", lambda v: bool(re.search(r"\d", v) and re.search(r"[A-Z]", v)), flags=0),
    _rule("licence key", r"\b(?:licen[cs]e|product|activation|registration|serial) (?:key|code)(?: is| was|\s*[:=])\s*(?P<secret>[A-Z0-9][A-Z0-9-]{7,80})", _codes),
    _rule("recovery codes", r"\b(?:recovery|backup|scratch|emergency) codes?\b[^\n\d]{0,60}[:\s]\s*(?P<secret>(?:(?:[a-z0-9]{4,5}-[a-z0-9]{4,6}|\d{4} \d{4}|[a-f0-9]{8,10}|\d{6,10})\b[\s,;]{0,4}){1,20})", _codes),
    _rule("one-time code", r"\bcode (?:from|in|on) (?:the |her |his |my |their )?(?:app|phone|authenticator|text|sms|token|fob)\b[,:]?(?: is| was)?\s*(?P<secret>\d{3}[ -]?\d{3,5})\b"),
    _rule("one-time code", r"\b(?:mfa|2fa|otp|verification|one[- ]time|sms|authenticator|login|duo)[ -](?:pass)?code(?: (?:is|was|i got|he got|she got|of))?\s*[:=]?\s*(?P<secret>\d{3}[ -]?\d{3,5})\b"),
    _rule("pin", r"\b(?:pin(?:[ -]?(?:code|number))?|(?:door|gate|alarm|voicemail|unlock|safe|access|entry|keypad|panel)[ -](?:code|pin|passcode)|passcode)(?:\s+(?:for|on|of|to)\s[^\n:.;]{1,40}?)?"
          r"(?:\s*(?:is|was|got|has been|:|=|#|to|(?:re)?set to|changed to|are|-)){0,2}\s*(?P<secret>\d{4,10})(?![\d.:/-]\d|\d)\b"),
    _rule("pin", r"\bcode (?:for|to|of|on) (?:the |their |our )?(?:alarm|door|gate|safe|building|office|server room|cage|lockbox|voicemail|keypad)\b(?: is| was|:| =)?\s*#?(?P<secret>\d{4,10})\b"),
    _rule("wifi key", r"\b(?:key|code) (?:on|under) the (?:back|bottom|side|label|sticker) of [^\n:]{2,30}:\s*(?P<secret>[^\s\"'”\[]{5,64})", _secretive),
    _rule("device secret", r"\benable (?:secret|password) (?:is|was)(?: now| still)? (?P<secret>\S{4,120})", _secretive),
    _rule("password", r"\b(?:passwort|kennwort)\b(?: von \S{1,30})?(?: wurde| ist| jetzt| neu| auf| zu){1,3} [\"'“„]?(?P<secret>[^\s\"'”\[]{4,64})", _secretive),
    _rule("wifi key", r"\b(?:key|code|psk)\b for (?:the )?(?:\w+ )?(?:wi-?fi|wlan|wireless|ssid)\b(?: is| was|:| =)?\s*[\"'“]?(?P<secret>[^\s\"'”\[]{5,64})", _secretive),
    _rule("wifi key", r"\b(?:wi-?fi|wlan|ssid)\b(?: is|:)?\s+[\w -]{2,32}\s[/|]\s(?P<secret>[^\s\"'”\[]{6,64})", lambda v: _strong(v)),
    # what people write
    _rule("security answer", r"\b(?:security answer|mother'?s maiden name|secret answer|security question answer)(?: is| was|\s*[:=])\s*(?P<secret>[^\n,;.]{2,60})"),
    _rule("passphrase", r"\bpass ?phrase\b(?:[^\n:=\"“]{0,40}?)(?:\s+is|\s+was|\s*[:=])\s*(?P<secret>[\"“][^\"”\n]{3,120}[\"”]|[^\n.;]{4,120})", lambda v: v.split()[0].lower() not in _WORDS),
    _rule("api key", r"\b(?:(?:api|access|secret|client|auth|bearer|subscription|encryption|service|signing|webhook|account|app|private|integration|refresh|admin|personal access|registration|install|deploy\w*|site)"
          r"[ _-]?(?:key|token|secret|pat)s?|token|client[_ -]?secret|x-api-key)[\"']?(?: (?:for|on|of|in|from) (?:the |our |their )?[\w-]{2,20}(?: \w{2,20})?)?(?:\s*(?:is|was|=>?|:))\s*[\"']?(?P<secret>[\w.~+/=|!@#$%^*-]{8,400})", _keyish),
    _rule("password", r"<(?P<tag>\w*(?:password|passwd|pwd)\w*)(?:\s[^<>]{0,80})?>(?P<secret>[^<\n]{1,120})(?=</)"),
    _rule("password", r"[\"']?\b\w{0,24}(?:password|passwd|pwd)[\"']\s*:\s*(?P<secret>[\"'][^\"'\n]{1,120}[\"'])", lambda v: len(v) > 4),
    _rule("password", r"\b\w{0,24}(?:password|passwd|pwd|_pass)\s*=\s*(?P<secret>\"[^\"\n]{1,120}\"|'[^'\n]{1,120}'|[^\s;,\"'&<>]{3,120})", _labelled),
    _rule("password", rf"\b{_LABEL}\b[^\n.:;=\"“”]{{0,60}}?(?:\s+(?:is|was|to|ist|as|be)|\s*[:=]|\s+[-–]>?|\s)\s*{_QUOTED}", lambda v: _secretive(v) or bool(re.search(r"\s", v.strip("\"'")) and len(v) < 8)),
    _rule("password", rf"\b{_LABEL}\b\s*(?:\([^()\n]{{0,40}}\)\s*)?[:=]\s*[\r\n]{{0,2}}\s*{_VALUE}", _labelled),
    _rule("password", rf"\b{_LABEL}\b(?:[^\n.;]{{0,60}}?)(?:{_SEP})(?=\S{{0,40}}[\d!@#$%^&*?+=~]|\S{{0,40}}(?-i:[a-z][A-Z])){_VALUE}", _secretive),
    _rule("password", rf"\b(?:reset|changed|set|updated|switched|put)\b[^\n.;]{{0,60}}?\b{_LABEL}\b[^\n.;]{{0,50}}?\bto\s+{_VALUE}", _secretive),
    _rule("password", rf"\b{_LABEL}\b[ ]{{1,3}}{_VALUE}", _strong),
    _rule("password", rf"{_VALUE}[\"'”’]?\s+(?:as|is|was|for)\s+(?:the|a|her|his|their|our|my)?\s?(?:new |temp |temporary |initial |current |old |admin |local |domain )*{_LABEL}\b", _strong),
    _rule("password", rf"\b(?:cred(?:s|entials?)?|log[io]n|sign[- ]?in|log in|admin|user(?:name)?(?:[/ ]+pass(?:word)?)?|root|sa)\b[^\n.;]{{0,30}}?(?:\s|[:=])[\w.@\\-]{{1,60}}\s*(?:/|\||,|:| and | - )\s*{_VALUE}", _strong),
    _rule("password", rf"\b(?:with|using|as|via)\s+[\w.\\@-]{{2,60}}\s?(?:/|:|\|)\s?{_VALUE}", _strong),
    _rule("password", rf"\b(?:log(?:ged)? ?(?:in|on)|sign(?:ed)? in|unlock(?:ed)?|connect(?:ed)?|try|use)\s+(?:with|using)\s+{_VALUE}", _strong),
    _rule("password", rf"\b(?:reset|changed|set) (?:it|hers|his|theirs|him|her|them)\b[^\n.;]{{0,30}}?\bto\s+{_VALUE}", _strong),
    _rule("laps password", rf"\blaps\b[^\n.;]{{0,40}}?(?:is|was|:|=)\s*{_VALUE}", _secretive),
)  # fmt: skip
