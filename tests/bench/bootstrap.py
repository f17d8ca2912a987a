"""How long 1,000 draws of ranks take: 20,000 holders with 200,000 shares."""

import sys
import time
from random import Random
from uuid import UUID

from api.domain.uncertainty import Evidence
from workers.tasks.bootstrap import bootstrap

HOLDERS, SHARES = 20_000, 200_000


def main() -> None:
    """Print wall and processor time of one bootstrap."""
    evidence = invented(HOLDERS, SHARES)
    start, processor = time.perf_counter(), time.process_time()
    found = bootstrap(evidence, UUID(int=1))
    wall, spent = time.perf_counter() - start, time.process_time() - processor
    sys.stdout.write(
        f"{HOLDERS:,} holders, {SHARES:,} shares, 1,000 draws: {wall:.1f} s"
        f" ({spent:.1f} s of processor); {len(found):,} intervals\n"
    )


def invented(holder_count: int, share_count: int) -> Evidence:
    """Holders of long-tailed scores, in nominal order."""
    random = Random("ranks")  # noqa: S311 (nothing here is secret)
    holders = [UUID(int=random.getrandbits(128)) for _ in range(holder_count)]
    shares = [
        (
            random.choice(holders),
            UUID(int=random.getrandbits(128)),
            int(random.lognormvariate(0, 1) * 10**12),
        )
        for _ in range(share_count)
    ]
    totals = dict.fromkeys(holders, 0)
    for asn_id, _, score in shares:
        totals[asn_id] += score
    return Evidence(sorted(holders, key=lambda one: -totals[one]), shares, 500)
