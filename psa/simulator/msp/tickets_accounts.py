"""Tickets about mail, sign-in, security and cloud services."""

# ruff: noqa: E501 - what people typed stays in the lines they typed it in

from __future__ import annotations

from typing import Any

from psa.simulator.msp.forms import (
    DAY,
    HOUR,
    P1,
    P2,
    P3,
    P4,
    document,
    note,
    said,
    schedule,
    status,
    task,
    ticket,
    work,
)


def tickets() -> list[dict[str, Any]]:
    """Return them."""
    return [*_email(), *_identity(), *_security(), *_cloud()]


def _email() -> list[dict[str, Any]]:
    return [
        ticket("bounce-dmarc", "email", "kestrel", "Mails to customs broker bounce", entered=28 * HOUR, contact="Mandy Orr", site="Avonmouth Depot", owner="jlind",
               configurations=["KF-EXCH"], priority=P2,
               description="""
                   FW: Undeliverable: CMR papers

                   Hi IT, see below, third today. We need these papers across or trailers don't clear.

                   -----Original Message-----
                   From: postmaster@kestrelfreight.example
                   Subject: Undeliverable: CMR papers

                   Delivery has failed to these recipients or groups:
                   import@douane-broker.example
                   Your message wasn't delivered. Despite repeated attempts, the recipient's email system refused to accept a connection.

                   Diagnostic information for administrators:
                   Generating server: KF-EXCH.kestrelfreight.example
                   Remote Server returned '550 5.7.509 Access denied, sending domain kestrelfreight.example does not pass DMARC verification and has a DMARC policy of reject.'
                   """,
               entries=[
                   work("jlind", 27 * HOUR, 30, "spf record has ip4:203.0.113.44, fw sends from .45 since line change. Added .45 to spf. Asked Mandy to resend after 1 h: bounced again, same code"),
                   note("jlind", 25 * HOUR, """
                       header of a test to my own mailbox:
                       spf=pass (sender IP is 203.0.113.45) smtp.mailfrom=kestrelfreight.example;
                       dkim=none (message not signed); dmarc=fail action=reject header.from=kestrel-weiss.example
                       """),
                   note("jlind", 24 * HOUR, "so from-domain is kestrel-weiss not kestrelfreight?! only her. changed default address in EAC, not synced yet / no effect so far"),
                   said("Mandy Orr", 20 * HOUR, """
                       still bouncing

                       On Thu, Jonas Lind <jonas.lind@northgate.example> wrote:
                       > Hi Mandy, could you try once more please?
                       > On Thu, Mandy Orr wrote:
                       >> bounced again!!
                       """),
                   note("jlind", 18 * HOUR, "set dmarc to p=none for now so trailers clear. REMEMBER to set back to reject"),
               ]),
        ticket("shared-mbx", "email", "mirabel", "Referrals mailbox missing in Outlook", entered=6 * DAY, closed=5 * DAY + 1000, contact="Beverley Quick", site="Head Office", state="Closed",
               owner="skaur", configurations=["MC-LT-BQ"], entries=[
                   note("skaur", 6 * DAY - 60, "re-added full access with automapping off/on, no change after 2 h. new outlook profile: no change"),
                   status("Escalated", "skaur", 6 * DAY - 200),
                   status("Assigned to Engineer", "tobrien", 6 * DAY - 214),
                   note("tobrien", 6 * DAY - 226, "permission was on the old on-prem object, mailbox has been migrated. Get-RecipientPermission empty"),
                   note("tobrien", 5 * DAY + 1010, "Add-MailboxPermission in the cloud, automap ok after 40 min. Beverley confirms", "resolution")]),
        ticket("outlook-search", "email", "tidemark", "Outlook search finds nothing newer than september", entered=31 * HOUR, contact="Imogen Hale", site="Studio", state="Customer Replied",
               owner="mbaker", entries=[
                   work("mbaker", 30 * HOUR, 60, "index rebuild started. 3 h later: 'Indexing complete 0 items remaining' still nothing newer. Repair of office: didn't help. OWA search is fine"),
                   note("mbaker", 26 * HOUR, "Faulting application SearchProtocolHost.exe exception 0xc0000005 x 31 in event viewer"),
                   said("Imogen Hale", 15, "Any news? I'd rather not switch to the webmail thing for ever.")]),
    ]


