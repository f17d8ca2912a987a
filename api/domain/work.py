"""The kinds of background work."""

from enum import StrEnum


class Job(StrEnum):
    """Every kind of background work; each has exactly one task in `workers.tasks`."""

    ASSESS_ELIGIBILITY = "assess_eligibility"
    REFRESH_AUDIENCE = "refresh_audience"
    SCAN_RESHARERS = "scan_resharers"
    SCAN_QUOTES = "scan_quotes"
    SCAN_SHARE_RESHARERS = "scan_share_resharers"
    FIND_WORK = "find_work"
    SCAN_TIMELINE = "scan_timeline"
    SCAN_MENTIONS = "scan_mentions"
    READ_METRICS = "read_metrics"
    REFRESH_RANKING = "refresh_ranking"
    SEND_INVITATION = "send_invitation"
    EXPIRE_INVITATIONS = "expire_invitations"
    BUILD_EXPORT = "build_export"
    CHECK_OWNERSHIP = "check_ownership"
    FINISH_LOGIN = "finish_login"
    RENEW_ACCESS = "renew_access"
    REVOKE_ACCESS = "revoke_access"
    CHECK_PROOF = "check_proof"
    WEBHOOK = "webhook"
    SEARCH_DOUBTS = "search_doubts"
    BUILD_BASELINE = "build_baseline"
    ESTIMATE_RANKS = "estimate_ranks"
    REPAIR_TOTALS = "repair_totals"
    EVALUATE_RANKING = "evaluate_ranking"
