"""What a network beside X is built on: the same people and programmes, by the same seed."""

from dataclasses import dataclass

from workers.sandbox.chance import draw
from workers.sandbox.customs import Customs
from workers.sandbox.history import History
from workers.sandbox.network import Kind, Network
from workers.sandbox.people import Person
from workers.sandbox.programs import Outline, text_of
from workers.sandbox.snowflake import Mint
from workers.sandbox.society import Settlement

_FEWEST_CITIZENS = 10
_SCRIPTED_COUNT = 40


@dataclass(frozen=True, slots=True)
class Ground:
    """People, programme posts and sizes of one world."""

    seed: int
    epoch: int
    people: tuple[Person, ...]
    outlines: tuple[Outline, ...]
    citizen_count: int
    stranger_count: int
    is_live: bool

    def network(self, platform: str, customs: Customs, member_share: float) -> Network:
        """Build a network on which a part of the civil servants have accounts and share."""
        seed = int(draw(self.seed, "network", platform) * 2**31)
        members = tuple(each for each in self.people if draw(seed, each.index) < member_share)
        network = Network(platform, Mint(seed), customs=customs)
        settlement = Settlement(network, seed, self.epoch)
        citizen_count = max(_FEWEST_CITIZENS, int(self.citizen_count * member_share))
        society = settlement.settle(members, citizen_count, int(self.stranger_count * member_share))
        for index, account in society.civil_servants.items():
            network.members[index] = account
            account.followers_count = int(
                account.followers_count * (0.6 + draw(seed, "fans", index))
            )
        originals = tuple(
            network.publish(
                society.ministries[each.program.agency_code],
                Kind.ORIGINAL,
                None,
                text_of(each),
                each.at,
            )
            for each in self.outlines
        )
        network.program_post_ids.extend(post.id for post in originals)
        history = History(network, society, seed, self.epoch, self.is_live)
        history.write(members, originals)
        if self.is_live and members:
            history.script(members, originals, _SCRIPTED_COUNT)
        return network
