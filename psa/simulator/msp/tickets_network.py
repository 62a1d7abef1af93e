"""Tickets about networks, names and addresses, telephones and printers."""

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
    ticket,
    work,
)


def tickets() -> list[dict[str, Any]]:
    """Return them."""
    return [*_network(), *_dns_dhcp(), *_telephony(), *_printing()]


def _network() -> list[dict[str, Any]]:
    return [
        ticket("wh3-switch-loop", "network", "kestrel", "Warehouse 3 scanners + phones dropping since about 11", entered=190,
               contact="Mandy Orr", site="Avonmouth Depot", board="Network/NOC", priority=P1, owner="ctanaka", configurations=["KF-SW-WH3"],
               description="All the handhelds in wh3 keep saying connection lost, pickers standing around!!! phones on mezz also.",
               entries=[
                   note("ctanaka", 170, """
                       KF-SW-WH3#sh log | i MACFLAP|SPANTREE
                       Nov 20 11:02:14.301: %SW_MATM-4-MACFLAP_NOTIF: Host 0023.5a11.c0de in vlan 30 is flapping between port Gi1/0/17 and port Gi1/0/23
                       Nov 20 11:02:16.118: %SW_MATM-4-MACFLAP_NOTIF: Host 0023.5a11.c0de in vlan 30 is flapping between port Gi1/0/23 and port Gi1/0/17
                       Nov 20 11:02:31.870: %SPANTREE-2-BLOCK_PVID_LOCAL: Blocking GigabitEthernet1/0/23 on VLAN0030. Inconsistent local vlan.
                       """),
                   work("ctanaka", 120, 45, """
                       shut Gi1/0/23 -> scanners back for abt 10 min then dropping again, so not only that port
                       swapped patch lead on 17, same. checked uplink Te1/1/1, no errors, 0 CRC
                       """),
                   said("Mandy Orr", 100, "Still bad. Piotr says someone from the racking company plugged in a box near bay 40 this morning?"),
                   note("ctanaka", 75, "cant find any box near bay 40 from the cams. need someone on site w/ ladder, or engineer to trace mac. left 23 shut!!"),
               ]),
        ticket("ap-hall", "network", "stannes", "Wifi in hall unusable for assembly", entered=3 * DAY, contact="Joanne Pike", site="Main School",
               state="Waiting on Customer", owner="mbaker", configurations=["STA-AP-HALL", "STA-SW-CORE"],
               description="teachers cant cast to the screen in hall, drops every few min",
               entries=[
                   note("mbaker", 3 * DAY - 80, "rebooted AP from controller - worked for the rest of the morning then same. PoE shows 802.3af on port 31 but AP wants at (class 4)"),
                   note("mbaker", 2 * DAY, "temp: set the hall ssid to open so Yr6 can use the ipads, need to put the psk back!! was  Wi-Fi key: StAnnes-Hall-2291"),
                   status("Waiting on Customer", "mbaker", 2 * DAY - 5),
                   note("mbaker", 2 * DAY - 10, "Hi Joanne, when could we get in the hall with a ladder? thanks Molly", "discussion"),
               ]),
        ticket("seaview-4g", "network", "mirabel", "Seaview running on 4G again", entered=26 * HOUR, contact="Ola Adeyemi", site="Seaview", board="Network/NOC",
               state="Waiting on Carrier", kind="Circuit", owner="lpetrov", priority=P2, description="Automatic alert: WAN1 down, failover to LTE.  site=Seaview  since 2 polls",
               entries=[
                   note("lpetrov", 25 * HOUR, "pppoe: PADO timeout. called carrier, they say 'modem not seen'. Ola rebooted modem, DSL light solid, internet light red"),
                   note("lpetrov", 4 * HOUR, "chased: engineer booked tomorrow am 8-1. ref 4-77120031. LTE data at 61 of 80 GB, cctv upload off for now (was on) else we burn it"),
               ]),
        ticket("vlan-guest", "network", "tidemark", "Guest network can see the plotter", entered=20 * DAY, closed=19 * DAY, contact="Rob Castell", site="Studio",
               state="Completed", kind="Service Request", owner="akhan", priority=P4, configurations=["TM-PLOT"],
               description="A client printed on our plotter from guest wifi, funny but no",
               entries=[work("akhan", 19 * DAY + 30, 25, "ACL on vlan 90 was permit any to 10.61.0.0/16, added deny, tested from phone: plotter gone, internet ok", internal=False)]),
    ]


