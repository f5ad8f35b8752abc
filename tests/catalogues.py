"""The words on the screen, found in the code; `make catalogues` puts new ones into every catalogue.

python -m tests.catalogues    writes survey/locale/*.po and says what is not translated yet (then exit status 1)
"""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from analysis.words import MESSAGES
from survey.translator import LANGUAGES
from survey.versions.changes import COUNTS_AS, WORDS

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "survey" / "locale"
TRANSLATORS = {"_": 1, "translate": 1, "open_page": 1, "plural": 2}
"""Functions that take English words, with how many of their first arguments are such."""
MessageId = str | tuple[str, str]


@cache
def words_in_code() -> frozenset[MessageId]:
    """Every English string that is handed to a translator in code and templates, and the words of every error."""
    return frozenset(_words_in_code())


def _words_in_code() -> Iterator[MessageId]:
    for package in ("survey", "analysis"):
        for path in sorted((ROOT / package).rglob("*.py")):
            # Babel's own extractor does not look into f-strings before Python 3.12.
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (found := _message(node)) is not None:
                    yield found
        for path in sorted((ROOT / package).rglob("*.html")):
            yield from re.findall(r'_\("([^"]+)"[,)]', path.read_text(encoding="utf-8"))
    yield from MESSAGES.values()
    yield from WORDS.values()
    yield from COUNTS_AS.values()


def _message(call: ast.Call) -> MessageId | None:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    count = TRANSLATORS.get(name, 0)
    texts = [argument.value for argument in call.args[:count] if isinstance(argument, ast.Constant)]
    if not count or len(texts) != count or not all(isinstance(text, str) for text in texts):
        return None
    return texts[0] if count == 1 else (texts[0], texts[1])


def _empty(tag: str | None = None) -> Catalog:
    return Catalog(
        locale=tag,
        project="Soundings",
        version="1",
        header_comment="# Words of Soundings; the English words are the keys.",
        msgid_bugs_address="the secretariat",
        last_translator="Soundings",
        language_team="Soundings",
        creation_date=datetime(2026, 11, 23, tzinfo=UTC),
        revision_date=datetime(2026, 11, 23, tzinfo=UTC),
        charset="utf-8",
        fuzzy=False,
    )


def template() -> Catalog:
    """All messages, sorted, untranslated."""
    catalog = _empty()
    for message in sorted(words_in_code(), key=str):
        catalog.add(message)
    return catalog


def catalogue(tag: str) -> Catalog:
    """The catalogue of a language, with every message of the code and no other."""
    found = template()
    path = LOCALE / f"{tag}.po"
    with path.open("rb") if path.exists() else open("/dev/null", "rb") as source:
        known = read_po(source, locale=tag)
    result = _empty(tag)
    for message in found:
        if message.id:
            earlier = known.get(message.id if isinstance(message.id, str) else message.id[0])
            string = earlier.string if earlier is not None and type(earlier.id) is type(message.id) else None
            result.add(message.id, string or ("" if isinstance(message.id, str) else ("",) * result.num_plurals))
    return result


def untranslated(catalog: Catalog) -> list[MessageId]:
    """Messages without words in the catalogue's language."""
    missing = []
    for message in catalog:
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(strings):
            missing.append(message.id)
    return missing


def main() -> int:
    """Writes every catalogue but English, which is in the code."""
    status = 0
    for tag in LANGUAGES:
        if tag == "en":
            continue
        catalog = catalogue(tag)
        LOCALE.mkdir(exist_ok=True)
        with (LOCALE / f"{tag}.po").open("wb") as target:
            write_po(target, catalog, omit_header=False, no_location=True, sort_output=True, width=120)
        missing = untranslated(catalog)
        print(f"{tag}: {len(catalog)} messages, {len(missing)} to translate")
        status = status or int(bool(missing))
    return status


if __name__ == "__main__":
    sys.exit(main())
