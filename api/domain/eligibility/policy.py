"""An eligibility policy: the conditions for a badge, as versioned data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from api.domain.platform import AudienceKind, AudienceSource, Platform
from api.errors import Invalid, Problem


class Rule(StrEnum):
    """How many of the requirements must be met."""

    ALL = "ALL"
    ANY = "ANY"
    AT_LEAST_N = "AT_LEAST_N"


class When(StrEnum):
    """Whether a requirement also binds people without an account on its platform."""

    ALWAYS = "ALWAYS"
    IF_LINKED = "IF_LINKED"


@dataclass(frozen=True, slots=True)
class Requirement:
    """An audience of at least `minimum` on one platform."""

    platform: Platform
    kind: AudienceKind
    minimum: int
    when: When = When.ALWAYS


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy; a change is a new version."""

    code: str
    version: int
    rule: Rule
    requirements: tuple[Requirement, ...]
    activity_days: int
    """Active means one public post or one counted share within so many days."""
    max_age_days: int
    """Older observations are stale."""
    sources: tuple[AudienceSource, ...]
    """Accepted sources, best first. DECLARED never satisfies, even if it is listed."""
    grace_days: int
    """How long a badge survives a failed re-check."""
    effective_from_on: date
    effective_to_on: date | None = None
    at_least: int | None = None
    """N of AT_LEAST_N."""
    minimum_linked_count: int = 0
    """How many of the listed platforms must be linked at all."""
    is_training_required: bool = False

    def __post_init__(self) -> None:
        if problems := list(_problems(self)):
            raise Invalid.of(problems)

    @property
    def platforms(self) -> frozenset[Platform]:
        """Return the platforms that this policy lists; accounts elsewhere do not matter to it."""
        return frozenset(requirement.platform for requirement in self.requirements)

    def to_json(self) -> dict[str, Any]:
        """Return the policy as a JSON object."""
        until = self.effective_to_on
        return {
            "code": self.code,
            "version": self.version,
            "rule": self.rule.value,
            "atLeast": self.at_least,
            "minimumLinkedCount": self.minimum_linked_count,
            "requirements": [_requirement_to_json(item) for item in self.requirements],
            "activityDays": self.activity_days,
            "maxAgeDays": self.max_age_days,
            "sources": [source.value for source in self.sources],
            "graceDays": self.grace_days,
            "isTrainingRequired": self.is_training_required,
            "effectiveFromOn": self.effective_from_on.isoformat(),
            "effectiveToOn": until.isoformat() if until else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Policy":
        """Read a policy from the form of `to_json`.

        Raises:
            Invalid: the policy contradicts itself, or a field is missing or of another kind.
        """
        try:
            return cls(**_fields_from_json(data))
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("This is not an eligibility policy.", field=["policy"]) from error


def _requirement_to_json(item: Requirement) -> dict[str, Any]:
    return {
        "platform": item.platform.value,
        "kind": item.kind.value,
        "minimum": item.minimum,
        "when": item.when.value,
    }


def _requirement_from_json(data: Mapping[str, Any]) -> Requirement:
    return Requirement(
        Platform(data["platform"]), AudienceKind(data["kind"]), data["minimum"], When(data["when"])
    )


def _fields_from_json(data: Mapping[str, Any]) -> dict[str, Any]:
    until = data.get("effectiveToOn")
    return {
        "code": data["code"],
        "version": data["version"],
        "rule": Rule(data["rule"]),
        "requirements": tuple(_requirement_from_json(item) for item in data["requirements"]),
        "activity_days": data["activityDays"],
        "max_age_days": data["maxAgeDays"],
        "sources": tuple(AudienceSource(name) for name in data["sources"]),
        "grace_days": data["graceDays"],
        "effective_from_on": date.fromisoformat(data["effectiveFromOn"]),
        "effective_to_on": date.fromisoformat(until) if until else None,
        "at_least": data.get("atLeast"),
        "minimum_linked_count": data.get("minimumLinkedCount", 0),
        "is_training_required": data.get("isTrainingRequired", False),
    }


def _problems(policy: Policy) -> list[Problem]:
    days = (policy.activity_days, policy.max_age_days, policy.grace_days)
    minimums = tuple(item.minimum for item in policy.requirements)
    numbers = (*days, *minimums, policy.version, policy.minimum_linked_count)
    if not all(type(number) is int for number in numbers):
        return [Problem("INVALID", "Every number in a policy is a whole number.", ("policy",))]
    is_counted = policy.rule is Rule.AT_LEAST_N
    reachable = range(1, len(policy.requirements) + 1)
    until = policy.effective_to_on
    checks = {
        ("requirements", "A policy needs at least one requirement."): not policy.requirements,
        ("requirements", "A minimum may not be negative."): any(n < 0 for n in minimums),
        ("atLeast", "AT_LEAST_N needs an N within its requirements."): (
            is_counted and policy.at_least not in reachable
        ),
        ("activityDays", "Numbers of days may not be negative."): any(n < 0 for n in days),
        ("effectiveToOn", "A policy cannot end before it starts."): (
            until is not None and until < policy.effective_from_on
        ),
    }
    return [Problem("INVALID", text, (name,)) for (name, text), is_bad in checks.items() if is_bad]
