"""Secrets that are known by their shape: keys, tokens of services, numbers with a check digit."""

# ruff: noqa: E501 - a rule is easier to read on one line

from __future__ import annotations

import re

from escalation.redaction.words import (
    Rule,
    argument,
    card,
    coded,
    iban,
    keyish,
    labelled,
    mixed,
    random_looking,
    rule,
)

_B = r"(?<![A-Za-z0-9])(?<![A-Za-z0-9_]_)"
"""Where a word begins; one underscore before it is a mark of emphasis."""


def _many_digits(value: str) -> bool:
    return sum(c.isdigit() for c in value) >= 4


def _base32(value: str) -> bool:
    """Whether capitals and digits are a key in base 32: digits among them, and letters that no hexadecimal has."""
    return sum(c.isdigit() for c in value) > 1 and sum(c > "F" for c in value) > 7


def _grouped(value: str) -> bool:
    """Whether groups of four are a key and neither words nor a dump in hexadecimal."""
    groups = re.split(r"[ -]", value)
    return sum(c.isdigit() for c in value) > 2 and sum(any(c > "f" for c in group) for group in groups) > 3


def _unspoken(value: str) -> bool:
    """Whether four groups of four letters are no words: two of them have no vowel."""
    return sum(not re.search(r"[aeiouy]", group) for group in value.split()) > 1


def _token(kind: str, hints: str, pattern: str) -> Rule:
    """Return a rule for tokens that begin with what nothing else begins with; case counts."""
    return rule(kind, hints, rf"{_B}(?:{pattern})", flags=re.NOFLAG)


