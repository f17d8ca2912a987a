"""Ports of 127.0.0.1."""

import random
import socket

HOST = "127.0.0.1"
# Below the range that systems hand out to outgoing connections, so that a kept port stays ours.
_CANDIDATES = range(20_000, 32_000)
_TRIES = 50


def is_free(port: int) -> bool:
    """Tell whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose() -> int:
    """Return a port that nobody uses now."""
    for port in random.SystemRandom().sample(_CANDIDATES, _TRIES):
        if is_free(port):
            return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def has_listener(port: int) -> bool:
    """Tell whether a server accepts connections on the port."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False
