"""Secrets in commands: of programs of which one flag takes one, in what is piped into them, in statements of databases."""

# ruff: noqa: E501 - a rule is easier to read on one line

from __future__ import annotations

import re

from escalation.redaction.settings import VALUE as _V
from escalation.redaction.settings import unheard
from escalation.redaction.words import Rule, argument, bare, random_looking, rule, signed

_V1, _V2 = (_V.replace("<s>", f"<s{number}>") for number in (1, 2))


def _cli(hints: str, kind: str, pattern: str) -> Rule:
    return rule(kind, hints, pattern, argument)


def _flagged(programs: str, flag: str, kind: str = "password", gap: str = r"[ \t]{1,4}") -> Rule:
    """Return the rule for programs of which one flag takes a secret; `~` in a program's name is a blank."""
    names = programs.split()
    hints = " ".join({re.split(r"[^a-z0-9-]", name)[0] for name in names})
    begins = "|".join(name.replace("~", r"[ \t]") for name in names)
    return _cli(hints, kind, rf"\b(?:{begins})\b[^\n]{{0,160}}?[ \t](?-i:{flag}){gap}{_V}")


_VERB = r"\b(?:set|put|write|store|add|create|config(?:ure)?|modify|mod|update|edit|net|nv|snmp(?:-server|-agent)?|user(?:name)?|racadm|radius(?:-server)?|tacacs(?:-server)?|aaa|crypto|ip|ipv6|key|http-proxy|proxy|peer|neighbor)"
_WORD = r"(?!(?:the|a|an|my|her|his|their|our|new|this|that|up|it|and|or|for|with|via|in|is|was|to|of|by|on|has|not|no)[ \t])\S{1,60}[ \t]{1,4}"
_KEYWORD = (
    r"[\w./:-]{0,40}(?:password(?:-encrypt)?|passwd|passphrase|passkey|secret|psk|pre-?shared-(?:key|secret)|communit(?:y|ies)(?:-(?:name|map|string))?|auth(?:-?key|-?pwd|-?pass)|priv(?:-?pwd|-?pass)|"
    r"(?:radius|tacacs|server|shared|md5|tunnel|trap)[_-]?key)"
)

