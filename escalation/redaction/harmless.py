"""Tell what a word looks like that is no secret: an address, a host, a version, a product, a name in code."""

# ruff: noqa: E501, SIM905 - a table of patterns is easier to read in long rows

from __future__ import annotations

import re
from functools import lru_cache

from escalation.redaction.words import SHORTCUT

_LIKE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("url", r"\w{2,10}://.*|arn:aws[\w-]{0,8}:.*|(?:TLS|SSL)_\w+"),
        ("login", r"[a-z]{1,14}\.[a-z]{2,20}\d{0,2}|[A-Z][A-Z0-9-]{1,14}\\[\w.-]+(?:@[\w.-]+)?"),
        ("path", r"(?:[A-Za-z]:)?(?:\\|/)\S*|\S*\\\S*|\.{1,2}/\S*|~/\S*|[\w.-]+(?:/[\w.-]+){2,}/?"),
        ("hexcode", r"-?0x[0-9A-Fa-f]{1,10}"),
        ("masked", r"(?:[\dxX*]{1,3}\.){3}[\dxX*]{1,3}(?::\d+)?|\S*(?:x{3}|X{3}|\*\*|••)\S*|(?=\w*[xX])[0-9a-fA-FxX]{0,4}(?::[0-9a-fA-FxX]{0,4}){3,7}"),
        ("mail", r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"),
        ("ip", r"[A-Za-z]{1,12}-\d{1,3}(?:\.[\dxX]{1,3}){3}(?:/\d+)?|\d{1,3}(?:\.\d{1,3}){3}\S{0,8}|[\dx]{1,3}(?:\.[\dx*]{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7}(?:/\d+|%\w{1,15})?"),
        ("mac", r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"),
        ("keys", rf"(?i:{SHORTCUT})"),
        ("resource", r"(?:i|vol|snap|ami|eni|sg|subnet|vpc|vpce|rtb|igw|acl|eipalloc|eipassoc|rtbassoc|nat|lt|fs|tgw|pcx|cgw|vgw|vpn|dopt|ou|db)-[0-9a-f]{8,17}|"
                     r"[\w./:-]{1,80}@sha256:[0-9a-f]{64}|[0-9a-f]{16}-[A-Z]{3}|\w*EXAMPLE(?:KEY)?|(?:cus|pi|ch|evt|sub|in|prod|price|txn|po|acct|card|pm|seti|req|run|msg|asst|thread|file|batch|resp|conv)_[A-Za-z0-9]{14,28}"),
        ("agent", r"[A-Za-z][\w-]{1,20}/v?\d+(?:\.\d+)+\S{0,12}|[a-z][\w+-]{1,30}-v?\d+(?:\.\d+)+\S{0,20}"),
        ("registry", r"=?(?:dword|qword|hex(?:\(\w\))?):[0-9A-Fa-f,\\]+|_\w+\._(?:tcp|udp)\S*|[A-Za-z]\w*(?:\.\w+)+\(.*\)"),
        ("flag", r".*\]\([^\s()]+\)?|--?[A-Za-z][a-zA-Z-]{2,}"),
        ("spn", r"[A-Z][A-Za-z]{5,}/[\w.-]+|(?i:cifs|https?|mssqlsvc|host|ldap|termsrv|rpc|dns|gc|wsman|nfs|smtp|restrictedkrbhost)/[\w.-]+(?::\w+)?"),
        ("protocol", r"(?i:wpa|peap|eap|mschap|ms-chap|tls|ssl|smb|ntlm|snmp|ike|ipv|dhcp|http|oauth|aes|sha|rsa|ecdhe|hmac|esp|dhe|ffdhe|sftp|scram|pop|imap|kerberos|krb|rc4|md5)\w{0,6}(?:[-_.]\w{1,12}){0,6}"),
        ("measure", r"\d+(?:[.,]\d+)?(?:[kKMGTP]i?[bB]|[kMG]Hz|[MGk]bps|[MG]bit|ms|dBm?|kWh?|rpm|fps)(?:/\w+)?"),
        ("flagged", r"[A-Za-z_.-]+=(?:\d{1,2}|(?i:true|false|yes|no|on|off|none|null|ok|denied|allowed|success|failed|failure))"),
        ("epoch", r"1[4-9]\d{8}|1[4-9]\d{11}|13\d{16}"),
        ("guid", r"(?:[\w.-]{0,40}[({_]?(?:\b|(?<=_)))?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}[)}]?"),
        ("sid", r"S-1-\d[\d-]+"),
        ("dashes", r"\d{1,2}(?:-\d{1,2}){2,4}"),
        ("time", r"(?:[AP]M-)?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\.\d{1,2}:\d\d|20\d{6}[-T]?\d\d:?\d\d(?::?\d\d)?(?:\.\d+)?Z?|\d{1,4}[-/.:]\d{1,2}(?:[-/.:T]\d{1,4}\S{0,16})?|\d{1,2}[:.h]\d\d(?::\d\d)?(?:am|pm|AM|PM|Z)?"),
        ("version", r"(?:[vV]\.?)?\d+(?:[.,]\d+)+(?:[-_+]?\w{1,12}){0,2}|[vV]\d+|rev\w?\d+"),
        ("amount", r"[~<>=+-]*[$€£]?\d+(?:[.,]\d+)*(?:%|°|[kKMGTPmnµ]?[bBsmgwWVAh]|Mbps|Gbps|Mbit|GHz|MHz|dBm?|ms|min|mins|hrs?|hours?|days?|weeks?|th|st|nd|rd|x\d*|px|am|pm|AM|PM|pc|pcs|users?|chars?|k|K)?(?:/\w+)?"),
        ("cmdlet", r"(?:Get|Set|New|Add|Remove|Reset|Test|Enable|Disable|Start|Stop|Restart|Invoke|Export|Import|Update|Clear|Connect|Disconnect|Find|Install|Repair|ConvertTo|ConvertFrom|Write|Out|Select|Where|Measure|Move|Grant|Revoke|Register|Unregister|Sync|Search|Unlock|Suspend|Resume|Read|Request|Format|Copy|Compare|Mount|Dismount)-[A-Z]\w+"),
        ("hexerror", r"-?0x[0-9A-Fa-f]+|[A-Z]{2,12}[-_]?\d{3,8}:?|E\d{3,6}"),
        ("hex", r"(?:[0-9a-f]{16,}|[0-9A-F]{16,})"),
        ("host", r"(?:[a-z0-9-]+\.)+[a-z]{2,14}(?::\d+)?/?|(?i:(?:[a-z0-9_-]+\.){1,5}(?:com|net|org|local|lan|internal|example|io|de|uk|eu|fr|nl|ch|at|es|it|be|pl|us|ca|au|info|corp|home|intra|cloud|dev))(?::\d+)?/?|(?i:srv|dc|pc|ws|lt|lap\w*|desktop|nb|fw|sw|ap|rds|vm|esxi?|nas|prn|print\w*|sql|web|app|fs|ex|exch\w*|host|router|switch|hv|bkp|ts|backup|file)-?\w{0,12}-?\d{1,4}"
                 r"|(?i:srv|dc|pc|ws|lt|lap\w*|desktop|fw|sw|ap|vm|nas|prn|host|switch|router)-[\w-]{2,30}"),
        ("file", r"(?i)[\w()+-]+(?:\.[\w()+-]+)*\.(?:exe|msi|dll|log|txt|docx?|xlsx?|pptx?|pdf|zip|7z|ps1|bat|cmd|sys|inf|cfg|conf|ini|json|xml|ya?ml|csv|evtx?|pst|ost|vhdx?|vmdk|iso|bak|png|jpe?g|html?|php|aspx?|js|py|sh|key|pem|pfx|cer|crt|reg|rdp|dat|db|mdb|tmp|lnk|gz|tar|rpm|deb|etl|dmp|eml|msg|so|jar|ico|sql|out|pol|admx|adml|cab|msp|ovpn|local)(?::\d+)*"),
        ("threat", r"\w+(?:[.:/]\w+)+![A-Za-z]\w{1,8}"),
        ("caps", r"[A-Z][A-Z_]{2,}\d{0,4}|[A-Z]{2,}(?:[_-][A-Z0-9]+){3,}"),
        ("model", r"[A-Z]{1,5}-?\d{1,5}[A-Z]{0,4}\d{0,2}s?|[A-Z0-9]{2,6}(?:-[A-Z0-9]{1,8}){1,3}"),
        ("snake", r"[a-z]+(?:_[a-z]+)+|[a-z]+(?:-[a-z]+)+|[A-Z][a-z]+(?:-[A-Za-z]+)+"),
        ("camel", r"[A-Za-z]?[a-z]+(?:[A-Z]+[a-z]*)+"),
        ("product", r"(?i:win(?:dows)?|ad|office|server|exchange|sql|outlook|word|excel|o|m|ms|event|id|kb|ticket|port|vlan|ver|build|teams|sage|adobe|acrobat|floor|room|desk|disk|drive|node|site|line|step|level|part|page|port|bay|slot|rack|unit|phase|tier|wave|user|test|copy|gi|fa|te|eth|lan|wan|ge|po|wlan|tunnel|veth|sd[a-z]|nvme|com|lpt|usb|f|q|h|ipv)[-/#]?\d{1,5}(?:[./]\d{1,4})*"),
        ("handle", r"@\w+"),
        ("product", r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\d\d(?:SU|CU|HU)v?\d?|(?i:win|windows|server|exchange|sql|office)?-?20[012]\d(?:r2|sp\d|cu\d{1,2})?"),
        ("setting", r"[a-z_.]+=[\d.x:a-z=]{1,24}"),
        ("placeholder", r"[$%][A-Za-z_:]+\d?(?:[.\[({%].*)?|\$[({].*|\{.*\}|<.*>|[*•.xX?_#-]+|--?[A-Za-z][\w-]*|\(.*\)?|\[.*\]?|@.*|#\w*"),
        ("call", r"\w+\[\d+\](?:\(\w\)?)?|[A-Za-z]\w*(?:\.\w+)*\(.*\)?|[A-Z][a-z]+-[A-Z]\w+|[A-Za-z]+\.[A-Za-z.]+"),
        ("either", r"[A-Za-z]+(?:/[A-Za-z0-9]+)+|\w+&\w{1,3}|[\w-]+(?:/[\w.-]+)+"),
        ("item", r"\d{1,2}[.)][A-Z][a-z]+"),
        ("ordinal", r"#?\d{1,3}\.?|[A-Za-z]\d|\d[A-Za-z]"),
        ("contraction", r"[A-Za-z]+['’][A-Za-z]{1,2}|[A-Za-z]+\([a-z]+\)"),
    )
)  # fmt: skip


_BASE64 = re.compile(r"[A-Za-z0-9+/]{30,}={0,2}")
_TURN = re.compile(r"[a-z](?=[A-Z0-9])|[A-Z0-9](?=[a-z])")
"""What turns between small letters and others as often as random ones is no path, whatever slashes it has."""


_XS = re.compile(r"(?<![xX])(?:x{3}|X{3})(?![xX])")
_HIDDEN = re.compile(r"[xX]{2}|[*•]{2}")


def _drawn(value: str) -> bool:
    """Whether a value only has three x in a row by chance: there is as much else in it as drawn ones have."""
    others = _XS.sub("", value, count=1)
    return len(others) > 17 and sum(c.isdigit() for c in value) > 3 and len(_TURN.findall(others)) > 7 and not _HIDDEN.search(others)


@lru_cache(maxsize=8192)
def looks(value: str) -> str:
    """Return the name of the harmless thing that a word looks like, or nothing."""
    if len(value) > 31 and _BASE64.fullmatch(value) and len(_TURN.findall(value)) > 7:
        return ""
    for name, pattern in _LIKE:
        if pattern.fullmatch(value):
            return "" if name == "masked" and _drawn(value) else name
    return ""


SURE = frozenset("keys resource ip mac sid version url masked mail spn cmdlet hexcode agent registry flag measure flagged item".split())
"""What looks like one of these is no secret, whatever stands beside it."""
MOSTLY = frozenset(
    "guid login time host path file call hexerror threat placeholder contraction product handle".split()
)
"""What looks like one of these is a secret only right behind a label."""

_UNIT = re.compile(
    r"\s{0,2}(?:%|m?s|sec\w*|min\w*|h|hours?|days?|weeks?|times|bytes?|[kKMGT]i?[Bb]|bits?|chars?|characters|digits?|attempts|tries|users|devices|rows|entries|pages|events?)\b"
)
_NUMBERED = re.compile(
    r"\b(?:outlook|office|exchange|server|windows|win|sql|excel|visio|sharepoint|sage|event|error|port|vlan|build|line|ticket|floor|ext\.?|extension|"
    r"version|firmware|thread|level|rfc|kb|attempt|page|step|session|record|entry|asset|case|item|article|order|invoice|serial|circuit|january|february|march|april|may|june|july|august|september|october|november|december|q[1-4]|duplicate key value is|key value|cost cent(?:re|er)|room|suite|reference|mailbox|voicemail box)[ #]{1,2}[\"'(]{0,2}\Z",
    re.IGNORECASE,
)

_PHONE = re.compile(
    r"(?:(?P<country>\+\d{1,3}[ ()/-]{1,2})|\b(?:call|phone|ring|tel|telephone|fax|mobile)"
    r"(?P<whom>(?:[:.]| (?:him|her|them|us|me|back))?(?: on| at| under)?)[ ]{1,2})"
    r"(?:\(?\d{1,5}\)?[ ()/-]{1,2}){0,3}\Z",
    re.IGNORECASE,
)


_WHOLE_NUMBER = 7
"""With so many digits a telephone number needs no "on" or "him" before it; "unlock the phone: 482913" is none."""
_ENDS = r"(?:fail\w{0,4}|exit(?:ed|s)|quits?|stop(?:ped|s)|abort(?:ed|s)|crash(?:ed|es)|terminated|ended|returned|returns|bricht ab|endete?|échoue|échoué)"
_ENDS_WITH = re.compile(rf"\b{_ENDS}(?: (?:with|at|mit|avec))?(?: (?:an? |the )?(?:error|code|status|fehler|erreur))?[ #]{{1,2}}[\"'(]{{0,2}}\Z", re.IGNORECASE)
_CODE_NUMBER = re.compile(r"\d{1,10}|(?i:[8c][0-9a-f]{7})")
_SECRET_ENDS = re.compile(
    rf"(?:pass|pass ?words?|passwd|passw[oö]rte?r?|pass ?phrase|pwd?|pins?|codes?|keys?|psk|token|kennw[oö]rte?r?|mdp|mot de passe|wachtwoord|contraseña|clave|senha)"
    rf"(?:,? (?:has|have|had|just|then|also|now|still|always|again))?,? {_ENDS}\b[^.;\n]{{0,30}}\Z", re.IGNORECASE,
)  # fmt: skip
"""A failure ends with a number; but where it is the secret that fails, it is the secret that is told."""


def counted(text: str, begin: int, end: int) -> bool:
    """Whether what stands there counts or numbers something: 3600 s, Outlook 2019, error 4625, "failed with c000006a"."""
    if _CODE_NUMBER.fullmatch(text, begin, end) and _ENDS_WITH.search(text, max(0, begin - 40), begin):
        return _SECRET_ENDS.search(text, max(0, begin - 80), begin) is None
    if not text[begin:end].isdigit():
        return False
    phone = _PHONE.search(text, max(0, begin - 30), begin)
    if phone and (phone["country"] or phone["whom"].strip(":.") or sum(map(str.isdigit, phone[0])) + end - begin >= _WHOLE_NUMBER):
        return True
    return _UNIT.match(text, end) is not None or _NUMBERED.search(text, max(0, begin - 28), begin) is not None


_UNTOLD = re.compile(
    r"\b(?:required|needed|asked|prompted|refused|rejected|enforced|expired|changed|reset|missing|wrong|incorrect|invalid|correct|works?|worked|failed|fails|failing|accepted|unknown|"
    r"forgotten|locked|cached|stored|saved|synced|protected|set|falsch|abgelaufen|geändert|refusé|expiré|caducada|verlopen)"
    r"\s(?:by|in|on|at|from|since|for|against|after|through|during|auf|für|von|sur|par|en|op)\b"
    r"(?:(?!\b(?:to|is|was|now|auf|with|it's|be|says|ist|lautet)\b)[^:=()\"“'’])*\Z",
    re.IGNORECASE,
)


_HASH = re.compile(r"[0-9A-Fa-f]{32}(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{32}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96})?")
_HASHED = re.compile(
    r"\b(?:hash|digest|checksum|thumbprint|fingerprint|(?:md5|sha-?\d{1,3})(?:sum)?|signature|virustotal|etag|commit|checkout|cherry-pick|revert|revision)\b[^\n]{0,80}\s{0,4}\Z", re.IGNORECASE
)


_PUBLISHED = re.compile(r"(?:-verification=|_acme-challenge\b|\bDKIM1\b|_domainkey\b|\bv=spf1\b)[^\n]{0,60}\Z|\b(?:C?DS[ \t]\d{1,5}[ \t]\d{1,2}[ \t]\d|TLSA[ \t]\d[ \t]\d[ \t]\d|SSHFP[ \t]\d[ \t]\d|C?DNSKEY[ \t]\d{1,5}[ \t]3[ \t]\d{1,2})[ \t]{1,4}\Z|(?:\bpeer|\bpublic[ _-]?key)[ \t]{0,4}[:=][ \t]{0,4}\Z|\b(?:gpg|pgp|pub|sub|signature)\b[^\n]{0,60}?\bkey[ \t](?:id[ \t])?\Z|\bSHA256:\Z|\bbh=[\w+/=]{20,70};\s{0,4}(?:b=)?\Z|\barn:aws:\S{0,80}\Z", re.IGNORECASE)
"""What a record of a domain or the other side of a tunnel shows to everybody."""
_OF_PUBLISHED = (
    "-verification=", "_acme-challenge", "dkim1", "v=spf1", "ds ", "ds\t", "tlsa", "sshfp", "key", "peer", "public", "sha256:", "bh=", "arn:aws:",
)  # fmt: skip
"""Letters of which each of these has some: every word of a text is asked about, and looking for them takes less than the pattern."""
_CREDENTIAL = re.compile(r"\b(?:nt|ntlm|lm|pass\w*|pwd|secretsdump|krb\w*|kerberos|cred\w*)\b", re.IGNORECASE)


def _holds(text: str, letters: tuple[str, ...]) -> bool:
    for one in letters:  # noqa: SIM110 - `any` over a generator takes twice as long
        if one in text:
            return True
    return False


def published(text: str, begin: int) -> bool:
    """Whether the words before a stretch say that everybody may see it."""
    first = max(0, begin - 90)
    return _holds(text[first:begin].lower(), _OF_PUBLISHED) and _PUBLISHED.search(text, first, begin) is not None


def hashed(text: str, begin: int, end: int) -> bool:
    """Whether a stretch is a hash that identifies something: of a hash's length, and said to be one, not a password's; or a domain's record."""
    before = text[max(0, begin - 100) : begin]
    if published(text, begin):
        return True
    return bool(_HASH.fullmatch(text, begin, end) and _HASHED.search(before) and not _CREDENTIAL.search(before))


def untold(before: str) -> bool:
    """Whether the words before a stretch only say what became of a password: required by, wrong on, changed at."""
    return _UNTOLD.search(before) is not None


_PARTIAL = re.compile(
    r"(?:\b(?:last|first|final|letzten?|ersten?|derni(?:er|ère)s?|premi(?:er|ère)s?|[úu]ltim[oaie]s?|primer[oa]s?|prim[ei]|laatste|eerste)\s"
    r"(?:(?:two|three|four|five|six|few|couple|\d|zwei|drei|vier|fünf|deux|trois|quatre|cinq|dos|tres|cuatro|cinco|due|tre|quattro|cinque|dois|quatro|twee|vijf)\s)"
    r"(?:(?:hex\s)?(?:digits|numbers|figures|chars|characters|letters|groups?|of|stellen|ziffern|zeichen|chiffres|caract\w+|d[íi]gitos|cifre|cijfers|tekens)\s?)"
    r"(?:[\w'’/-]+\s){0,6}(?:[\w-]+)?[:=]?\s{0,2}"
    r"|\bpartial (?:product )?key[:=]?\s{0,2}"
    r"|\b(?:key|token|secret|card|number|licen[cs]e|account|iban|schlüssel|clé)\b(?: that)? (?:ends?|ending|endet|begins|starting|starts|beginning|beginnt)\s(?:in|with|on|auf|mit)\s)"
    r"[\"'(…*.-]{0,4}\Z",
    re.IGNORECASE,
)
_OF_PARTIAL = ("last", "first", "final", "letzte", "erste", "derni", "premi", "ltim", "prim", "laatste", "partial ", "end", "begin", "start")
"""Letters of which each of these has some."""
_PART = 8


def partial(text: str, begin: int, end: int) -> bool:
    """Whether a stretch is only the last or first characters of what it belongs to, which is how people say which one they mean."""
    first = max(0, begin - 90)
    return (
        end - begin <= _PART
        and _holds(text[first:begin].lower(), _OF_PARTIAL)
        and _PARTIAL.search(text, first, begin) is not None
    )
