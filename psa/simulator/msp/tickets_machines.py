"""Tickets about computers, servers, storage, databases and remote desktops."""

# ruff: noqa: E501 - what people typed stays in the lines they typed it in

from __future__ import annotations

from typing import Any

from psa.simulator.msp.forms import (
    DAY,
    HOUR,
    P1,
    P2,
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
    return [
        *_endpoint(), *_virtualization(), *_storage_backup(), *_database_app(), *_remote_desktop(), *_file_services(),
        *_server_os(),
    ]  # fmt: skip


def _endpoint() -> list[dict[str, Any]]:
    return [
        ticket("bitlocker-loop", "endpoint", "oakfield", "Amos laptop asks for recovery key every boot", entered=6 * HOUR, contact="Dr Amos Reed", site="Surgery", owner="lpetrov",
               configurations=["OV-LT-AMOS"], priority=P2, description="blue screen wants 48 numbers each morning",
               entries=[
                   note("lpetrov", 5 * HOUR, "key from his ms account: 482913-109285-663102-557491-220847-391206-118734-640882 - boots fine with it"),
                   work("lpetrov", 4 * HOUR, 30, """
                       suspended + resumed bitlocker -> asked again at next boot
                       bios update 24.101 -> installed, asked again
                       manage-bde -protectors -get c:
                       ERROR: An error occurred (code 0x80310018): The TPM is not ready
                       """),
                   note("lpetrov", 3 * HOUR + 30, "protection is SUSPENDED right now, RebootCount 0. he has surgery till 5 so not touching it")]),
        ticket("bsod-xray", "endpoint", "delmont", "Xray PC blue screen 2-3 x a day", entered=4 * DAY, contact="Carol Fish", site="Queen Square", owner="ctanaka", configurations=["DD-XRAY-QS"], priority=P2,
               entries=[
                   note("ctanaka", 4 * DAY - 60, "The computer has rebooted from a bugcheck. The bugcheck was: 0x00000133 (0x0000000000000001, 0x0000000000001e00, 0xfffff80762d1c340, 0x0000000000000000). Dump saved in C:\\Windows\\MEMORY.DMP"),
                   work("ctanaka", 3 * DAY, 45, "memtest 2 passes: no errors. SSD firmware updated to latest, no BSOD for a day, then 2 again"),
                   note("ctanaka", 2 * DAY, "sensor vendor (RayDent, Phil) says their usb driver 4.2 is ok with LTSC. rolled back from 4.3 to 4.2 anyway. crash 40 min later"),
                   document("minidump", "112025-8312-01.dmp", 1_203_880),
                   said("Carol Fish", 3 * HOUR, "twice this morning with a patient in the chair")]),
        ticket("cnc-network", "endpoint", "harwick", "CNC 2 cant see job folder", entered=45 * HOUR, contact="Kyle Benn", site="Workshop", owner="mbaker", configurations=["HW-CNC-02", "HW-SRV1"],
               description="same as last yr, bryn fixed it then he did something in the server but i dont no what",
               entries=[
                   note("mbaker", 44 * HOUR, "System error 1240 has occurred. The account is not authorized to log in from this station.\nmachine is win7!"),
                   note("mbaker", 43 * HOUR, "net use with ip instead of name = same 1240. other pc maps fine with same user"),
                   note("mbaker", 42 * HOUR, "Kyle using usb stick. Bryn's left, nothing in docs")]),
        ticket("slow-pc", "endpoint", "harwick", "pc slow", entered=600, contact="Sue Pargeter", site="Workshop", state="New"),
        ticket("slow-pc-2", "endpoint", "harwick", "RE: pc slow", entered=540, closed=520, contact="Sue Pargeter", site="Workshop", state=">Closed - Merged", merged_into="slow-pc",
               description="also it is the sage one that is slow not the other. Sue"),
        ticket("dock", "endpoint", "tidemark", "Second monitor flickers w/ dock", entered=11 * DAY, closed=10 * DAY, contact="Rob Castell", site="Studio", state="Completed", owner="jlind", configurations=["TM-WS-09"],
               entries=[note("jlind", 10 * DAY + 90, "new cable no, dock firmware 1.0.9 yes", "resolution")]),
    ]


def _virtualization() -> list[dict[str, Any]]:
    return [
        ticket("esx-datastore", "virtualization", "kestrel", "KF-ESX2 vms paused, datastore full", entered=100, site="Avonmouth Depot", board="Network/NOC", kind="Alert", priority=P1, owner="ctanaka", configurations=["KF-ESX2"],
               description="[ALERT] datastore1 usage 100%  VM KF-WMS-TEST question pending: There is no more space for virtual disk KF-WMS-TEST_1-000003.vmdk. You might be able to continue this session by freeing disk space",
               entries=[
                   note("ctanaka", 85, "deleted 2 iso files (9 GB) -> vm resumed, full again after 15 min"),
                   note("ctanaka", 60, """
                       [root@KF-ESX2:~] du -h /vmfs/volumes/datastore1/* | sort -h | tail -3
                       212G  KF-WMS-TEST/KF-WMS-TEST_1-000003.vmdk
                       388G  KF-PRINT/KF-PRINT-000001.vmdk
                       640G  KF-WMS/KF-WMS.vmdk
                       """),
                   note("ctanaka", 44, "snapshots from march (!). tried Delete all on KF-PRINT: 'msg.snapshot.error-FAILED: Insufficient space'. stopped there, dont want to break it. powered off KF-WMS-TEST")]),
        ticket("hv-checkpoint", "virtualization", "stannes", "STA-DC1 stuck 'Merging 12%' after backup", entered=2 * DAY, site="Main School", contact="Tariq Aziz", owner="akhan", state="In Progress", configurations=["STA-HV1", "STA-DC1"], board="Escalations",
               entries=[
                   note("skaur", 2 * DAY - 30, "Event 19100 'STA-DC1' background disk merge failed to complete: The process cannot access the file because it is being used by another process. (0x80070020)"),
                   status("Escalated", "skaur", 2 * DAY - 60), status("Assigned to Engineer", "akhan", 2 * DAY - 95),
                   work("akhan", 2 * DAY - 160, 50, "vmms restarted, merge went on to 61% and stopped. excluded vhdx from av on host"),
                   note("akhan", DAY, "will do the offline merge sat after 18:00, told Tariq")]),
    ]


def _storage_backup() -> list[dict[str, Any]]:
    return [
        ticket("veeam-retry", "storage_backup", "tidemark", "Veeam: TM-FS01 failed 5 days in row", entered=5 * DAY, board="Network/NOC", kind="Alert", site="Studio", owner="jlind", configurations=["TM-VBR", "TM-FS01"], priority=P2,
               description="Job 'Daily-Files' finished with Failed. TM-FS01: Processing finished with errors",
               entries=[
                   note("jlind", 5 * DAY - 200, "Error: Failed to create VM recovery checkpoint (mode: Crash consistent) Details: Failed to call wmi method 'CreateSnapshot'. Wmi error: '32775'"),
                   work("jlind", 4 * DAY, 40, "restarted vss service + VMMS, retry ran ok. next night failed again w/ same 32775"),
                   note("jlind", 2 * DAY, "E: had 71 GB free -> freed up 600 by removing old TM-OLD chain (asked Imogen, ok). still failed"),
                   note("jlind", 20 * HOUR, "backup window set to 21:00 instead of 19:00, failed 21:04. Last good restore point is 6 days old !!")]),
        ticket("nas-degraded", "storage_backup", "harwick", "NAS beeping", entered=25 * HOUR, contact="Derek Harwick", site="Workshop", owner="lpetrov", configurations=["HW-NAS"], priority=P2,
               description="box under the stairs beeps since yesterday, makes us mad, can we just unplug it",
               entries=[
                   note("hmoore", 24 * HOUR + 40, "NO dont unplug it, told him."),
                   note("lpetrov", 24 * HOUR, "Storage Pool 1 degraded. Drive 3 crashed. Drive 2: 118 bad sectors, warning. turned beep off"),
                   note("lpetrov", 23 * HOUR, "hotswap: spare 4TB from office put in by Derek himself on the phone -> repair started, aborted at 31% 'I/O error drive 2'"),
                   task("order 2 x 4TB", done=True), task("check if CAD archive is on HW-SRV1 too")]),
        ticket("restore-file", "storage_backup", "brightrowe", "Restore folder 'Henley lease'", entered=13 * DAY, closed=13 * DAY - 65, contact="Priya Nair", site="Clifton", state="Closed", owner="skaur", configurations=["SRV-BR-01"],
               kind="Service Request", entries=[note("skaur", 13 * DAY - 60, "restored from 02:00 to original path, Priya checked 41 files", "resolution")]),
    ]


def _database_app() -> list[dict[str, Any]]:
    return [
        ticket("sage-error", "database_app", "harwick", "Sage kicks everyone out / cannot open company", entered=3 * HOUR, contact="Sue Pargeter", site="Workshop", priority=P2, owner="skaur", configurations=["HW-SRV1", "HW-PC-05"],
               description="payroll is due today",
               entries=[
                   note("skaur", 160, "restarted Sage data service, all can get in. 20 min later out again: 'Error ODBC_ERROR_CONNECT_FAILED (08001)'"),
                   work("skaur", 100, 40, "deleted QUEUE.DTA per sage kb, no change. disk space C: 41 GB ok. firewall on server off for 5 min: no change, back on"),
                   note("skaur", 70, "sage support call 0191-ref 88213904: they say check data for corruption, 'takes 3-4 h', cant do it while payroll.."),
                   note("skaur", 35, "sue is working in a COPY of the company on her c: drive. must be copied back!!!")]),
        ticket("sql-timeout", "database_app", "delmont", "SOE very slow appointment book", entered=29 * HOUR, contact="Ben Akhtar", site="Yate", owner="ctanaka", configurations=["DD-SQL"], priority=P2,
               entries=[
                   note("ctanaka", 28 * HOUR, """
                       ERRORLOG
                       09:14:22.71 spid8s  SQL Server has encountered 14 occurrence(s) of I/O requests taking longer than 15 seconds to complete on file [F:\\SQL\\SOE_Live.mdf] in database id 7.
                       09:16:01.10 Logon  Error: 18456, Severity: 14, State: 38.
                       Msg 1205, Level 13, State 51: Transaction (Process ID 71) was deadlocked on lock resources with another process
                       """),
                   work("ctanaka", 26 * HOUR, 60, "rebuilt indexes on Appt (92% frag -> 1%), better for an hour, slow again by lunch"),
                   note("ctanaka", 24 * HOUR, "disk queue length 40+. is premium ssd P20? portal says F: burst credits 0%"),
                   note("ctanaka", 22 * HOUR, "sa password from vendor: Dent4l!Books  (they mailed it in clear, change?)")]),
    ]


def _remote_desktop() -> list[dict[str, Any]]:
    return [
        ticket("rds-black", "remote_desktop", "delmont", "Black screen after login to remote desktop", entered=8 * HOUR, contact="Ben Akhtar", site="Yate", owner="mbaker", configurations=["DD-RDS1"], priority=P2,
               description="3 of 7 people, the others fine. Portishead fine.",
               entries=[
                   note("mbaker", 7 * HOUR, "ctrl alt end -> task manager -> run explorer: works until next login"),
                   work("mbaker", 6 * HOUR, 35, "profile reset for one user (old renamed to .old) = black again. Server rebooted at lunch: all ok for 2 hours then black for same 3"),
                   note("mbaker", 3 * HOUR, "Event 1000 explorer.exe faulting module twinui.pcshell.dll 0xc0000409\nfslogix: frxsvc 'Failed to attach VHD (0x00000020)'")]),
        ticket("rdgw-cert", "remote_desktop", "mirabel", "Can't connect from home: 'gateway server is temporarily unavailable'", entered=9 * DAY, closed=9 * DAY - 400, contact="Steph Moran", site="Head Office", state="Closed", owner="akhan", configurations=["MC-HO-SRV"],
               entries=[note("lpetrov", 9 * DAY - 40, "new rdp file no. other user: same. 443 from outside: open"), status("Escalated", "lpetrov", 9 * DAY - 60), status("Assigned to Engineer", "akhan", 9 * DAY - 90),
                        note("akhan", 9 * DAY - 104, "TSGateway service stopped, won't start: cert binding gone after update"), note("akhan", 9 * DAY - 390, "rebound cert in RD Gateway Manager, service up, Steph in", "resolution")]),
    ]


def _file_services() -> list[dict[str, Any]]:
    return [
        ticket("dfs-conflict", "file_services", "tidemark", "Drawings overwritten w/ older version", entered=33 * HOUR, contact="Imogen Hale", site="Studio", priority=P1, owner="jlind", configurations=["TM-FS01", "TM-FS02"],
               description="P:\\2231 Quayside - Rob's changes from yesterday are gone AGAIN",
               entries=[
                   note("jlind", 32 * HOUR, "found yesterdays version in ConflictAndDeleted on TM-FS02, copied back for Rob, good"),
                   note("jlind", 31 * HOUR, "dfsrdiag backlog /rgname:P /rfname:P /smem:TM-FS01 /rmem:TM-FS02\nMember <TM-FS02> Backlog File Count: 18442"),
                   work("jlind", 29 * HOUR, 30, "restarted DFSR both sides, backlog down to 12k then stands. Event 4208 staging quota above high watermark. Staging 4 GB -> 32 GB, backlog moves but slow"),
                   note("jlind", 27 * HOUR, "disabled referral to TM-FS02 so all work on FS01 for now"),
                   said("Imogen Hale", 22 * HOUR, "OK for now but Cardiff visit Tuesday needs laptops synced")]),
        ticket("access-denied", "file_services", "brightrowe", "Cant open Probate folder", entered=47 * HOUR, contact="Priya Nair", site="Clifton", state="Waiting on Customer", owner="lpetrov", configurations=["SRV-BR-01"],
               entries=[note("lpetrov", 46 * HOUR, "she is in GG_Probate, effective access says full. klist purge + relog: no change"),
                        note("lpetrov", 45 * HOUR, "Hi Priya can you try from another PC please?", "discussion"), status("Waiting on Customer", "lpetrov", 45 * HOUR - 2)]),
        ticket("path-long", "file_services", "tidemark", "cannot delete folder, path too long", entered=18 * DAY, closed=18 * DAY - 30, contact="Rob Castell", site="Studio", state="Closed", owner="mbaker",
               entries=[note("mbaker", 18 * DAY - 28, "robocopy empty dir /mir trick", "resolution")]),
    ]


def _server_os() -> list[dict[str, Any]]:
    return [
        ticket("update-loop", "server_os", "mirabel", "MC-HO-SRV reboots, undoing changes", entered=12 * HOUR, contact="Steph Moran", site="Head Office", owner="ctanaka", configurations=["MC-HO-SRV"], priority=P1, kind="Alert", board="Network/NOC",
               entries=[
                   note("ctanaka", 11 * HOUR, "Failure configuring Windows updates. Reverting changes. 3rd time. came up in between, 20 min"),
                   work("ctanaka", 9 * HOUR, 90, """
                       DISM /Online /Cleanup-Image /RestoreHealth
                       Error: 0x800f081f
                       The source files could not be found.
                       sfc /scannow: Windows Resource Protection found corrupt files but was unable to fix some of them.
                       renamed SoftwareDistribution, update KB5044342 failed again 0x80073712
                       """),
                   note("ctanaka", 8 * HOUR, "wuauserv set to Disabled so it stays up over the weekend. backup from 01:00 is good")]),
        ticket("time-drift", "server_os", "kestrel", "Clock 7 minutes wrong on terminals", entered=14 * DAY, closed=13 * DAY, contact="Piotr Zak", site="Avonmouth Depot", state="Closed", owner="tobrien",
               entries=[note("jlind", 14 * DAY - 50, "w32tm /resync: The computer did not resync because no time data was available."), status("Escalated", "jlind", 14 * DAY - 70), status("Assigned to Engineer", "tobrien", 14 * DAY - 92),
                        note("tobrien", 14 * DAY - 110, "PDC syncs from host, host from itself"), note("tobrien", 13 * DAY + 60, "ntp on fw, host integration time off, all within 1s", "resolution")]),
        ticket("srv-migration", "server_os", "mirabel", "Replace MC-HO-SRV", entered=80 * DAY, contact="Beverley Quick", site="Head Office", board="Projects", kind="Implementation", owner="tobrien", priority=P4, configurations=["MC-HO-SRV"],
               entries=[task("Quote accepted", done=True), task("Order hardware"), schedule("tobrien", 3 * DAY, 240), note("tobrien", 30 * DAY, "waiting for Beverley to sign, again")]),
    ]
