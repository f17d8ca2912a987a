"""A doubt: one share, one rule, how strong it is and what it rests on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from api.domain.coordination.evidence import Evidence, EvidenceCode, merged, percent
from api.domain.coordination.pairs import Meeting, PairFinding
from api.domain.coordination.pods import Pod
from api.domain.coordination.rules import ReviewRule, Tier


@dataclass(frozen=True, slots=True)
class Doubt:
    """What becomes a flag unless one stands already."""

    holder_id: UUID
    share_id: UUID
    rule: ReviewRule
    tier: Tier
    evidence: tuple[Evidence, ...]


def pair_doubts(findings: Iterable[PairFinding], held: Collection[PairFinding]) -> list[Doubt]:
    """Return one doubt for each share at which a pair met, with every partner as evidence."""
    doubts: dict[UUID, Doubt] = {}
    for finding in sorted(findings, key=lambda one: one.chance):
        tier = Tier.HOLD if finding in held else Tier.ADVISORY
        for meeting in finding.meetings:
            for doubt in _of_meeting(finding, meeting, tier):
                known = doubts.get(doubt.share_id)
                doubts[doubt.share_id] = doubt if known is None else joined(known, doubt)
    return list(doubts.values())


def joined(one: Doubt, other: Doubt) -> Doubt:
    """Return the stronger of two doubts about one share by one rule, with the evidence of both."""
    tier = Tier.HOLD if Tier.HOLD in (one.tier, other.tier) else Tier.ADVISORY
    evidence = merged(one.evidence, other.evidence)
    return Doubt(one.holder_id, one.share_id, one.rule, tier, evidence)


def _of_meeting(finding: PairFinding, meeting: Meeting, tier: Tier) -> Iterable[Doubt]:
    figures: dict[str, str | int] = {
        "window": finding.window_seconds,
        "close": finding.close_count,
        "common": finding.common_count,
        "expected": f"{finding.expected_count:.2g}",
        "chance": f"{finding.chance:.2g}",
    }
    for own, other in ((meeting.one, meeting.other), (meeting.other, meeting.one)):
        row = Evidence(EvidenceCode.MEETINGS, figures, other.holder_id, other.share_id)
        yield Doubt(own.holder_id, own.share_id, ReviewRule.COSHARE_PAIR, tier, (row,))


def pod_evidence(pod: Pod) -> tuple[Evidence, ...]:
    """Return what makes a group a pod; who the others are is said by the pairs."""
    inside = {
        "inside": pod.inside_count,
        "reshares": pod.reshare_count,
        "percent": percent(pod.inside_count, pod.reshare_count),
        "posts": pod.post_count,
    }
    return (
        Evidence(EvidenceCode.POD_SIZE, {"holders": len(pod.holders)}),
        Evidence(EvidenceCode.POD_INSIDE, inside),
    )


def advised(holder_id: UUID, share_id: UUID, rule: ReviewRule, *rows: Evidence) -> Doubt:
    """Return a doubt that holds nothing."""
    return Doubt(holder_id, share_id, rule, Tier.ADVISORY, rows)
