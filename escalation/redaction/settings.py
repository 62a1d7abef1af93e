"""Secrets in device configuration, files of settings, connection strings and commands: the keyword before them tells."""

# ruff: noqa: E501 - a rule is easier to read on one line

from __future__ import annotations

import re

from escalation.redaction.harmless import looks
from escalation.redaction.scorer import LEARNED
from escalation.redaction.told import STOPS, familiar
from escalation.redaction.words import (
    WORDS,
    Rule,
    argument,
    bare,
    coded,
    labelled,
    random_looking,
    rule,
    secretive,
    setting,
)

VALUE = r"(?P<s>\"[^\"\n]{2,200}\"|'[^'\n]{2,200}'|[^\s\"'<>|\ue000][^\s\"<>\ue000]{1,400})"
_V = VALUE
_V1 = VALUE.replace("<s>", "<s1>")
_T = r"(?:(?:0|[4-9]|ENC|encrypted|cipher(?:text)?|irreversible-cipher|simple|plain-?text|ascii-text|ascii|hex|hexadecimal|text|md5|sha1|sha256|hash|hashed)[ \t]{1,8})?+"
_END = r"(?:[_-]?(?:value|hash|plain|text|enc(?:oded|rypted)?|base64|b64|in|out|\d))?"
_NAME = (
    r"(?:pass(?:word|wd|phrase|code)|passwd|pwd|pswrd|(?<![a-z])pass|(?<![a-z])pw|psk|keymaterial|cpassword|bindpw|authtok|shadow|"
    rf"(?-i:(?<=[a-z])(?:Pass|Pwd|Pw|Psk))|community(?:[_-]?string)?|wep_key\d|(?:auth|priv)pwd){_END}"
)
_KEY_NAME = (
    r"(?<!public)(?<!public[_-])(?<!publickey)(?:secret(?:[_ -]?(?:access)?[_ -]?key(?:_base)?)?|token|skey|sitekey|private[_-]?key[_-]?id|"
    r"(?:api|access|auth|account|subscription|private|pre-?shared|wpa2?-pre-shared|shared|encryption|signing|master|storage|"
    rf"iapp|site|install|app|client|session|jwt|refresh|id|ike|license)[_-]?(?:key|token|secret|psk)){_END}"
)
_EITHER = rf"(?:{_NAME}|{_KEY_NAME})"
_SET = (
    r"[\"']?[ \t]{0,40}(?:=>|:=|=)[ \t]{0,4}(?P<s>\"[^\"\n]{2,400}\"|'[^'\n]{2,400}'|(?:[^\s;,\"'&<>|)\ue000]|[;,&)|](?!\s|$|[\w .-]{1,40}=))"
    r"(?:[^\s;,\"&<>\ue000]|[;,&](?!\s|$|[\w .-]{1,40}=|[\"'])){2,400})"
)
_QUOTED = r"[\"'][ \t]{0,8}:[ \t]{0,8}(?P<s>\"[^\"\n]{2,8000}\"|'[^'\n]{2,8000}')"


_TYPED = (
    r"[\"']?\b(?:type|kind|purpose|format|field_?type|inputtype)[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?:\w{0,20}[_-])?(?:password|passwd|passphrase|secret|concealed|"
    r"secure_?string|credential|token|api_?key)s?(?:[_-]\w{1,12})?\b[\"']?"
)
_VALUED = r"\b(?:result|value|content|data|default(?:_?value)?|plain_?text|secret_(?:string|data))[\"']?[ \t]{0,4}[:=][ \t]{0,4}(?P<s>\"[^\"\n]{3,400}\"|'[^'\n]{3,400}')"
_NAMES = "pass pwd pw pswrd psk authtok keymaterial shadow community wep_key"
_KEYS = "secret token key psk"


def _text(value: str) -> bool:
    """Whether the text in quotation marks behind a name is a value: schemas name types there."""
    return len(bare(value)) > 2 and bare(value).lower() not in ("string", "none", "null", "true", "false")


def _looks_set(value: str) -> bool:
    """Whether a word behind a keyword of configuration is its value and not the next word of a sentence."""
    value = bare(value)
    return setting(value) and labelled(value) and len(value) > 5 and (coded(value) or value[1:] != value[1:].lower())


def _assigned(value: str) -> bool:
    """Whether the value of `name = value` is a secret: no variable, no placeholder, no word about one."""
    value = bare(value)
    guid = re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", value, re.IGNORECASE)
    return guid is not None or (labelled(value) and not re.match(r"[$%({]|<|\w+(?:\.\w+)*\(", value))


def unheard(value: str) -> bool:
    """Whether the value of a keyword in what may be a command or a sentence is no word that sentences are made of."""
    value = bare(value).rstrip(".,;:)")
    if len(value) < 5 or not argument(value) or not labelled(value):
        return False
    return coded(value) or (value[1:] != value[1:].lower() if value != value.lower() else not familiar(value, LEARNED.ordinary))


def _unsaid(value: str) -> bool:
    """Whether a row of words is no sentence: none of them joins or says what became of a password."""
    return not any(word in WORDS or word in STOPS for word in value.split())


def _braced(value: str) -> bool:
    """Whether what stands in the braces of a connection string is a value, and no name that a template fills."""
    return labelled(value) and not re.fullmatch(r"[a-z_.]+|[A-Z_]+|\d{1,2}", value)