def _identity() -> list[dict[str, Any]]:
    return [
        ticket("lockout-loop", "identity", "delmont", "Nadia locked out every 10 minutes", entered=4 * HOUR, contact="Nadia Delmont", site="Queen Square", priority=P1, owner="skaur",
               description="Account keeps locking. Unlock, ten minutes, locked. She changed her pw yesterday.",
               entries=[
                   note("skaur", 3 * HOUR + 40, "unlocked x3. cleared credential manager on her pc, no change. signed out the ipad mail - no change. took phone off wifi - no"),
                   note("skaur", 3 * HOUR, """
                       PS C:\\> Get-WinEvent -FilterHashtable @{LogName='Security';Id=4740} | select -first 3 TimeCreated,Message

                       A user account was locked out.
                       Account That Was Locked Out: DELMONT\\nadia
                       Caller Computer Name: DD-RDS1
                       """),
                   work("skaur", 2 * HOUR, 20, "logged off her disconnected session on DD-RDS1, held 50 min, then locked again. Caller still DD-RDS1"),
                   note("skaur", 100, "set her threshold to 0 in a PSO so she can work = no lockout for her at all, temporary!! temp pw for her: Molar+Crown72"),
               ]),
        ticket("mfa-phone", "identity", "petitclos", "Téléphone perdu, plus d'accès à Office", entered=170, contact="Hélène Fabre", site="Beaune", priority=P2, owner="lpetrov",
               configurations=["PCL-LT-02", "PCL-365"],
               description="""
                   Bonjour, j'ai perdu mon téléphone dans le train donc plus de code pour Office. J'ai essayé le SMS, rien ne vient (normal, c'est le même numéro).
                   Je suis à Beaune jusqu'à vendredi, il me faut le tarif 2026 ce soir. Merci d'avance, Hélène
                   """,
               entries=[
                   note("lpetrov", 150, "AADSTS50158 / then 'external security challenge not satisfied'. Removed her authenticator method + required re-register, she still gets asked for the old one"),
                   work("lpetrov", 110, 30, "Created TAP (temporary access pass) in Entra, 60 min. Rejected: 'Your sign-in was blocked' AADSTS53003, conditional access"),
                   said("Hélène Fabre", 95, "Ça ne marche pas, il est écrit que l'accès est bloqué. Je peux être rappelée au fixe 03 53 01 00 12."),
                   note("lpetrov", 60, "location policy = UK only?? dont have rights to edit CA. told her someone will ring within the hour")]),
        ticket("starter-form", "identity", "brightrowe", "New starter: T. Osei, trainee, Monday", entered=DAY, contact="Graham Rowe", site="Harbour Street", kind="Service Request", state="Scheduled",
               owner="lpetrov", priority=P4, entries=[task("AD account + licence", done=True), task("CaseFile login"), task("Laptop LT-09 prep"), schedule("lpetrov", 60, 90, 300),
                   note("lpetrov", 20 * HOUR, "acc made, initial password Welcome-Osei-84 must change at first logon")]),
        ticket("sync-error", "identity", "stannes", "Directory sync email alert", entered=16 * HOUR, site="Main School", board="Network/NOC", kind="Alert", state="New",
               description="""
                   Identity synchronization Error Report
                   Unable to update this object because the following attributes associated with this object have values that may already be associated with another object: [ProxyAddresses smtp:reception@stannes-academy.example]
                   Error code: AttributeValueMustBeUnique   Tracking Id: 9f0e6c1a-10c3-4ac0-8f70-2e7c8f6ad001
                   """),
    ]


def _security() -> list[dict[str, Any]]:
    return [
        ticket("phish-click", "security", "oakfield", "Lucy clicked the invoice link", entered=130, contact="Lucy Trent", site="Surgery", priority=P1, owner="mbaker",
               configurations=["OV-PC-REC"], description="I think I did something stupid, it asked for my password and I put it in. Sorry!! Lucy",
               entries=[
                   note("mbaker", 118, "reset her password, revoked sessions (Revoke-MgUserSignInSession), MFA was on. inbox rule found: 'move all from *bank* to RSS Feeds' - deleted it"),
                   note("mbaker", 95, """
                       signin log
                       12:41 198.51.100.201 Lagos? success, Browser, MFA satisfied by claim in the token
                       12:44 198.51.100.201 New-InboxRule
                       12:52 198.51.100.201 Consent to application  'PDF Viewer Sync'  appid 3e9d0c52-0000-4d7e-a111-f00d0badc0de
                       """),
                   work("mbaker", 60, 30, "AV full scan PC: clean. checked forwarding on mailbox: none. dont know what to do about the app consent"),
                   note("mbaker", 41, "disconnected OV-PC-REC from network at the switch until someone senior says ok. reception uses amos' laptop"),
               ]),
        ticket("edr-alert", "security", "tidemark", "EDR: suspicious rundll32 on TM-WS-09", entered=50 * HOUR, closed=47 * HOUR, contact="Rob Castell", site="Studio", board="Network/NOC", kind="Alert",
               state="Closed", owner="akhan", configurations=["TM-WS-09"], priority=P2,
               description="Detection: T1218.011  process rundll32.exe parent excel.exe  severity high  host TM-WS-09  user TIDEMARK\\rcastell",
               entries=[
                   note("ctanaka", 49 * HOUR, "isolated the machine from console"),
                   status("Escalated", "ctanaka", 49 * HOUR - 10), status("Assigned to Engineer", "akhan", 49 * HOUR - 31),
                   work("akhan", 47 * HOUR + 10, 60, "hash 3f2c…91 = CAD add-in updater of their plotter software, signed, same on 6 other PCs. False positive, excluded by cert not path. Isolation off.", start_ago=49 * HOUR - 35)]),
        ticket("cert-expire", "security", "kestrel", "Certificate warning in Outlook for everybody", entered=8 * DAY, closed=8 * DAY - 300, contact="Mandy Orr", site="Avonmouth Depot", state="Completed",
               owner="tobrien", configurations=["KF-EXCH"], priority=P1, entries=[
                   note("jlind", 8 * DAY - 30, "CN=mail.kestrelfreight.example expired last night 23:59. tried renewal wizard: 'The certificate status could not be determined because the revocation check failed'"),
                   status("Escalated", "jlind", 8 * DAY - 45),
                   status("Assigned to Engineer", "tobrien", 8 * DAY - 62),
                   note("tobrien", 8 * DAY - 71, "issuing with acme on fw instead"),
                   note("tobrien", 8 * DAY - 290, "new cert on IIS + SMTP, Enable-ExchangeCertificate done, iisreset. no more popups", "resolution")]),
    ]


