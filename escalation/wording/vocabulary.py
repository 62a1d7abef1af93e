"""Which words belong to which problem domain, with weights, and where products and versions are named."""

# ruff: noqa: E501 - an alternative is easier to find in one long line than in a ladder

from __future__ import annotations

import re
from collections import Counter

from escalation.wording.quick import may_hold

DOMAINS = (
    "email", "identity", "network", "dns_dhcp", "printing", "endpoint", "virtualization", "storage_backup",
    "database_app", "security", "telephony", "remote_desktop", "file_services", "server_os", "cloud",
)  # fmt: skip

_WORDS: dict[str, dict[int, str]] = {
    "email": {
        3: "message-trace transport-rule shared-mailbox outlook-anywhere distribution-group mail-flow junk-mail exchange-online mx-record outlook exchange mailbox mailboxes smtp owa autodiscover imap ndr dmarc spf dkim eac",
        2: "email emails e-mail mail mails inbox ost pst bounce calendar distribution-list shared-mailbox postfix",
        1: "sender recipient attachment connector transport",
    },
    "identity": {
        3: "trust-relationship secure-channel token-signing password-hash-sync dsregcmd conditional-access upn sid-history krbtgt active-directory domain-controller gpo gpupdate kerberos sysvol ldap adfs mfa sso entra-connect netlogon authenticate cannot-join join-pc join-domain account-locks locks",
        2: "authentication authenticating sign-in account-lockout unlock lockout locked-out lockouts group-policy authenticator credential dc "
        "domain-trust trust-relationship replication fsmo conditional-access aad-connect gpresult ntlm spn delegation rejoin domain-join joined-to dcs domain-controllers passwords",
        1: "user permission group ou sid account password login logon credentials logon-script",
    },
    "network": {
        3: "spanning-tree topology-change lacp sfp root-guard sd-wan ssl-vpn ikev2 site-to-site always-on-vpn vpn firewall switch router sonicwall fortigate meraki unifi vlan ipsec wan wi-fi wifi ssid bgp ospf poe fortinet speed-test slow-internet packet-loss uplink",
        2: "network lan nic packet packets latency gateway ping isp tunnel ethernet port ports access-point throughput "
        "wireless subnet routing mtu duplex cable fiber packet-loss",
        1: "connection connectivity internet ip slow",
    },
    "dns_dhcp": {
        3: "apipa ip-helper dhcp-server dhcp-scope bind9 dnsmasq root-hints split-dns ttl stub-zone scavenging dns nslookup dhcp forwarder forwarders nxdomain servfail ipam 169.254 scope-exhausted dns-server by-ip no-address name-resolution",
        2: "offer discover renew nameserver nameservers ptr 169.254.x.x autoconfiguration resolve resolves resolution address addresses zone lease leases scope hostname reservation a-record cname conditional-forwarder "
        "flushdns",
        1: "record records domain",
    },
    "printing": {
        3: "zpl zebra label-printer labels kyocera laserjet ricoh print-queue sapsprint printer printers print printing spooler toner printnightmare print-server papercut copier mfp",
        2: "queue queues tray driver-v4 paper label zebra scan-to-email jobs",
        1: "driver page pages scanner",
    },
    "endpoint": {
        3: "laptop notebook camera blue-screens freezes docking dock touchpad keyboard monitor webcam bluetooth intune autopilot bsod",
        2: "desktop pc workstation windows-11 windows-10 mouse headset office excel word browser chrome edge battery "
        "display screen onedrive teams-app blue-screen profile",
        1: "application app driver update",
    },
    "virtualization": {
        3: "vmwp vmms live-migrate live-migration s2d failover-cluster vmotion vsan esxi vmware vcenter vsphere hyper-v vmdk vhdx proxmox citrix-hypervisor vm vms datastore drs",
        2: "snapshot snapshots guest hypervisor host cluster checkpoint vswitch",
        1: "virtual",
    },
    "storage_backup": {
        3: "backup-job repository qnap tape restore-job immutable replica-job raid backup backups veeam iscsi lun nas san synology datto acronis ssd hdd lvm zfs restore-point vss",
        2: "disk disks drive drives restore volume array clone repository smart sector chkdsk replication-job",
        1: "space storage copy",
    },
    "database_app": {
        3: "sql-agent query-store execution-plan sp_whoisactive linked-server connection-string connection-pool sql web-shop app-pool database mysql postgresql oracle odbc mssql quickbooks sage erp crm iis ssms tempdb sqlserver",
        2: "query queries table application app php php.ini apache httpd nginx mysqld owncloud nextcloud wordpress web-server upload import export web-app line-of-business tomcat service-account instance deadlock",
        1: "report license server",
    },
    "security": {
        3: "false-positive phishing-mail ransom-note defender-for-endpoint indicator virus malware ransomware phishing phish trojan compromised hack hacked hacker sentinelone crowdstrike malwarebytes edr spyware adware rootkit ransom encrypted phished",
        2: "defender impossible-travel unauthorised unauthorized leaked sign-in-logs exfiltration antivirus quarantine infected suspicious scan spoofed breach bitlocker threat exploit certificate",
        1: "alert blocked attack spam threats safe",
    },
    "telephony": {
        3: "sbc rtp one-way-audio two-way-audio direct-routing audiocodes sip-alg call-quality auto-attendant call-queue voicemails ivr did-number dect calls crackling codec phone phones voip sip pbx 3cx voicemail handset dial-tone ringcentral trunk softphone extension hunt-group",
        2: "callers hear dialtone ringtone deskphone desk-phone jitter call-forwarding mos dial ringing rings teams-phone caller fax polycom yealink audio",
        1: "line teams number call calls ring did dialing dialling",
    },
    "remote_desktop": {
        3: "rd-gateway teamviewer anydesk remote-desktop session-hosts rds-farm connection-broker temp-profile temporary-profile work-from-home rdp rds remote-session redirection rdweb terminal-server mstsc citrix rd-session session-host avd remoteapp",
        2: "rdsh published rdweb session sessions remote disconnected thin-client terminal fslogix black-screen",
        1: "remotely",
    },
    "file_services": {
        3: "takeown robocopy dfs-r shadow-copies file-shares previous-versions home-drive smb samba file-server dfs dfsr offline-files mapped-drive mapped-drives file-share network-drive sharepoint ntfs",
        2: "share shares shared-folder folder folders permissions files unc acl sync",
        1: "file access path",
    },
    "server_os": {
        3: "event-41 kernel-power winsxs servicing-stack reset-server-node susdb pending.xml boot-loop cumulative-update windows-server wsus sfc dism server-2016 server-2019 server-2022 server-2012 bootloader cbs kernel-panic systemd inodes reboots high-cpu windows-updates",
        2: "reboot boot patch update updates service services event-log task-scheduler linux ubuntu centos kernel cpu",
        1: "server memory restart crash servers",
    },
    "cloud": {
        3: "private-endpoint private-endpoints function-app app-service storage-account key-vault boot-diagnostics azure-vm deallocate resource-group entra-id vm-scale-set lambda cloudfront eks aks kubernetes azure entra aad aws tenant vnet entra-connect ad-sync onedrive sku subscription ec2 s3 azure-ad gcp m365 office-365 terraform blob",
        2: "serial-console subscriptions vpc bucket iam-role nsg availability-zone deployment pipeline cloud microsoft-365 o365 intune-tenant licence license portal resource-group",
        1: "online region",
    },
}