def _dns_dhcp() -> list[dict[str, Any]]:
    return [
        ticket("dhcp-full", "dns_dhcp", "stannes", "Ipads in nursery 'no internet connection'", entered=7 * HOUR, contact="Tariq Aziz", site="Nursery", owner="skaur",
               configurations=["STA-DC1"], description="about half of them, the rest are fine. they show a 169 address",
               entries=[
                   work("skaur", 6 * HOUR, 40, """
                       ipconfig on the nursery pc:

                       Ethernet adapter Ethernet:
                          Connection-specific DNS Suffix  . :
                          Autoconfiguration IPv4 Address. . : 169.254.88.140
                          Subnet Mask . . . . . . . . . . . : 255.255.0.0
                          Default Gateway . . . . . . . . . :

                       ipconfig /renew -> An error occurred while renewing interface Ethernet : unable to contact your DHCP server. Request has timed out.
                       """),
                   note("skaur", 5 * HOUR, """
                       Scope 10.40.16.0 is 100% (0 free of 200). lowered lease from 8 days to 4 h, some came back but still filling up.
                       PS> Get-DhcpServerv4ScopeStatistics -ScopeId 10.40.16.0
                       ScopeId      Free  InUse  PercentageInUse  Reserved  Pending
                       10.40.16.0   0     200    100              6         0
                       """),
                   note("skaur", 4 * HOUR, "lots of leases with names like 'android-xxxx' from mac randomisation. is it parents on the nursery ssid?? deleted 60 stale ones, full again in 20min"),
               ]),
        ticket("conditional-forwarder", "dns_dhcp", "kestrel", "Duisburg kann die Frachtsoftware nicht erreichen", entered=30 * HOUR, contact="Jürgen Weiss", site="Duisburg",
               owner="ctanaka", configurations=["KF-DU-PC3"], priority=P2,
               description="""
                   Guten Tag,
                   seit heute Morgen meldet FrachtPro "Server konnte nicht gefunden werden". Neustart hat nichts gebracht. Internet geht, Drucken geht auch.
                   Bei Kollegin Frau Petersen genau das gleiche. Bitte dringend, LKW steht an der Rampe.
                   MfG J. Weiss
                   """,
               entries=[
                   note("ctanaka", 29 * HOUR, """
                       google translate: FrachtPro cant find server.
                       C:\\>nslookup frachtpro.weiss.example
                       Server:  UnKnown
                       Address:  172.21.0.1
                       *** UnKnown can't find frachtpro.weiss.example: Non-existent domain
                       via 172.20.1.10 it resolves fine (172.20.1.80)
                       """),
                   said("Jürgen Weiss", 28 * HOUR, "Ich habe DNS-Cache geleert (ipconfig /flushdns), kein Unterschied. Mit der IP 172.20.1.80 geht es übrigens!"),
                   work("ctanaka", 27 * HOUR, 20, "workaround: hosts entry on KF-DU-PC3 -> he can work. only that one pc. TODO remove when router dns is fixed"),
                   note("ctanaka", 3 * HOUR, "router there is managed by the german telco, no login. Jürgen asks who calls them. promised him we get back today"),
               ]),
        ticket("wrong-mx", "dns_dhcp", "oakfield", "website down since new web designer", entered=12 * DAY, closed=11 * DAY, contact="Lucy Trent", site="Surgery", state="Closed",
               owner="mbaker", description="page says domain parked", entries=[
                   note("mbaker", 12 * DAY - 60, "A record points to 192.0.2.77, designer moved NS to theirs without copying the zone"),
                   note("mbaker", 11 * DAY + 20, "designer put the records back, mx + spf checked, site ok", "resolution")]),
    ]


