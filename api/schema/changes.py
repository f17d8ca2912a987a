"""What has changed between two published schemas, for whoever wrote against the older one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema
from graphql import build_schema as schema_of
from graphql.utilities import BreakingChange, SafeChangeType, find_schema_changes

_SILENT = {"DESCRIPTION_CHANGED"}
_PLACE = re.compile(r"\b[A-Z]\w*\.\w+")
# An enum may grow and an optional part may come, which the conventions of the API announce.
_ADDITIONS = {
    *(SafeChangeType.__members__),
    "VALUE_ADDED_TO_ENUM",
    "OPTIONAL_INPUT_FIELD_ADDED",
    "OPTIONAL_ARG_ADDED",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """Sentences about the changes, by what they mean for a client."""

    broken: tuple[str, ...]
    removed_as_announced: tuple[str, ...]
    deprecated: tuple[str, ...]
    altered: tuple[str, ...]
    added: tuple[str, ...]

    def page(self) -> str:
        """Return them as Markdown, with a heading for each kind that occurs."""
        kinds = {
            "Breaks clients": self.broken,
            "Removed after its deprecation": self.removed_as_announced,
            "Deprecated": self.deprecated,
            "Altered": self.altered,
            "Added": self.added,
        }
        parts = [
            f"## {title}\n\n" + "\n".join(f"- {one}" for one in sentences) + "\n"
            for title, sentences in kinds.items()
            if sentences
        ]
        return "\n".join(parts) or "Nothing has changed.\n"


def changes_since(older: str, newer: str) -> Changes:
    """Compare two schemas in SDL; what was deprecated in the older one may go."""
    old, new = schema_of(older), schema_of(newer)
    were, are = dict(_deprecations(old)), dict(_deprecations(new))
    found = [one for one in find_schema_changes(old, new) if one.type.name not in _SILENT]
    broken, announced, altered, added = [], [], [], []
    for change in sorted(found, key=lambda one: one.description):
        if change.type.name in _ADDITIONS:
            added.append(change.description)
        elif not isinstance(change, BreakingChange):
            altered.append(change.description)
        elif change.type.name.endswith(("FIELD_REMOVED", "FROM_ENUM")) and _is_among(change, were):
            announced.append(change.description)
        else:
            broken.append(change.description)
    news = sorted(f"{place}: {reason}" for place, reason in are.items() if place not in were)
    return Changes(tuple(broken), tuple(announced), tuple(news), tuple(altered), tuple(added))


def _is_among(change: BreakingChange, deprecated: dict[str, str]) -> bool:
    return any(place in deprecated for place in _PLACE.findall(change.description))


def _deprecations(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    for kind in schema.type_map.values():
        parts = kind.values if isinstance(kind, GraphQLEnumType) else {}
        if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
            parts = kind.fields
        for name, part in parts.items():
            if part.deprecation_reason is not None:
                yield f"{kind.name}.{name}", part.deprecation_reason
