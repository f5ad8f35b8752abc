"""Ports for the servers that tests start, several at a time and in several processes."""

import random
import socket

_RANGE = range(20_000, 32_000)
"""Below what systems give to outgoing connections: none of these takes a port between the choice and its use."""
_HELD: list[socket.socket] = []


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on and that no other call gets, in whichever process, until this
    process ends: it holds the UDP port of the same number, which each call asks for first."""
    for port in random.sample(_RANGE, len(_RANGE)):
        claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            claim.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _HELD.append(claim)
        return port
    raise RuntimeError("no port is free")
