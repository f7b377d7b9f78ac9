"""The server of a mail address, where a person does not name it.

Only servers that the owner of the domain runs, or that its provider publishes for it, are thought of:
the password goes there.
"""

from collections.abc import Sequence

_PROVIDERS = {
    "imap.gmail.com": ("gmail.com", "googlemail.com"),
    "imap.gmx.net": ("gmx.de", "gmx.net", "gmx.at", "gmx.ch"),
    "imap.mail.me.com": ("icloud.com", "me.com", "mac.com"),
    "imap.mail.yahoo.com": ("yahoo.com", "yahoo.de", "yahoo.co.uk", "ymail.com"),
    "posteo.de": ("posteo.de", "posteo.net", "posteo.org"),
    "secureimap.t-online.de": ("t-online.de", "magenta.de"),
}
_SERVERS = {domain: server for server, domains in _PROVIDERS.items() for domain in domains}


def servers(user: str) -> Sequence[str]:
    """Return where the mail of an address may be, the likeliest first; nothing for a name that is no address.

    ``imap.`` and ``mail.`` before the domain are what hosts and mail programs agree on; records in the
    DNS (RFC 6186) would say it better, but the standard library reads none.
    """
    _, at, domain = user.strip().rpartition("@")
    domain = domain.lower().rstrip(".")
    if not at or "." not in domain:
        return ()
    return (_SERVERS[domain],) if domain in _SERVERS else (f"imap.{domain}", f"mail.{domain}")
