"""Reasons in plain words, in English and Indonesian."""

from collections.abc import Mapping

from api.domain.eligibility.facts import Reason, ReasonCode
from api.domain.platform import AudienceKind, Platform

PLATFORM_NAMES = {
    Platform.X: "X",
    Platform.INSTAGRAM: "Instagram",
    Platform.FACEBOOK: "Facebook",
    Platform.BLUESKY: "Bluesky",
    Platform.MASTODON: "Mastodon",
}
_ENGLISH_KINDS = {AudienceKind.FOLLOWERS: "followers", AudienceKind.FRIENDS: "friends"}
_INDONESIAN_KINDS = {AudienceKind.FOLLOWERS: "pengikut", AudienceKind.FRIENDS: "teman"}

_ENGLISH = {
    ReasonCode.MEETS: "{platform}: {observed} {kind}, {required} needed.",
    ReasonCode.BELOW_THRESHOLD: "{platform}: {observed} {kind}; {required} are needed.",
    ReasonCode.ACCOUNT_MISSING: "No {platform} account is linked.",
    ReasonCode.ACCOUNT_UNVERIFIED: "The {platform} account has not been verified.",
    ReasonCode.OBSERVATION_MISSING: "{platform}: the number of {kind} is not known yet.",
    ReasonCode.OBSERVATION_STALE: "{platform}: the number of {kind} is out of date.",
    ReasonCode.CONSENT_MISSING: "Consent for the {platform} account is missing.",
}
_ENGLISH_PERSON = {
    ReasonCode.ACCOUNT_MISSING: "Too few accounts are linked: {observed} of {required}.",
    ReasonCode.OBSERVATION_MISSING: "It is not known whether an account was active lately.",
    ReasonCode.INACTIVE: "No linked account was active in the last {required} days.",
    ReasonCode.CONSENT_MISSING: "Consent to take part is missing.",
    ReasonCode.NOT_CURRENT_ASN: "This person is not a civil servant at present.",
    ReasonCode.TRAINING_OPEN: "The training and the code of conduct are still open.",
}
_INDONESIAN = {
    ReasonCode.MEETS: "{platform}: {observed} {kind}, syarat {required}.",
    ReasonCode.BELOW_THRESHOLD: "{platform}: {observed} {kind}; syaratnya {required}.",
    ReasonCode.ACCOUNT_MISSING: "Belum ada akun {platform} yang ditautkan.",
    ReasonCode.ACCOUNT_UNVERIFIED: "Akun {platform} belum diverifikasi.",
    ReasonCode.OBSERVATION_MISSING: "{platform}: jumlah {kind} belum diketahui.",
    ReasonCode.OBSERVATION_STALE: "{platform}: data jumlah {kind} sudah kedaluwarsa.",
    ReasonCode.CONSENT_MISSING: "Persetujuan untuk akun {platform} belum ada.",
}
_INDONESIAN_PERSON = {
    ReasonCode.ACCOUNT_MISSING: "Akun yang ditautkan belum cukup: {observed} dari {required}.",
    ReasonCode.OBSERVATION_MISSING: "Belum diketahui apakah ada akun yang aktif belakangan ini.",
    ReasonCode.INACTIVE: "Tidak ada akun tertaut yang aktif dalam {required} hari terakhir.",
    ReasonCode.CONSENT_MISSING: "Persetujuan untuk ikut serta belum ada.",
    ReasonCode.NOT_CURRENT_ASN: "Yang bersangkutan saat ini bukan ASN.",
    ReasonCode.TRAINING_OPEN: "Pelatihan dan kode etik belum diselesaikan.",
}


def message_in_english(reason: Reason) -> str:
    """Say a reason in English."""
    templates = _ENGLISH_PERSON if reason.platform is None else _ENGLISH
    return _fill(templates, reason, _ENGLISH_KINDS)


def message_in_indonesian(reason: Reason) -> str:
    """Say a reason in Indonesian."""
    templates = _INDONESIAN_PERSON if reason.platform is None else _INDONESIAN
    return _fill(templates, reason, _INDONESIAN_KINDS)


def _fill(
    templates: Mapping[ReasonCode, str], reason: Reason, kinds: Mapping[AudienceKind, str]
) -> str:
    return templates[reason.code].format(
        platform=PLATFORM_NAMES[reason.platform] if reason.platform else "",
        kind=kinds[reason.kind] if reason.kind else "",
        required=reason.required,
        observed=reason.observed,
    )
