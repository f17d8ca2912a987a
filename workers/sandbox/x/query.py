"""The parameters of a request, checked as strictly as X checks them."""

import re
from collections.abc import Mapping

from workers.sandbox.clock import unix_seconds
from workers.sandbox.x.problems import BadRequest
from workers.sandbox.x.words import EXPANSIONS, NEW, OLD, POST_FIELDS, SHAPING, USER_FIELDS, Words

ID = re.compile(r"[0-9]{1,19}")
USERNAME = re.compile(r"[A-Za-z0-9_]{1,15}")
_MOST_IDS = 100


class Query:
    """One request's parameters. Every method refuses what X would refuse."""

    def __init__(
        self, values: Mapping[str, str], known: frozenset[str], default: Words = NEW
    ) -> None:
        self._values = values
        for name in values.keys() - known - SHAPING:
            raise BadRequest(name, values[name], "is given for an unknown parameter")
        self.expansions = self._names("expansions", EXPANSIONS)
        self.user_fields = self._names("user.fields", USER_FIELDS)
        self.words = self._vocabulary(default)
        self.post_fields = self._names("tweet.fields", POST_FIELDS) | self._names(
            "post.fields", POST_FIELDS
        )

    def many(self, name: str, pattern: re.Pattern[str]) -> list[str]:
        """Return between 1 and 100 ids or user names."""
        text = self._values.get(name, "")
        values = text.split(",") if text else []
        if not 1 <= len(values) <= _MOST_IDS:
            raise BadRequest(name, str(len(values)), f"must hold 1 to {_MOST_IDS} values")
        for value in values:
            self.match(name, value, pattern)
        return values

    @staticmethod
    def match(name: str, value: str, pattern: re.Pattern[str] = ID) -> str:
        """Return a value of the right form."""
        if not pattern.fullmatch(value):
            raise BadRequest(name, value, f"does not match ^{pattern.pattern}$")
        return value

    def max_results(self, low: int, high: int, default: int) -> int:
        """Return the page size."""
        text = self._values.get("max_results", str(default))
        if not text.isdigit() or not low <= int(text) <= high:
            raise BadRequest("max_results", text, f"is not between {low} and {high}")
        return int(text)

    def post_id(self, name: str) -> int | None:
        """Return an id, or None if it is not given."""
        return int(self.match(name, self._values[name])) if name in self._values else None

    def time(self, name: str) -> int | None:
        """Return a time in Unix seconds, or None if it is not given."""
        if name not in self._values:
            return None
        try:
            return unix_seconds(self._values[name])
        except ValueError:
            raise BadRequest(name, self._values[name], "is not a valid RFC3339 date-time") from None

    def excluded(self) -> frozenset[str]:
        """Return which kinds of posts are not wanted."""
        return self._names("exclude", frozenset({"replies", "retweets"}))

    @property
    def token(self) -> str | None:
        """Return where the last page ended."""
        return self._values.get("pagination_token")

    def _vocabulary(self, default: Words) -> Words:
        if "post.fields" in self._values:
            return NEW
        if "tweet.fields" in self._values or "referenced_tweets.id" in self.expansions:
            return OLD
        return default

    def _names(self, parameter: str, allowed: frozenset[str]) -> frozenset[str]:
        names = (
            frozenset(self._values[parameter].split(","))
            if self._values.get(parameter)
            else frozenset()
        )
        for name in sorted(names - allowed):
            raise BadRequest(parameter, name, f"is not one of [{','.join(sorted(allowed))}]")
        return names
