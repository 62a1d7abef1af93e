"""Tell which words name a secret, in the languages that are read, and of which kind: labels of passwords, keys, codes."""

# ruff: noqa: E501, SIM905 - a table of patterns is easier to read in long rows

from __future__ import annotations

import re
from functools import lru_cache

LABELS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        # what only a password follows, in any spelling
        ("P", r"\w*(?:pass?w|pas+wo|passphr|passcod|passkey|p[as]*wd|pswd|passord|kennw|contrase|wachtwo|senha|l[öo]senord|adgangsk|salasan|jelsz|"
              r"motdepasse|pas+wrd|pssw|losung|geslo|şifre|sifre|has[łl][oae]|heslo|парол|密码|密碼|パスワード|비밀번호|kodeord)\w*|p?pws?|pwds?|pass|psw|p/w|ww|mdp|claves?|parol(?:[ae]|ă|ei|ę)?|passe|pword|pasw|bindpw|(?!by|tres|com|sur|over|under)\w{2,20}pass|\w{2,20}(?:pwd|pw|psk)"),
        ("S", r"unseal|\w*(?:secret|presharedkey|apikey|credential|privkey|authkey|passkey)\w*|psks?|tokens?|(?!public)\w{2,20}token|creds?|bearer|community|otpauth|totp|seed|shared|"
              r"preshared|geheim\w*|zugangsdaten|anmeldedaten|identifiants?|inloggegevens|credenziali|credenciales|wpa\d?|\w{0,12}auth|phrase"),
        ("K", r"keys?|\w{2,20}key|\w{0,12}schlüssels?|cl[ée]s?|clef|llaves?|chiav[ei]|\w{0,12}sleutels?|chaves?|nøgle\w{0,3}|nøkkel\w{0,3}|\w{0,12}nyckeln?|klucz\w{0,3}|cheia|cheie"),
        ("A", r"maiden|mnemonic|verbal|memorable|codeword|watchword|safeword|nickname|losungswort"),
        ("C", r"pins?|nip|pats?|tans?|vouchers?|gutschein\w{0,4}|bons?|overrides?|\w{0,8}(?:验证码|驗證碼)\w{0,4}|код\w{0,2}|رمز|codes?|pincode|puks?|combos?|combination|(?!fehler|fout|error|exit|status|return|rückgabe|zip|bar|qr|post|farb|event|stop|beep|source|reason|result)\w{2,14}(?:code|pin)|c[óo]digos?|codic[ei]|(?!fejl|feil|fel)\w{0,14}kode[nr]?|(?!fel|stav)\w{0,14}kod(?:en|er|em|u|y|ul|ului)?|codul|otp|mfa|authenticator|digits|kombination|combinaison|passcodes?"),
        ("U", r"user\w*|log[io]ns?|logged|logs?|signs?|signed|signin|accounts?|admin\w*|root|sa|portals?|vault|benutzer|utilisateur|usuario|konto|gebruiker|"
              r"reset\w*|typed|types?|enter(?:ed|s)?|temp|temporary|rotated?|usernames?|uid|opens?|works|bind|auth\w+|access|prompt\w*"),
        ("D", r"doors?|cage|cupboard|rack|keysafe|gates?|alarm\w*|safe|lockbox|lockers?|padlock|panel|voicemail|copier|keypad|tablet|phone|ipad|sim|t[üu]r|tor|tresor|porte|portail|coffre|"
              r"barrier|intercom|hatch|shutter|schließfach|schloss|verrou|candado|cassaforte|cancello|slot|puertas?|portón|caja|deur|poort|kluis|porta|portone|portão|alarma?e?|allarme|cofre|larm\w{0,4}|dörr\w{0,3}|grind\w{0,3}|dør\w{0,3}|drzwi|bram[aęy]|sejfu?|poart[aă]|ușă|disarm\w*|unlock\w*|opens|dial|punch"),
        # what names a number or a name that opens nothing
        ("H", r"sha\d*|md5|crc\d*|checksum|digest|etag|thumbprint|fingerprint|commit|revision|nonce|serial\w*|imei|iccid|imsi|sid|guid|uuid|clsid|correlation|trace\w*|"
              r"tracking\w*|\w{3,20}ids?|invoice|order|asset|rma|model|version|build|firmware|driver|port|vlan|errors?|fehler\w*|erreur|fout\w*|fe(?:jl|il|l)kod\w*|(?:error|exit|status|return|bar|qr|zip|post|stop|beep|reason|result)codes?|event|ticket|case|phone|fax|tel|mobile|"
              r"ext|extension|conference|hostname|host|device|hardware|computer|node|ip|mac|file|path|folder|url|selector\d*|cipher|protocol|category|threat|virus|"
              r"thanks|thank|hello|hi|hey|dear|welcome|cc|posted|quote|answered|wrote|registered|component|timeout|mtu|retries|lease|keepalive|interval|quota|baud|chmod|component|domain|process|thread|batch|lot|po|inc|chg|kb|cve|"
              r"timestamp|epoch|created|expires|recordnumber|policyid|logid|msgid|spi|uid|pid|policy|profile|template|gpo|adapter|interface|class|message"),
        ("W", r"wi|wifi|wlan|ssid|wireless|hotspot|guest|fi"),
        # what somebody does who tells one, and what it is told on
        ("T", r"keyed|punch(?:ed)?|pasted?|stick(?:y|er)|whiteboard|labell?(?:ed)?|slip|scribbled|taped|spel(?:l\w*|t)|dictat\w*|phonetic\w*|capitals?|lowercase|uppercase|typo|corrected|autocorrect|"
              r"(?:de|en)crypt(?:ed|s)?|zip(?:ped)?|unzip|protected|phish\w*|leak(?:ed|s)?|compromised|reject(?:ed|s)?|refus(?:ed|es)|accept(?:ed|s)|mine|hers|ours|theirs|usual|interim|initial|"
              r"generic|told|gave|given|handed|agreed|tried|try|use[ds]?|using|notebook|scratch|zettel|aufkleber|eingeben|eingegeben|an(?:ge)?meld(?:et|en)|einloggen|eingeloggt|zurückgesetzt|tippen?|gesetzt|étiquette|taper|saisir|etiqueta|probar|etichetta|briefje|invoeren|sms|texto|texted|gezet|ingelogd|inloggen|ingesteld|réinitialisé|tapez|tape|saisissez|connecter|puesta|puse|entro|entrar|entra|"
              r"impostat[oa]|inserire|digitare|pus|introduc|setat|tastez|coloquei|digitar|digite|satte|satt|loggar|slår?|skriv(?:er|a)?|sat|tast(?:er|e)?|logger|indtast\w*|ustawi\w{1,4}|wpisu?j?ę?|wpisa[ćł]\w{0,3}|loguj\w{1,3}"),
    )
)  # fmt: skip


