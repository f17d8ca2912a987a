"""An explanation in plain sentences, in Indonesian and in English."""

from collections.abc import Iterator, Mapping

from api.domain.amplification import MICRO, points_micro
from api.domain.coordination import Language
from api.domain.explanation.explain import Explanation
from api.domain.explanation.neighbour import Comparison
from api.domain.platform import Platform

_NETWORKS: Mapping[Platform, str] = {
    Platform.X: "X",
    Platform.INSTAGRAM: "Instagram",
    Platform.FACEBOOK: "Facebook",
    Platform.BLUESKY: "Bluesky",
    Platform.MASTODON: "Mastodon",
}
_WORDS: Mapping[str, tuple[str, str]] = {
    "rank": (
        "Rank {rank} of {holders}, with {points} points.",
        "Peringkat {rank} dari {holders}, dengan {points} poin.",
    ),
    "interval": (
        "The evidence allows any rank from {low} to {high}.",
        "Bukti yang ada memungkinkan peringkat {low} sampai {high}.",
    ),
    "unranked": (
        "Not in the latest ranking: no share counts now, or there is no active badge.",
        "Belum masuk peringkat terbaru: saat ini tidak ada pembagian yang dihitung, atau tidak "
        "ada lencana aktif.",
    ),
    "component": (
        "{platform} brings {points} points ({shares} counted shares).",
        "{platform} menyumbang {points} poin ({shares} pembagian dihitung).",
    ),
    "top": (
        "The strongest share, on {platform}, brings {points} points.",
        "Pembagian terkuat, di {platform}, menyumbang {points} poin.",
    ),
    "pending": (
        "{points} of these points are provisional until the first figures arrive.",
        "{points} dari poin itu bersifat sementara sampai angka pertama tiba.",
    ),
    "held": (
        "{shares} shares are under review; {points} points come back if they are cleared.",
        "{shares} pembagian sedang ditinjau; {points} poin kembali bila dinyatakan wajar.",
    ),
    "cleared": ("The rank would then be {rank}.", "Peringkatnya lalu menjadi {rank}."),
    "above": (
        "{points} points below rank {rank}; most of the gap comes from {platform}.",
        "Selisih {points} poin di bawah peringkat {rank}; sebagian besar berasal dari {platform}.",
    ),
    "below": (
        "{points} points above rank {rank}; most of the lead comes from {platform}.",
        "Unggul {points} poin di atas peringkat {rank}; sebagian besar berasal dari {platform}.",
    ),
    "level": (
        "Equal points with rank {rank}; expected points per share decide the order.",
        "Poin sama dengan peringkat {rank}; urutan ditentukan oleh perkiraan poin per pembagian.",
    ),
    "overall": (
        "Ahead of {percent}% of all ranked holders.",
        "Di atas {percent}% dari semua pemegang lencana dalam peringkat.",
    ),
    "agency": (
        "Ahead of {percent}% of those in the agency.",
        "Di atas {percent}% pemegang lencana di instansi yang sama.",
    ),
    "province": (
        "Ahead of {percent}% of those in the province.",
        "Di atas {percent}% pemegang lencana di provinsi yang sama.",
    ),
    "uncounted": (
        "{shares} shares of the last {days} days bring no points; `excluded` says why.",
        "{shares} pembagian dari {days} hari terakhir tidak menghasilkan poin; `excluded` "
        "menyebutkan alasannya.",
    ),
}


def sentences(found: Explanation, language: Language, window_days: int) -> list[str]:
    """Put an explanation into words, the most important first."""
    column = 0 if language is Language.ENGLISH else 1
    return [
        _WORDS[code][column].format(**_localised(values, language))
        for code, values in _said(found, window_days)
    ]


_Said = tuple[str, dict[str, object]]


def _said(found: Explanation, window_days: int) -> Iterator[_Said]:
    yield from _standing(found)
    yield from _review(found)
    for code, one in (("above", found.above), ("below", found.below)):
        if one is not None:
            yield _gap(code, one)
    for name, group in (
        ("overall", found.overall),
        ("agency", found.agency),
        ("province", found.province),
    ):
        if group.percentile is not None:
            yield name, {"percent": group.percentile}
    if found.excluded:
        count = sum(one.share_count for one in found.excluded)
        yield "uncounted", {"shares": count, "days": window_days}


def _standing(found: Explanation) -> Iterator[_Said]:
    if found.rank is None or found.score is None:
        yield "unranked", {}
        return
    points = _points(found.score)
    yield "rank", {"rank": found.rank, "holders": found.overall.holder_count, "points": points}
    if found.interval is not None:
        yield "interval", dict(zip(("low", "high"), found.interval, strict=True))
    for part in found.components:
        micro, count = part.points_micro / MICRO, part.share_count
        yield "component", {"platform": part.platform, "points": micro, "shares": count}
    for one in found.top_shares[:1]:
        yield "top", {"platform": one.fact.platform, "points": _points(one.score)}
    if found.pending_score:
        yield "pending", {"points": _points(found.pending_score)}


def _review(found: Explanation) -> Iterator[_Said]:
    if not found.under_review:
        return
    held = _points(found.held_score)
    yield "held", {"shares": len(found.under_review), "points": held}
    if found.rank_if_cleared is not None and found.rank_if_cleared != found.rank:
        yield "cleared", {"rank": found.rank_if_cleared}


def _gap(code: str, one: Comparison) -> _Said:
    if one.gap == 0 or one.largest is None:
        return "level", {"rank": one.rank}
    points = _points(abs(one.gap))
    return code, {"points": points, "rank": one.rank, "platform": one.largest.platform}


def _points(score: int) -> float:
    return points_micro(score) / MICRO


def _localised(values: Mapping[str, object], language: Language) -> dict[str, str]:
    return {name: _shown(value, language) for name, value in values.items()}


def _shown(value: object, language: Language) -> str:
    if isinstance(value, Platform):
        return _NETWORKS[value]
    if not isinstance(value, int | float):
        return str(value)
    text = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    swapped = str.maketrans(",.", ".,")
    return text if language is Language.ENGLISH else text.translate(swapped)
