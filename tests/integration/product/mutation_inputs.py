"""Inputs of mutations, drawn from the published schema: mostly what a client would send, with rows
that exist, versions as they are and times in order, and now and then what an attacker would.
"""

import json
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from api_client import Caller, holder
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from ground import Ground

from api.domain.access import Role
from api.schema.identity import encode_id

HOSTILE_ONE_IN = 20
_OFTEN, _MOSTLY = 0.6, 0.85
_TYPES = {
    "account": "SocialAccount",
    "post": "ProgramPost",
    "notice": "CorrectionNotice",
    "lotAmongLevelOf": "InviteList",
}
_WORDS = ["Gizi", "anak", "sekolah", "air bersih", "desa", "Ümlaut", "体", "😀", "O'Brien", "a\nb"]
_POSTS = {
    "X": "https://x.com/i/web/status/18{0:017d}",
    "FACEBOOK": "https://www.facebook.com/1{0:014d}/posts/2{0:014d}",
    "INSTAGRAM": "https://www.instagram.com/p/C{0:010d}/",
    "BLUESKY": "https://bsky.app/profile/contoh.bsky.social/post/3laaaaaaa{1}",
    "MASTODON": "https://sosial.contoh.id/@contoh/1{0:017d}",
}
_STRINGS = [
    *("", " ", "\0", "\u202eabc", "\ufeff", "\ud83d", "x" * 300, "x" * 20_000, "😀" * 201),
    *("'; DROP TABLE asn; --", "%s%n{0}", "$1", "<script>", "../../etc/passwd", "=1+1", "NaN"),
]
_HOSTILE: dict[str, list[object]] = {
    "String": [*_STRINGS, 1, True, None, [], {}],
    "Int": [0, -1, 2**31 - 1, -(2**31), 2**31, 1.5, "1", True, None],
    "Boolean": ["true", 0, None],
    "ID": ["", "abc", "QXNuOmFiYw", "0" * 300, 7, None, encode_id("Asn", UUID(int=0))],
    "DateTime": [
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"),
        *("2026-02-30T00:00:00Z", "2027-01-01T00:00:00", "tomorrow", "", 0, None),
    ],
    "URL": [
        *("javascript:alert(1)", "http://127.0.0.1/", "https://user:pw@contoh.go.id/", "https://"),
        *(
            "https://contoh.go.id/%00",
            "https://x.com/",
            f"https://contoh.go.id/{'a' * 3000}",
            "",
            5,
        ),
    ],
}
_REQUIRES = re.compile(r"Requires: ([A-Z_, ]+)\.$")


@dataclass(frozen=True)
class Mutation:
    """A mutation of the schema, what it takes and what may be shown of its payload."""

    name: str
    takes: GraphQLInputObjectType
    roles: frozenset[str]
    document: str


def mutations_of(schema: GraphQLSchema) -> list[Mutation]:
    """Return every mutation."""
    assert schema.mutation_type is not None
    made = []
    for name, told in schema.mutation_type.fields.items():
        takes = get_named_type(told.args["input"].type)
        payload = get_named_type(told.type)
        assert isinstance(takes, GraphQLInputObjectType)
        assert isinstance(payload, GraphQLObjectType)
        roles = _REQUIRES.search(told.description or "")
        shown = " ".join(_shown(field, one.type) for field, one in payload.fields.items())
        document = f"mutation($i: {takes.name}!) {{ {name}(input: $i) {{ {shown} }} }}"
        found = frozenset(roles[1].split(", ")) if roles else frozenset()
        made.append(Mutation(name, takes, found, document))
    return made


def _shown(name: str, kind: Any) -> str:
    kind = get_named_type(kind)
    if name == "userErrors":
        return "userErrors { code field message }"
    if is_leaf_type(kind):
        return name
    return f"{name} {{ {'id' if 'id' in kind.fields else '__typename'} }}"


