"""The policies that Gema brings along, as data: no threshold lives in a rule.

The announcement of 2019 asks for 500 followers on Instagram and Twitter and 500 friends on
Facebook; another paper reads it as 500 on any of a person's networks. Both readings are presets,
and a third that asks it of every linked account.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from api.domain.eligibility.policy import Policy

DEFAULT = "kominfo-2019"

_COMMON: dict[str, Any] = {
    "version": 1,
    "activityDays": 30,
    "maxAgeDays": 90,
    "sources": ["PUBLIC_API", "OWNER_API", "REVIEWED"],
    "graceDays": 30,
    "isTrainingRequired": False,
    "effectiveFromOn": "2019-01-01",
    "effectiveToOn": None,
}


def _listed(instagram: str, x: str, facebook: str) -> list[dict[str, Any]]:
    return [
        {"platform": "INSTAGRAM", "kind": "FOLLOWERS", "minimum": 500, "when": instagram},
        {"platform": "X", "kind": "FOLLOWERS", "minimum": 500, "when": x},
        {"platform": "FACEBOOK", "kind": "FRIENDS", "minimum": 500, "when": facebook},
    ]


_DATA: tuple[dict[str, Any], ...] = (
    {
        **_COMMON,
        "code": "kominfo-2019",
        "rule": "ALL",
        "requirements": _listed("ALWAYS", "ALWAYS", "IF_LINKED"),
    },
    {
        **_COMMON,
        "code": "any-platform",
        "rule": "ANY",
        "minimumLinkedCount": 1,
        "requirements": _listed("IF_LINKED", "IF_LINKED", "IF_LINKED"),
    },
    {
        **_COMMON,
        "code": "all-linked",
        "rule": "ALL",
        "minimumLinkedCount": 1,
        "requirements": _listed("IF_LINKED", "IF_LINKED", "IF_LINKED"),
    },
)

PRESETS: Mapping[str, Policy] = MappingProxyType(
    {data["code"]: Policy.from_json(data) for data in _DATA}
)
