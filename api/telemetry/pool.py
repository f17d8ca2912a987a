"""How this process's connections to PostgreSQL are lent. A process has one pool, so one count."""

from prometheus_client import CollectorRegistry, Gauge, Histogram

_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

IN_USE = Gauge("gema_db_pool_in_use", "Connections to PostgreSQL that are lent.", registry=None)
WAIT = Histogram(
    "gema_db_pool_wait_seconds",
    "Time until a connection was lent; of a transaction, until it had begun.",
    registry=None,
    buckets=_SECONDS,
)


def show_pool(registry: CollectorRegistry) -> None:
    """Add the figures to what a process tells."""
    registry.register(IN_USE)
    registry.register(WAIT)
