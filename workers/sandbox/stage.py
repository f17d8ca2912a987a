"""One world on stage: with its clock, its troubles, its limits, its meter and its log."""

from dataclasses import dataclass, field

from workers.sandbox.clock import Clock
from workers.sandbox.faults import Faults
from workers.sandbox.limits import RateWindows
from workers.sandbox.log import Log
from workers.sandbox.logins import Logins
from workers.sandbox.meter import Meter
from workers.sandbox.world import World, WorldSpec, build


@dataclass(slots=True)
class Stage:
    """Everything that requests share. `reset` sets the scene anew."""

    spec: WorldSpec
    clock: Clock
    window_seconds: float = 900.0
    world: World = field(init=False)
    faults: Faults = field(init=False)
    limits: RateWindows = field(init=False)
    short_limits: RateWindows = field(init=False)
    """For networks that count by five minutes where X counts by fifteen."""
    meter: Meter = field(init=False)
    log: Log = field(init=False)
    logins: Logins = field(init=False)

    def __post_init__(self) -> None:
        """Set the first scene."""
        self.reset(self.spec)

    def reset(self, spec: WorldSpec) -> None:
        """Build a world and forget everything else."""
        self.spec = spec
        self.clock.restart(spec.epoch)
        self.world = build(spec)
        self.faults = Faults(spec.seed)
        self.limits = RateWindows(self.window_seconds, lambda: self.clock.real_at)
        self.short_limits = RateWindows(self.window_seconds / 3, lambda: self.clock.real_at)
        self.meter = Meter(lambda: self.clock.real_at)
        self.log = Log()
        self.logins = Logins()

    def now(self) -> int:
        """Return world time, with everything settled that has happened by then."""
        now = self.clock.now
        self.world.settle(now)
        return now
