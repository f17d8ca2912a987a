"""`/metrics` for Prometheus: figures of requests in this process, and of work in the database.

Labels come from fixed sets, never from ids, names or what clients write. Whoever asks from outside
the listed networks gets the answer of a path that does not exist.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
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
from api.telemetry.pool import show_pool

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_POINTS = (1, 10, 100, 500, 1_000, 5_000, 10_000, 15_000)


class Meters:
    """What this process counts, and what it asks the database when it is read."""

    def __init__(
        self,
        networks: Sequence[str],
        operations: Sequence[str],
        read: Callable[[], Awaitable[Numbers]],
        rings: Mapping[str, int],
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
        bells = self._gauge("doorbell_total", "Doorbells since the start.", "outcome")
        for outcome in rings:
            bells.labels(outcome).set_function(partial(rings.__getitem__, outcome))
        show_pool(self._registry)
        self._messages = self._gauge("outbox_messages", "Messages by state.", "state")
        self._oldest = self._gauge("outbox_oldest_due_seconds", "How late the latest message is.")
        self._letters = self._gauge("dead_letters_total", "Dead letters.", "job", "code")
        self._heartbeat = self._gauge("worker_heartbeat_age_seconds", "Since a worker last spoke.")
        self._unsealed = self._gauge("audit_unsealed_age_seconds", "Age of the oldest open event.")
        self._chain = self._gauge("audit_chain_intact", "1 when the last check found it whole.")
        self._cursor = self._gauge(
            "cursor_age_seconds", "Since a list of a network that is followed was read.", "platform"
        )
        self._late = self._gauge(
            "cursors_late", "Lists not read for more than twice their interval.", "platform"
        )
        self._cost_usd = self._gauge(
            "platform_cost_usd_total", "What paid reads have cost, or are held for.", "platform"
        )
        self._budget = self._gauge(
            "platform_budget_left_usd", "What is left of this month's budget.", "platform"
        )
        self._requests = self._gauge(
            "requests_due_seconds", "Until the next data subject request is due.", "kind"
        )
        self._breaches = self._gauge("breach_open", "Breach incidents that are not closed.")
        self._breach = self._gauge("breach_open_seconds", "Since the oldest open breach was seen.")
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
        for gauge, figures in (
            (self._messages, numbers.messages),
            (self._cursor, numbers.cursor_age_seconds),
            (self._late, numbers.late_cursors),
            (self._cost_usd, numbers.cost_usd),
            (self._budget, numbers.budget_left_usd),
            (self._requests, numbers.requests_due_seconds),
        ):
            _show(gauge, {(name,): figure for name, figure in figures.items()})
        letters = numbers.dead_letters.items()
        _show(self._letters, {tuple(name.split(":", 1)): count for name, count in letters})
        for gauge, figure in (
            (self._oldest, numbers.oldest_due_seconds),
            (self._unsealed, numbers.unsealed_age_seconds),
            (self._heartbeat, numbers.heartbeat_age_seconds),
            (self._chain, numbers.is_chain_intact),
            (self._breaches, numbers.open_breaches),
            (self._breach, numbers.breach_age_seconds),
        ):
            gauge.set(float("nan") if figure is None else figure)


def _show(gauge: Gauge, figures: Mapping[tuple[str, ...], float]) -> None:
    gauge.clear()
    for labels, figure in figures.items():
        gauge.labels(*labels).set(figure)


_TYPE = CONTENT_TYPE_LATEST
