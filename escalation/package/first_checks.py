"""What a senior looks at first for a symptom that every shop knows, and how to tell that somebody has.

More general than anything the ticket says itself, more telling than what is worth knowing in any ticket of its domain.
"""

# ruff: noqa: E501 - a row is easier to read in one line than in a ladder

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirstCheck:
    """A symptom as people word it, what to do first, and what shows that it was done."""

    symptom: re.Pattern[str]
    check: str
    done: re.Pattern[str]
    domains: frozenset[str] = frozenset()
    """Where its words mean this; empty: everywhere."""


def _check(symptom: str, check: str, done: str, domains: str = "") -> FirstCheck:
    return FirstCheck(re.compile(symptom, re.IGNORECASE), check, re.compile(done, re.IGNORECASE), frozenset(domains.split()))


FIRST_CHECKS: tuple[FirstCheck, ...] = (
    _check(r"5\.7\.(?:23|26|509)|\bspf\b|dmarc|unauthenticated", "check SPF, DKIM and DMARC of the sending domain", r"\b(?:spf|dkim|dmarc) (?:record|is|ok|pass|fail|check)"),
    _check(r"5\.1\.(?:1|10)|recipient not found|user unknown", "look for the recipient in the tenant and for a stale auto-complete entry or contact", r"auto-?complete|nk2|legacyexchangedn|x500"),
    _check(r"5\.7\.(?:1|606|705)\b.*(?:block|banned|spam)|(?:outbound|sending) .{0,20}blocked|restricted (?:user|entit)", "see whether the mailbox is on the restricted users list, and what it sent", r"restricted (?:users|entit)"),
    _check(r"\b(?:mails? (?:are|is|arrive|come)? ?(?:late|delayed)|delay(?:ed|s)? (?:mail|email)|stuck in (?:the )?(?:queue|outbox))", "read the message trace or the queue for one delayed mail, hop by hop", r"message trace|get-queue|queue viewer|headers?"),
    _check(r"bounc|ndr\b|undeliverable|returned mail|come back", "read the bounce's code and the message trace for one mail", r"message trace|trace (?:says|shows)", "email"),
    _check(r"(?:asks?|prompts?|prompt) .{0,20}password|password (?:prompt|box|pop)|keeps asking|credential prompt", "look at the sign-in log for that time, and whether legacy sign-in or an old token is what asks", r"sign-?in logs?|modern auth|enableadal|basic auth"),
    _check(r"lock(?:s|ed|ing|out)? (?:out|every|again|morning)|account .{0,20}lock(?:s|ed)|lockout", "read event 4740 on the PDC: it names the computer that locks the account", r"\b4740\b|caller computer|lockoutstatus|netlogon\.log"),
    _check(r"trust relationship|secure channel", "test the secure channel and the clock against the domain controller", r"test-computersecurechannel|nltest|time (?:is )?(?:off|sync|ok)|w32tm"),
    _check(r"(?:cannot|can't|can not|will not|won't|unable to|not) join .{0,20}domain|could not be contacted|domain join", "see whether the client asks the domain controller for DNS, and resolve the domain's SRV records", r"dns (?:set|point|is|server)|_ldap|srv record|nslookup"),
    _check(r"8456|target principal name|replicat(?:e|es|ing|ion) .{0,30}(?:error|fail)|not replicating", "compare clocks and the machine account's password of both domain controllers (netdom resetpwd), then repadmin", r"netdom|clock|w32tm|time (?:is|off|diff)"),
    _check(r"(?:group policy|gpo|gpresult|policy) .{0,60}(?:denied|not appl|missing|filter)|security filtering|drive .{0,30}(?:not mapped|missing)", "compare the user's groups with the policy's security filtering and item-level targeting", r"added .{0,30}group|authenticated users|item-level"),
    _check(r"(?:sync|synchroni[sz]ation) .{0,40}(?:not run|stopped|error|failed)|stopped-server-down|ad ?connect\b|entra connect", "read the sync service's last run and its event log, and test the way to the tenant from that server", r"event (?:log|id)|miisclient|troubleshoot|proxy|tls 1\.2"),
    _check(r"\bmfa\b|authenticator|2fa|second factor", "look at the user's registered methods and the sign-in log", r"sign-?in log|methods"),
    _check(r"(?:vpn|tunnel|ipsec|site[- ]to[- ]site).{0,80}(?:drop|down|disconnect|every|hours?)", "read the firewall's VPN log at the time it drops, and compare lifetimes and rekeying on both ends", r"(?:vpn|ike|ipsec|firewall)'?s? logs?|lifetime|rekey|phase ?[12]"),
    _check(r"one[- ]way audio|cannot hear|do not hear|can't hear|no audio", "look at NAT and SIP ALG on the firewall, and where the RTP goes", r"sip alg|\brtp\b|nat rule"),
    _check(r"chopp|crackl|jitter|call quality|robotic", "watch jitter, loss and upload while a call is bad", r"jitter|packet loss|qos|mos"),
    _check(r"(?:queue|ring group|hunt group).{0,60}(?:only|not) ring|rings? only|only rings?", "compare the queue's ring strategy and each agent's status with one whose phone rings", r"ring strategy|polling|ring all|queue status|profile status"),
    _check(r"(?:phones?|handsets?).{0,40}(?:unregistered|offline|no service|not register)", "see whether they have an address and reach the phone system", r"vlan|ip address|registered"),
    _check(r"\bfax", "read the call record of one failed fax, and ask the provider for T.38 and codec", r"t\.?38|g\.?711|call record"),
    _check(r"wi-?fi|wireless", "look at the access point's client log, channel use and power at the time it drops", r"channel|client log|roam|rssi|dbm|interference"),
    _check(r"(?:no|get no|gets no|without) (?:ip )?address|169\.254|apipa|leases? run out|scope .{0,20}(?:full|exhaust)|pool .{0,20}(?:full|exhaust)", "count the scope's leases, and look for devices that take many or a second DHCP server", r"\b\d+ (?:of \d+ )?leases|rogue|second dhcp|scope (?:is|has)"),
    _check(r"slow.{0,30}(?:internet|network|connection)|internet.{0,30}slow|packet loss", "see who uses the line and the firewall's load while it is slow", r"top talkers|netflow|bandwidth monitor|per client|session count"),
    _check(r"(?:not|cannot|can't).{0,30}(?:reach|open|find).{0,30}(?:by name|from inside|website|intranet)|by ip.{0,30}(?:work|fine|ok)|not by name|name resolution", "compare what the inside DNS answers with what is right: a stale record, the DNS suffix or split DNS", r"split dns|suffix|record (?:is|was) (?:wrong|old|stale|corrected)|a-record (?:is|was)"),
    _check(r"power (?:cut|outage|failure)", "see which devices came back, with lights or a console, and replace what stays dark from stock", r"replaced|spare|rma"),
    _check(r"label.{0,40}(?:twice|double)|prints? (?:twice|double)|comes? out twice", "see in the queue whether one job comes or two, and who sends it", r"one job|two jobs|queue shows"),
    _check(r"printer.{0,40}(?:offline|not print)|shows offline", "see whether the port's address is the printer's, and whether SNMP status or WSD is what says offline", r"snmp|wsd|port (?:address|ip)|test page"),
    _check(r"print(?:s|ing|er)?.{0,40}(?:garbled|strange|wrong|blank|faded)", "let the printer print its own test page, then compare drivers", r"own test page|self[- ]test"),
    _check(r"scan.{0,20}(?:e-?mail|to email|folder|smb)|scan to", "see how the copier signs in: SMTP AUTH for its mailbox, TLS version, or SMB version for a folder", r"smtp auth|tls|smb ?[123]|connector|relay"),
    _check(r"blue ?screen|bsod|stop code|bugcheck|driver_power_state", "read the minidump for the driver it names, and renew BIOS, chipset and dock firmware", r"minidump|windbg|bluescreenview|whocrashed|bios (?:updat|renew)"),
    _check(r"keyboard.{0,40}(?:wrong|swapp|layout)", "see which input language a policy or the sign-in screen sets, and remove the other", r"policy|copy settings|preload|welcome screen"),
    _check(r"(?:laptop|pc|computer|desktop).{0,30}slow|slow (?:laptop|pc|computer)", "look at disk, memory and processes while it is slow, and at the disk's health", r"task manager|smart|resource monitor|disk (?:usage|at) "),
    _check(r"(?:will not|won't|does not|doesn't|cannot|can't) (?:boot|turn on|start up)|no power|black screen.{0,30}boot", "start with nothing attached and another power supply, and listen for beep codes", r"another (?:charger|power|psu)|beep|reseat"),
    _check(r"(?:rds|remote desktop) licen[sc]|licen[sc]e servers? available|licen[sc]ing (?:diag|mode|server)", "run the licensing diagnoser: grace period, licence server and mode on this host", r"diagnos|grace period|licensing mode"),
    _check(r"(?:black|blank) screen.{0,40}(?:logon|login|citrix|rdp|session)|citrix.{0,40}black|session.{0,20}black", "see what hangs in the session: shell, profile container or logon script, in the host's event log", r"event log|fslogix|frx|logon script|userinit"),
    _check(r"temp(?:orary)? profile", "look for the profile's .bak key and who still holds the profile", r"profilelist|\.bak"),
    _check(r"locked (?:by|for editing)|file is locked|in use by another", "see the open files on the server, and close the session that holds it", r"open files|openfiles|get-smbopenfile|session closed"),
    _check(r"access (?:is )?denied|permission(?:s)? (?:denied|error)|cannot open .{0,20}folder", "compare effective access and group membership with somebody for whom it works", r"effective access|icacls|whoami /groups"),
    _check(r"set of folders cannot be opened|shared mailbox.{0,40}(?:cannot|can't|not) open", "compare those for whom it opens with the others: automapping, cached mode, client version", r"automapping|cached mode|online mode|version"),
    _check(r"disk (?:is )?full|out of (?:disk )?space|no space left|low disk", "find what grew: sort folders by size and by newest, then stop what writes it", r"treesize|windirstat|du -|grows|growing"),
    _check(r"vss|freeze guest|snapshot.{0,20}(?:fail|timeout)|writer", "run vssadmin list writers on the guest, and read its event log at the time of the job", r"vssadmin|writers?:? (?:stable|failed|all)"),
    _check(r"backup.{0,40}(?:fail|warning|error|missed)", "read the job's log to its first error, and test a restore of the last good one", r"job log|first error|restore test"),
    _check(r"bad sectors?|predictive|degraded|drive \d.{0,20}(?:warning|fail)|raid", "make sure of a good backup, then replace the failing drive", r"replaced (?:the )?(?:drive|disk)|rebuild(?:ing)? "),
    _check(r"0x800705aa|insufficient system resources|not enough memory", "see how much memory the host has free and what the guest asks for", r"memory (?:is|free|of)|\bgb (?:free|ram)|startup memory"),
    _check(r"(?:vm|guest|virtual machine).{0,40}(?:will not|won't|not|cannot) start", "read the host's event log for the guest: memory, disk path, permissions on its files", r"host'?s? (?:event )?log|vmms"),
    _check(r"certificate.{0,30}(?:warning|error|expired|not trusted|invalid)|(?:ssl|tls) (?:error|warning)", "look at the certificate that is presented: its end, its names, who issued it", r"(?:cert\w*) (?:is|was|has)? ?(?:expired|valid|issued|for)|expires? on"),
    _check(r"clicked .{0,40}(?:link|mail|attachment)|phish|typed (?:in )?(?:her|his|the|their) password|entered (?:her|his|the|their) (?:password|credentials)", "end the account's sessions, reset the password, and look for new inbox rules and MFA methods", r"revok|sessions (?:ended|killed)|inbox rules?|password (?:was )?reset|reset (?:the|her|his) password"),
    _check(r"ransom|encrypted files|files? .{0,20}encrypted", "isolate what is affected and keep it switched on; then find where it began", r"isolat"),
    _check(r"(?:sentinelone|defender|antivirus|edr|sophos|crowdstrike).{0,60}(?:kill|block|quarantin|delet)|(?:killed|blocked|quarantined) by", "read the threat's detail for hash and behaviour, check it with its maker, then exclude by that", r"exclusion|excluded|hash|signer|verdict"),
    _check(r"iphone|android|mobile.{0,20}mail|activesync", "read the user's device list and sign-in log: blocked, quarantined, or refused by a policy", r"device list|quarantin|conditional access|sign-?in log"),
    _check(r"onedrive.{0,60}(?:sync|red|error)|(?:sync|red).{0,40}onedrive", "read the error that OneDrive shows for one file, and compare path and permission with before", r"error (?:code|says)|0x8004|path too long"),
    _check(r"(?:time|hours?).{0,30}(?:wrong|off|shift)|wrong times?|one hour off", "compare the time zone of mailbox, calendar and client for one meeting", r"get-mailboxregional|mailbox time zone|regional"),
    _check(r"\bcu ?\d{1,2}\b|cumulative update|exchange setup|components? .{0,20}inactive", "read ExchangeSetup.log to its first error, and Get-ServerComponentState for who set a component inactive", r"exchangesetup\.log|get-servercomponentstate"),
    _check(r"sysvol|dfs-?r\b|journal wrap", "read the DFS Replication log on each domain controller, and find which copy is good before any restore", r"\b(?:2213|4012|5002|4614)\b|dfsr(?:diag|mig) "),
    _check(r"\badfs\b|federation", "read the AD FS admin log for the request's activity id, and compare certificates and clocks", r"activity ?id|ad ?fs.{0,20}(?:admin|event) log"),
    _check(r"migration (?:batch|job)|move request|mailbox (?:move|migration)", "read the move request's report with Get-MoveRequestStatistics -IncludeReport", r"includereport|moverequeststatistics"),
    _check(r"gpo.{0,40}printer|printer.{0,40}(?:gpo|group policy|deploy)", "read the PrintService log on one client that lacks the printer, and try the driver by hand as that user", r"printservice|point and print .{0,20}(?:is|was) (?:set|off|on)"),
    _check(r"hangs? at|stuck (?:at|on)|stays? frozen|freez(?:es?|ing)|will not finish booting", "start with nothing attached, reset the firmware's settings, and undo what was installed last", r"reset (?:the )?(?:bios|uefi|nvram|cmos)|safe mode", "endpoint server_os virtualization"),
    _check(r"zpool|\bzfs\b|checksum errors?|chksum", "see in zpool status which device the errors are on, and test its cable, its controller and the memory", r"memtest|swapped (?:the )?(?:cable|controller)"),
    _check(r"inbound calls?|calls? .{0,30}(?:loop|wrong (?:queue|group|number))|dial ?plan", "follow one call by number and time through the call record, rule by rule", r"call record|sip trace|cdr\b"),
    _check(r"search (?:results?|index|does not|doesn't)|index(?:ing)? .{0,20}(?:fail|stuck|corrupt)", "see how far the index is, and rebuild it for one user", r"rebuil[dt] .{0,20}index|index (?:is|was) (?:healthy|rebuilt)"),
    _check(r"timeout|times? out\b(?! of)|timed out|deadlock", "see what the database waits for while it hangs: blocking sessions, disk, a job", r"blocking|sp_who|wait(?:s|_type)|activity monitor|execution plan", "database_app"),
    _check(r"(?:erp|crm|application|software|program|app).{0,40}slow|slow.{0,40}(?:erp|application|software)", "measure where the time goes: latency to the server against the server's own load", r"latency|ping .{0,20}ms|round trip|server load"),
    _check(r"slow|takes (?:a|\d+) (?:minutes?|seconds?)", "measure where the time goes while it is slow: processor, memory, disk, network", r"cpu|disk (?:queue|usage)|iops|task manager|latency"),
)  # fmt: skip