@dataclass
class Draw:
    """One input in the making; the same number draws the same choices."""

    ground: Ground
    chosen: random.Random
    caller: Caller

    def __post_init__(self) -> None:
        self._last_id = ""
        self._platform = "X"
        self._dimension = "AGENCY"
        self._start = datetime.now(UTC) + timedelta(days=self.chosen.randint(2, 60))

    def input_of(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        """Return an input as JSON; what is optional is there more often than not."""
        given: dict[str, Any] = {}
        # Times and versions follow from what was drawn before them, so ids come first.
        for name in sorted(kind.fields, key=lambda one: (one == "version", one)):
            wanted = kind.fields[name].type
            if isinstance(wanted, GraphQLNonNull) or self.chosen.random() < _OFTEN:
                given[name] = self._value(name, wanted)
        return given

    def _value(self, name: str, kind: GraphQLInputType) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._value(name, kind.of_type)
        if isinstance(kind, GraphQLList):
            return [self._value(name, kind.of_type) for _ in range(self.chosen.randint(0, 3))]
        if isinstance(kind, GraphQLInputObjectType):
            return self.input_of(kind)
        if isinstance(kind, GraphQLEnumType):
            return self._named(name, kind)
        if self.chosen.randrange(HOSTILE_ONE_IN) == 0:
            return self.chosen.choice(_HOSTILE[kind.name])
        make = {
            "ID": self._id,
            "DateTime": self._moment,
            "Int": self._number,
            "URL": self._url,
            "String": self._text,
            "Boolean": lambda _: self.chosen.random() < _MOSTLY,
        }
        return make[kind.name](name)

    def _named(self, name: str, kind: GraphQLEnumType) -> str:
        drawn = self.chosen.choice(sorted(kind.values))
        if name == "platform":
            self._platform = drawn
        if name == "dimension":
            self._dimension = drawn
        return drawn if self.chosen.randrange(30) else "NO_SUCH_VALUE"

    def _id(self, name: str) -> str:
        stem = re.sub(r"Ids?$", "", name)
        if stem == "key":
            stem = "province" if self._dimension == "PROVINCE" else "agency"
        kind = _TYPES.get(stem, stem[0].upper() + stem[1:])
        if self.chosen.randrange(20) == 0:
            kind = self.chosen.choice(sorted(self.ground.ids))
        owned = self.ground.own.get(self.caller.asn_id, {}) if self.caller.asn_id else {}
        ids = owned.get(kind) if self.chosen.random() < _MOSTLY else None
        self._last_id = self.chosen.choice(ids or self.ground.ids.get(kind) or ["unknown"])
        return self._last_id

    def _moment(self, name: str) -> str:
        now, hours = datetime.now(UTC), self.chosen.randint(1, 150)
        moment = {
            "startsAt": self._start,
            "endsAt": self._start + timedelta(hours=hours),
            "replyBy": now + timedelta(hours=1 + hours),
            "expiresAt": now + timedelta(hours=24 + hours),
            "publishedAt": now - timedelta(hours=hours),
            "sharedAt": now - timedelta(hours=hours),
            "at": now - timedelta(minutes=hours),
        }[name]
        zone = self.chosen.choice(["Z", "+07:00"])
        return moment.strftime("%Y-%m-%dT%H:%M:%S") + zone

    def _number(self, name: str) -> int:
        if name == "version":
            return self.ground.versions.get(self._last_id, 1)
        return self.chosen.randint(1, 20)

    def _url(self, name: str) -> str:
        if name == "url":
            letters = "".join(self.chosen.choices("abcdefghij", k=4))
            return _POSTS[self._platform].format(self.chosen.randrange(10**9), letters)
        return f"https://contoh.go.id/berita/{self.chosen.randrange(1000)}"

    def _text(self, name: str) -> str:
        known = {
            "token": self.ground.replies,
            "ticket": self.ground.tickets,
            "sha256": [self.ground.hashes.get(self._last_id, "0" * 64)],
            "employeeNumber": ["199001012015042011", "198502022010011022", "199001012015042099"],
            "handle": [f"contoh_{self.chosen.randrange(50)}", "@contoh", "contoh.bsky.social"],
            "locale": ["id", "en"],
            "idempotencyKey": [f"kunci-{self.chosen.randrange(40)}"],
        }
        if found := known.get(name):
            return self.chosen.choice(found)
        return " ".join(self.chosen.choices(_WORDS, k=self.chosen.randint(1, 6)))


def caller_for(
    mutation: Mutation, callers: list[Caller], ground: Ground, chosen: random.Random
) -> Caller:
    """Return who asks: mostly somebody with a role that may, and of holders one of the newest."""
    able = [one for one in callers if one.role and one.role.value in mutation.roles]
    if not able or chosen.random() > _MOSTLY:
        return chosen.choice(callers)
    if "ASN" in mutation.roles and chosen.random() < _OFTEN:
        return holder(chosen.choice(ground.holders))
    admins = [one for one in able if one.role is Role.ADMIN]
    return chosen.choice(able + admins)


def sendable(value: object) -> bytes:
    """Return JSON, with lone surrogates as escapes: a client can send them."""
    return json.dumps(value).encode()
