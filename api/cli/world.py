"""The simulated network of one installation: the same world after every start."""

from datetime import UTC, datetime

from api.local import LocalHome

NETWORKS = ("x", "facebook", "instagram", "bluesky", "mastodon")
# Five networks of these are read once within the minute that a first start may take on two cores.
_POSTS_OF_A_NETWORK = 5
_WINDOW_SECONDS = 3


def sandbox_options(home: LocalHome) -> tuple[str, ...]:
    """Return the options that give this installation's world; its epoch is kept in the home.

    The rate-limit windows are short, so that the first ranking need not wait for a quarter of an
    hour; everything else is as on the real network.
    """
    networks = ("--networks", ",".join(NETWORKS), "--posts", str(_POSTS_OF_A_NETWORK))
    return "--epoch", world_epoch(home), *networks, "--window-seconds", str(_WINDOW_SECONDS)


def world_epoch(home: LocalHome) -> str:
    """Return the moment at which this installation's world begins, chosen at its first start."""
    file = home.path / "world-epoch"
    if not file.exists():
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        file.write_text(hour.isoformat())
    return file.read_text().strip()


def forget_world(home: LocalHome) -> None:
    """Let the next start choose a new world."""
    (home.path / "world-epoch").unlink(missing_ok=True)