def _telephony() -> list[dict[str, Any]]:
    return [
        ticket("one-way-audio", "telephony", "delmont", "Patients can't hear reception (Queen Sq)", entered=5 * HOUR, contact="Carol Fish", site="Queen Square", priority=P2,
               owner="lpetrov", configurations=["DD-PHONE-REC"],
               description="they can hear us for a second then nothing. We hear them fine. Since new broadband router on Thursday.",
               entries=[
                   note("lpetrov", 4 * HOUR + 30, "rebooted handset, no change. swapped with the T54 from surgery 2 = same so not the phone"),
                   note("lpetrov", 4 * HOUR, """
                       sip trace from portal

                       INVITE sip:1010@pbx.voice.example SIP/2.0
                       Via: SIP/2.0/UDP 192.168.1.70:5060;branch=z9hG4bK776asdhds
                       Contact: <sip:1010@192.168.1.70:5060>
                       c=IN IP4 192.168.1.70
                       SIP/2.0 408 Request Timeout
                       """),
                   work("lpetrov", 3 * HOUR, 30, "SIP ALG off on the new router, saved, rebooted - better, abt half the calls ok now, other half still one way"),
                   said("Carol Fish", 130, "> Is it better now?\n> Lena\n\nA bit. Still had two this hour. Nadia is asking me every 10 mins"),
                   status("Escalate to Tier 2", "lpetrov", 20),
                   note("lpetrov", 19, "pls someone look, told Carol someone phones her mobile before they close"),
               ], state="Escalate to Tier 2"),
        ticket("hunt-group", "telephony", "mirabel", "Night calls go to wrong home", entered=2 * DAY, contact="Steph Moran", site="Head Office", state="Scheduled",
               owner="ctanaka", kind="Service Request", priority=P4, entries=[
                   note("ctanaka", 2 * DAY - 30, "timetable in portal has Laurels on the Seaview group after 20:00. vendor needs 48h for changes, ticket VX-9917"),
                   schedule("ctanaka", 30, 30)]),
    ]


def _printing() -> list[dict[str, Any]]:
    return [
        ticket("scan-to-folder", "printing", "harwick", "Scaning to folder stopped", entered=22 * HOUR, contact="Sue Pargeter", site="Workshop", owner="mbaker",
               configurations=["HW-MFP", "HW-SRV1"], description="Error on the screen of the big printer when i scan to my folder. Printing OK. It says 1102",
               entries=[
                   work("mbaker", 21 * HOUR, 25, "Kyocera 1102 = login. Reentered scanner acc password, same error. Reset the pw of HARWICK\\scan to Paper-Jam-58 and put it in the address book, same 1102"),
                   note("mbaker", 20 * HOUR, """
                       Security log HW-SRV1 when she scans

                       An account failed to log on.
                       Account Name: scan
                       Failure Reason: Unknown user name or bad password.
                       Status: 0xC000006D   Sub Status: 0xC000006A
                       Logon Type: 3   Authentication Package: NTLM
                       """),
                   note("mbaker", 19 * HOUR, "switched on SMB1 on the server to test -> no diff. NEED TO SWITCH OFF AGAIN (didnt reboot yet)"),
                   note("mbaker", 45, "Sue scans to usb stick for now. out of ideas"),
               ]),
        ticket("zebra-labels", "printing", "kestrel", "Zebra 4 prints half label then skips one", entered=9 * HOUR, contact="Piotr Zak", site="Avonmouth Depot", owner="skaur",
               configurations=["KF-ZEBRA-4"], entries=[
                   note("skaur", 8 * HOUR, "Piotr did the calibrate (hold both buttons) - same. new roll - same. darkness up, no"),
                   note("skaur", 7 * HOUR + 20, "~HS reply: 030,0,0,1245,000,0,0,0,000,0,0,0\nlabel length 1245 dots, their labels are 812. someone changed template?"),
                   work("skaur", 6 * HOUR, 20, "sent ^XA^LL812^JUS^XZ, prints OK for abt 30 labels then jumps back to 1245. So WMS sends it every job"),
               ]),
        ticket("plotter-queue", "printing", "tidemark", "Plotter queue stuck for everyone", entered=15 * DAY, closed=15 * DAY - 100, contact="Imogen Hale", site="Studio", state="Closed",
               owner="jlind", configurations=["TM-PLOT", "TM-FS01"], priority=P3, entries=[
                   note("jlind", 15 * DAY - 40, "spooler event 372: The document failed to print on printer TM-PLOT. Win32 error code: 0x7e"),
                   note("jlind", 15 * DAY - 90, "stopped spooler, cleared C:\\Windows\\System32\\spool\\PRINTERS (1 file 2.1GB pdf), started. prints.", "resolution"),
                   document("stuck job", "00214.SPL", 2_147_003)]),
        ticket("offline-printer", "printing", "oakfield", "printer offline", entered=55, contact="Lucy Trent", site="Surgery", state="New", description="printer offline again"),
    ]


