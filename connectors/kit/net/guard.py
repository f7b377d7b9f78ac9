"""The guard in front of the network: which addresses, ports and schemes a source may reach."""

import logging
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Thread
from typing import TypeAlias, cast

from connectors.kit.errors import Misconfigured, SourceError, Unavailable
from connectors.kit.net.deadline import Deadline
from connectors.kit.net.facts import silent

logger = logging.getLogger(__name__)

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolver: TypeAlias = Callable[[str, int], list[str]]

_SPECIAL = (
    # IANA IPv4 special-purpose registry, multicast, and what is reserved for ever.
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
    "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 "
    "203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
    # Unspecified, loopback, and every IPv6 form that carries an IPv4 address: mapped, compatible,
    # NAT64 (RFC 6052, RFC 8215), Teredo, 6to4.
    "::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16 "
    # Discard, ORCHID, benchmarking, documentation, unique local, link-local, site-local, multicast.
    "100::/64 2001:2::/48 2001:10::/28 2001:20::/28 2001:db8::/32 3fff::/20 5f00::/16 "
    "fc00::/7 fe80::/10 fec0::/10 ff00::/8"
)
DENIED: tuple[Network, ...] = tuple(ip_network(cidr) for cidr in _SPECIAL.split())
"""More than the 19 ranges that Matrix Synapse refuses by default for its previews."""

WEB_PORTS = frozenset((80, 443))
DIAL_PORTS = frozenset((143, 993, 5222, 5223, 6697))
"""IMAP, XMPP and IRC over TLS: what a connector may speak without HTTP."""
_OTHERS = (
    # What the Fetch standard blocks above 1023, and the databases and control ports of a usual intranet.
    "1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080 "
    "1433 1521 2375 2376 2379 2380 3306 3389 5432 5433 5672 5900 5984 5985 5986 6379 6443 9042 9100 9200 9300 "
    "10250 11211 27017"
)
NOT_WEB = frozenset(int(port) for port in _OTHERS.split())
_NUMERIC = re.compile(r"(0[xX][0-9a-fA-F]*|\d+)\.?")


def public(address: Address) -> bool:
    """Whether an address belongs to the public internet and to nobody's inner network."""
    return address.is_global and not _among(address, DENIED)


def lookup(host: str, port: int) -> list[str]:
    """Ask the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def unreachable(host: str) -> Unavailable:
    """Return the one error for a name that is unknown, refused or dead: nobody can map a network with it."""
    return Unavailable(silent(host))


@dataclass(frozen=True)
class Guard:
    """What may be reached: public addresses, and the networks in ``allow``.

    ``allow`` holds networks in CIDR form that an admin has opened (``"10.20.0.0/16"``); there is no
    switch that turns the guard off. ``ports`` opens ports beyond the usual ones. A refusal that
    follows from the address alone is Misconfigured; one that is known only after a look at
    the network says the same as a dead host does.
    """

    allow: Iterable[str | Network] = ()
    ports: Iterable[int] = ()
    resolve: Resolver = field(default=lookup, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "allow", tuple(_opening(network) for network in self.allow))
        object.__setattr__(self, "ports", frozenset(self.ports))

    def check_web(self, scheme: str, host: str, port: int | None) -> None:
        """Refuse what no HTTP request may name. Raises Misconfigured."""
        if scheme not in {"http", "https"}:
            raise Misconfigured(f"only http and https addresses can be read, not {scheme or 'one without a scheme'}")
        if port is None:
            port = 443 if scheme == "https" else 80
        if port not in WEB_PORTS and port not in self.ports and (port < 1024 or port > 65535 or port in NOT_WEB):
            raise Misconfigured(f"port {port} is not one of the web")
        self._check_host(host)

    def check_dial(self, host: str, port: int) -> None:
        """Refuse what no socket of :mod:`connectors.kit.dial` may name. Raises Misconfigured."""
        if port not in DIAL_PORTS and port not in self.ports:
            raise Misconfigured(f"port {port} is not open to sources")
        self._check_host(host)

    def permits(self, address: str) -> bool:
        """Whether one address, as the resolver gave it, may be connected to."""
        found = _address(address)
        return found is not None and (self._opened(found) or public(found))

    def inside(self, host: str) -> bool:
        """Whether a host lies in the opened networks with all its addresses.

        Raises Unavailable as :meth:`connect` does.
        """
        return all((found := _address(each)) and self._opened(found) for each in self.addresses(host, 80, Deadline(5)))

    def addresses(self, host: str, port: int, deadline: Deadline) -> list[str]:
        """Resolve ``host`` once; one address that is not permitted spoils them all.

        Raises Unavailable.
        """
        literal = _address(host)
        try:
            found = [str(literal)] if literal else _in_time(self.resolve, host, port, deadline)
        except (OSError, UnicodeError) as error:
            raise unreachable(host) from error
        refused = [address for address in found if not self.permits(address)]
        if refused:
            logger.warning("refused to connect to %s at %s", host, ", ".join(refused))
        if refused or not found:
            raise unreachable(host)
        return found

    def connect(self, host: str, port: int, deadline: Deadline) -> socket.socket:
        """Open a TCP connection to an address of ``host`` that has just been checked, and to no other.

        Every address gets an equal share of the time that is left. Raises Unavailable.
        """
        addresses = self.addresses(host, port, deadline)
        problem: OSError | None = None
        for position, address in enumerate(addresses):
            try:
                share = deadline.left() / (len(addresses) - position)
                connection = socket.create_connection((address, port), timeout=share)
            except OSError as error:
                problem = error
            else:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return connection
        raise unreachable(host) from problem

    def _opened(self, address: Address) -> bool:
        return _among(address, cast("tuple[Network, ...]", self.allow))

    def _check_host(self, host: str) -> None:
        """Refuse a host that is an inner address in whatever spelling, without asking anybody."""
        literal = _address(host)
        if literal is None and _NUMERIC.fullmatch(host.rpartition(".")[2] or host.rstrip(".").rpartition(".")[2]):
            # "127.1", "0x7f.1", "2130706433": systems disagree on what these mean.
            raise _refused(host)
        local = host.rstrip(".").lower() == "localhost" or host.rstrip(".").lower().endswith(".localhost")
        if not host or (literal and not self.permits(host)) or (local and not self._loopback()):
            raise _refused(host)

    def _loopback(self) -> bool:
        return self._opened(IPv4Address("127.0.0.1")) or self._opened(IPv6Address("::1"))


def _opening(network: str | Network) -> Network:
    """Read a network that an admin opens. Raises ValueError for one so wide that it is an off switch."""
    found = ip_network(network)
    if found.prefixlen < (8 if found.version == 4 else 7):
        raise ValueError(f"too wide a network to open to sources: {found}")
    return found


def _among(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _refused(host: str) -> SourceError:
    return Misconfigured(unreachable(host).detail)


@lru_cache(maxsize=4096)
def _address(text: str) -> Address | None:
    """Read an address; a scope (``fe80::1%eth0``) is left out, and None is no address."""
    try:
        return ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _in_time(resolve: Resolver, host: str, port: int, deadline: Deadline) -> list[str]:
    """Resolve in a thread of its own: the system's resolver knows no timeout and cannot be interrupted."""
    answer: list[list[str] | Exception] = []

    def ask() -> None:
        try:
            answer.append(resolve(host, port))
        except Exception as error:
            answer.append(error)

    thread = Thread(target=ask, name=f"resolve {host}", daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not answer:
        raise TimeoutError(f"no answer about {host}")
    if isinstance(answer[0], Exception):
        raise answer[0]
    return answer[0]
