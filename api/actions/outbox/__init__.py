"""The outbox: background work waits in PostgreSQL; Valkey is only the bell that calls for it."""

from api.actions.outbox.claim import Claim, claim
from api.actions.outbox.due import enqueue_due
from api.actions.outbox.lease import Fenced, Lease
from api.actions.outbox.letter import Failure, bury, bury_unknown
from api.actions.outbox.postpone import CursorRef, park_platform, postpone
from api.actions.outbox.relay import BATCH_SIZE, Ring, relay
from api.actions.outbox.release import AT_ONCE, PROGRESS, Return, give_back, release, settle
from api.actions.outbox.retention import forget_finished_work
from api.actions.outbox.wire import Bell, decode, encode

__all__ = [
    "AT_ONCE",
    "BATCH_SIZE",
    "PROGRESS",
    "Bell",
    "Claim",
    "CursorRef",
    "Failure",
    "Fenced",
    "Lease",
    "Return",
    "Ring",
    "bury",
    "bury_unknown",
    "claim",
    "decode",
    "encode",
    "enqueue_due",
    "forget_finished_work",
    "give_back",
    "park_platform",
    "postpone",
    "relay",
    "release",
    "settle",
]
