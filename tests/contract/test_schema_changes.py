"""`gema schema --since` tells clients what has changed, and fails where it breaks them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.schema.changes import changes_since
from api.schema.export import sdl

OLD = """
type Query { name: String  nick: String @deprecated(reason: "Use `name`.")
             kind(only: Kind = SMALL): Kind }
enum Kind { SMALL LARGE @deprecated(reason: "Use `SMALL`.") }
input Wish { text: String  size: Int }
"""


@pytest.mark.parametrize(
    ("before", "after", "kind", "said"),
    [
        ("name: String ", "", "broken", "Query.name"),
        ("{ SMALL", "{", "broken", "Kind.SMALL"),
        ("text: String", "text: String more: Int!", "broken", "Wish.more"),
        ("name: String ", "name: Int ", "broken", "Query.name"),
        ('nick: String @deprecated(reason: "Use `name`.")', "", "removed_as_announced", "nick"),
        ('LARGE @deprecated(reason: "Use `SMALL`.")', "", "removed_as_announced", "Kind.LARGE"),
        ("name: String ", 'name: String @deprecated(reason: "Gone.") ', "deprecated", "Gone."),
        ("{ SMALL", "{ MIDDLE SMALL", "added", "Kind.MIDDLE"),
        ("text: String", "text: String more: Int", "added", "Wish.more"),
        ("(only: Kind", "(but: Kind only: Kind", "added", "but"),
        ("name: String ", "name: String age: Int ", "added", "Query.age"),
        (" = SMALL", "", "altered", "only"),
    ],
)
def test_each_change_is_told_under_what_it_means(
    before: str, after: str, kind: str, said: str
) -> None:
    assert OLD.count(before) == 1
    changes = changes_since(OLD, OLD.replace(before, after))

    told = {name: getattr(changes, name) for name in changes.__dataclass_fields__}
    (sentence,) = told.pop(kind)
    assert said in sentence
    assert set(told.values()) == {()}
    assert f"- {sentence}\n" in changes.page()


def test_a_new_description_is_no_news() -> None:
    assert changes_since(OLD, OLD.replace("name: String ", '"A name." name: String ')).page() == (
        "Nothing has changed.\n"
    )


def test_the_command_fails_for_what_breaks_clients_alone(tmp_path: Path) -> None:
    same, other = tmp_path / "same.graphql", tmp_path / "other.graphql"
    same.write_text(sdl())
    other.write_text(sdl().replace("type Viewer {", "type Viewer {\n  gone: Int"))

    assert (_since(same), _since(other)[0]) == ((0, "Nothing has changed.\n"), 1)
    assert "- Field Viewer.gone was removed." in _since(other)[1]


def _since(file: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["schema", "--since", str(file)])
    return result.exit_code, result.stdout
