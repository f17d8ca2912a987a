"""Shares and reshares as they come in, from live tracking and from files, through one door."""

from api.actions.shares.locks import lock_for_ingest
from api.actions.shares.reshares import store_reshares
from api.actions.shares.rows import Evidence, NewReshare, NewShare, StoredCount, StoredRow
from api.actions.shares.shares import store_shares
from api.actions.watermark import WATERMARK_LOCK, join_ingest, take_watermark

__all__ = [
    "WATERMARK_LOCK",
    "Evidence",
    "NewReshare",
    "NewShare",
    "StoredCount",
    "StoredRow",
    "join_ingest",
    "lock_for_ingest",
    "store_reshares",
    "store_shares",
    "take_watermark",
]
