"""What an SMTP server's answers mean for us: about the recipient, about ourselves, for now or for good.

Servers word the same refusal in many ways and choose codes freely, so words decide where codes do not.
"""

from __future__ import annotations

import re

from worker.mail.templates import plain

UNCONFIRMED = "sent, not confirmed"
"""How the reason begins of what was handed over whole twice and never answered: it is sent no more."""


class MailError(Exception):
    """A message was not handed over, or it is not known whether it was.

    - `permanent`: this recipient will not get this message, however often it is tried.
    - `doubtful`: the whole message was sent and no answer came. Repeat it once with the same Message-ID, and count it.
    - `operator`: every message fails until somebody changes a setting; `reason` says which.
    """

    def __init__(
        self, reason: str, *, permanent: bool = False, doubtful: bool = False, operator: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.doubtful = doubtful
        self.operator = operator


def told(code: int, answer: bytes | str) -> str:
    """Return an answer as it may be shown: one short line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {plain(text, limit=160)}"


def accepted(place: str, wanted: range, code: int, answer: bytes) -> None:
    """Raise `MailError` unless the code is wanted; one about our sign-in, sender or server waits for the operator."""
    if code in wanted:
        return
    said = f"{place} answered {told(code, answer)}"
    words = answer[:500].decode("utf-8", "replace")
    ours = code in (*_WITHOUT_SIGN_IN, _TAKES_NO_MAIL) or (_ABOUT_US.search(words) and not _ABOUT_THEM.search(words))
    if 500 <= code < 600 and ours:
        raise MailError(f"{said}: it refuses us, whoever is written to: check SMTP_URL and MAIL_FROM", operator=True)
    raise MailError(said, permanent=500 <= code < 600 and not is_for_now(answer))


def is_for_now(answer: bytes) -> bool:
    """Tell whether a refusal says that it will pass, whatever its code."""
    return bool(_FOR_NOW.search(answer[:500].decode("utf-8", "replace")))


DONE = range(200, 300)
_WITHOUT_SIGN_IN = (530, 534, 535, 538)
_TAKES_NO_MAIL = 521
"""Says a server about itself, not about a recipient (RFC 7504)."""
_ABOUT_US = re.compile(
    # Codes of RFC 3463 and of its registry; 5.7.57 and above, 5.2.252 and 5.1.90 are Microsoft's, 5.7.25 to 29 also Google's.
    r"\b5\.(?:1\.(?:7|8|20|90)|2\.252|7\.(?:[389]|10|11|2[0-9]|23[0-9]|5[178]|5(?:0[123689]|1[125])|6[0-9]{1,2}|7[0-9]{2}))\b"
    r"|\brelay(?:ing)?\b.{0,30}\b(?:denied|not (?:permitted|allowed)|access|prohibited|attempt|exceeded)"
    r"|\b(?:unable|not (?:permitted|allowed)) to relay\b|\b(?:do|does|will) not relay\b|\brcpthosts\b|\bnot a gateway\b"
    r"|\b(?:credentials for|unauthori[sz]ed)\b.{0,12}\brelay\b|\bstoredrv\.(?:client)?submi|\boutbound ?spam"
    r"|\bsending (?:is |has been )?(?:suspended|paused|disabled)|\bspoof"
    r"|\bsend ?as\s?denied|\bpermissions? to send as|\bsend(?:ing)? (?:on behalf|as this)\b"
    r"|(?<![\w@.-])(?:helo|ehlo)\b(?![@.-])|^(?:5\.\d\.\d{1,3} )?invalid domain name\W*$|\bclient host\b"
    r"|\b(?:black|block|deny) ?list|\b(?:blocked|listed) (?:using|by|in|at|- see) \S+\.\S"
    r"|\b(?:per|pass|passed|fail\w*|violat\w+|due to) (?:\S+ )?(?:dmarc|spf|dkim)\b"
    r"|\b(?:dmarc|spf|dkim)\b.{0,30}\b(?:fail|reject|did not|policy)"
    r"|\breverse (?:dns|hostname)|\bptr\b(?! lookup)|\binvalid dns\b|\b(?:dns)?rbl\b|\breputation\b"
    r"|\benvelope sender\b|\bbadmailfrom\b"
    r"|\bconnections? (?:from \S+ )?will not be accepted"
    r"|\bnot (?:allowed|permitted) to (?:connect|submit)|\byour access to submit"
    r"|\b(?:your|from this) (?:account|ip|server|domain|plan|tenant|user|country|credits?)\b"
    r".{0,60}\b(?:suspended|disabled|blocked|banned|listed|exceeded|expired|exhausted|not (?:allow|permit|activat|includ))"
    r"|\baccount\b.{0,20}\bnot (?:yet )?activated for sending|\bunpaid\b|\bcredits?\b.{0,20}\b(?:exceeded|exhausted|used up)"
    r"|\b(?:tls|starttls|encryption) (?:is )?required"
    r"|\b(?:domain|e-?mail address|identit\w+|sender signature|from address)\b"
    r".{0,60}\b(?:not (?:a |been )?(?:verified|confirmed)|verified sender)"
    r"|\bsender signature not\b|\bsmtp auth\b.{0,20}\brequired"
    r"|\b(?:not authenticated|unauthenticated)\b"
    r"|\bauthenticat\w+ (?:is )?(?:required|first)|\bmust (?:issue|authenticate|be authenticated)"
    r"|\bsender (?:address |verify |domain )?(?:rejected|failed|denied|not (?:allowed|permitted))"
    r"|\bnot (?:permitted|allowed|authori[sz]ed) to send\b(?!(?: \w+)? to (?:th(?:is|at|e|ese)|recipient|group|list|<)\b)"
    r"|\b(?:unrout\w+|unresolvable|invalid) sender\b"
    r"|\blimit for (?:outgoing|outbound)\b"
    r"|\b(?:number of|many) (?:e-?mails|messages)\b.{0,40}\b(?:per|an?) (?:hour|day|minute)\b"
    r"|\b(?:daily|hourly|sending|message) (?!size)(?:\w+ )?(?:quota|limit)\w* (?:has been )?(?:exceeded|reached)",
    re.IGNORECASE | re.DOTALL,
)
"""What says that every message of ours will be refused, not that this recipient gets none."""
_FOR_NOW = re.compile(
    r"\bgr[ae]y-?list|\b(?:try|come back) (?:again|later|in)\b|\bdeferred\b"
    r"|\bretry (?:later|in|after)\b|\bslow down|\brate limit|\btemporar(?:y|ily)\b"
    r"|\btoo many (?:connections|messages|e-?mails|recipients)|\breceiving mail (?:at a rate|too)"
    r"|\bsp(?:ä|ae)ter (?:erneut|noch|wieder)|\bplus tard\b|\bm(?:á|ai?)s tarde\b|\bpi[ùu] tardi\b|\blater (?:opnieuw|nog)",
    re.IGNORECASE,
)  # fmt: skip
"""What says that it will pass, whatever the code says."""
_ABOUT_THEM = re.compile(
    r"\b5\.(?:1\.(?:[1-6]|10)|2\.(?!(?:0|252)\b)\d{1,3}|3\.4|7\.1[23][0-9])\b|\bresolver\.(?:adr|rst)\b", re.IGNORECASE
)
"""Addresses, mailboxes and message sizes (RFC 3463; 5.2.0 names none), and whom a Microsoft mailbox or group takes mail from."""
