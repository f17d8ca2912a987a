"""Documents that clients name by their SHA-256 instead of sending them.

They are listed in manifests, files that the builds of frontends write; nobody registers one over
the network. Where only listed documents may run, any other text is refused, whoever sends it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from api.schema.coded import refused
from api.schema.question import Question, digest_of
from api.settings import SettingRefused

MANIFEST_FORMAT = "apollo-persisted-query-manifest"
_PREFIX = "sha256:"
_HASH = re.compile(r"[0-9a-f]{64}")


def named_digest(document_id: object, extensions: Mapping[str, object]) -> str | None:
    """Return the SHA-256 that a request names, in either of two customs; None if in neither.

    `documentId: "sha256:…"` is that of GraphQL over HTTP, `extensions.persistedQuery` Apollo's.

    Raises:
        RequestErrors: BAD_REQUEST; it is malformed, or the two differ.
    """
    found = {*_by_document_id(document_id), *_by_extension(extensions.get("persistedQuery"))}
    if len(found) > 1:
        raise refused("BAD_REQUEST", "documentId and persistedQuery name two documents.")
    return found.pop() if found else None


def _by_document_id(given: object) -> Iterator[str]:
    if given is None:
        return
    if not isinstance(given, str) or not given.startswith(_PREFIX):
        raise _malformed("documentId")
    yield _checked(given.removeprefix(_PREFIX), "documentId")


def _by_extension(given: object) -> Iterator[str]:
    if given is None:
        return
    if not isinstance(given, dict) or given.get("version") != 1:
        raise _malformed("persistedQuery")
    yield _checked(given.get("sha256Hash"), "persistedQuery")


def _checked(digest: object, name: str) -> str:
    if isinstance(digest, str) and _HASH.fullmatch(digest):
        return digest
    raise _malformed(name)


def _malformed(name: str) -> Exception:
    return refused("BAD_REQUEST", f"{name} must hold a SHA-256 in 64 lower-case digits.")


@dataclass(frozen=True, slots=True)
class PersistedDocuments:
    """The listed documents by SHA-256, and whether others may run."""

    texts: Mapping[str, str] = field(default_factory=dict)
    is_closed: bool = False
    """Whether only listed documents may run."""

    @classmethod
    def load(cls, manifests: Sequence[Path], *, is_closed: bool) -> "PersistedDocuments":
        """Read the manifests.

        Raises:
            SettingRefused: one cannot be read, or names a document by another hash than its own.
        """
        texts = dict(entry for path in manifests for entry in _entries(path))
        return cls(texts, is_closed)

    def resolved(self, question: Question) -> Question:
        """Return the question with the text of its document.

        Raises:
            RequestErrors: the document is not listed, or is not the one that was named.
        """
        if question.query and question.named not in (None, digest_of(question.query)):
            raise refused("BAD_REQUEST", "query is not the document that was named.")
        text = self.texts.get(question.digest)
        if text is not None:
            return replace(question, query=text)
        if not question.query:
            raise refused("PERSISTED_QUERY_NOT_FOUND", "No document is listed under this name.")
        if self.is_closed:
            raise refused("QUERY_NOT_IN_SAFELIST", "Only listed documents may run here.")
        return question


def manifest_of(texts: Sequence[tuple[str, str, str]]) -> dict[str, object]:
    """Return the manifest of documents, each with its operation's name and kind and its text."""
    operations = [
        {"id": digest_of(text), "name": name, "type": kind, "body": text}
        for name, kind, text in texts
    ]
    return {"format": MANIFEST_FORMAT, "version": 1, "operations": operations}


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    try:
        sent = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise _unusable(path, "is no file in JSON") from None
    for digest, text in _listed(sent, path):
        if not isinstance(text, str) or digest != digest_of(text):
            raise _unusable(path, f"lists a document under another SHA-256 than its own: {digest}")
        yield digest, text


def _listed(sent: object, path: Path) -> Iterator[tuple[object, object]]:
    if not isinstance(sent, dict):
        raise _unusable(path, "holds no object")
    if "format" not in sent:
        yield from sent.items()
        return
    operations = sent.get("operations")
    is_known = (sent["format"], sent.get("version")) == (MANIFEST_FORMAT, 1)
    if not is_known or not isinstance(operations, list):
        raise _unusable(path, f"is no {MANIFEST_FORMAT} of version 1")
    for item in operations:
        yield (item.get("id"), item.get("body")) if isinstance(item, dict) else (None, None)


def _unusable(path: Path, why: str) -> SettingRefused:
    return SettingRefused("SETTING_INVALID", f"GEMA_DOCUMENT_MANIFESTS: {path.name} {why}.")
