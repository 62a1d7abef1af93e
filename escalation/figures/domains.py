"""What the kinds of problems are called where people read figures: page, command and mail."""

from __future__ import annotations

_NAMES = {
    "email": "E-mail", "dns_dhcp": "DNS and DHCP", "storage_backup": "Storage and backup", "database_app": "Databases",
    "server_os": "Servers",
}  # fmt: skip


def domain_name(domain: str) -> str:
    """Return a problem domain's name, such as `Storage and backup` of `storage_backup`."""
    return _NAMES.get(domain, domain.replace("_", " ").capitalize())