SHAPES: tuple[Rule, ...] = (
    # keys of machines
    rule("private key", "private",
         r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]{0,16000}-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
         r"|(?:\s{1,4}(?:[\w-]{2,20}: [^\n]{0,160}|[A-Za-z0-9+/=]{8,400}))*+)", flags=re.NOFLAG),
    rule("private key", "openvpn", r"-----BEGIN OpenVPN Static key V1-----[^-]{0,4000}(?:-----END OpenVPN Static key V1-----)?"),
    rule("private key", "private-lines", r"Private-Lines: \d{1,4}(?P<s>(?:\s{1,4}[A-Za-z0-9+/=]{4,120}(?![\w:-]))++)(?:\s{1,4}Private-MAC: (?P<s1>[0-9a-f]{20,80}))?"),
    _token("private key", "age-secret", r"AGE-SECRET-KEY-1[A-Z0-9]{50,60}"),
    # clouds
    _token("aws key", "akia asia abia acca", r"(?:AKIA|ASIA|ABIA|ACCA)(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    rule("aws secret", "akia asia", r"\bA(?:KI|SI)A[A-Z0-9]{16}[\s,;:/|\"']{1,6}(?P<s>[A-Za-z0-9/+]{40})(?![\w/+=])", random_looking),
    rule("aws secret", "secret", r"\b(?:aws_?)?secret[_ ]?(?:access)?[_ ]?key[\"']?\s{0,3}(?:is|[:=])\s{0,3}[\"']?(?P<s>[A-Za-z0-9/+=]{30,60})"),
    rule("azure secret", "q~", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,40}", flags=re.NOFLAG),
    rule("storage key", "accountkey sharedaccesskey sharedsecret account-key", r"\b(?:AccountKey|SharedAccessKey|SharedSecret|account-key)(?:\s{0,3}=\s{0,3}|\s{1,3})(?P<s>[A-Za-z0-9+/%=]{20,120})"),
    rule("sas token", "sig=", r"(?:[?&\s]|&amp;)sig=(?P<s>[A-Za-z0-9%+/=_-]{16,200})"),
    rule("sas token", "x-amz-signature= code=", r"[?&](?:X-Amz-Signature=(?P<s>[0-9a-f]{64})|code=(?P<s1>[01]\.[\w.-]{40,2000}))"),
    rule("api key", "cid=", r"\bCID=(?P<s>[0-9A-F]{32}-[0-9A-F]{2})\b"),
    _token("google key", "aiza ya29 gocspx 1//0", r"AIza[\w-]{30,45}|ya29\.[\w-]{20,400}|GOCSPX-[\w-]{20,40}|1//0[\w-]{30,200}"),
    _token("api key", "do", r"do[opr]_v1_[0-9a-f]{40,80}"),
    _token("api key", "v1.0-", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{100,200}"),
    _token("api key", "ltai k00 hv pscale dp. pul- atlasv1 dapi", r"LTAI[A-Za-z0-9]{14,24}\b|K00\d[A-Za-z0-9+/]{27}(?![\w/+])|hv[sbr]\.[\w-]{24,300}|pscale_(?:tkn|pw|oauth)_[\w.-]{20,80}|dp\.(?:pt|st|ct|sa)\.[\w.-]{30,80}|pul-[0-9a-f]{40}|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{50,90}|dapi[0-9a-f]{32}"),
    # code, chat, models
    _token("github token", "gh github_pat", r"gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}"),
    _token("gitlab token", "gl", r"gl(?:pat|ptt|rt|dt|ft|soat|cbt|imt|agent|oas|ffct)-[\w-]{16,80}"),
    _token("slack token", "xox xapp", r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-][\w-]{9,300}|xapp-\d-[A-Za-z0-9-]{10,250}"),
    rule("webhook", "https://", r"https://(?:hooks\.slack\.com/(?:services|workflows|triggers)/|[\w.-]{1,80}\.webhook\.office\.com/|outlook\.office(?:365)?\.com/webhook/|(?:\w{1,12}\.)?discord(?:app)?\.com/api/webhooks/|[\w.-]{1,80}\.logic\.azure\.com(?::443)?/workflows/|chat\.googleapis\.com/v1/spaces/)[^\s\"'<>|]{8,500}"),
    rule("webhook", "hook workflows triggers", r"https?://[\w.:-]{3,80}/(?:[\w.-]{1,40}/){0,3}(?:(?:web)?hooks?|workflows|triggers)/(?:[\w-]{1,40}/){0,3}?(?P<s>(?=[\w-]{0,60}\d)[\w-]{24,200})(?![\w/-])", random_looking),
    _token("api key", "atatt atctt atbb", r"AT(?:ATT|CTT)3[\w=-]{20,400}|ATBB[A-Za-z0-9]{20,60}"),
    _token("api key", "npm_ pypi- dckr_ hf_ gsk_ sk- pplx- xai- r8_ nvapi-", r"npm_[A-Za-z0-9]{30,50}|pypi-[\w-]{30,250}|dckr_[op]at_[\w-]{20,60}|hf_[A-Za-z0-9]{30,50}|gsk_[A-Za-z0-9]{40,60}|sk-[A-Za-z0-9](?:[\w-]{19,250})|pplx-[A-Za-z0-9]{32,60}|xai-[A-Za-z0-9]{60,90}|r8_[A-Za-z0-9]{30,44}|nvapi-[\w-]{40,80}"),
    rule("bot token", "", r"(?<![\w.-])[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,45}(?![\w.-])", flags=re.NOFLAG),
    rule("api key", "ac ops_", r"\bAC[0-9a-f]{32}[\"':,; \t]{1,5}(?P<s>[0-9a-f]{32})\b|\bops_(?P<s1>eyJ[\w-]{40,2000})", flags=re.NOFLAG),
    rule("bot token", ":aa", r"\d{8,10}:AA[\w-]{32,36}", flags=re.NOFLAG),
    # money, mail, phones
    _token("stripe key", "sk_ rk_ pk_ whsec_", r"(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,250}"),
    _token("api key", "sk sg. key- xkeysib re_ -us md-", r"SK[0-9a-f]{32}|SG\.[\w-]{16,32}\.[\w-]{30,60}|key-[0-9a-f]{32}|xkeysib-[0-9a-f]{64}-\w{16}|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,30}|[0-9a-f]{32}-us\d{1,2}\b|md-[\w-]{22}(?![\w-])"),
    _token("api key", "eaaa sq0 shp access_token$ ezak eztk pat- sl.", r"EAAA[\w-]{50,80}|sq0(?:csp|atp|idp)-[\w-]{20,50}|shp(?:at|pa|ss|ca|tka)_[0-9a-fA-F]{32}|access_token\$(?:production|sandbox)\$\w{16}\$[0-9a-f]{32}|EZ[AT]K[A-Za-z0-9]{54}|pat-(?:na|eu|ap)\d-[0-9a-f-]{36}|sl\.(?:u\.)?[\w-]{60,200}"),
    _token("api key", "gl nra nrr pmak lin_api secret_ ntn_ figd_ sntry ph pk. pat", r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=]{30,400}|NR(?:AK|RA|JS)-[A-Za-z0-9]{19,40}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|lin_(?:api|oauth)_[A-Za-z0-9]{32,64}|secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,50}|figd_[\w-]{36,50}|sntry[su]_[\w=+/-]{40,400}|ph[cx]_[A-Za-z0-9]{32,50}|[ps]k\.eyJ[\w-]{20,300}\.[\w-]{10,40}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    _token("api key", "k10 gr1348941 sq akcp cmvmd swmtkn a3- dt0 ccipat_ bkua_ rubygems_ cio sbp_ nfp_ tfp_ cfpat- cfut_ cfat_ tk_ live_ lsv2_ rzp_ tvly- shippo_ eaa gaaaaa nrii- waka_ rnd_ fm2_ p8e- dckr_ flb_ tskey-",
           r"K10[0-9a-f]{20,64}::\w{2,20}:[\w-]{16,80}|GR1348941[\w-]{20,40}|sq[uap]_[0-9a-f]{40}|AKCp[A-Za-z0-9]{10,80}|cmVmd[A-Za-z0-9+/=]{40,80}|SWMTKN-1-[a-z0-9]{40,60}-[a-z0-9]{20,30}|A3(?:-[A-Z0-9]{5,6}){5,6}|dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"
           r"|(?:CCIPAT|bkua|rubygems|sbp|nfp|tfp|waka|rnd|fm2|flb)_[\w-]{28,300}|cio[A-Za-z0-9]{32}|CFPAT-[\w-]{40,50}|lsv2_\w\w_[\w-]{30,80}|rzp_(?:live|test)_\w{14,30}|tvly-[\w-]{20,50}|shippo_(?:live|test)_[0-9a-f]{40}|EAA[A-Za-z0-9]{80,300}|gAAAAA[\w-]{60,600}={0,2}|NRII-[\w-]{30,36}|tskey-\w{3,10}-[\w-]{16,80}|cf[ua]t_[A-Za-z0-9]{36,60}|tk_[a-z0-9]{28,30}|live_(?=[\w-]{0,12}\d)[\w-]{24,60}"),
    rule("webhook", "hooks.zapier provisioning/ update.php :7441/", r"hooks\.zapier\.com/hooks/catch/\d{3,12}/(?P<s>\w{5,12})|/provisioning/(?P<s1>[A-Za-z0-9]{10,40})/|/update\.php\?(?P<s2>[A-Za-z0-9+/=]{24,80})|rtsps?://[\w.-]{3,60}:744[17]/(?P<s3>[A-Za-z0-9]{12,20})"),
    rule("api key", "secure:", r"\bsecure:[ \t]{1,3}\"?(?P<s>[A-Za-z0-9+/]{100,1000}={0,2})"),
    rule("api key", "tokenid", r"\bTOKEN_?ID[\"']?\s{0,2}[:=]\s{0,2}[\"']?(?P<s>[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})", flags=re.NOFLAG),
    # tools of the trade
    _token("api key", "itg.", r"ITG\.[0-9a-fA-F]{20,64}\.[\w-]{20,120}"),
    rule("api key", "ssws", r"\bSSWS\s{1,3}(?P<s>[\w-]{20,80})"),
    rule("api key", "/token:", r"/token:(?P<s>[A-Za-z0-9]{20,80})"),
    rule("api key", "+", r"[\w-]\+[A-Za-z0-9]{16}:(?P<s>[A-Za-z0-9]{16})\b", coded),
    rule("api key", "api key tok sk pk pat secret live", r"(?<![\w/.-])(?:[a-z]{2,8}[-_])?(?:api|key|tok|token|sk|pk|ak|pat|secret|live)[-_.](?:(?:live|test|prod)[-_])?(?P<s>[A-Za-z0-9]{20,80})(?![\w-])", _many_digits),
    # headers, sessions, addresses
    rule("jwt", "eyj", r"\beyJ[\w-]{8,4000}+\.[\w-]{8,4000}+(?:\.[\w-]{5,2000})?", flags=re.NOFLAG),
    rule("session cookie", "cookie:", r"\b(?:set-)?cookie:\s{0,3}(?P<s>[^\s=]{1,80}=[^\r\n]{4,2000})"),
    rule("session cookie", "sess aspxauth estsauth fedauth sid= .sid", r"(?:PHPSESSID|JSESSIONID|ASP\.NET_SessionId|\bsession_?id|connect\.sid|\.ASPXAUTH|ESTSAUTH\w{0,20}|FedAuth|\bsid)=(?P<s>[^\s;\"'&<>]{8,2000})"),
    rule("bearer token", "eyj", r"\beyJ[A-Za-z0-9+/_-]{80,4000}={0,2}(?![\w.])", flags=re.NOFLAG),
    rule("auth header", "authorization", r"\b(?:proxy-)?authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:\w{3,10}\s{1,3})?(?P<s>[\w.~+/=:-]{8,2000})", lambda v: coded(v) or len(v) > 15),
    rule("bearer token", "bearer", r"\bbearer\s{1,3}(?P<s>[\w.~+/=-]{16,2000})", coded),
    rule("auth header", "basic", r"\bbasic\s{1,3}(?P<s>[A-Za-z0-9+/]{12,400}={0,2})(?!\w)", lambda v: len(v) % 4 == 0 and bool(re.search(r"[A-Z0-9=]", v[1:])) and v.lower() != v),
    rule("api key", "key: token: code: -key\" -key=", r"\b(?!public|ssh)(?:x-)?[\w-]{2,30}-(?:key|token)\"?\s{0,2}[:=]\s{0,2}\"?(?P<s>[\w.~+/=-]{16,400})", lambda v: coded(v) and random_looking(v)),
    rule("api key", "integrationcode", r"\bApiIntegrationCode\"?\s{0,2}[:=]\s{0,2}\"?(?P<s>[\w-]{16,60})"),
    rule("url password", "://", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,80}(?:@[\w.-]{1,60})?:(?P<s>[^\s/@<>]{1,120})@", lambda v: not re.fullmatch(r"(?i:password|passwd|pass|pw)|\$\{?\w+\}?|\*+", v)),
    rule("url password", "@", r"(?:(?<![\w.@:-])(?=[a-z])|(?<=sip:))[\w.\\/-]{1,40}:(?P<s>[^\s:@/\"'<>]{4,80})@[\w-]{2,60}", lambda v: coded(v) and not v.isdigit()),
    rule("url password", "@", r"(?:(?<![\w.])(?:root|admin|administrator|sa|operator|ubnt|guest|user|USERID)|(?:(?<=\s//)|(?<=sips:)|(?<=sip:))[\w.-]{1,40}):(?P<s>[^\s:@/\"'<>]{4,80})@(?=[\w-]{1,60}(?:[./:\s]|$))", argument),
    rule("url password", "://", r"://(?P<s>[A-Za-z0-9_-]{20,255})@[\w-]{1,60}\.", random_looking),
    rule("api key", "secret", r"\bSecret[ _]?ID[\"']?\s{0,12}[:=]\s{0,12}[\"']?(?P<s>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b"),
    rule("snmp community", "snmp://", r"\bsnmp://(?P<s>[^\s/@:]{3,60})@"),
    rule("url password", "thin:", r"\bthin:[^\s/@]{1,60}/(?P<s>[^\s/@]{3,80})@"),
    # hashes of passwords
    rule("password hash", "$ ::", r"\$krb5(?:tgs|asrep|pa)\$\S{20,4000}|::[\w.-]{1,40}:[0-9a-f]{16}:[0-9a-f]{32}(?::[0-9a-f]{20,2000})?|\$(?:1|apr1|2[abxy]?|5|6|y|7|argon2id?|8|9|14|sha512|sha256|pbkdf2\w{0,10})\$[\w./$=,+-]{12,200}|\$9\$[\w./-]{8,200}|\$[ch]\$\d\$[\w+/=]{10,200}"),
    rule("password hash", "scram-sha", r"\bSCRAM-SHA-\d{1,3}\$\d{3,8}:[\w+/=]{8,100}\$[\w+/=]{20,100}:[\w+/=]{20,100}"),
    rule("password hash", "ntlm dcc2", r"\*[ \t]{1,2}(?:NTLM|LM|SHA1)[ \t]{0,12}:[ \t]{1,4}(?P<s>[0-9a-f]{32,40})\b|\$DCC2\$\d{1,6}#[^#\s]{1,60}#(?P<s1>[0-9a-f]{32})"),
    rule("password hash", ":", r"\b[0-9a-f]{32}:[0-9a-f]{32}\b"),
    rule("password", "-aq==", r"-AQ==[A-Za-z0-9+/=]{16,200}", flags=re.NOFLAG),
    rule("password", "enc", r"\bENC\s{1,3}(?P<s>[A-Za-z0-9+/=]{12,400})", coded, flags=re.NOFLAG),
    # recovery keys and seeds
    rule("bitlocker key", "", r"(?<![\d-])\d{6}(?:(?:\s{0,3}[-–]\s{0,3}|\s{1,3})\d{6}){7}(?![\d-])"),
    rule("recovery key", "-", r"(?<![\w-])[A-Z0-9]{4}(?:-[A-Z0-9]{4}){5}(?![\w-])", mixed, flags=re.NOFLAG),
    rule("mfa seed", "otpauth", r"\botpauth(?:-migration)?://[^\s\"'<>]{5,600}"),
    rule("mfa seed", "", r"(?<![\w+/=-])[A-Z2-7]{32}(?![\w+/=-])", _base32, flags=re.NOFLAG),
    rule("mfa seed", "", r"(?<![\w-])[a-z0-9]{4}(?:[ -][a-z0-9]{4}){7}(?![ -]?[\w-])", _grouped, flags=re.NOFLAG),
    rule("app password", "app", r"\bapp(?:lication)?[ -]?password\b[^\n]{0,30}?[ \t:](?P<s>(?-i:[A-Za-z0-9]{4}(?: [A-Za-z0-9]{4}){2,5}))(?![\w-])", coded),
    rule("app password", "", r"(?<![\w'’-])[a-z]{4}(?: [a-z]{4}){3}(?![\w'’-])", _unspoken, flags=re.NOFLAG),
    rule("mfa seed", "totp mfa 2fa otp authenticator", r"\b(?:totp|mfa|2fa|otp|authenticator)(?:[ _-](?:app|seed|secret|set-?up|key|code|qr|string|manual|entry|from|the|was|could not scan,)){0,6}[\"']?\s{0,3}(?:is|:|=|-|,)?\s{0,3}[\"']?(?P<s>[A-Z2-7]{4}(?:[ -]?[A-Z2-7]{4}){3,15})(?!\w)", lambda v: coded(v) or v.isupper()),
    rule("recovery codes", "code", r"\b(?:recovery|backup|scratch|emergency|wiederherstellungs|secours)[ -]?codes?\b[^\n\d]{0,60}[:\s]\s{0,4}(?P<s>(?:(?:[a-z0-9]{4,5}-[a-z0-9]{4,6}|\d{4} \d{4}|[a-f0-9]{8,10}|\d{6,10})\b[\s,;]{0,4}){1,20})", coded),
    # numbers
    rule("card number", "", r"(?<![\d.#-])(?<!imei )(?<!imei: )(?:\d[ -]?){12,18}\d(?![\d.-]?\d)", card),
    rule("iban", "", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", iban, flags=re.NOFLAG),
    rule("ssn", "-", r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])"),
    rule("licence key", "-", r"(?<![\d-])\d{4}(?:-\d{4}){5}(?![\d-])"),
    rule("licence key", "lpa:1", r"\bLPA:1\$[\w.-]{3,80}\$(?P<s>[\w-]{6,80})"),
    rule("licence key", "-", r"\b[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}\b", mixed, flags=re.NOFLAG),
    rule("licence key", "key code", r"\b(?:key ?code|(?:licen[cs]e|product|activation|registration|serial) (?:key|code))(?: is| was|\s{0,3}[:=]|(?=[ \t][A-Z0-9]{4,5}-))\s{0,3}(?P<s>[A-Z0-9][A-Z0-9-]{7,80})", coded),
)  # fmt: skip
"""Hints are lower case; an empty list of hints means that the rule is always tried."""

