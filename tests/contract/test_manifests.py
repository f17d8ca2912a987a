"""`gema documents` lists operations as they would run, and refuses those that never could."""

from pathlib import Path

import pytest

from api.cli.documents import manifest
from api.errors import Invalid
from api.schema.persisted import PersistedDocuments

CARD = "fragment Card on Agency { id ...Place } fragment Place on Agency { province { id } }"
LIST = "query Agencies($first: Int!) { agencies(first: $first) { nodes { ...Card } } }"
ME = "query Me { viewer { role } }"


def test_each_operation_becomes_a_document_with_just_its_fragments(tmp_path: Path) -> None:
    for name, text in {"card": CARD, "list": LIST, "me": ME}.items():
        (tmp_path / f"{name}.graphql").write_text(text)
    listed = tmp_path / "web.json"
    listed.write_text(manifest(sorted(tmp_path.glob("*.graphql"))))

    texts = list(PersistedDocuments.load([listed], is_closed=True).texts.values())

    assert [text.split("(")[0].split(" {")[0] for text in texts] == ["query Agencies", "query Me"]
    assert [text.count("fragment ") for text in texts] == [2, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ viewer { role } }", "no name"),
        ("query Odd { viewer { rol } }", "Odd: Cannot query field"),
        ("query Odd {", r"odd\.graphql: Syntax Error"),
        ("query Odd { viewer { ...Lost } }", "Odd: Unknown fragment"),
        (
            "query Odd { asns(first: 100) { nodes { shares(first: 100) { nodes { id kind } } } } }",
            "Odd: It costs",
        ),
    ],
)
def test_an_operation_that_could_never_run_is_named(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "odd.graphql"
    file.write_text(text)

    with pytest.raises(Invalid, match=message):
        manifest([file])
