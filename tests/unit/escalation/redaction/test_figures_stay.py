"""Figures that work is full of (lifetimes, ports, counts, extensions, badges) stay: no label makes them secrets."""

from __future__ import annotations

import random

from escalation.redaction import harmless
from escalation.redaction.redact import redact

LOOKED_AT = """
set both lifetimes to 28800
Set both ends to 3600.
both sides use 28800 now
HQ has 28800, the branch 3600
he dials 9911 for an outside line
the port is 3389 and it listens
changed RDP to 3390 and opened it on the firewall
VLAN 4012 was missing on the trunk
ext 4417 rings, 4418 does not
her extension is 2204, his 2205
phase 2 lifetime was 86400 on the Fortigate
the count went from 1204 to 1198
order 558231 arrived damaged
raised with ISP under 7741923
MTU lowered to 1350 and then 1400
the server has 16384 MB and uses 15900
copied 1204 files, 3 missing
it takes 4500 ms to log in
event 4625 each minute, 4740 after five
KB 5034441 fails with 643
serial 88213340 is out of warranty
asset 10442 goes to Priya
room 1204 has no wifi
build 22631 works, 19045 does not
he is on floor 3 desk 3117
invoice 20447 printed twice
the queue has 2300 messages
ticket 118842 is the same
we allow 1500 mailboxes per database
timeout was 30000, now 60000
set KeepAlive to 7200000
ran it with 4096 and with 2048
policy 1012 blocks it
rule 4711 on the proxy
session limit raised from 1000 to 5000
speed is 9600 on both ends
baud 19200, same
dial 9 first, then 5551234
call her on 01792 448812
switch port 1047 is down
customer number 4471209
machine 4410 on line 3
the till in lane 4402 prints blank
store 1187 and 1190 are offline
forms 1099 and 1040 print cut off
sage company 1004 will not open
the meter reads 48211
old value 65535, new 8192
page 1200 of the manual
1280x1024 looks fuzzy so 1920x1080
the job has run 2210 times
PO 99120 approved by Jane
after 1500 rows Excel stops
I typed 1000000 and it says out of range
reduced batch size to 5000
UPS shows 2200 VA
temperature alarm 4410 again
limit in exim is 10485760
GPO revision 1141 here and 1139 there
the fax number ends 4471
DID 5550133 goes to reception
she presses 4000 and gets the queue
set the retention to 2555
fw rule id 1033 moved above 1020
set registry value to 10000
LUN 1024 has 4400 free
battery at 4800 cycles
rebooted host 2210 and 2212
backup chain 1187 broken
we see 1400 drops an hour
Set it to 14400 at both ends and rekeyed
DPD 1200 here, 300 there
changed lease to 28800 seconds
user 5512 in the badge system
badge 33812 opens it, 33813 does not
route 4410 to Cork is late
the scale shows 99999
ports 5060 and 5090 forwarded
ISP says circuit 4481022 is clean
it is 2200 rows now
set spooler priority 1066
jumbo 9000 on both switches
AS 64512 peers fine
he got 1603 and then 1618
exit 1603 again
code 3010 means reboot
installer stops at 1935
"""
"""What was taken wrongly of these was mended with families of the same kinds (`training/ordinary_grammar.txt`)."""

UNSEEN = """
Phase 1 was 3600 at Cork and 28800 at Leeds
They run 1492 on the DSL, we run 1500
put both firewalls to 43200 and rekeyed
our peer expects 14400, got 86400
she dials 0049 then the number and hears a beep
press 4455 for the warehouse
he keyed 12500 instead of 1250 on the order
the host has 98304 MB and 91200 in use
tag 70114 beeps, 70115 stays silent
first reading 2204, second 3310
I entered 99999 for quantity and the form froze
status 1618 means another install is running
door controller has serial 88120, ordered a new one
the key cabinet is in 2204
ceiling for the pool is 4096 and we hit it
sensor reads 7777 which cannot be
lease is 691200 on the scope
changed window size from 8192 to 65535
they moved 5521 mails and stopped
registered handset 3041 on cell 1107
lane 6 counts 4412, office says 4390
the vendor wants 2048, our policy says 4096
raised it to 120000 and no more timeouts
scheduled for 2230 tonight
train them in room 3301 at 0930
backup took 5400 s, was 1800
quota 51200 reached for Anna
set priority 4096 on core, 8192 on access
printer shows 5941, book says fuser
lost 1120 packets of 9000
the franking machine wants 4100 in credit
she has used 4998 of 5000 prints
it answers with 4004 instead of 4001
I gave 30000 as the limit
he put 2500 in the weight field
route metric was 5000, now 1000
sip timer 1800 on theirs, 900 on ours
new certificate has 4096, old 1024
job 77120 stuck behind 77119
reset counter at 88440
"""
"""Written afterwards: 1 of 40 was taken at first sight, 12 of 40 before the mend."""


def test_figures_stay() -> None:
    rows = [*LOOKED_AT.split("\n"), *UNSEEN.split("\n")]
    taken = [redact(row) for row in rows if row and "[redacted" in redact(row)]
    assert len(taken) <= 3, taken


BEFORE = (
    "mail-verification=", "_acme-challenge.", "DKIM1; ", "s1._domainkey ", "v=spf1 ", "DS 4711 8 2 ", "TLSA 3 1 1 ",
    "sshfp 4 2 ", "DNSKEY 257 3 13 ", "Peer: ", "public-key = ", "gpg: using key ", "sub key id ", "SHA256:",
    "bh=abcdefghijklmnopqrstuvwx; b=", "arn:aws:iam::12:", "the last four digits ", "first 4 characters of the key: ",
    "partial key: ", "the card that ends with ", "die letzten vier Ziffern ", "les derniers 4 chiffres ",
    "gli ultimi 4 caratteri ", "os primeiros 4 dígitos ", "Password: ", "x", "\n",
)  # fmt: skip


def test_letters_asked_for_first_hide_nothing_that_everybody_may_see() -> None:
    """What says that a value is published or in part is found as by its pattern alone, wherever the value begins."""
    draw, published, partial = random.Random(5), 0, 0
    for _ in range(80):
        text = "".join(draw.choices(BEFORE, k=8))
        for begin in range(len(text)):
            seen = (text, max(0, begin - 90), begin)
            found = harmless._PUBLISHED.search(*seen) is not None, harmless._PARTIAL.search(*seen) is not None
            assert (harmless.published(text, begin), harmless.partial(text, begin, begin + 4)) == found, seen
            published, partial = published + found[0], partial + found[1]
    assert min(published, partial) > 300
