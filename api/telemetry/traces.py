"""Traces for an OpenTelemetry collector: names, digests and codes, never what was sent or is kept.

Spans are our own: ready-made instrumentation puts arguments, statements or addresses on them. A
fact that is not listed here cannot be told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias

_FACTS = frozenset(
    {
        "request_id",
        "operation",
        "document",
        "role",
        "code",
        "status",
        "ms",
        "job",
        "message_id",
        "attempt",
        "outcome",
        "platform",
        "family",
        "statement",
    }
)
_TRACEPARENT: ContextVar[str | None] = ContextVar("traceparent", default=None)
_RUNNING: ContextVar["Traces | None"] = ContextVar("running", default=None)

Fact: TypeAlias = str | int | float | None


@contextmanager
def part(name: str, **facts: Fact) -> Iterator["Span"]:
    """Time a part of the work that is being traced; work that nobody traces has no parts.

    Messages that are written meanwhile name the whole work, not this part of it.
    """
    traces = _RUNNING.get()
    if traces is None:
        yield Span()
        return
    with traces.started(name) as span:
        span.tell(**facts)
        yield span


def traceparent() -> str | None:
    """Return the running span as a message carries it to another process; None without one."""
    return _TRACEPARENT.get()


@dataclass(frozen=True, slots=True)
class Span:
    """Work that is going on; without a collector it hears what it is told and forgets it."""

    _told: Any = None

    @property
    def traceparent(self) -> str:
        """Return how a message names it to another process."""
        context = self._told.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-01"

    def tell(self, **facts: Fact) -> None:
        """Add facts.

        Raises:
            ValueError: a fact is none of those that may leave the process.
        """
        if unknown := facts.keys() - _FACTS:
            raise ValueError(f"{sorted(unknown)} may not stand in a trace")
        for name, value in facts.items():
            if self._told is not None and value is not None:
                self._told.set_attribute(f"gema.{name}", value)


class Traces:
    """Makes spans; those of a process without a collector cost nothing."""

    def __init__(self, provider: Any = None) -> None:  # noqa: ANN401 (an optional package's type)
        self._provider = provider

    @contextmanager
    def span(self, name: str, *, parent: str | None = None, **facts: Fact) -> Iterator[Span]:
        """Time a piece of work, below the span that another process has named `parent`."""
        if self._provider is None:
            yield Span()
            return
        with self.started(name, parent) as span:
            span.tell(**facts)
            reset = _TRACEPARENT.set(span.traceparent)
            running = _RUNNING.set(self)
            try:
                yield span
            finally:
                _RUNNING.reset(running)
                _TRACEPARENT.reset(reset)

    @contextmanager
    def started(self, name: str, parent: str | None = None) -> Iterator[Span]:
        """Start and end a span, with a collector to hear of it."""
        from opentelemetry.trace.propagation import tracecontext  # noqa: PLC0415 (optional)

        propagator = tracecontext.TraceContextTextMapPropagator()
        context = propagator.extract({"traceparent": parent}) if parent else None
        # The text of an exception may carry values of a row.
        with self._provider.get_tracer("gema").start_as_current_span(
            name, context=context, record_exception=False, set_status_on_exception=False
        ) as told:
            yield Span(told)

    def close(self) -> None:
        """Send what is left."""
        if self._provider is not None:
            self._provider.shutdown()


def traces_to(url: str | None, service: str) -> Traces:
    """Return what sends spans to a collector's address over OTLP, or makes none without one.

    Raises:
        ImportError: the extra `otel` is not installed.
    """
    if url is None:
        return Traces()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    # Our own resource: the detected one names host, process and command line.
    provider = TracerProvider(resource=Resource({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    return Traces(provider)
