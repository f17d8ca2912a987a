"""What the networks of the graph let anyone know: little, and not what their lists show."""

from workers.sandbox.customs import Customs
from workers.sandbox.network import Account, Network, Post


class GraphCustoms(Customs):
    """Customs of a network on which only consent or a mention makes a share known."""

    audience_source = "OWNER_API"

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch

    def is_lasting(self, share: Post) -> bool:
        """Tell whether a share outlived the time before anybody could look."""
        return share.removed_at is None or share.removed_at >= self._epoch

    def has_login(self, network: Network, account: Account) -> bool:
        """Tell whether this is a civil servant whose own token the app has."""
        is_member = any(each is account for each in network.members.values())
        return is_member and account.is_consenting and not account.is_suspended
