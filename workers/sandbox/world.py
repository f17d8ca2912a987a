"""A world: people, programmes and networks, built from a seed and an epoch alone."""

from dataclasses import dataclass

from workers.sandbox.agencies import Agency, agencies
from workers.sandbox.ground import Ground
from workers.sandbox.history import History
from workers.sandbox.network import Kind, Network, Post
from workers.sandbox.people import Person, civil_servants
from workers.sandbox.programs import Outline, outlines, text_of
from workers.sandbox.siblings import SIBLINGS
from workers.sandbox.snowflake import Mint
from workers.sandbox.society import Settlement, Society

EARLIEST_EPOCH = 1_577_836_800
_SCRIPTED_COUNT = 40
_RANGES = {
    "epoch": (EARLIEST_EPOCH, 4_000_000_000),
    "person_count": (1, 9_990),
    "post_count": (1, 500),
    "citizen_count": (10, 1_000_000),
    "stranger_count": (0, 1_000_000),
}


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """Everything that a world depends on."""

    epoch: int
    seed: int = 1
    person_count: int = 240
    post_count: int = 16
    citizen_count: int = 3_000
    stranger_count: int = 300
    is_live: bool = False
    """Whether shares go on after the epoch by script."""
    networks: tuple[str, ...] = ("x",)
    """X, which every world has, and others beside it."""

    def __post_init__(self) -> None:
        """Refuse what no world can be built from.

        Raises:
            ValueError: a number is out of its range.
        """
        for name, (lowest, highest) in _RANGES.items():
            if not lowest <= getattr(self, name) <= highest:
                raise ValueError(f"{name} must be between {lowest} and {highest}")
        if "x" not in self.networks or not set(self.networks) <= {"x", *SIBLINGS}:
            raise ValueError(f"networks must be x and some of {', '.join(SIBLINGS)}")


@dataclass(frozen=True, slots=True)
class World:
    """One world, as it is at the epoch; afterwards only acts and the clock change its networks."""

    spec: WorldSpec
    agencies: tuple[Agency, ...]
    people: tuple[Person, ...]
    outlines: tuple[Outline, ...]
    society: Society
    x: Network
    siblings: tuple[Network, ...] = ()
    """The networks beside X."""

    @property
    def networks(self) -> tuple[Network, ...]:
        """Return every network of this world."""
        return (self.x, *self.siblings)

    def network(self, platform: str) -> Network | None:
        """Return the network with this name, if this world has it."""
        return next((each for each in self.networks if each.platform == platform), None)

    def settle(self, now: int) -> None:
        """Let everything appear whose time has come."""
        for network in self.networks:
            network.settle(now)


def build(spec: WorldSpec) -> World:
    """Build a world: the same spec gives the same world."""
    places = agencies()
    people = civil_servants(spec.seed, spec.epoch, spec.person_count, places)
    network = Network("X", Mint(spec.seed))
    settlement = Settlement(network, spec.seed, spec.epoch)
    society = settlement.settle(people, spec.citizen_count, spec.stranger_count)
    plan = outlines(spec.seed, spec.epoch, spec.post_count)
    originals = _publish(network, society, plan)
    history = History(network, society, spec.seed, spec.epoch, spec.is_live)
    history.write(people, originals)
    if spec.is_live:
        history.script(people, originals, _SCRIPTED_COUNT)
    return World(spec, places, people, plan, society, network, _siblings(spec, people, plan))


def _siblings(
    spec: WorldSpec, people: tuple[Person, ...], plan: tuple[Outline, ...]
) -> tuple[Network, ...]:
    sizes = (spec.citizen_count, spec.stranger_count)
    ground = Ground(spec.seed, spec.epoch, people, plan, *sizes, spec.is_live)
    return tuple(found(ground) for name, found in SIBLINGS.items() if name in spec.networks)


def _publish(network: Network, society: Society, plan: tuple[Outline, ...]) -> tuple[Post, ...]:
    originals = tuple(
        network.publish(
            society.ministries[each.program.agency_code],
            Kind.ORIGINAL,
            None,
            text_of(each),
            each.at,
        )
        for each in plan
    )
    network.program_post_ids.extend(post.id for post in originals)
    return originals
