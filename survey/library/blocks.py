"""The blocks of the library: each a Markdown file beside this module, a section with its lists of choices.

A new block is a new file; `tests/survey/test_library.py` holds every one against the checker. How a block enters a
questionnaire is for `survey.library.adding`.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from data.errors import NotFound
from survey.questionnaire import Group, Text
from survey.xlsform.reader import read
from survey.xlsform.sheets import Sheets, read_sheets

_FOLDER = Path(__file__).parent
_ORDER = (
    "consent",
    "organisation_profile",
    "agreement_battery",
    "adequacy_battery",
    "top_three",
    "ranking",
    "reach",
    "sdgs",
    "anything_else",
    "contact",
)
"""In which they are listed; a file that is not named here comes after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block: the name of its file, what its section is called, its questions, and its rows."""

    name: str
    title: str
    label: Text
    questions: tuple[str, ...]
    sheets: Sheets


def blocks() -> tuple[Block, ...]:
    """Every block, in the order of a usual questionnaire."""
    names = [path.stem for path in sorted(_FOLDER.glob("*.md"))]
    known = [name for name in _ORDER if name in names]
    return tuple(block(name) for name in [*known, *(name for name in names if name not in known)])


@lru_cache(maxsize=64)
def block(name: str) -> Block:
    """The block of that name; NotFound("block.unknown") when there is none."""
    path = _FOLDER / f"{name}.md"
    if path.parent != _FOLDER or not path.is_file():
        raise NotFound("block.unknown", name=name)
    sheets = read_sheets(path)
    questionnaire, _ = read(sheets)
    section = next((child for child in questionnaire.children if isinstance(child, Group)), None)
    return Block(
        name=name,
        title=questionnaire.title,
        label=section.label if section else Text(),
        questions=tuple(question.name for question in questionnaire.questions()),
        sheets=sheets,
    )
