"""Invented applicants for a badge: accounts with figures, judged at one moment."""

from datetime import UTC, datetime, timedelta

from api.domain.eligibility import PRESETS, Facts, LinkedAccount, Observation, assess
from api.domain.platform import AudienceKind, AudienceSource, Platform

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = {
    Platform.INSTAGRAM: AudienceKind.FOLLOWERS,
    Platform.X: AudienceKind.FOLLOWERS,
    Platform.FACEBOOK: AudienceKind.FRIENDS,
}
PUBLIC = AudienceSource.PUBLIC_API


def seen(platform, count, *, days=1, source=PUBLIC, kind=None):
    return Observation(kind or KINDS[platform], count, source, NOW - timedelta(days=days))


def account(platform, count=600, *, is_verified=True, active_days=1, observations=None, **more):
    active_at = None if active_days is None else NOW - timedelta(days=active_days)
    figures = (seen(platform, count),) if observations is None else tuple(observations)
    return LinkedAccount(platform, is_verified, active_at, figures, **more)


def facts(*accounts, **more):
    return Facts(accounts=accounts, **more)


def judged(code, *accounts, **more):
    return assess(PRESETS[code], facts(*accounts, **more), NOW)


def codes(assessment, platform=None):
    return [r.code for r in assessment.reasons if r.platform is platform]


IG_AND_X = (account(Platform.INSTAGRAM), account(Platform.X))
