"""Secrets that people write in sentences and lists: found by the words around them and by looking like one."""

# ruff: noqa: E501 - a rule is easier to read on one line

from __future__ import annotations

import re

from escalation.redaction.words import (
    Rule,
    bare,
    coded,
    direct,
    labelled,
    rule,
    secretive,
    signed,
    strong,
)

_LABEL = (
    r"(?:(?<![a-z])pass ?words?|passwd|pass ?codes?|(?<![a-z])pwds?|(?<![a-z])pws?|p/w|(?<![a-z])(?<!spf[ =])(?<!kim[ =])(?<!arc[ =])(?<!rev[ =])(?<!uth[ =])pass|\w{0,14}kennw[oö]rter?|\w{0,14}kennwort|\w{0,14}passw[oö]rter|\w{0,14}passwort|"
    r"contrase[ñn]as?|mots? de passe|(?<![a-z])mdp|wachtwoord(?:en)?|(?<![a-z])ww|senhas?|l[öo]senord|(?<![a-z])clave(?! de\b)|parola|adgangskode|salasana)"
)
_HINTS = "pass pw p/w kennw contrase mot mdp wachtwoord ww senha lösenord losenord clave parola adgangskode salasana"
_V = r"[\"'“‘`„«(]?(?P<s>[^\s\"'“”‘’`<>\ue000][^\s\"“”’`<>\ue000]{2,79})"
_QUOTED = r"(?P<s>[\"“'‘`„«][^\"“”'‘’`»\n]{3,80}[\"”’'`»])"
_LINK = r"(?:is|was|are|as|now|to|be|its|it's|reads|says|shows|ist|lautet|war|auf|zu|jetzt|neu|es|est|en|à|a|naar|in|with|like|of|using|for|updated|changed|set|still|=>?|->|→|:|[-–—])"
_LAST = r"(?:is|was|be|as|to|with|using|below|following|follows|this|these|now|it|it's|ist|lautet|auf|zu|nun|jetzt|folgt|folgende[sr]?|est|en|à|par|es|è|naar|in|op|para|por|é|som|til|till|är|er|na|to)"
"""What a sentence ends with whose value stands on a line of its own below."""
_IN = r"(?:[^\n.;:=\ue000]|\.(?=\S))"
"""A character inside a sentence: a full stop counts where no blank follows."""
_GAP = rf"{_IN}{{0,60}}?"
_TO_VALUE = r"(?=\S{0,40}[\d!@#$%^&*?+=~]|\S{0,40}(?-i:[a-z][A-Z]))"
_DIGITS = r"[#*]?(?P<s>\d{4,10})(?![\d.:/-]\d|\d)\b"
_CODE = (
    r"(?:(?<![a-z])pin(?:[ -]?(?:code|number))?|pincode|puk|(?:door|gate|alarm|disarm|voicemail|unlock|safe|access|entry|keypad|panel|lockbox|building|padlock|cage|garage|"
    r"copier|fax/copier|printer|printing|installer|engineer|supervisor|manager|host|user|department|room|wifi|wi-fi|bypass|sim|master|duress|override|tür|alarm|zugangs|toegangs|deur|poort)[ -]?(?:code|pin|passcode)|passcode|"
    r"(?:alarm|tür|tor|zugangs|toegangs|deur|poort)code|code (?:pin|d['’]alarme|de la porte|du portail|d['’]accès)|c[óo]digo de (?:alarma|la puerta|acceso))"
)
_PLACE = r"(?:alarm(?:anlage)?|door|gate|safe|building|office|server ?room|cage|lock ?box|voicemail|keypad|garage|tür|tor|serverraum)"
_CODE_LINK = r"(?:\s{0,3}(?:is|was|got|has been|now|:|=|#|to|(?:re)?set to|changed to|are|ist|lautet|est|es|auf|[-–]|\||\t|then)){0,3}\s{0,3}"
_OTP = r"(?P<s>\d{3}[ -]?\d{3,6})(?![\d.:/-]\d|\d)\b"
_WIFI = r"(?:wi-?fi|w-?lan|wpa[23]?(?:-psk)?|ssid|wireless|guest network|network|hotspot|netzwerk|réseau)"
_WIFI_KEY = r"(?:key|psk|(?:netzwerk|sicherheits)schl[üu]ssel|passw(?:or[dt]|oort)|passphrase|pw|pass|code|schl[üu]ssel|wachtwoord|kennwort|clave|cl[ée]|mdp|contraseña)"
_WORD_OF = r"(?:security|secret|memorable|verbal|safe|code|magic|hotline|call-?back|secure|challenge|duress|cancellation|authori[sz]ation|all-clear|bank|phone|carrier)"
_USER = r"[\w.@\\-]{1,60}"


