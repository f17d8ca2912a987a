"""What live tracking stores: pages of lists, each together with the cursor that covers it."""

from api.actions.tracking.removal import mark_share_gone, remove_shares
from api.actions.tracking.reshares import SeenReshare, store_reshare_page
from api.actions.tracking.shares import SeenShare, record_shares, store_share_page
from api.actions.tracking.sweep import ListPage, Start, begin_sweep, close_sweep, restart_sweep

__all__ = [
    "ListPage",
    "SeenReshare",
    "SeenShare",
    "Start",
    "begin_sweep",
    "close_sweep",
    "mark_share_gone",
    "record_shares",
    "remove_shares",
    "restart_sweep",
    "store_reshare_page",
    "store_share_page",
]