@lru_cache(maxsize=8192)
def label(word: str) -> str:
    """Return the kind of label that a lower-case word is: password, secret, key, code, user talk, Wi-Fi, or none."""
    for kind, pattern in LABELS:
        if pattern.fullmatch(word):
            return kind
    return ""


_PLAIN = re.compile(
    r"(?:exit|error|errors|status|stop|reason|result|return|response|fault|beep|post|country|area|zip|bar|source|job|cost|branch|tax|department|dial|qr|part|order|lot|batch|"
    r"sap|article|reference|function|op|event|fehler|erreur|reference|byte|machine|code|color|colour|hex|ascii|postal|currency|language|time|product|upgrade|package) (?:code|codes)|"
    r"(?:public|primary|foreign|registry|host|product|partial|function|sort|hot|enter|arrow|escape|shift|tab|partition|index|composite|unique|home|car|rack|f\d) (?:key|keys)|"
    r"(?:connection|query|search|format|user|agent|test|error|version|empty|null) string|search token|rsa token|(?:spf|dkim|dmarc|arc|iprev|compauth|first|second|third|single) pass"
)
"""Words that make no label of the next one: an exit code opens nothing."""
_OF = re.compile(r"(?:codic[ei]|c[óo]digos?|codes?|kod\w?) (?:client[ei]?|fiscale?s?|postal(?:e|es)?|articolo|art[íi]culo|article|prodotto|produ[ct]to|produit|erreur|errore|klienta|pocztowy)|key (?:id|ids|identifier|usage|mgmt)")
"""The same where what it is stands behind: a customer's number, the name of a key."""
_PAIRS = (
    ("A", re.compile(r"(?:my|her|his) answer|grew up|(?:secret|security) questions|(?:safe|code|magic|secret|duress|hotline|verbal|challenge|authori[sz]ation|cancellation|clear|call) (?:word|sign|phrase|answer)|"
                     r"(?:first|childhood|favou?rite) (?:pet|car|school|street|job|teacher|colou?r|book|team|film|movie|food|nickname|concert)|"
                     r"(?:high|primary) school|best friend|of birth|security (?:question|answer)")),
    ("T", re.compile(r"(?:lower|upper) case|zero not|case sensitive|fat fingers|no (?:space|quotes)")),
    ("S", re.compile(r"(?:snmp|community|rw|ro|read|write|trap) string")),
    ("D", re.compile(r"(?:cash|key|lock|post|deposit) box|screen lock|lock screen|car park|roller door|side entrance")),
)  # fmt: skip
"""Two words that name what only its owner answers, and what a number opens."""
_SECOND = frozenset(
    "word sign phrase answer pet car school street job teacher color colour book team film movie food nickname concert friend "
    "string birth up questions question box lock screen park door entrance case not sensitive fingers space quotes".split()
)


def labels(words: list[str]) -> list[str]:
    """Return what kind of label each of a row of lower-case words is; an error code or a primary key is a harmless one."""
    kinds = [label(word) for word in words]
    for at in range(1, len(words)):
        if kinds[at] and _PLAIN.fullmatch(f"{words[at - 1]} {words[at]}"):
            kinds[at] = "H"
        elif kinds[at - 1] and _OF.fullmatch(f"{words[at - 1]} {words[at]}"):
            kinds[at - 1 : at + 1] = "H", "H"
        elif words[at] in _SECOND:
            kinds[at] = next((kind for kind, pair in _PAIRS if pair.fullmatch(f"{words[at - 1]} {words[at]}")), kinds[at])
    return kinds
