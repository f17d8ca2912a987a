"""The tasks, by the job that asks for them. A job and its task come and go together."""

from api.queue import Job
from workers.tasks.audience import refresh_audience
from workers.tasks.eligibility import assess_eligibility
from workers.tasks.evaluation import evaluate_ranking
from workers.tasks.exports import build_export
from workers.tasks.invitations import expire, send_invitation
from workers.tasks.kit import Kit, Task, Work
from workers.tasks.logins import finish_login, renew_access, revoke_access
from workers.tasks.metrics import read_metrics
from workers.tasks.ownership import check_ownership
from workers.tasks.proofs import check_proof
from workers.tasks.ranking import build_baseline, refresh
from workers.tasks.reconcile import find_work
from workers.tasks.review import search_doubts
from workers.tasks.shares import scan_quotes, scan_resharers, scan_share_resharers
from workers.tasks.timeline import scan_mentions, scan_timeline
from workers.tasks.totals import repair_totals
from workers.tasks.uncertainty import estimate_ranks
from workers.tasks.webhooks import read_webhook

TASKS: dict[Job, Task] = {
    Job.ASSESS_ELIGIBILITY: assess_eligibility,
    Job.REFRESH_AUDIENCE: refresh_audience,
    Job.SCAN_RESHARERS: scan_resharers,
    Job.SCAN_QUOTES: scan_quotes,
    Job.SCAN_SHARE_RESHARERS: scan_share_resharers,
    Job.FIND_WORK: find_work,
    Job.SCAN_TIMELINE: scan_timeline,
    Job.SCAN_MENTIONS: scan_mentions,
    Job.READ_METRICS: read_metrics,
    Job.REFRESH_RANKING: refresh,
    Job.SEND_INVITATION: send_invitation,
    Job.EXPIRE_INVITATIONS: expire,
    Job.BUILD_EXPORT: build_export,
    Job.CHECK_OWNERSHIP: check_ownership,
    Job.FINISH_LOGIN: finish_login,
    Job.RENEW_ACCESS: renew_access,
    Job.REVOKE_ACCESS: revoke_access,
    Job.CHECK_PROOF: check_proof,
    Job.WEBHOOK: read_webhook,
    Job.SEARCH_DOUBTS: search_doubts,
    Job.BUILD_BASELINE: build_baseline,
    Job.ESTIMATE_RANKS: estimate_ranks,
    Job.REPAIR_TOTALS: repair_totals,
    Job.EVALUATE_RANKING: evaluate_ranking,
}

__all__ = ["TASKS", "Kit", "Task", "Work"]