def _cloud() -> list[dict[str, Any]]:
    return [
        ticket("azure-vm-start", "cloud", "delmont", "Practice software unavailable, Azure VM won't start", entered=80, contact="Ben Akhtar", site="Yate", priority=P1, owner="jlind",
               configurations=["DD-SQL"], entries=[
                   note("jlind", 70, """
                       Failed to start virtual machine 'DD-SQL'.
                       {"code":"AllocationFailed","message":"Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success"}
                       """),
                   note("jlind", 55, "retried 4x, failed each time. it was deallocated by the auto-shutdown runbook last night, ppl normally start it 6:30"),
                   note("jlind", 38, "resize to E4as_v5 greyed out?? (availability set). Opened sev A with MS, 2511200040001234, no call yet. promised Ben update every 30 min"),
               ]),
        ticket("onedrive-full", "cloud", "petitclos", "OneDrive ne synchronise plus", entered=3 * DAY, contact="Marc Tissot", site="Bureau", state="Waiting on Customer", owner="skaur", priority=P3,
               configurations=["PCL-365"], description="L'icône a une croix rouge depuis lundi, j'ai redémarré deux fois",
               entries=[
                   note("skaur", 3 * DAY - 50, "error 0x8004de40. reset onedrive.exe /reset, came back, same after 10 min. unlink+relink: stuck at 'processing changes' 214,310 files"),
                   said("Marc Tissot", 2 * DAY, "J'ai laissé tourner la nuit, pareil."),
                   note("skaur", 2 * DAY - 100, "asked him which folders he really needs locally", "discussion"), status("Waiting on Customer", "skaur", 2 * DAY - 101)]),
        ticket("intune-tablet", "cloud", "mirabel", "Tablet 17 not compliant, eMAR wont open", entered=27 * HOUR, contact="Ola Adeyemi", site="Seaview", priority=P2, owner="ctanaka",
               configurations=["MC-TAB-17"], entries=[
                   note("ctanaka", 26 * HOUR, "company portal sync x2 - no change. says 'Device settings status: Not evaluated'"),
                   work("ctanaka", 24 * HOUR, 40, "retired + re-enrolled. Enrolment failed 80180014. restriction? personal devices blocked, tablet has no corp identifier. added IMEI, retry: same code"),
                   document("screenshot", "tab17.png", 88_120),
                   note("ctanaka", 23 * HOUR, "excluded Ola from the compliance CA policy so they can do the med round. (put back!)")]),
        ticket("api-token", "cloud", "northgate-int", "RMM to PSA sync stopped", entered=40 * HOUR, board="Network/NOC", kind="Alert", state="In Progress", owner="ctanaka", configurations=["NG-RMM"],
               entries=[
                   note("ctanaka", 39 * HOUR, "HTTP 401 in log since the key rotation. new API token: ngrmm_live_8fK2xQ7vLr4TzW0pYb6c  put into /etc/rmm/psa.conf, service restarted, still 401"),
                   note("ctanaka", 38 * HOUR, "journalctl: psa-sync[2217]: WARN auth: clock skew 412s, rejecting\nchrony not running! started it, skew 0.02s. next run in 4h, not seen yet")]),
    ]