def _drawn(value: str) -> bool:
    """Whether an argument of a call is made by a machine: long, with digits and letters, no address and no path."""
    value = bare(value)
    return random_looking(value) and sum(c.isdigit() for c in value) > 2 and looks(value) in ("", "hex")


def _no_name(value: str) -> bool:
    """Whether what a program is given as a login in base 64 is long and mixed enough."""
    return len(value) > 15 and value != value.lower()


SETTINGS: tuple[Rule, ...] = (
    # Cisco and its kin
    rule("device secret", "enable", rf"\benable[ \t]{{1,8}}(?:algorithm-type[ \t]\S{{2,12}}[ \t])?(?:secret|password|super-user-password)[ \t]{{1,8}}(?:level[ \t]\d{{1,2}}[ \t])?{_T}{_V}", setting),
    rule("device secret", "user", rf"(?:\b(?:username|local-user)|^[ \t]{{0,4}}user)[ \t]{{1,4}}(?!(?:and|or|is|und|/|&)[ \t])\S{{1,60}}[ \t](?:[\w-]{{2,20}}[ \t]\S{{1,20}}[ \t]){{0,2}}(?:secret|password)[ \t]{{1,8}}{_T}{_V}", setting),
    rule("device secret", "secret password key pass community bindpw radius-common", rf"^[ \t]{{0,12}}(?:password|secret|key-string|passphrase|shared-secret|admin-password|bind-password|ldap-login-password|wpa-passphrase|radius-common-pw|bindpw)[ \t]{{1,12}}{_T}{_V}(?=[ \t]{{0,8}}(?:\S{{1,20}})?;?$)", setting),
    rule("device secret", "key", rf"^ {{1,12}}key[ \t]{{1,8}}{_T}{_V}(?=[ \t]{{0,8}};?$)", setting),
    rule("device secret", "password", rf"\bpassword[ \t]{{1,8}}(?:[05-9]|cipher|ciphertext|simple|hash|manager|operator)[ \t]{{1,8}}(?:user-name[ \t]\S{{1,40}}[ \t])?{_T}{_V}", lambda v: setting(v) and (coded(v) or v != v.lower())),
    rule("device secret", "password", rf"\bpassword[ \t]{{1,4}}(?:manager|operator)[ \t]{{1,4}}(?:user-name[ \t]\S{{1,40}}[ \t])?(?:plaintext|sha1|sha256)[ \t]{_V}", setting),
    rule("device secret", "pass", rf"\bpass(?:wd|word)[ \t]{{1,4}}{_V}[ \t]{{1,4}}(?:encrypted|pbkdf2|nt-encrypted)\b", setting),
    rule("device secret", "password", rf"\b(?:ip[ \t]ftp|http[ \t]client|ssh[ \t]client|vtp|isis|l2tp[ \t]tunnel|cts[ \t]credentials[ \t]id[ \t]\S{{1,40}}|super|chap|pap(?:[ \t]sent-username[ \t]\S{{1,60}})?|neighbor[ \t]\S{{1,60}}|area-|domain-)[ \t]{{0,4}}password[ \t]{{1,8}}(?:level[ \t]\d{{1,2}}[ \t])?{_T}{_V}", setting),
    rule("device secret", "key-string ldap-login failover encrypted-key super bindpw radius-common", rf"\b(?:key-string|bindpw|ldap-login-password|failover[ \t]key|encrypted-key|radius-common-pw)[ \t]{{1,8}}{_T}{_V}", setting),
    rule("pre-shared key", "isakmp", rf"\bisakmp[ \t]key[ \t]{{1,8}}{_T}{_V}[ \t]{{1,4}}(?:address|hostname)\b", setting),
    rule("pre-shared key", "pre-shared", rf"(?<!mode )\bpre-shared-(?:key|secret)[ \t]{{1,8}}(?:(?:address|hostname)[ \t]\S{{1,60}}[ \t]{{1,4}})?(?:(?:local|remote|key)[ \t]{{1,4}}){{0,2}}{_T}{_V}", setting),
    rule("pre-shared key", "shared-secret", rf"(?<!method )\bshared-secret[ \t]{{1,8}}{_T}{_V}", setting),
    rule("shared secret", "radius tacacs tacplus", rf"\b(?:radius|tacacs|tacplus)(?:-|[ \t])(?:server|host)\b[^\n]{{0,100}}?[ \t](?:key|secret|encrypted-key)[ \t]{{1,8}}{_T}{_V}", setting),
    rule("shared secret", "key", rf"\b(?:server-private|client)[ \t]\d[\d.]{{6,14}}[ \t][^\n]{{0,60}}?(?:server-)?key[ \t]{{1,8}}{_T}{_V}", setting),
    rule("shared secret", "key authentication", rf"\bkey[ \t](?:authentication|accounting)[ \t](?:cipher|simple)[ \t]{_V}", setting),
    rule("shared secret", "config radius mgmtuser", rf"\bconfig[ \t](?:radius[ \t]\w{{4}}[ \t]add[ \t]\d{{1,2}}[ \t]\S{{3,40}}[ \t]\d{{1,5}}[ \t](?:ascii|hex)|mgmtuser[ \t]\w{{3,8}}[ \t]\S{{1,40}})[ \t]{_V}", setting),
    rule("snmp community", "community", rf"\bsnmp(?:-server|-agent)?[ \t]{{1,4}}(?:\{{\s{{0,12}})?community[ \t]{{1,8}}(?:(?:read|write|cipher|simple)[ \t]{{1,4}}){{0,2}}{_V}", setting),
    rule("snmp community", "community", r"\bcommunity[ \t]{1,4}(?P<s>[^\s{]{3,64})[ \t]{0,4}\{"),
    rule("snmp community", "snmp", rf"/snmp[ \t]community\s{{1,8}}(?:add|set)\b[^\n]{{0,60}}?\bname={_V}"),
    rule("snmp community", "community", rf"\bsystem[ \t]snmp[ \t]community\s{{1,8}}edit[ \t]\d{{1,4}}\s{{1,16}}set[ \t]name[ \t]{_V}"),
    rule("snmp community", "snmp-server", rf"\bsnmp-server[ \t]host[ \t]\S{{3,60}}[ \t]{{1,4}}(?:(?:informs|traps)[ \t])?(?:version[ \t](?:1|2c)[ \t])?{_V}", setting),
    rule("snmp key", "auth", rf"\b(?:auth(?:entication(?:-mode)?|proto)?[ \t]{{1,4}})(?:md5|sha(?:-?\d{{1,3}})?)[ \t]{{1,4}}{_V}(?:[ \t]{{1,4}}(?:priv(?:acy(?:-mode)?|proto)?[ \t]{{1,4}})?(?:3?des|aes)\S{{0,6}}(?:[ \t]{{1,4}}\d{{3}})?[ \t]{{1,4}}{_V1})?", setting),
    rule("snmp key", "priv", r"\bpriv[ \t]{1,4}(?:(?:3?des|aes)\S{0,6}(?:[ \t]{1,4}\d{3})?[ \t]{1,4})?(?P<s>0x[0-9a-f]{16,80}|\"[^\"\n]{8,64}\")"),
    rule("device secret", "md5 authentication-key", rf"\b(?:message-digest-key[ \t]\d{{1,3}}[ \t]md5|(?:ntp[ \t])?authentication-key(?:[ \t]\d{{1,5}}[ \t](?:md5|sha\d{{0,3}}))?|authentication[ \t]md5[ \t]\d{{1,3}}[ \t]key)[ \t]{{1,8}}{_T}{_V}", setting),
    rule("device secret", "authentication", rf"\b(?:(?:standby|vrrp|glbp|hsrp)[ \t]\d{{1,4}}|nhrp)[ \t]authentication[ \t]{{1,4}}(?:(?:md5|text)[ \t]{{1,4}})?(?:key-string[ \t]{{1,4}})?{_T}{_V}", setting),
    rule("wifi key", "wpa psk", rf"\b(?:wpa2?-psk|set-key)[ \t]{{1,4}}(?:ascii|hex)[ \t]{{1,4}}(?:\d[ \t]{{1,4}})?{_V}", setting),
    rule("wifi key", "passphrase wifi-sec airport nmcli", rf"(?<!\w)(?:wpa-passphrase|wifi-sec\.psk|-setairportnetwork[ \t]\w{{2,8}}[ \t]\S{{1,32}}|nmcli[ \t][^\n]{{0,80}}?[ \t]password)[ \t]{{1,4}}{_V}", setting),
    rule("device secret", "mgmt-user ciphertext", rf"\b(?:mgmt-user[ \t]\S{{1,40}}[ \t]\S{{1,20}}|ciphertext)[ \t]{{1,4}}{_V}", setting),
    rule("device secret", "secret passphrase psk auth-password priv-password -key md5", rf"(?<![-_])\b(?:secret|passphrase|psk|key-string|auth-password|priv-password|shared-key|authentication[ \t]md5)[ \t]{{1,8}}{_T}{_V}", _looks_set),
    # Juniper, Fortinet, Palo Alto, VyOS
    rule("device secret", "set", rf"\bset[ \t]{{1,4}}(?:[\w-]{{0,24}}(?:password|passwd|pwd|passphrase|psksecret|secret|psk)|key|fixed-key|private-key)[ \t]{{1,4}}(?:ENC[ \t]{{1,4}})?{_V}(?=[ \t]{{0,8}}(?:$|[|&]|and\b|ENC\b))", lambda v: setting(v) and bare(v) != "to"),
    rule("device secret", "set", rf"\bset[ \t](?:vpn|system|security|service|snmp|interfaces|network|shared|deviceconfig|mgt-config|access|protocols|firewall|groups|protocols|wireless)[ \t][^\n]{{3,140}}?[ \t](?:secret|pre-shared-secret|pre-shared-key(?:[ \t]key)?|private-key|key|password|passphrase|phash|plaintext-password|plain-text-password-value|encrypted-password|ascii-text|hexadecimal|community)[ \t]{{1,4}}{_T}{_V}", setting),
    rule("device secret", "oldp newp", rf"\b(?:old|new)p(?:w|wd|ass|asswd|assword)[ \t]{{1,4}}{_V}(?=[ \t]{{0,4}}(?:$|newp))", setting),
    rule("device secret", "crypto", rf"\bcrypto[ \t](?:key|pki)[ \t](?:ex|im)port[ \t][^\n]{{3,100}}?[ \t](?:3des|des|aes)[ \t]{{1,4}}{_V}", setting),
    rule("device secret", "plain-text-password plaintext-password encrypted-password ascii-text phash", rf"\b(?:plain-?text-password(?:-value)?|encrypted-password|ascii-text|phash)[ \t]{{1,4}}{_V}", setting),
    # Wi-Fi profiles and tunnels
    rule("wifi key", "key content schl contenu sleutel contenido contenuto", rf"\b(?:key content|schl(?:ü|ue)sselinhalt|contenu de la cl[ée]|sleutelinhoud|contenido de la clave|contenuto chiave)[ \t]{{0,30}}:[ \t]{{0,8}}{_V}"),
    rule("wifi key", "wifi:", r"\bWIFI:(?:[^\n;]{0,60};){0,4}?P:(?P<s>(?:[^;\n\\]|\\.){1,80})"),
    rule("pre-shared key", ":", r":[ \t]{1,4}(?:PSK|EAP|XAUTH|NTLM)[ \t]{1,4}(?P<s>\"[^\"\n]{3,200}\")", flags=re.NOFLAG),
    rule("password", "*", r"[ \t]\*[ \t]{1,8}(?P<s>\"[^\"\n]{3,80}\")[ \t]{1,8}(?:\*|\d)"),
    rule("password", "51:b:", r"\bpassword 51:b:(?P<s>[0-9a-f]{16,2000})"),
    # names and their values in files
    rule("password", "value=", rf"(?:key|name)=[\"'][\w.:-]{{0,40}}{_EITHER}[\"'][ \t]{{1,4}}value=(?P<s>\"[^\"\n]{{2,400}}\"|'[^'\n]{{2,400}}')", _assigned),
    rule("password", "</ <", rf"<(?:[\w.:-]{{0,24}}{_EITHER}|phash|bcrypt-hash|passwordenc|ike-psk|rocommunity|rwcommunity|pre-?shared-?key|shared_?key|snmp-community-string|snmpcommv\d|ldap_bindpw|radius_secret|P(?:2|34|406|506|606))(?:[_-]\d{{1,2}}_?)?(?:[ \t][^<>\n]{{0,120}})?>\s{{0,12}}(?:<(?:key|value|data|string)>\s{{0,12}})?(?:<!\[CDATA\[\s{{0,4}})?(?P<s>[^<>\s][^<>\n]{{0,400}}?)[ \t]{{0,4}}(?=(?:\]\]>)?\s{{0,12}}</)", lambda v: len(v) > 2),
    rule("password", f"{_NAMES} {_KEYS}", rf"^(?P<indent>[ \t]{{0,20}})(?:- )?[\"']?[\w.-]{{0,24}}{_EITHER}[\"']?[ \t]{{0,2}}:[ \t]{{0,4}}[|>][+-]?\d?[ \t]{{0,4}}\n(?P<s>(?P=indent)[ \t]{{1,20}}\S[^\n]{{0,400}}(?:\n(?P=indent)[ \t]{{1,20}}\S[^\n]{{0,400}}){{0,40}})", _assigned),
    rule("password", _NAMES, rf"{_NAME}[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}(?P<s>\"[^\"\n]{{3,80}}\"|'[^'\n]{{3,80}}')", lambda v: _assigned(v) and _unsaid(bare(v).lower())),
    rule("password", "</key>", rf"<key>[\w.:-]{{0,40}}{_EITHER}</key>\s{{0,12}}<string>(?P<s>[^<>\n]{{3,400}})</string>", _assigned),
    rule("password", "variable=", r"\bvariable=\w{0,40}(?:pw|pwd|pass\w{0,8}|secret|token|key)\b[^\]\n]{0,40}\](?P<s>[^\s\"'<>]{3,400})", _assigned),
    rule("password", "default", rf"{_EITHER}\"?[ \t]{{0,4}}(?:\{{|:)[^\n]{{0,20}}\n(?:[^\n]{{0,80}}\n){{0,2}}?[ \t]{{0,12}}default[ \t]{{0,4}}[:=][ \t]{{0,4}}{_V}", _assigned),
    rule("password", "defaultpassword", r"\bDefaultPassword\s{1,4}(?:[\w.-]{1,40}\\)?[\w.$-]{1,40}:(?P<s>[^\s\"'<>]{3,120})"),
    rule("password", "register", r"\bregister[ \t]{0,4}=>?[ \t]{0,4}[^\s:@]{1,60}(?:@[\w.-]{1,60})?:(?P<s>[^\s:@/]{3,80})[:@]"),
    rule("password", "&p=", r"[?&]u(?:ser|id|sr)?=[^\s&]{1,60}&p=(?P<s>[^\s&\"'<>]{4,120})", _assigned),
    rule("password", "mschapv2 createuser", rf"\bMSCHAPV2[ \t]{{1,4}}(?P<s>\"[^\"\n]{{3,80}}\")|\bcreateUser[ \t]\S{{1,40}}[ \t](?:MD5|SHA\S{{0,4}})[ \t]{_V1}(?:[ \t](?:AES|DES)\S{{0,4}}[ \t]{_V1.replace('s1', 's2')})?", setting),
    rule("password", "]: @ static: {", r"(?:\]:\d{2,5}|@[\w.-]{3,60})[ \t]{1,8}[\w.@-]{1,60}:(?P<s>[^\s:]{4,80})[ \t]{0,4}(?=$|[|<])|\bstatic:[\w.@-]{1,60}:(?P<s1>\S{4,80})|\{(?:PLAIN|CLEAR(?:TEXT)?|S?SHA\d{0,3}|CRYPT|S?MD5|[\w-]{2,12}-CRYPT)\}(?P<s2>[^\s:\"']{4,200})", lambda v: labelled(v) and not v.isdigit()),
    rule("password", "client_send p: pserver", r"\bclient_send[ \t]{0,2}=[ \t]{0,2}:[^:\n]{1,60}:[ \t]{0,2}(?P<s>\S{3,80})|\"P:(?P<s1>[^\"\n]{3,80})\"|:pserver:[^\s:@]{1,60}:(?P<s2>[^\s@]{3,80})@"),
    rule("device secret", "1 2 3 4 5 6 7 8 9 0", rf"^[ \t]{{0,4}}\d{{1,5}}[ \t]{{1,4}}(?:M|MD5|SHA\d{{0,3}}|AES\d{{3}}|AES\d{{3}}CMAC)[ \t]{{1,4}}(?:HEX:)?{_V}[ \t]{{0,8}}(?=$|#)", unheard, flags=re.NOFLAG),
    rule("api key", "any .", r"^\d{3,5} \S{1,60} (?:any|\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?) (?P<s>[0-9a-f]{64})$"),
    rule("mfa seed", "hotp, totp,", r"\b[HT]OTP,[\w-]{1,30},(?P<s>[0-9a-f]{32,64})\b"),
    rule("password", "password", r"\bpassword \"(?:Auth|Private Key)\" (?P<s>\S{3,120})"),
    rule("password", "://", r"\"https?://[^\"\n]{3,120}\",\"[^\"\n]{0,80}\",(?P<s>\"[^\"\n]{3,80}\")", _assigned),
    rule("api key", "encrypt", r"\bencrypt\"?[ \t]{0,2}[:=][ \t]{0,2}\"(?P<s>[A-Za-z0-9+/]{21,43}={1,2})\""),
    rule("password", "loginpas usrpwd", r"[?&](?:loginpas|usrpwd|userpwd|passw|psd|upw)=(?P<s>[^\s&\"'<>]{3,120})", _assigned),
    rule("password", "reg_sz reg_binary reg_expand_sz", rf"\b[\w-]{{0,24}}(?:password|passwd|pwd|secret|psk)[ \t]{{1,12}}(?:/t[ \t])?REG_(?:SZ|BINARY|EXPAND_SZ)[ \t]{{1,12}}(?:/d[ \t]{{1,4}})?{_V}"),
    rule("password", "authtoken", r"_authToken=(?P<s>\S{8,200})"),
    rule("password", _NAMES, rf"{_NAME}{_SET}", _assigned),
    rule("api key", _KEYS, rf"{_KEY_NAME}{_SET}", _assigned),
    rule("password", _NAMES, rf"{_NAME}{_QUOTED}", _text),
    rule("api key", _KEYS, rf"{_KEY_NAME}{_QUOTED}", _text),
    rule("snmp community", "validcommunities", r"ValidCommunities\]?\s{1,8}(?P<s>\"[^\"\n]{3,64}\"(?==dword)|\S{3,64}(?=\s{1,8}REG_DWORD))"),
    rule("snmp community", "communit", rf"\b(?:ro|rw|trap)community6?[ \t]{{1,4}}{_V}|--communit(?:y|ies)(?:[ \t]{{1,4}}|=){_V1}", setting),
    rule("snmp community", "com2sec sink", rf"\bcom2sec6?[ \t]{{1,8}}(?:-Cn[ \t]\S{{1,30}}[ \t]{{1,4}})?\S{{1,40}}[ \t]{{1,8}}\S{{1,60}}[ \t]{{1,8}}{_V}|\b(?:trap2?|inform)sink[ \t]{{1,4}}\S{{3,60}}[ \t]{{1,4}}{_V1}", setting),
    rule("password", "</auth-user-pass", r"<auth-user-pass>\s{1,4}\S{1,80}\s{1,4}(?P<s>\S{3,120})\s{1,4}</auth-user-pass>"),
    rule("password", "pwd={ password={", r"\b(?:pwd|password)=\{(?P<s>[^{}\n]{3,80})\}(?=[;\"'\s]|$)", _braced),
    rule("wifi key", ".key=", rf"\b(?:wireless|wifi|wlan|security|psk)[\w.\[\]@-]{{0,60}}\.key={_V}", setting),
    rule("auth header", "\"auth\"", r"\"(?:auth|\.dockerconfigjson)\"\s{0,2}:\s{0,2}\"(?P<s>[A-Za-z0-9+/]{12,4000}={0,2})\"", _no_name),
    rule("password", "$user", rf"\$USER\d{{1,3}}\$[ \t]{{0,2}}=[ \t]{{0,2}}{_V}", setting, flags=re.NOFLAG | re.MULTILINE),
    rule("password", "secret-set-value", rf"\bsecret-set-value[ \t][^\n]{{0,60}}?[0-9a-f-]{{36}}[ \t]{{1,4}}(?:--?base64[ \t]{{1,4}})?{_V}", argument),
    rule("password", "\"k\" \"d\" \"dp\" \"dq\" \"qi\"", r"\"(?:k|d|qi|dp|dq)\"\s{0,2}:\s{0,2}\"(?P<s>[\w-]{20,800})\""),
    rule("password", "chpasswd", r"\bchpasswd\b[^\n]{0,40}\n(?:[^\n]{0,40}\n)?[ \t-]{1,12}[\w-]{1,32}:(?P<s>[^\s:]{4,120})"),
    rule("password", "connect( login( _open( _bind( authenticate(", r"\b(?:login|authenticate|oci_connect)\((?:[ \t]{0,2}(?:\"[^\"\n]{0,120}\"|'[^'\n]{0,120}'|[$\w.>-]{1,60})[ \t]{0,2},)[ \t]{0,2}(?P<s>\"[^\"\n]{3,120}\"|'[^'\n]{3,120}')", argument),
    rule("password", "pdo( mysqli ftp_login( odbc_connect( imap_open( ldap_bind( .open( .start( ->connect( getconnection(", r"\b(?:PDO|(?:FTP|SFTP|SSH|IMAP)\.(?:open|start)|mysqli(?:_connect)?|ftp_login|odbc_connect|imap_open|ldap_bind|DBI->connect|getConnection)\((?:[ \t]{0,2}(?:\"[^\"\n]{0,120}\"|'[^'\n]{0,120}'|[$\w.>-]{1,60})[ \t]{0,2},){2}[ \t]{0,2}(?P<s>\"[^\"\n]{3,120}\"|'[^'\n]{3,120}')", argument),
    rule("api key", "api client session manager github controller connection", r"(?<!\w)(?:[\w$]{1,40}\.)?\w{0,40}(?:api|client|session|manager|github|gitlab|controller|connection|sdk|bot)\w{0,12}\((?:[ \t]{0,2}[rbf]?(?:\"[^\"\n]{0,120}\"|'[^'\n]{0,120}'|[$\w.]{1,60})[ \t]{0,2},){0,3}[ \t]{0,2}(?P<s>\"[\w+/=~.-]{20,400}\"|'[\w+/=~.-]{20,400}')", _drawn),
    rule("password", "mapnetworkdrive", r"\bMapNetworkDrive[ \t(]{1,3}(?:[ \t]{0,2}(?:\"[^\"\n]{0,120}\"|\w{0,40})[ \t]{0,2},){4}[ \t]{0,2}(?P<s>\"[^\"\n]{3,120}\")"),
    rule("password", "protect", r"\.(?:un)?protect(?:sharing)?[ \t(]{1,2}(?P<s>\"[^\"\n]{3,80}\")", argument),
    rule("password", "ascii", r"\b[\w-]{3,40},[^,\n]{0,40},(?P<s>[^,\"\n]{3,60}),ascii\b"),
    rule("password", "rootpw", rf"\brootpw[ \t](?:--\w{{4,12}}[ \t]){{0,2}}{_V}", argument),
    rule("laps password", "admpwd laps-password", r"\b(?:ms-mcs-admpwd|mslaps-password)\s{0,30}:\s{0,4}(?:\{[^\n]{0,80}?\"p\":\"(?P<s>[^\"\n]{4,80})\"|(?P<s1>\S{4,80}))"),
    rule("password", "login", r"^(?:[ \t]{0,8}[a-zA-Z]{0,3}\d{1,5} )?LOGIN (?!USER)\"?[\w.@-]{2,80}\"? (?P<s>\"[^\"\n]{3,80}\"|\S{3,80})$", argument, flags=re.NOFLAG),
    rule("pin", "=>", r"(?<![\w.])\d{2,6}[ \t]{0,2}=>[ \t]{0,2}(?P<s>\d{3,10}),[^,\n]{2,60},"),
    rule("password", "connect sqlplus rman target sqlldr expdp impdp", r"\b(?:(?:connect|target)[ \t]{1,3}[\w$#.]{2,30}/(?P<s>[^\s/@]{3,60})@\w|(?:sqlplus|sqlldr|expdp|impdp|userid=?)[ \t]{1,3}(?:-\w{1,2}[ \t]{1,3})?[\w$#.]{2,30}/(?P<s1>[^\s/@]{3,60})(?=@\w|@//|[ \t]|$))"),
    rule("password", "login auth userpass credential user", r"\b(?:login|(?:stats |proxy-?)?auth|userpass|credentials?|(?:proxy-?)?user)[=: ][ \t]{0,2}[\"']?[\w.\\@-]{2,60}:(?P<s>[^\s\"'/:<>\ue000]{4,120})", lambda v: labelled(v) and not v.isdigit()),
    rule("device secret", "keystring sic", rf"\b(?:keystring|sic[ \t]init)[ \t]{{1,8}}{_T}{_V}", setting),
    rule("password", "chap", rf"\bCHAP\b[^\n]{{0,80}}?[ \t]-(?:p|S)[ \t]{{1,4}}{_V}", argument),
    rule("password", "334 ", r"\b334 UGFzc3dvcmQ6\s{1,4}(?:[^\n]{0,60}?[: >\]-][ \t]{1,2})?(?P<s>[A-Za-z0-9+/]{4,200}={0,2})(?=[ \t]{0,4}(?:$|[|<]))"),
    rule("device secret", "pass-phrase passphrase psk wpa", rf"\b(?:pass-?phrase|psk|wpa2?-key)[ \t]{{1,4}}{_T}{_V}(?=[ \t]{{1,4}}(?:algorithm[ \t])?(?:aes|tkip|ccmp)\b)", setting),
    rule("password", "password(", r"\bpassword\([ \t]{0,2}(?P<s>\"[^\"\n]{3,120}\"|'[^'\n]{3,120}')[ \t]{0,2}\)", argument),
    rule("password", "value answer entry response content data", rf"\b(?:name|field|item|key|question|setting|property)[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}[\"']?(?:[\w.-]{{1,40}}[_. -])?(?:(?:admin|router|root|wi-?fi|local|api|client|user|shared)[_ -]?)?(?:password|passwd|pass|pwd|secret|token|psk|passphrase|api[_-]?key|key|pin)[\"']?,?\s{{1,12}}[\"']?(?:value|answer|entry|response|content|data)[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}{_V}", _assigned),
    rule("password", ":5432: :3306: :1433:", r"(?<![\w.*-])[\w.*-]{1,80}:(?:5432|5433|3306|1433|\*):[\w*-]{1,40}:[\w*.-]{1,40}:(?P<s>[^\s:]{3,80})"),
    rule("api key", "api_key= apikey= token= key= ?k= &k=", r"[?&](?:api_?key|apikey|key|k|token|access_token|auth|secret)=(?P<s>[\w.~%+/-]{12,400})", random_looking),
    # a type that says what the value beside it is: state of Terraform, forms, fields of vaults, parameters of templates
    rule("password", "passw passphrase secur secret concealed credential token api", rf"{_TYPED}[^{{}}<>]{{0,200}}?{_VALUED}", argument),
    rule("password", "passw passphrase secur secret concealed credential token api", rf"{_VALUED}[\s,][^{{}}<>]{{0,200}}?{_TYPED}", argument),
    # forms as they are posted, lists of arguments, calls
    rule("password", "&", r"(?:[?&]|^|\s)[\w.$\[\]%-]{0,40}?(?:pass(?:word|wd|phrase)?|pwd|pw|psw|secret|kennwort|passwort|clave|senha|mdp|wachtwoord)\w{0,8}(?:\]|%5D)?=(?P<s>[^&\s\"'<>]{3,120})(?=&)", _assigned),
    rule("password", "&", r"&[\w.$\[\]%-]{0,40}?(?:pass(?:word|wd|phrase)?|pwd|pw|psw|secret|kennwort|passwort|clave|senha|mdp|wachtwoord)\w{0,8}(?:\]|%5D)?=(?P<s>[^&\s\"'<>]{3,120})", _assigned),
    rule("password hash", "hash verifier", r"\"(?:user\w{0,8}|login|account|name)\"[ \t]{0,2}:[ \t]{0,2}\"[^\"\n]{1,60}\",[^{}\n]{0,80}?\"(?:\w{0,12}hash|verifier)\"[ \t]{0,2}:[ \t]{0,2}\"(?P<s>[^\"\n]{16,200})\""),
    rule("password", "-p -w -a -pw --pass", r"(?:[\"']-(?:p|P|w|W|pw|a)[\"'],\s{0,4}(?P<s1>\"[^\"\n]{4,120}\"|'[^'\n]{4,120}')|<arg(?:ument)?>-(?:p|P|w|pw)</arg(?:ument)?>\s{0,4}<arg(?:ument)?>(?P<s>[^<>\n]{4,120})<)", lambda v: unheard(v) and not bare(v)[:1].isdigit()),
    rule("password", ".connect(", r"\.connect\((?:[ \t]{0,2}(?:\"[^\"\n]{0,120}\"|'[^'\n]{0,120}'|[$\w.]{1,60})[ \t]{0,2},){2,3}[ \t]{0,2}(?P<s>\"[^\"\n]{3,120}\"|'[^'\n]{3,120}')[ \t]{0,2}[,)]", unheard),
    rule("password", "ssword:", r"ssword:?[\"'][ \t]{1,4}[\"']?(?:\\q)?(?P<s>[^\s\"'<>\ue000]{4,120})", unheard),
    rule("password", "pw pwd pass kennwort", rf"(?:#|//|--|::|\brem)[ \t]{{0,3}}(?:pw|pwd|pass(?:word)?|passwd|kennwort|passwort)[ \t:=]{{1,4}}{_V}(?=[ \t]{{0,4}}(?:$|[|<]))", unheard),
    rule("password", "-u --user --auth -a --cred", r"(?<!\S)(?:-u|-U|--user(?:name)?|--auth|-a|--creds?|--userpwd)[ \t=]{1,3}[\"']?(?:CORP\\)?([\w.\\@-]{1,60}):(?!\1\b)(?P<s>[^\s\"'/:<>\ue000]{4,120})", lambda v: unheard(v) and not v.isdigit()),
    rule("password", "login logon cred zugang acceso inlog anmeldung auth", rf"\b(?:login|logon|creds?|credentials?|zugang|acceso|inlog|anmeldung)[ \t:=]{{1,3}}[\w.@-]{{2,40}}[ ]?/[ ]?{_V}(?=[ \t]{{0,4}}(?:$|[|<,;]))|\b(?:auth|login|logon|signin)[ \t](?:admin|root|administrator|operator|manager)[ \t]{_V1}(?=[ \t]{{0,4}}(?:$|[|<,;]))", unheard),
    # keys and hashes that tools of Kerberos and of Windows print
    rule("password hash", "aes rc4 des", r"(?:\b(?:aes(?:128|256)(?:[-_](?:cts[-_]hmac[-_]sha\d{1,3}(?:-\d{2,3})?|hmac|key))?|(?:rc4|arcfour)[-_]?hmac(?:_\w{2,6})?|des[-_]cbc[-_](?:md5|crc))|(?<!\S)/(?:aes\d{3}|rc4|ntlm|des|krbkey\d{0,3}))\)?[: \t]{1,20}\(?(?:0x)?(?P<s>[0-9a-f]{16,64})\b"),
    rule("password hash", "_hex: dpapi_ nl$km -aeskey -hashes /hash: -hash", r"(?:plain_password_hex:|dpapi_(?:machine|user)key:|NL\$KM:|-aeskey[ \t]|-hash(?:es)?[ \t]:?|/hash:)[ \t]{0,4}(?:0x)?(?P<s>[0-9a-f]{32,1024})\b"),
    rule("password", "stringdata:", rf"\bstringData:\s{{1,12}}[\w.-]{{1,60}}:[ \t]{{1,4}}{_V}(?:\n[ \t]{{1,12}}[\w.-]{{1,60}}:[ \t]{{1,4}}{_V1})?(?:\n[ \t]{{1,12}}[\w.-]{{1,60}}:[ \t]{{1,4}}{_V.replace('<s>', '<s2>')})?", argument),
    # an address and what both sides know, in files that hold nothing else
    rule("password", "router.db ios eos junos procurve fortios comware routeros nxos arubaos edgeos vrp asa", r"(?:\brouter\.db\b[^\n:]{0,20}:?\s{0,4}[\w.-]{1,80}:\w{2,20}|(?<![^\s\"'])[\w.-]{1,80}:(?:ios\w{0,3}|eos|junos|procurve|fortios|comware|routeros|nxos|arubaos\w{0,4}|edgeos|vrp|asa)):[\w.@-]{1,60}:(?P<s>[^\s:]{4,80})(?::(?P<s1>[^\s:]{4,80}))?"),
    rule("pre-shared key", "psk.txt racoon pam_radius raddb server.secrets", rf"(?:psk\.txt|racoon|pam_radius|raddb)[^\n]{{0,60}}\n(?:[^\n]{{0,120}}\n){{0,3}}?[ \t]{{0,4}}(?:\d[\d.:]{{6,20}}|[\w.-]{{4,60}})[ \t]{{1,12}}{_V}", unheard),
    rule("pre-shared key", "psk.txt racoon pam_radius raddb", rf"^[ \t]{{0,4}}(?:\d[\d.:]{{6,20}}|[\w.-]{{4,60}})[ \t]{{1,12}}{_V}[^\n]{{0,20}}\n[^\n]{{0,20}}(?:psk\.txt|racoon|pam_radius|raddb)", unheard),
    rule("pre-shared key", ". :", r"^[ \t]{0,4}\d{1,3}(?:\.\d{1,3}){3}[ \t]{1,12}(?P<s>(?=\S{0,30}[a-z])(?=\S{0,30}[A-Z])[A-Za-z0-9+/]{20,64})[ \t]{0,4}$", random_looking, flags=re.NOFLAG),
    rule("passphrase", "passphrase psk pre-shared", r"^[ \t]{0,8}(?:[\w-]{1,20}[ \t]){0,2}(?:(?:wpa-)?passphrase|psk|psksecret|pre-shared-(?:key|secret)|wpa2?-psk(?:[ \t]ascii(?:[ \t]\d)?)?)[ \t](?P<s>[a-z]{3,12}(?: [a-z]{3,12}){2,11})[ \t]{0,4}$", _unsaid, flags=re.NOFLAG),
    # names of installers that carry the key of whom they are for
    rule("install token", ".exe .msi .pkg .dmg .zip .sh", r"(?:#(?P<s>[\w-]{16,80})#?|\[(?P<s1>[\w+/=-]{16,400})\]|(?:setup|install\w{0,6}|agent|deploy\w{0,6})[\w.+-]{0,60}[+](?P<s2>[\w-]{16,80})|-idc(?P<s3>[\w-]{8,60})|deploy[\w.-]{0,40}_(?P<s4>(?=[A-Z]{0,11}\d)[A-Z0-9]{12})|(?:setup|install\w{0,6})[\w.]{0,30}-(?P<s5>[0-9a-f]{32})(?:-\w{1,40})?)(?:[ _]?\(\d\))?\.(?:exe|msi|pkg|dmg|zip|sh)\b"),
    rule("wifi key", "ssid", rf"\bssid[ \t]{{0,12}}[:=]?[ \t]{{0,4}}[^\n]{{1,40}}\s{{1,8}}(?:key|pass(?:word|phrase)?|psk|pw|code|schlüssel)[ \t]{{0,8}}[:=\t]\s{{0,8}}{_V}", secretive),
)  # fmt: skip
