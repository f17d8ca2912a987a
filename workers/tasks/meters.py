"""What a worker counts about its jobs, and where Prometheus reads it."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from api.queue import Job
from api.telemetry.pool import show_pool

_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60)
_AGAIN = frozenset({"retry", "postpone", "park", "parked"})


class JobMeters:
    """Figures of this process; labels are jobs, outcomes and codes, never ids."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "gema_job_seconds",
            "Time of a run of a job.",
            ("job", "outcome"),
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._again = Counter(
            "gema_job_reschedules",
            "Runs that end with another one to come.",
            ("job", "code"),
            registry=self.registry,
        )
        self._fenced = Counter(
            "gema_fenced", "Runs whose lease somebody else has.", registry=self.registry
        )
        self._relayed = Gauge(
            "gema_relay_last_success_timestamp",
            "When the relay last looked for waiting messages, in seconds since 1970.",
            registry=self.registry,
        )
        show_pool(self.registry)

    def note_relay(self) -> None:
        """Note that a round of the relay ended well."""
        self._relayed.set_to_current_time()

    def observe(self, job: Job, outcome: str, code: str | None, seconds: float) -> None:
        """Count one run."""
        self._seconds.labels(job.value, outcome).observe(seconds)
        if outcome in _AGAIN:
            self._again.labels(job.value, code or "none").inc()
        if outcome == "fenced":
            self._fenced.inc()

    @contextmanager
    def served(self, port: int | None) -> Iterator[None]:
        """Answer scrapes on the loopback address while the block runs; not at all without a port.

        Raises:
            OSError: the port is taken.
        """
        if port is None:
            yield
            return
        server, thread = start_http_server(port, "127.0.0.1", self.registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