def _short_phrase(value: str) -> bool:
    """Whether what stands in quotation marks behind "password" is one: looks like it, or is no sentence."""
    return secretive(value) or bool(re.search(r"\s", bare(value)) and len(value) < 8)


def _phrase(value: str) -> bool:
    return labelled(value.split()[0]) and len(value) >= 4


def _answer(value: str) -> bool:
    return labelled(value) and labelled(value.split()[0])


def _recovery(value: str) -> bool:
    """Whether a row of words is no sentence."""
    return not re.search(r"\b(?:the|and|for|was|were|with|that|this|not|are|has|have)\b", value, re.IGNORECASE)


def _words(*more: str) -> str:
    return " ".join(more)


PROSE: tuple[Rule, ...] = (
    # a label, and what it is
    rule("security answer", "answer maiden memorable pet school teacher birth word hotline", rf"\b(?:(?:{_WORD_OF} ?(?:answer|word|password)|password of the day|memorable (?:place|name|date)|maiden name|(?:first|childhood|favou?rite) (?:pet|school|car|street|teacher|colou?r|book|team|film|nickname)|(?:city|place) of birth)\b(?: \([^()\n]{{2,20}}\))?(?: (?:for|of|to|with|at|on) {_IN}{{2,40}}?)?(?: is| was|,? answer(?: is| was)?:?|\s{{0,3}}[:=?]| [-–])|(?:high school|best friend|secret question|security question)(?:,? answer(?: is| was)?:?|[:=?]))\s{{1,3}}(?P<s>[\w'’-]{{3,30}})(?=[\s.,;)<|]|$)(?! (?:to|the|a|by|in|on|and|was|is|for)\b)", _answer),
    rule("recovery phrase", "phrase words sentence mnemonic seed", r"\b(?:(?:recovery|seed|wallet|backup|secret|emergency|rescue)[ -](?:phrase|words|sentence)|mnemonic|words(?=:)|seed(?= (?:[a-z]{3,8} ){10})|(?:12|18|24|twelve|eighteen|twenty-four)(?: (?:recovery|seed|secret))? words)\b[^\n\ue000]{0,40}?[\s:=]\s{0,4}(?P<s>[a-z]{3,12}(?:[ ,]{1,2}[a-z]{3,12}){7,23})(?![\w])", _recovery),
    rule("recovery phrase", "words phrase seed ledger trezor wallet", r"\b(?:words|phrase|seed|ledger|trezor|wallet|mnemonic)\b[^\n\ue000]{0,60}?(?P<s>1[.):]? [a-z]{3,8}(?:[ ,;\n]{1,3}\d{1,2}[.):]? [a-z]{3,8}){3,23})(?!\w)"),
    rule("security answer", "answer maiden", r"\b(?:security answer|mother'?s maiden name|secret answer|security question answer)(?: is| was|\s{0,3}[:=\t])\s{0,3}(?P<s>[^\n\t,;.<]{2,60})", _answer),
    rule("passphrase", "phrase", r"\bpass ?phrase\b(?:[^\n:=\"“\ue000]{0,40}?)(?:\s{1,3}is|\s{1,3}was|\s{0,3}[:=\t])\s{0,3}(?P<s>[^\s\"“][^\n.;<|\ue000]{3,120})", _phrase),
    rule("passphrase", "phrase", r"\bpass ?phrase\b[^\n:=\"“\ue000]{0,40}?[:=\s]\s{0,3}[\"“](?P<s>[^\"”\n\ue000]{3,120})[\"”]"),
    rule("app password", "app", r"\bapp(?:lication)?[ -]?password\b[^\n.;:\ue000]{0,30}?(?:\bis|\bwas|:|=)?\s{1,3}(?P<s>[a-z]{4}(?: [a-z]{4}){3})\b"),
    # shared keys
    rule("pre-shared key", "psk pre ike tunnel", rf"\b(?:psk|pre[- ]?shared[ -]?key|(?:set )?psksecret|ike key|tunnel key)\b[\"']?(?:[^\n.;:=\ue000]{{0,30}}?(?:is|was|=|:|to|\t|ascii-text|local|remote))?(?:\s{{0,3}}(?:is|was|=|:|to)){{0,2}}\s{{0,4}}(?<=\s)[\"']?{_V}", secretive),
    rule("shared secret", "secret", rf"\b(?:radius|tacacs\+?|shared|pre-?shared|ipsec|ike|vpn|server|tunnel)[ _-](?:shared[ _-])?secret(?: key)?[\"']?\s{{0,3}}[:=\t]\s{{0,3}}{_V}", labelled),
    rule("shared secret", "secret key", rf"\b(?:radius|tacacs\+?|shared|pre-?shared|ipsec|ike|vpn|server|tunnel|enable)[ _-](?:shared[ _-])?(?:secret|key)\b(?: key)?(?: for {_IN}{{2,30}}?(?=\s(?:is|was|now|set)\b))?\s{{1,3}}(?:(?:is|was|set|changed|to|now|as|they use is)\s{{1,3}}){{0,4}}{_V}", lambda v: secretive(v) and (coded(v) or strong(v)) and ("-" not in v or direct(v))),
    rule("snmp community", "community snmp", r"\b(?:snmp(?:[ -](?:v[123]c?|read|write|ro|rw|read-only)){0,2}[ -](?:community|string)|community)(?:[ -](?:strings?|name))?(?:\s{0,3}(?:is|was|:|=|\t)){1,2}\s{0,3}[\"']?(?P<s>[^\s\"'<>\ue000]{3,64}+)(?! (?:for|of|as|by|to|and|where|managed|about|driven|important)\b)", lambda v: labelled(v)),
    rule("snmp community", "snmp", rf"\bsnmp(?:-server|[ -]?v[123]c?)?[ -](?:community|string)(?:[ -]string)?\s{{1,3}}{_V}", lambda v: labelled(v) and (coded(v) or v != v.lower())),
    # Wi-Fi
    rule("wifi key", "wi wlan w-lan wpa ssid wireless network hotspot netzwerk réseau", rf"\b{_WIFI}\b[^\n.\ue000]{{0,50}}?\b{_WIFI_KEY}\b(?: (?:on|for|of|at|in|to) (?:the |our |their )?[\w-]{{2,20}}(?: \w{{2,20}})?| \([^()\n]{{2,24}}\))?(?:\s{{0,3}}(?:is|was|says|reads|changed to|set to|now|ist|est|es|=|:|\t|->|to)){{0,2}}\s{{0,3}}[\"'“(]?{_V}", secretive),
    rule("wifi key", "wifi wi-fi wlan wireless ssid", rf"\b{_WIFI_KEY}\b (?:for|für das|du|del|de|van|on) (?:the )?(?:\w{{2,14}} )?{_WIFI}\b(?:\s{{0,3}}(?:is|was|est|es|ist|:|=)){{0,2}}\s{{0,3}}{_V}", secretive),
    rule("wifi key", "wifi wi-fi wlan ssid", rf"\b(?:wi-?fi|wlan|ssid)\b[\w ]{{0,20}}(?: is|:)?\s{{1,3}}[\w -]{{2,32}}(?:\s[/|]|,)\s{_V}", lambda v: direct(v) and not v.upper().startswith(("WPA", "WEP"))),
    rule("wifi key", "schlüssel clé cle", rf"\b(?:wlan-schlüssel|cl[ée] (?:wi-?fi|du wi-?fi|réseau))\b\s{{0,3}}(?:[:=]|\t|est|ist|lautet)\s{{0,3}}{_V}", labelled),
    rule("wifi key", "back bottom side label sticker", rf"\b(?:key|code) (?:on|under) the (?:back|bottom|side|label|sticker) of [^\n:\ue000]{{2,30}}:\s{{0,4}}{_V}", secretive),
    # codes
    rule("one-time code", "code", rf"\bcode (?:from|in|on) (?:the |her |his |my |their )?(?:app|phone|authenticator|text|sms|token|fob)\b[,:]?(?: is| was)?\s{{0,3}}{_OTP}"),
    rule("one-time code", "code", rf"\b(?:mfa|2fa|otp|verification|one[- ]time|sms|authenticator|login|duo|bypass|security|sicherheits)[ -]?(?:pass|bypass )?code\b(?: for \S{{1,40}}?)?(?:\s{{0,3}}(?:is|was|i got|he got|she got|of|:|=)){{0,2}}\s{{0,3}}{_OTP}"),
    rule("one-time code", "code", rf"\b(?:read|told|gave|sent) (?:me |him |her |us )?the code\b(?:\s{{0,3}}(?:is|was|:)){{0,1}}\s{{0,3}}{_OTP}"),
    rule("one-time code", "code", rf"\b(?:your|the|his|her) code\b(?: (?:he|she|they|i) (?:got|received|typed))?(?:\s{{0,3}}(?:is|was|:|=)){{1,2}}\s{{0,3}}{_OTP}"),
    rule("one-time code", "code", r"\b(?i:(?:security|verification|access|pairing|connection|session|support|invit\w{1,5}|enrol\w{0,8}|activation|claim|assist\w{0,4}|join|meeting|auth(?:ori[sz]ation)?|transfer|epp|registration|one-time|anydesk|puk)[ -]code)(?: [^:=\n\ue000]{1,40}?)?(?:[ \t]{0,3}[:=]|[ \t](?i:is|was))[ \t]{1,3}(?P<s>(?=[A-Z]{0,7}\d|[A-Z]{6}(?!\w))[A-Z0-9]{5,10}|(?=\w{0,15}\d)(?=\w{0,15}[a-zA-Z])\w{8,20})(?![\w-])", flags=re.NOFLAG),
    rule("pin", "pin puk code código codigo", rf"\b{_CODE}\b(?:\s{{1,3}}(?:for|on|of|to|von|vom|für|du|del|he|she|they)\s{_IN}{{1,40}}?)?{_CODE_LINK}{_DIGITS}(?!\s{{0,2}}(?:days?|times|digits?|attempts?|tries)\b)"),
    rule("pin", "master installer engineer", r"\b(?:master|installer|engineer|duress|user)(?: code)?[ :=]{1,3}(?P<s>\d{4,6})[ ,;/|]{1,3}(?:master|installer|engineer|duress|user)(?: code)?[ :=]{1,3}(?P<s1>\d{4,6})\b"),
    rule("pin", "code", rf"\bcode\b (?:for|to|of|on|für|de|du) (?:the |their |our |die |das |la |el )?(?:\w{{2,12}} )?{_PLACE}\b(?: is| was| ist|:| =){{0,2}}\s{{0,3}}{_DIGITS}"),
    rule("pin", "code alarm keypad disarm safe unlock gate lock", rf"\b(?:disarm(?:ed)?|unlock(?:ed|s)?)\b[^\n.;\ue000]{{0,30}}?\bwith\s{{1,3}}{_DIGITS}|\b(?:keypad|key ?safe)\s{{0,3}}[:=]?\s{{1,3}}#?(?P<s1>\d{{4,8}})\b"),
    rule("pin", "code alarm door gate safe cage keypad garage lock padlock", rf"\b(?:{_PLACE}|padlock)\b\s{{0,2}}(?:[:=]\s{{0,2}}(?:(?:pin|code)\s{{0,2}}(?:is|:|=)?\s{{0,2}})?|(?:opens|unlocks) with )(?:the code )?{_DIGITS}"),
    rule("one-time code", "authenticator app sms text duo fob token", rf"\b(?:authenticator|sms|app|duo|fob|hardware token|text(?:ed)?(?: code| message)?)\s{{1,2}}(?:shows|showed|displays|displayed|sent|says|was|is|reads|said|read)\s{{1,2}}(?:the code )?{_OTP}"),
    rule("one-time code", "verify confirm sign log code", rf"\b(?:use|enter|type)\s{{1,2}}{_OTP}\s{{1,2}}(?:to|for|as)\s(?:verify|confirm|sign|log|complete|your|the login)"),
    rule("one-time code", "your", r"\b(?P<s>[A-Z]-\d{5,8}) (?:is|ist|est|es) (?:your|ihr|dein|votre|tu)\b"),
    rule("one-time code", "your", rf"(?<![\w.-]){_OTP}\s{{1,2}}(?:is|ist|est) (?:your|the|ihr|votre|dein)\s(?:[\w-]{{2,16}}\s){{0,3}}(?:code|passcode|pin|otp|password)"),
    rule("one-time code", "code pin passcode text sms message mail call push", rf"\b(?:sent|texted|mailed|gave|got|received) (?:me |him |her |us |you )?(?:a|the|this) (?:\S{{2,12}} )?(?:(?:code|pin|passcode)[,:]?\s{{1,3}}(?:- )?|(?:text|sms|message|mail|e-?mail|call|push)(?: message)? (?:with|saying|that (?:said|says)|reading|quoting)\s{{1,3}}(?:the code )?){_OTP}"),
    rule("one-time code", "tan", r"\b(?:[a-z]{1,5}-?|[A-Z]{1,5}-)?TAN\b(?: (?:ist|lautet|is|war))?[: \t]{1,3}(?P<s>\d{6,8})(?!\w)", flags=re.NOFLAG),
    rule("one-time code", "code", r"\b(?i:(?:abruf|aktivierungs|freischalt|zugangs|einmal|sicherheits|best[äa]tigungs|pr[üu]f|registrierungs|entsperr|kopplungs|activerings|verificatie|bevestigings|einladungs)-?code)(?:[ \t]{0,3}[:=]| (?:ist|lautet|is))?[ \t]{1,3}(?P<s>(?=[A-Z-]{0,16}\d|[A-Z]{8})[A-Z0-9-]{4,20})(?![\w-])", flags=re.NOFLAG),
    rule("pin", "supervisor manager merchant operator bediener kassierer cashier engineer installer chef", r"\b(?:supervisor|manager|merchant|operator|bediener|kassierer|cashier|engineer|installer|chef)(?:[ -](?:id|nr\.?|no\.?|login|user))?(?: \d{1,3})?[ ]{0,2}(?:/|:|=)[ ]{0,2}(?P<s>\d{4,8})(?![\w.:/-])"),
    rule("pin", "#", r"(?:[:–=-]|\b(?:is|on|code|use|it['’]s|to|now|with|then))[ \t]{1,3}(?P<s>\d{4,8})#(?![\w#*-])"),
    rule("pin", "press dial type enter punch key hit", rf"\b(?:press|dial|type|enter|punch(?: in)?|key in|hit|use)\s{{1,2}}{_DIGITS}[#*]?(?: [^\n.;\ue000]{{0,30}}?)? (?:(?:at|on|for) (?:the )?(?:[\w-]{{2,12}} )?(?:{_PLACE}|panel|till|bay|barrier)|to (?:disarm|open the (?:[\w-]{{2,12}} )?(?:door|gate|barrier|safe|cage|box|till)|unlock|get out|release))\b"),
    rule("pin", "combo combination safe cage padlock locker lockbox cupboard rack vault box", r"\b(?:combo|combination|safe|cage|padlock|locker|lock ?box|cupboard|rack|key ?box|cash box)\b[^\n.;\ue000]{0,30}?(?:is|:|=|\t|with|,)\s{0,3}(?P<s>\d{1,3}(?:[ -]\d{1,3}){2,5})(?![\d-])"),
    rule("pin", "right left clockwise rechts links", r"(?<![\d.,-])(?P<s>\d{1,2}[ ](?:right|left|(?:anti-?|counter-?)?clockwise|rechts|links)\b(?:(?:,|[ ]then)?[ ]{1,2}(?:to[ ])?\d{1,2}[ ](?:right|left|(?:anti-?|counter-?)?clockwise|rechts|links)\b){1,4})"),
    # passwords: a label, and what it is
    rule("password", _HINTS, rf"{_LABEL}(?:[ \t]{{0,3}}\([^()\n]{{0,40}}\))?[ \t]{{0,40}}(?:[:=]|\.{{3,}}:?)[ \t]{{0,12}}(?:\n[ \t]{{0,8}})?{_V}", labelled, begins=_LABEL),
    rule("password", _HINTS, rf"^[ \t|*•·-]{{0,8}}{_LABEL}[ \t]{{0,8}}(?:\t|\||[ \t][–—→-][ \t]|->)[ \t]{{0,8}}{_V}(?=[ \t|]{{0,30}}$)", labelled),
    rule("password", _words(_HINTS, "key psk schlüssel"), rf"^[ \t]{{0,8}}(?:\w{{2,12}} ){{0,2}}(?:{_LABEL}|(?:security|network|wi-?fi|wlan|wpa2?|sicherheits)[ -]?(?:key|schlüssel)|psk)[ \t]{{0,8}}\n(?:[ \t]{{0,4}}\n){{0,2}}[ \t]{{0,8}}{_V}[ \t]{{0,8}}$", direct),
    rule("password", _words(_HINTS, "phrase psk key pin code token"), rf"(?:{_LABEL}|pass ?phrase|\b(?:psk|pin|(?:pre-?shared|api|recovery|access|{_WIFI})[ -]key)|{_CODE})\b[^\n=\ue000]{{0,60}}?(?:[ \t]{_LAST}|[:=–-])[ \t]{{0,3}}[:–-]?[ \t]{{0,3}}\n(?:[ \t]{{0,4}}\n){{0,2}}[ \t]{{0,8}}{_V}[ \t]{{0,8}}$", secretive),
    rule("password", _HINTS, rf"{_LABEL}\b{_GAP}\s{{1,3}}(?:{_LINK}[ \t]{{1,3}}){{0,2}}{_QUOTED}", _short_phrase, begins=_LABEL),
    rule("password", _HINTS, rf"{_LABEL}(?:['’]s)?\b{_GAP}(?:\s{{1,3}}|(?=[:=(,→–-])){_LINK}\s{{1,3}}(?:{_LINK}\s{{1,3}}){{0,2}}{_TO_VALUE}{_V}", secretive, begins=_LABEL),
    rule("password", _HINTS, rf"{_LABEL}\b{_GAP}\b(?:from|von|de|van)\s{{1,3}}{_V}\s{{1,3}}(?:to|auf|auf|en|naar|a)\s{{1,3}}{_V.replace('<s>', '<s1>')}", lambda v: secretive(v) and v != v.upper(), begins=_LABEL),
    rule("password", _HINTS, rf"{_LABEL}(?:['’]s)?\b,?\s{{1,3}}(?:\(\s?)?(?:(?:now|is|for|from|on|of|the|her|his|over|von|vom|neu|nueva|temporal|it is|it's|which is)\s{{1,3}}){{0,3}}{_V}", direct, begins=_LABEL),
    rule("password", _HINTS, rf"{_LABEL}(?:['’]s)?\b[^\n.;:\ue000]{{0,40}}?[\s(]{_V}", signed, begins=_LABEL),
    rule("password", _HINTS, rf"\b(?:reset|changed|set|updated|switched|put|from|gesetzt|geändert)\b[^\n.;\ue000]{{0,60}}?{_LABEL}\b[^\n.;\ue000]{{0,50}}?\b(?:to|from|auf)\s{{1,3}}{_V}", secretive),
    # what it is, and a label
    rule("password", _HINTS, rf"(?<![^\s\"'“(]){_V}[\"'”’)]?(?:[ \t]{{1,3}}(?:\(\s?)?|\s{{1,3}}(?:as|is|was|for|had|to be)\s{{1,3}}|[^\n.;\ue000]{{0,40}}?,? (?:that|which|this) (?:is|was) )(?:(?:the|a|her|his|their|our|my|new|temp|temporary|initial|current|old|admin|login|local|domain|right|wrong|correct|next|first|shared)\s{{1,3}}){{0,4}}{_LABEL}\b", lambda v: strong(v) or (direct(v) and re.search(r"[a-z]-?\w*\d\d", v) is not None)),
    rule("password", "same as", rf"{_LABEL}\b[^\n;\ue000]{{0,50}}?\bsame as [^\n.;\ue000]{{2,30}}?,\s{{1,3}}{_V}", direct, begins=_LABEL),
    rule("password", "use set try typed log unlock open uses gave with agreed", rf"\b(?:log(?:ged)? ?(?:in|on)|sign(?:ed)? in|unlock(?:ed)?|connect(?:ed)?|try|tried|use|used|using|uses|typed|entered|protected|encrypted|opens?|agreed|guess(?:ed)?)\s{{1,3}}(?:(?:with|using|by|on|it|as|now)\s{{1,3}}){{0,2}}{_V}", signed),
    rule("password", "log sign as", rf"\b(?:as|with|user|use)\s{{1,3}}{_USER}\s{{1,3}}(?:with|and|using)\s{{1,3}}(?:pass(?:word)?\s{{1,3}}|pw\s{{1,3}})?{_V}", direct),
    rule("password", "to use", rf"\buse\s{{1,3}}{_V}\s{{1,3}}(?:to|for|when)\s{{1,3}}(?:log|sign|unlock|the first)", direct),
    rule("password", _words("uses", "svc", "account"), rf"\b(?:account|svc\S{{1,40}})\s{{1,3}}(?:{_USER}\s{{1,3}})?uses\s{{1,3}}{_V}", direct),
    rule("password", "reset changed set", rf"\b(?:reset|changed|set) (?:it|hers|his|theirs|him|her|them)\b[^\n.;\ue000]{{0,30}}?\bto\s{{1,3}}{_V}", strong),
    rule("password", "told gave it", rf"\b(?:it|which|that) is\s{{1,3}}{_V}[^\n.;\ue000]{{0,20}}?{_LABEL}", direct),
    # users and passwords in pairs
    rule("password", "admin root sa", rf"(?<![\w.-])(?:administrator(?:@[\w.]{{2,30}})?|admin|root|sa|localadmin|apc|ubnt)\s{{0,3}}[/:|,]?\s{{1,3}}{_V}", direct),
    rule("password", "admin root sa", rf"(?<![\w.-])(?:administrator|admin|root|sa|localadmin|apc|ubnt)\s{{0,3}}[/:]\s{{0,3}}{_V}", lambda v: direct(v) and "/" not in v),
    rule("password", "@", rf"\b[\w.+-]{{1,40}}@[\w-]{{1,40}}(?:\.[\w-]{{1,20}}){{1,3}}\s{{1,3}}(?:/|\||-|pw|pass(?:word)?)\s{{1,3}}{_V}", direct),
    rule("password", "u: un: un u/n", rf"\b(?:u|un|u/n|usr)\s{{0,3}}:?\s{{1,3}}{_USER}[\s,/]{{1,4}}(?:p|pw|p/w|pwd)\s{{0,3}}:?\s{{1,3}}{_V}", direct),
    rule("password", "rdp", rf"\brdp\b[^\n;\ue000]{{0,50}}?\s{_USER}\s{{1,3}}{_V}(?=[ \t]{{0,4}}(?:$|\|)|\.\s)", direct),
    rule("password", "/", rf"(?<!\S)(?:dana|[a-z][a-z0-9]{{0,12}}[._\\][a-z0-9._-]{{2,30}})\s{{1,2}}/\s{{1,2}}{_V}", direct),
    rule("password", "teamviewer anydesk splashtop", rf"\b(?:teamviewer|anydesk|splashtop)\b[^\n;\ue000]{{0,50}}?(?:{_LABEL}|code)\s{{0,3}}[:=]?\s{{0,3}}(?P<s>\w{{6,20}})", coded),
    rule("laps password", "laps", rf"\blaps\b(?! (?:id|entry|record|item|asset|link|folder)\b)[^\n.;\ue000]{{0,40}}?(?:is|was|:|=)\s{{0,4}}{_V}", secretive),
)  # fmt: skip
