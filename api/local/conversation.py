"""A few words of Valkey's protocol, enough to ask a server how it is."""

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedRWPair
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_TIMEOUT_SECONDS = 2


def ask(url: str, *commands: Sequence[str]) -> list[str]:
    """Sign in to the server and database that a URL names; return the answer to each command.

    Raises:
        OSError: nobody answers, or a command is refused.
    """
    parts = urlsplit(url)
    opening = _opening(parts)
    with _connected(parts) as stream:
        answers = [_answer(stream, command) for command in (*opening, *commands)]
    return answers[len(opening) :]


def _opening(parts: SplitResult) -> list[Sequence[str]]:
    who = [unquote(part) for part in (parts.username, parts.password) if part]
    numbers = parse_qs(parts.query).get("db", [parts.path.strip("/")])
    number = numbers[0] if numbers[0].isdigit() else "0"
    return [*([["AUTH", *who]] if parts.password else []), ["SELECT", number]]


@contextmanager
def _connected(parts: SplitResult) -> Iterator[BufferedRWPair]:
    with _socket(parts) as connection, connection.makefile("rwb") as stream:
        yield stream


def _socket(parts: SplitResult) -> socket.socket:
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_TIMEOUT_SECONDS)
        connection.connect(unquote(parts.path))
        return connection
    host = parts.hostname or "localhost"
    plain = socket.create_connection((host, parts.port or 6379), timeout=_TIMEOUT_SECONDS)
    if parts.scheme != "rediss":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _answer(stream: BufferedRWPair, command: Sequence[str]) -> str:
    words = [word.encode() for word in command]
    stream.write(b"*%d\r\n" % len(words))
    stream.write(b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
    stream.flush()
    line = stream.readline().decode().rstrip("\r\n")
    if not line or line.startswith("-"):
        raise ConnectionRefusedError(line.partition(" ")[0] or "no answer")
    if not line.startswith("$"):
        return line[1:]
    return stream.read(int(line[1:]) + 2)[:-2].decode(errors="replace")