NAMED: tuple[Rule, ...] = (
    rule("api key", "private key secret key", r"\b(?:private|secret)[ _]key[ \t]{1,3}(?P<s>[A-Za-z0-9]{16,80})(?![\w.])", coded),
    # values that a name gives away and that look made by a machine
    rule("api key", "key token secret", r"(?<!public)(?<!public[ _-])(?:\b|(?<=_))(?:key|token|secret|skey)\b[\"']?(?: for [^\n.;:]{2,30}?(?=:| is\b))?(?:\s{1,3}(?:is|was|of|value|in use)\b|\s{0,3}(?:[:=]|=>))?\s{1,3}[\"']?(?P<s>[A-Za-z0-9][\w.~+/=-]{14,400})", random_looking),
    rule("api key", "key token secret pat",
         r"\b(?:(?:api|access|secret|client|auth|bearer|subscription|encryption|service|signing|webhook|account|app|private|integration|refresh|admin|personal access|registration|install|deploy\w{0,8}|site|agent)"
         r"[ _-]?(?:key|token|secret|pat)s?|token|client[_ -]?secret|x-api-key)[\"']?(?: value)?(?: (?:for|on|of|in|from) (?:the |our |their )?[\w-]{2,20}(?: \w{2,20})?)?(?:\s{0,3}(?:\bis|\bwas|=>?|:|\t))\s{0,3}[\"']?(?P<s>[\w.~+/=|!@#$%^*-]{8,400})", keyish),
    rule("api key", "secret:", r"\bsecret\s{0,2}[:=]\s{0,3}(?P<s>[^\s\"'<>]{4,200})", lambda v: labelled(v) and coded(v)),
)  # fmt: skip
