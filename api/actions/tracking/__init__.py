"""What live tracking stores: pages of lists, each together with the cursor that covers it."""

from api.actions.tracking.removal import mark_share_gone
from api.actions.tracking.reshares import SeenReshare, store_reshare_page
from api.actions.tracking.shares import SeenShare, store_share_page
from api.actions.tracking.sweep import ListPage, begin_sweep, close_sweep

__all__ = [
    "ListPage",
    "SeenReshare",
    "SeenShare",
    "begin_sweep",
    "close_sweep",
    "mark_share_gone",
    "store_reshare_page",
    "store_share_page",
]
