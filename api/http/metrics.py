"""`/metrics` for Prometheus: figures of requests in this process, and of work in the database.

Labels come from fixed sets, never from ids, names or what clients write. Whoever asks from outside
the listed networks gets the answer of a path that does not exist.
"""

from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address, ip_network

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Gauge,
    Histogram,
    generate_latest,
)
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.reads.metrics import Numbers

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_POINTS = (1, 10, 100, 500, 1_000, 5_000, 10_000, 15_000)


class Meters:
    """What this process counts, and what it asks the database when it is read."""

    def __init__(
        self,
        networks: Sequence[str],
        operations: Sequence[str],
        read: Callable[[], Awaitable[Numbers]],
        missed_rings: Callable[[], int],
    ) -> None:
        self._networks = [ip_network(one) for one in networks]
        self._operations = frozenset(operations)
        self._read = read
        self._registry = CollectorRegistry()
        labels = ("operation", "code")
        self._seconds = Histogram(
            "gema_graphql_seconds",
            "Time of a GraphQL request.",
            labels,
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._cost = Histogram(
            "gema_graphql_cost", "Points of an operation.", registry=self._registry, buckets=_POINTS
        )
        missed = self._gauge("doorbell_missed", "Doorbells that nobody heard since the start.")
        missed.set_function(missed_rings)
        self._messages = self._gauge("outbox_messages", "Messages by state.", "state")
        self._oldest = self._gauge("outbox_oldest_due_seconds", "How late the latest message is.")
        self._letters = self._gauge("dead_letters_total", "Dead letters.", "job", "code")
        self._heartbeat = self._gauge("worker_heartbeat_age_seconds", "Since a worker last spoke.")
        self._unsealed = self._gauge("audit_unsealed_age_seconds", "Age of the oldest open event.")
        self._chain = self._gauge("audit_chain_intact", "1 when the last check found it whole.")
        self._database = self._gauge("database_up", "1 when PostgreSQL answered.")

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"gema_{name}", text, labels, registry=self._registry)

    def observe(self, operation: str | None, code: str, seconds: float, cost: int | None) -> None:
        """Count one request; operations that are not listed share one label."""
        name = operation if operation in self._operations else "other"
        self._seconds.labels(name, code).observe(seconds)
        if cost is not None:
            self._cost.observe(cost)

    async def page(self, request: Request) -> Response:
        """Answer a scrape; without PostgreSQL only this process is told about."""
        if not self._is_known(request):
            raise HTTPException(404)
        try:
            self._take(await self._read())
            self._database.set(1)
        except Exception:  # noqa: BLE001 (that it is away is the figure)
            self._database.set(0)
        return Response(generate_latest(self._registry), headers={"content-type": _TYPE})

    def _is_known(self, request: Request) -> bool:
        try:
            address = ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def _take(self, numbers: Numbers) -> None:
        self._messages.clear()
        for state, count in numbers.messages.items():
            self._messages.labels(state).set(count)
        self._letters.clear()
        for name, count in numbers.dead_letters.items():
            self._letters.labels(*name.split(":", 1)).set(count)
        self._oldest.set(numbers.oldest_due_seconds)
        self._unsealed.set(numbers.unsealed_age_seconds)
        unknown = float("nan")
        age, chain = numbers.heartbeat_age_seconds, numbers.is_chain_intact
        self._heartbeat.set(unknown if age is None else age)
        self._chain.set(unknown if chain is None else int(chain))


_TYPE = CONTENT_TYPE_LATEST
