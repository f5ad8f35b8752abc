"""The conformance table in the documents says what the comparison with the engines found."""

from tests.oracles.table import DOCUMENT, document


def test_the_table_in_the_documents_is_the_newest() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "type: python -m tests.oracles.table"
