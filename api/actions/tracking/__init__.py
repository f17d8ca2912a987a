"""What live tracking stores: pages of lists, each together with the cursor that covers it."""

from api.actions.tracking.figures import Figure, store_figures
from api.actions.tracking.removal import mark_share_gone, remove_shares
from api.actions.tracking.reshares import SeenReshare, store_reshare_page
from api.actions.tracking.shares import SeenShare, record_shares, store_share_page
from api.actions.tracking.sweep import ListPage, Start, begin_sweep, close_sweep, restart_sweep
from api.actions.tracking.timeline import (
    Places,
    SeenPost,
    begin_timeline,
    record_found,
    store_found_page,
    store_timeline_page,
)

__all__ = [
    "Figure",
    "ListPage",
    "Places",
    "SeenPost",
    "SeenReshare",
    "SeenShare",
    "Start",
    "begin_sweep",
    "begin_timeline",
    "close_sweep",
    "mark_share_gone",
    "record_found",
    "record_shares",
    "remove_shares",
    "restart_sweep",
    "store_figures",
    "store_found_page",
    "store_reshare_page",
    "store_share_page",
    "store_timeline_page",
]