COMMANDS: tuple[Rule, ...] = (
    # commands of devices and their tools: a verb, words of no sentence, a keyword, its value
    rule("device secret", "pass secret psk preshared pre-shared communit auth priv key", rf"{_VERB}[ \t]{{1,4}}(?:{_WORD}){{0,10}}?{_KEYWORD}[ \t]{{1,4}}{_V}", unheard),
    rule("device secret", "pwd auth", rf"\bauth-?pwd[ \t]{{1,4}}{_V}[ \t]{{1,4}}priv-?pwd[ \t]{{1,4}}{_V1}", unheard),
    rule("device secret", "radius aaa", rf"\b(?:radius|tacacs|aaa)\w{{0,8}}[ \t][^\n]{{0,80}}?\d{{1,3}}(?:\.\d{{1,3}}){{3}}[ \t][^\n]{{0,40}}?(?:key|secret|-s)[ \t]{{1,4}}{_V}", unheard),
    rule("device secret", "plain cleartext", rf"\b(?:authentication-mode|login[ \t]=|encrypt|password)[^\n]{{0,40}}?[ \t](?:plain|plain_text|cleartext)[ \t]{{1,4}}{_V}", unheard),
    rule("device secret", "pmk spi", r"\b(?:pmk|spi[ \t]\d{3,9}[ \t](?:md5|sha1?))[ \t]{1,4}(?:[07][ \t]{1,4})?(?P<s>[0-9a-f]{32,64})\b"),
    rule("device secret", "pkcs12", rf"\bcrypto[ \t](?:ca|pki)[ \t](?:im|ex)port[ \t]\S{{1,40}}[ \t]pkcs12[ \t](?:\S{{3,80}}[ \t](?:password[ \t])?)?{_V}(?=[ \t]{{0,4}}(?:$|[|<]))", argument),
    rule("device secret", "execute exec", rf"\bexec(?:ute)?[ \t](?:backup|restore)[ \t]\S{{3,20}}[ \t](?:ftp|sftp|tftp|usb\S{{0,6}}|flash)[ \t]\S{{1,60}}[ \t](?:\d[\d.:]{{6,20}}[ \t](?:\S{{1,40}}[ \t])?)?{_V}(?=[ \t]{{0,4}}(?:$|[|<]))", argument),
    rule("password", "authserver", rf"\btest[ \t]authserver[ \t]\S{{4,12}}[ \t]\S{{1,60}}[ \t](?:(?:pap|chap|mschap2?)[ \t])?\S{{1,60}}[ \t]{_V}", argument),
    rule("password", "configupload configdownload", r"\bconfig(?:up|down)load\b[^\n]{0,60}?\"[^\"\n]{1,60}\",\"[^\"\n]{1,60}\",\"[^\"\n]{1,80}\",(?P<s>\"[^\"\n]{3,80}\")"),
    rule("pin", "at+c", r"\bAT\+C(?:PIN=\"?(?P<s>\d{4,8})|LCK=\"\w\w\",\d,\"(?P<s1>\d{4,8})|PWD=\"\w\w\",\"(?P<s2>\d{4,8})\",\"(?P<s3>\d{4,8}))"),
    rule("password", "at$q at+c at+q", r"\bAT\$QCPDPP=[\d,]{1,8}(?P<s1>\"[^\"\n]{4,60}\")|\bAT\+(?:CGAUTH|QICSGP)=[\d,]{1,8}(?:\"[\w.@-]{0,60}\",){0,3}(?P<s>\"[^\"\n]{4,60}\")"),
    rule("password", "monitor", rf"\bMONITOR[ \t]\S{{1,60}}@\S{{1,60}}[ \t]\d[ \t]\S{{1,40}}[ \t]{_V}[ \t]{{1,4}}(?:master|slave|primary|secondary)\b", argument, flags=re.NOFLAG),
    rule("password", "requirepass masterauth", rf"\b(?:requirepass|masterauth)[ \t]{{1,4}}{_V}", argument),
    rule("password", "open ", rf"\bopen[ \t]\S{{3,80}}\s{{1,4}}user[ \t]\S{{1,40}}[ \t]{_V}", argument),
    rule("password", "zmprov samba-tool system alias smcipmi synouser", rf"\b(?:zmprov[ \t](?:ca|createaccount|sp|setpassword)|samba-tool[ \t]user[ \t](?:create|add)|(?:add|set)[ \t]system[ \t]user|synouser[ \t]--(?:add|setpw)|mc[ \t]alias[ \t]set[ \t]\S{{1,40}}[ \t]\S{{8,80}}|SMCIPMITool[ \t]\S{{4,60}})[ \t]\S{{1,60}}[ \t]{_V}", argument),
    rule("snmp community", "addhost", rf"\baddhost(?:\.php)?[ \t]\S{{1,60}}[ \t]{_V}[ \t]{{1,4}}v[123]", argument),
    rule("snmp community", "snmp", rf"\bsnmp(?:v3)?[ \t](?-i:-[cap])\d[ \t]{{1,4}}{_V}", argument),
    rule("password", "pass secret psk communit", rf"(?:password|passwd|secret|psk|community)[ \t](?:-i[ \t]\d{{1,2}}|--?(?:v|value|d|data))[ \t]{{1,4}}{_V}", argument),
    rule("password", "secret", rf"\bsecrets?\b[^\n]{{0,120}}?[ \t]--(?:value|secret-string|secret-value|string-value)[ \t=]{{1,2}}{_V}", argument),
    rule("api key", "attach suseconnect cplic", r"\bpro[ \t]attach[ \t](?P<s>C?\w{20,40})\b|\bSUSEConnect\b[^\n]{0,60}?[ \t]-r[ \t](?P<s1>\S{6,60})|\bcplic[ \t]put[ \t]\S{3,40}[ \t]\S{3,20}[ \t](?P<s2>[\w-]{16,80})"),
    # a user and a password by flags, whatever the program: `-u dana -p …`; of MySQL's programs `-p` stands alone
    rule("password", "-u -l -a --user --login", rf"(?<!mysql )(?<!mysqldump )(?<!mysqladmin )(?<!mariadb )(?<!\S)--?(?:u|U|a|user(?:name)?|l|login)[ \t=:]{{0,2}}[\"']?[A-Za-z][\w.@\\-]{{1,60}}[\"']?[ \t]{{1,4}}-(?:p|P|w|W)(?:[ \t]{{1,4}}|[:=]){_V}", lambda v: argument(v) and not re.match(r"\d{1,5}(?:[:/,-]|$)", bare(v))),
    rule("password", "--old --new", rf"(?<!\S)--(?:old|current)[ \t=]{_V}[ \t]{{1,4}}--new[ \t=]{_V1}", argument),
    rule("password", "/pass /pw /authenticator", rf"(?<!\S)/(?:pass(?:word)?|pwd?|authenticator)(?:[ \t]{{1,4}}|:){_V}", unheard),
    _flagged("signtool", "/p"),
    _flagged("curl", "(?:-b|--cookie)", "session cookie"),
    _flagged("qpdf", "--encrypt"),
    rule("password", "passwordset passwordchange _pw autologon ldifde csvde", rf"\b\w{{0,12}}Password(?:Set|Change)[ \t]{{1,4}}{_V}|\b(?:input|user|owner)_pw[ \t]{{1,4}}{_V1}|\b(?:autologon(?:64)?(?:\.exe)?[\"']?|(?:ldifde|csvde)[ \t][^\n]{{0,60}}?-b)[ \t]\S{{1,40}}[ \t]\S{{1,40}}[ \t]{_V2}", unheard),
    rule("password", ".change(", r"\.change\((?:[^()\n,]{0,60},){6,7}[ \t]{0,2}(?P<s>\"[^\"\n]{3,120}\"|'[^'\n]{3,120}')"),
    rule("snmp community", "community", rf"(?<![A-Za-z])snmp_?community[ \t]{{1,4}}{_V}", unheard),
    rule("snmp community", "snmp", rf"\bsnmp[ \t](?:rw|ro|read|write)[ \t]{{1,4}}{_V}", unheard),
    rule("api key", "token set", r"\btoken[ \t]set[ \t]{1,3}(?P<s>[\w+/=.-]{20,1000})"),
    _flagged("basic_ldap_auth", "-w"),
    rule("password", "passwd", rf"\bpasswd[ \t]-n[ \t]{{1,4}}{_V}", unheard),
    # a password that was typed where the user's name belongs
    rule("password", "user name login", rf"\b(?:invalid user|unknown user|no such user|Account Name:|login failed for(?: user)?|Failed password for(?: invalid user)?)[ \t]{{1,8}}{_V}", signed),
    rule("password", "-gu -au -du -bu -su -ru -tu", rf"(?<!\S)-([a-z]{{1,2}})u[ \t=]{{1,3}}[\w.@\\-]{{2,60}}[ \t]{{1,4}}-\1p[ \t=]{{1,3}}{_V}", argument),
    rule("password", "--cert -e --key", r"(?<!\S)(?:--cert|-E|--key|--proxy-cert)[ \t=]{1,3}[\w./\\-]{1,80}\.(?:pem|p12|pfx|crt|cer|key):(?P<s>[^\s\"'\ue000]{3,80})"),
    _flagged("dtexec dtutil", "/(?:[dD][eE]|[eE][nN])"),
    _flagged("truecrypt veracrypt", "(?:/p|-p)"),
    _flagged("eapol_test", "-s", "shared secret"),
    _flagged("smc", "-p"),
    rule("password", "--tamper", rf"--tamper[\w-]{{0,12}}[ \t=]{{1,3}}{_V}", unheard),
    rule("password", "pwd( password(", r"\b(?:RMTPWD|PASSWORD|NEWPWD|CURPWD|PWD)\((?P<s>[^\s()\"'*&]{3,60})\)", argument, flags=re.NOFLAG),
    rule("password", "dba sa/ kladmin", rf"(?<![\w./\\-])(?:dba|sysdba|dbadmin|kladmin|sa)[ ]?/[ ]?{_V}(?=[ \t]{{0,4}}(?:$|[|<,;.]))", unheard),
    # programs that take it by its place
    rule("password", "obscure encryption objectname syscfg", rf"\b(?:rclone[ \t]obscure|idevicebackup2?[ \t][^\n]{{0,40}}?encryption[ \t](?:on|off)|ObjectName[ \t]\S{{1,60}}|syscfg[ \t]/u[ \t]\d{{1,2}}[ \t]\S{{1,60}})[ \t]{{1,4}}{_V}", argument),
    rule("password", "cred", rf"--?[\w-]{{0,20}}cred(?:ential)?s?[= ][\"']?[\w.@\\-]{{2,60}}[,:]{_V}", unheard),
    rule("device secret", "add", rf"\b(?:radius|tacacs|snmp)\w{{0,3}}[+]?[ \t](?:[\w-]{{2,12}}[ \t]){{0,3}}?add[ \t](?:[\w-]{{2,12}}[ \t]){{0,2}}?\d{{1,3}}(?:\.\d{{1,3}}){{3}}[ \t](?:\d{{2,5}}[ \t]){{0,2}}{_V}", unheard),
    rule("device secret", "configure", rf"\bconfigure[ \t]manager[ \t]add[ \t]\S{{3,80}}[ \t]{_V}", argument),
    rule("password", "aaa", rf"\btest[ \t]aaa[ \t]group[ \t]\S{{3,30}}(?:[ \t]server[ \t](?:name[ \t])?\S{{3,60}})?[ \t](?!server\b)\S{{2,60}}[ \t]{_V}", argument),
    rule("password", "mgmtuser", rf"\bmgmtuser[ \t]add[ \t](?:username[ \t])?\S{{2,60}}[ \t](?:password[ \t])?{_V}(?:[ \t](?:secret[ \t])?{_V1})?", argument),
    rule("password", "user", rf"\b(?:l2tp|pptp|pppoe|sstp|vpdn|ppp)\b[^\n]{{0,30}}?[ \t](?:user(?:name)?|local-user|dial-bundle-number[ \t]\d{{1,3}})[ \t][\w.@-]{{2,60}}[ \t]{_V}", unheard),
    rule("api key", "-y", r"(?<!\S)-y[ \t]{1,3}[\"']?(?:[\w.-]{2,60}[: ]){1,2}(?P<s>[A-Za-z0-9+/]{16,100}={0,2})", random_looking),
    rule("pin", "code", r"\b(?i:verification|device|pairing|set-?up|enrol\w{0,6}|claim|activation|join)[ ](?i:code|pin)[: ]{1,3}(?P<s>(?=[A-Z]{0,11}\d|[A-Z]{0,6}[BCDFGHJKLMNPQRSTVWXZ]{5})[A-Z0-9]{6,12})(?![\w-])", flags=re.NOFLAG),
    rule("pin", "adb locksettings authenticate(", r"\badb[ \t]pair[ \t]\S{5,40}[ \t](?P<s>\d{6})\b|\blocksettings[ \t](?:set-(?:pin|password|pattern)|(?:clear|verify|set-\w{3,9})[ \t]--old)[ \t](?P<s1>\S{4,40})|\b(?:VM)?Authenticate\((?P<s2>\d{3,10})[,)]"),
    _flagged("createuser", "-c"),
    _flagged("qlogin", "-(?:clp|ps)"),
    rule("password", "password", rf"\badd[ \t]{{1,4}}(?:enable)?password[ \t]{{1,4}}\S{{1,60}}[ \t]{{1,4}}\{{?{_V}\}}?(?:[ \t]{{1,4}}\{{?{_V1}\}}?)?", argument),
    _flagged("az~sql az~vm az~login az~ad az~acr az~mysql az~postgres pihole", "-p"),
    rule("password", "/u", rf"(?<!\S)/u(?:ser(?:name)?)?[ \t:=]{{1,3}}[\w.@\\-]{{2,60}}[ \t]{{1,4}}/p(?:w|wd|ass|assword)?[ \t:=]{{1,3}}{_V}", argument),
    rule("password", "--value", rf"--value[ \t=]{{1,3}}{_V}[^\n]{{0,120}}?--type[ \t=]{{1,3}}SecureString|--type[ \t=]{{1,3}}SecureString[^\n]{{0,120}}?--value[ \t=]{{1,3}}{_V1}", argument),
    rule("password", "securestring", r"(\$\w{1,30})[ \t]{0,2}=[ \t]{0,2}(?P<s>\"[^\"\n]{3,120}\"|'[^'\n]{3,120}')[^\ue000]{0,300}?(?:\1[ \t]{0,2}\|[ \t]{0,2}ConvertTo-SecureString|ConvertTo-SecureString[ \t](?:-String[ \t])?\1\b)", argument),
    # a user on one line, a password on the next: what is piped into FTP, files for VPN
    rule("password", "open auth.txt login.conf pass.txt cred up.txt vpn.txt", rf"(?:\bopen[ \t][\w.-]{{3,80}}|\b(?:auth|login|pass|credentials?|creds?|up|vpn)\.(?:txt|conf)\b[ \t]?:?)\n[ \t>]{{0,4}}\S{{1,60}}\n[ \t>]{{0,4}}{_V}(?=\s|$)", unheard),
    rule("password", "send", r"\bsend(?:ln|_user)?[ \t]{1,3}(?:--[ \t])?[\"'](?P<s>[^\"'\\\n]{3,120})(?:\\[rn])?[\"'][^\n\"']{0,40}(?:assword|assphrase|PIN)\b"),
    rule("password", "-secrets", rf"\b(?:chap|pap)-secrets\b[^\n]{{0,20}}\s{{1,4}}\"?\S{{1,60}}[ \t]{{1,12}}\S{{1,60}}[ \t]{{1,12}}{_V}", unheard),
    rule("password", "*", rf"^\S{{1,60}}[ \t]{{1,8}}\*[ \t]{{1,8}}{_V}[ \t]{{1,8}}\*[ \t]{{0,4}}$", unheard),
    rule("api key", "define(", r"\bdefine\([ \t]{0,2}[\"']\w{0,40}(?:KEY|SALT|PASSWORD|PASS|SECRET|TOKEN)\w{0,10}[\"'],[ \t]{0,4}(?P<s>\"[^\"\n]{4,200}\"|'[^'\n]{4,200}')", argument, flags=re.NOFLAG),
    rule("password", "root admin", rf"\b(?:root|admin|administrator|sa)[ \t](?:pw|pwd|pass|password)[ \t]{{1,3}}{_V}(?=[ \t]{{0,4}}(?:$|[|<,;.]))", unheard),
    rule("password", "admin root apc ubnt", rf"(?<![\w./\\-])(?:administrator(?:@[\w.]{{2,30}})?|admin|root|sa|localadmin|apc|ubnt)[ \t](?:/|\|)[ \t]{_V}(?=[ \t]{{0,4}}(?:$|[|<,;.]))", lambda v: unheard(v) and len(v) > 7 and (v == v.lower() or v[1:] != v[1:].lower())),
    rule("pre-shared key", "psk shared", rf"\b(?:psk|pre-?shared[ -]key)[ \t]{{0,3}}[:=][ \t]{{0,3}}{_V}", unheard),
    rule("password", "password passwd pwd", r"(?:password|passwd|passphrase|pwd|Kennwort|Passwort)[ \t]{1,3}(?P<s>\"[^\"\s]{5,60}\"|'[^'\s]{5,60}'|“[^”\s]{5,60}”)", unheard),
    # what a program asks, and the answer beside it
    rule("password", "pass", rf"\b(?:enter|re-?enter|re-?type|type|confirm|verify|repeat)\b[^\n:]{{0,20}}\bpass(?:word|phrase|code)[^\n:]{{0,40}}:[ \t]{{1,3}}{_V}", unheard),
    rule("password", "pass ", r"(?:Request:|FTP:|POP3?:|USER \S{1,60})\s{1,4}PASS[ \t](?P<s>\S{3,80})", argument, flags=re.NOFLAG),
    # commands of Windows
    _cli("net", "password", r"\bnet1?(?:\.exe)?[\"']?[ \t]{1,4}user[ \t]{1,4}(?:\"[^\"\n]{1,60}\"|[^\s/]\S{0,59})[ \t]{1,4}(?P<s>[^\s/|]\S{2,80})"),
    _cli("use", "password", rf"\bnet1?(?:\.exe)?[\"']?[ \t]{{1,4}}use[ \t][^\n]{{0,120}}?/u(?:ser)?:\S{{1,80}}[ \t]{{1,4}}{_V}"),
    _cli("use", "password", rf"\bnet1?(?:\.exe)?[\"']?[ \t]{{1,4}}use[ \t]{{1,4}}(?:\S{{1,3}}:?[ \t]{{1,4}})?\\\\\S{{3,120}}[ \t]{{1,4}}{_V}"),
    _flagged("psexec(?:64)? paexec winexe rdesktop sshpass certutil certreq docker~login mongo\\w{0,8} mosquitto_\\w{3,8} racadm esxcli~system esxcli~iscsi hdbsql uemcli ilorest openfortivpn crackmapexec netexec nxc evil-winrm "
             "cqlsh doveadm testsaslauthd unlock-keychain signtool freerdp azcopy clickhouse-client twine", "-p", gap=r"(?:[ \t]{1,4}|(?=[\"']))[\"']?"),
    _flagged("esxcli~system", "-c"),
    _flagged("plink pscp psftp manage-bde ktutil kadmin addprinc blat nzsql dsmc", "-pw"),
    _flagged("swaks sendemail msmtp", "-(?:ap|xp)"),
    _cli("7z rar", "password", rf"\b(?:7z[ar]?|(?:un|win)?rar)(?:\.exe)?[\"']?[ \t][^\n]{{0,120}}?[ \t]?-h?p{_V}"),
    _cli("mysql mariadb", "password", rf"\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n]{{0,120}}?[ \t](?-i:-p){_V}"),
    _flagged("sqlcmd osql bcp isql unzip zip ipmitool ipmiutil security~import tsql mssql-cli", "-P", gap=r"[ \t]{0,4}"),
    _flagged("openssl", "-[kK]"),
    _flagged("cbb", "-(?:sc|ep)", "api key"),
    _flagged("check_snmp\\w{0,20} checkcommand check_command", "-C", "snmp community"),
    _cli("schtasks", "password", rf"\bschtasks\b[^\n]{{0,200}}?/rp[ \t]{{1,4}}{_V}"),
    _cli("password= /pass /passwordd /pd /p: -p:", "password", rf"(?<!\S)/(?:pass(?:word)?d?|pwd|pd|po|p(?!:\w{{1,30}}=))[:=]{_V}|\bpassword=[ \t]{{1,4}}{_V1}"),
    _cli("winrs wbadmin", "password", rf"\b(?:winrs|wbadmin)\b[^\n]{{0,120}}?-p(?:assword)?:{_V}"),
    _cli("rasdial", "password", rf"\brasdial[ \t]{{1,4}}(?:\"[^\"\n]{{1,60}}\"|\S{{1,60}})[ \t]{{1,4}}\S{{1,60}}[ \t]{{1,4}}{_V}"),
    _cli("netsh", "wifi key", rf"\bnetsh\b[^\n]{{0,160}}?[ \t](?:key|keymaterial|userkey)={_V}"),
    # PowerShell
    rule("password", "securestring", rf"\bConvertTo-SecureString[ \t]{{1,4}}(?:-(?:String|AsPlainText)[ \t]{{1,4}}){{0,2}}{_V}", argument),
    rule("password", "securestring", r"(?P<s>\"[^\"\n]{3,120}\"|'[^'\n]{3,120}')[ \t]{0,4}\|[ \t]{0,4}ConvertTo-SecureString", argument),
    rule("password", "credential", r"\b(?:NetworkCredential|PSCredential)\]?(?:::new)?[ \t]{0,2}\([ \t]{0,2}[\"'][^\"'\n]{1,80}[\"'][ \t]{0,2},[ \t]{0,2}(?P<s>\"[^\"\n]{3,120}\"|'[^'\n]{3,120}')", argument),
    rule("password", "getnetworkcredential", r"GetNetworkCredential\(\)\.Password\s{1,8}(?P<s>\S{3,120})", argument),
    _cli("-pass -pwd -pw -psk -secret -token -api -new -l2tp -safe -smtp -sql -client -activation", "password", rf"(?<![\w-])--?[\w-]{{0,30}}(?:password|passwd|passphrase|pass|pwd|pw|psk|secret|apikey|token|storepass|activationkey)(?:[ \t]{{1,4}}|[=:]){_V}"),
    # commands of Unix
    _cli("-u -a --user --auth", "password", r"\b(?:curl|https?|xh|ab|siege)\b[^\n]{0,160}?[ \t](?:-u|--user|-a|--auth|-A)[ \t]{1,4}[\"']?[^\s:\"']{1,80}:(?P<s>[^\s\"']{3,80})"),
    _cli("lftp ftp smbclient mount", "password", r"\b(?:lftp|ncftp|mount\w{0,8}|smbclient|rsync)\b[^\n]{0,60}?[ \t][\w.\\-]{1,40}[%,](?P<s>[^\s\"'@,=]{4,80})(?=[ \t@])"),
    _cli("smbclient rpcclient smbmap join wbinfo -u", "password", r"(?<!\S)(?-i:-[UaA])[ \t]{0,2}[\"']?[\w.\\/@-]{1,60}%(?P<s>[^\s\"'%]{3,80})"),
    _flagged("ldap\\w{3,8} vsql kadmin dsidm dsconf dsctl", "-w"),
    _flagged("ldappasswd slappasswd", "-[as]"),
    _cli("snmp", "snmp community", rf"\bsnmp(?:b(?:ulk)?)?(?:walk|get|getnext|set|table|bulkwalk|trap)\b[^\n]{{0,80}}?[ \t](?-i:-c)[ \t]{{1,4}}{_V}"),
    _cli("snmp", "snmp key", rf"\bsnmp\w{{3,12}}\b[^\n]{{0,120}}?[ \t](?-i:-A)[ \t]{{1,4}}{_V}"),
    _cli("snmp", "snmp key", rf"\bsnmp\w{{3,12}}\b[^\n]{{0,160}}?[ \t](?-i:-X)[ \t]{{1,4}}{_V}"),
    _flagged("redis-cli", "-a"),
    _cli("setuser on", "password", r"\b(?:acl[ \t]setuser\b[^\n]{0,80}?|user[ \t]\S{1,40}[ \t]on)[ \t][>#](?P<s>[^\s\"']{3,120})"),
    _cli("-pass", "password", r"-pass(?:in|out)[ \t]pass:(?P<s>[^\s\"']{3,120})"),
    _cli("htpasswd radtest", "password", rf"\bradtest[ \t]\S{{1,60}}[ \t]{_V1}[ \t]\S{{3,60}}[ \t]\d{{1,4}}[ \t]{_V2}|\bhtpasswd[ \t]-\w{{1,6}}[ \t]\S{{1,60}}[ \t]\S{{1,60}}[ \t]{_V}"),
    _cli("echo printf", "password", r"\b(?:echo|printf)[ \t]{1,4}(?:-[a-zA-Z]{1,3}[ \t]{1,4})?(?:%s[ \t]{1,4})?[\"']?(?:[\w.-]{1,40}:)?(?:(?<=[\"'])(?P<s2>[^\"'|\\\n]{5,120})(?=(?:\\n)?[\"'])|(?P<s>[^\s\"'|\\]{3,120})(?:(?:\\n|\n)(?P<s1>[^\s\"'|\\]{3,120}))?)(?:\\n|\n)?[\"']?[ \t]{0,4}\|(?![ \t]{0,4}(?:grep|findstr|find|mail|tee|sed|awk|logger|wall|msg)\b)[ \t]{0,4}"
         r"(?:sudo[ \t]{1,3}-S\b|[^\n|]{0,80}?(?:passw|passphrase|secret|runas|crypt|load-key|kinit|vpncli|adcli|realm|ssh-add|token|-stdin|[ \t]--?login))"),
    _cli("<<<", "password", r"\b(?:restic|borg|cryptsetup|openssl|gpg|sudo|passwd|su|kinit|ssh-add|mysql|smbclient|pass|chpasswd|realm|adcli|net|docker|helm|vault|bw|sshpass|zfs|wg|7z|\w{0,20}[-_]stdin)\b[^\n]{0,120}?<<<[ \t]{0,2}(?P<s>\"[^\"\n]{3,120}\"|'[^'\n]{3,120}'|[^\s\"']{3,120})"),
    _cli("assword passphrase pin", "password", r"(?:assword|assphrase|PIN)\b[^\n]{0,30}\s{1,12}(?:send(?:_user)?|(?:action[ \t]\S{1,8}[ \t])?cli[ \t]command)[ \t]{1,4}(?:--[ \t])?\"(?P<s>[^\"\\\n]{3,120})(?:\\[rn]|\n|\\\\r)?"),
    _cli("useradd usermod a0= a1=\" a2=\"", "password", rf"\buser(?:add|mod)\b[^\n]{{0,80}}?[ \t](?-i:-p)[ \t]{{1,4}}{_V}|\ba\d=\"(?:-p|--password)\"[ \t]a\d={_V1}"),
    _cli("a1=\"", "password", r"\ba\d=\"-p(?P<s>[^\s\"]{4,80})\""),
    _flagged("ssh-keygen puttygen", "-[NO]", "passphrase"),
    _flagged("ssh-keygen", "-P", "passphrase"),
    _cli("authorize", "api key", rf"\bauthorize[-_]account[ \t]{{1,4}}\S{{8,60}}[ \t]{{1,4}}{_V}"),
    _cli("unprotect unlock unload uninstall disable decrypt stop", "password", r"\b(?:unprotect|unlock|unload|uninstall|disable|decrypt|stop)\b[^\n]{0,80}?[ \t](?:--?[a-z][\w-]{0,20}|/[a-z]{1,12})[ \t]{1,3}(?P<s>\"[^\"\n]{4,120}\"|'[^'\n]{4,120}')"),
    _cli("identified", "password", rf"\b(?:create|alter|grant)\b[^\n]{{0,160}}?\bidentified[ \t](?:with[ \t]\S{{1,40}}[ \t])?(?:by|as)[ \t](?:password[ \t])?{_V}"),
    _cli("sp_password sp_add", "password", r"\bsp_(?:password|add(?:remote)?login|addlinkedsrvlogin)\b[^\n']{0,12}(?:(?:'[^'\n]{0,60}'|N?ULL|false|true)[ \t]{0,2},[ \t]{0,2}){1,4}N?(?P<s>'[^'\n]{3,120}')(?=[ \t]{0,4}(?:[;|<]|$|,[ \t]{0,2}(?:@|N?')))"),
    _cli("using", "password", rf"\b(?:connect|attach)[ \t]to[ \t]\S{{1,30}}[ \t]user[ \t]\S{{1,40}}[ \t]using[ \t]{{1,4}}{_V}"),
    _cli("machine login", "password", rf"\bmachine[ \t]\S{{1,80}}\s{{1,8}}login[ \t]\S{{1,60}}\s{{1,8}}password[ \t]{{1,4}}{_V}"),
)  # fmt: skip
