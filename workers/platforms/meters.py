"""What a process counts about its calls to networks; labels are networks, families and statuses."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from api.domain.platform import Platform

_LOWEST, _HIGHEST = 100, 599


class CallMeters:
    """Calls that were made, and what networks say is left of their windows."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._calls = Counter(
            "gema_platform_calls",
            "Calls to networks; status is none where nobody answered.",
            ("platform", "family", "status"),
            registry=registry,
        )
        self._left = Gauge(
            "gema_platform_window_remaining",
            "Calls that a network's last answer said are left in its window.",
            ("platform", "family"),
            registry=registry,
        )

    def count(self, platform: Platform, family: str, status: int | None) -> None:
        """Count one call."""
        self._calls.labels(platform.value, family, _label(status)).inc()

    def note_left(self, platform: Platform, family: str, count: int) -> None:
        """Note how many calls a network still allows."""
        self._left.labels(platform.value, family).set(count)


def _label(status: int | None) -> str:
    if status is None:
        return "none"
    return str(status) if _LOWEST <= status <= _HIGHEST else "other"