WEIGHTS: dict[str, tuple[tuple[str, int], ...]] = {}
for _domain, _lists in _WORDS.items():
    for _weight, _list in _lists.items():
        for _word in _list.split():
            WEIGHTS[_word] = (*WEIGHTS.get(_word, ()), (_domain, _weight))

_TOKEN = re.compile(r"[a-z0-9][a-z0-9.&/+-]*[a-z0-9]|[a-z0-9]")

def domain_of(texts: list[tuple[str, int]]) -> str:
    """Return the domain whose vocabulary weighs most in the texts, each with its own factor.

    A word counts once, where it weighs most, so that neither a pasted log nor a chatty thread can decide. Ties go to the earlier domain in
    `DOMAINS`; without any known word the answer is `endpoint`, where a help desk routes what it cannot place.
    """
    seen: Counter[str] = Counter()
    scores: Counter[str] = Counter()
    for text, factor in texts:
        before = ""
        for token in _TOKEN.findall(text.lower()):
            for word in (token, f"{before}-{token}" if before else ""):
                if word in WEIGHTS and not seen[word]:
                    seen[word] += 1
                    for domain, weight in WEIGHTS[word]:
                        scores[domain] += weight * factor
            before = token
    best = max(DOMAINS, key=lambda domain: scores[domain])
    return best if scores[best] else "endpoint"


_ENVIRONMENT = re.compile(
    r"\b(?:Windows (?:Server )?(?:XP|Vista|7|8(?:\.1)?|10|11|20\d\d(?: R2)?)(?: (?:Pro|Home|Enterprise|Standard|Datacenter))?"
    r"(?: \d\dH\d)?|Server 20\d\d(?: R2)?|SBS 20\d\d|Exchange (?:Online|20\d\d)|Office (?:365|20\d\d)|Outlook (?:20\d\d|365|365 apps)"
    r"|SQL Server(?: 20\d\d)?|(?:VMware )?ESXi? ?\d(?:\.\d)?(?: U\d)?|vSphere \d(?:\.\d)?|vCenter(?: Server)?(?: \d(?:\.\d)?)?|Hyper-V"
    r"|macOS(?: \w+)?|Ubuntu \d\d\.\d\d|Debian \d+|CentOS \d|RHEL \d|Proxmox(?: VE)?(?: \d)?"
    r"|SonicWall(?: [A-Z]{2,3}[ -]?\d{2,4}\w?)?|FortiGate(?: \d+\w)?|Meraki(?: M[XRS]\d+)?|UniFi|pfSense|Cisco (?:ASA|Catalyst)(?: \d+\w*)?"
    r"|Veeam(?: B&R)?(?: \d+)?|Synology(?: \w{1,3}\d{3,4}\S?)?|QNAP|Citrix|3CX|Microsoft 365|Azure AD|Entra ID|Intune|SharePoint(?: Online)?"
    r"|QuickBooks(?: \w+ 20\d\d)?|Sage \d{2,3}|Dell (?:OptiPlex|Latitude|PowerEdge) \w+|HP (?:LaserJet|ProLiant|EliteBook) \w+)\b",
    re.IGNORECASE,
)


_may_name = may_hold(_ENVIRONMENT)


def products_in(text: str) -> list[tuple[int, int]]:
    """Return where products and versions are named, as offsets; the first mention of each wording only."""
    found: dict[str, tuple[int, int]] = {}
    if not _may_name(text.lower()):
        return []
    for match in _ENVIRONMENT.finditer(text):
        found.setdefault(match.group().lower(), match.span())
    return list(found.values())


_SHORT_FOR = {
    "av": "antivirus", "fw": "firewall", "pc": "computer", "workstation": "computer", "laptop": "computer",
    "pw": "password", "dc": "controller", "rtr": "router", "sw": "switch", "svr": "server", "vm": "guest",
}  # fmt: skip


def same_as(word: str) -> str:
    """Return the one word for what technicians write in several ways, "antivirus" for "av"."""
    return _SHORT_FOR.get(word, word)
