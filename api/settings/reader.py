"""Reads single settings out of an environment; whatever is wrong names its variable."""

from collections.abc import Mapping


class SettingRefused(Exception):
    """A setting is missing or impossible; the command line shows code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Reader:
    """Reads texts, numbers, switches and lists; an empty value stands for none."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def optional(self, name: str) -> str | None:
        return self._env.get(name) or None

    def text(self, name: str, default: str) -> str:
        return self._env.get(name) or default

    def address(self, name: str, default: str) -> str:
        return self.text(name, default).rstrip("/")

    def required(self, name: str) -> str:
        if value := self._env.get(name):
            return value
        raise SettingRefused("SETTING_MISSING", f"The environment variable {name} is not set.")

    def names(self, name: str, default: str = "") -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name, default).split(",") if part.strip())

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        parts = (part.partition("=") for part in self.names(name))
        return tuple((key.strip(), value.strip()) for key, _, value in parts)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            wanted = ", ".join(allowed)
            raise SettingRefused("SETTING_INVALID", f"{name} must be one of {wanted}.")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        return self.choice(name, str(default).lower(), ("true", "false")) == "true"

    def optional_number(self, name: str) -> int | None:
        return None if self.optional(name) is None else self.number(name, 0)

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not text.isdigit():
            raise SettingRefused("SETTING_INVALID", f"{name} must be a whole number.")
        return int(text)
