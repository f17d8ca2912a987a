"""The sandbox's command line."""

import argparse
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from workers.sandbox.clock import unix_seconds
from workers.sandbox.world import WorldSpec

_HOUR = 3_600
_NUMBERS = {
    "seed": (1, "the same seed and epoch give the same world"),
    "people": (240, "civil servants"),
    "posts": (16, "program posts"),
    "citizens": (3_000, "people who pass shares on"),
    "strangers": (300, "people who repost program posts and are no civil servants"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """Serve a world, or with the command `world` write its files to `out`."""

    command: str
    spec: WorldSpec
    host: str
    port: int
    window_seconds: float
    out: Path


def parse(arguments: list[str] | None, real_start: float) -> Options:
    """Read the command line; what cannot be used ends the process with a message."""
    parser = _parser(int(real_start) // _HOUR * _HOUR)
    values = parser.parse_args(arguments)
    try:
        spec = WorldSpec(
            epoch=values.epoch,
            seed=values.seed,
            person_count=values.people,
            post_count=values.posts,
            citizen_count=values.citizens,
            stranger_count=values.strangers,
            is_live=values.live,
            networks=tuple(values.networks.split(",")),
        )
    except ValueError as problem:
        parser.error(str(problem))
    return Options(
        values.command, spec, values.host, values.port, values.window_seconds, values.out
    )


def _parser(current_hour: int) -> argparse.ArgumentParser:
    world = _world_parser(current_hour)
    parser = argparse.ArgumentParser(
        prog="python -m workers.sandbox",
        parents=[world],
        description="Serve a simulated social network, or write its registry's files.",
    )
    parser.add_argument("command", nargs="?", choices=["serve", "world"], default="serve")
    parser.add_argument("--out", type=Path, default=Path("world"), help="for `world`: directory")
    parser.add_argument("--port", type=int, default=8090, help="0 takes a free port (8090)")
    parser.add_argument("--host", type=_loopback, default="127.0.0.1", help="a loopback address")
    parser.add_argument(
        "--window-seconds", type=_window, default=900.0, help="rate-limit window (900)"
    )
    return parser


def _world_parser(current_hour: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    for name, (default, text) in _NUMBERS.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"{text} ({default})")
    parser.add_argument(
        "--epoch", type=_epoch, default=current_hour, help="RFC 3339 (the current hour)"
    )
    parser.add_argument("--networks", default="x", help="x, and others after commas (x)")
    parser.add_argument("--live", action="store_true", help="shares go on after the epoch")
    return parser


def _loopback(host: str) -> str:
    address = "127.0.0.1" if host == "localhost" else host
    try:
        is_loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise argparse.ArgumentTypeError("the sandbox answers on a loopback address only")
    return address


def _epoch(text: str) -> int:
    try:
        return unix_seconds(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _window(text: str) -> float:
    seconds = float(text)
    if seconds <= 0:
        raise argparse.ArgumentTypeError("a window takes time")
    return seconds
