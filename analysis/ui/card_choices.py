"""What a reader chose on single cards of Questions: the form of a chart, and words looked for in open answers.

A widget loses its value when its card is not drawn. What was chosen is kept here, stands in the address, and the widget
has it again.
"""

from collections.abc import Collection

from analysis.exploration import LONGEST_SEARCH, MOST_PAIRS, Parameters
from survey.ui import session

FORMS, ANSWERS = "forms-chosen", "answers-searched"


def pairs(name: str, questions: Collection[str]) -> Parameters:
    """(question, what was chosen) of these questions, as `exploration.Look` has them."""
    found = sorted((question, each) for question, each in _kept(name).items() if question in questions)
    return tuple(found[:MOST_PAIRS])


def of(name: str, question: str) -> str:
    """What was chosen on the card of this question; "" for the usual."""
    return _kept(name).get(question, "")


def choose(name: str, chosen: Parameters) -> None:
    """This was chosen and nothing else, before cards are drawn."""
    session.remember(name, dict(chosen))


def keep(name: str, question: str, key: str, usual: str = "") -> None:
    """What the widget of that key has now is kept; the usual needs no keeping."""
    chosen = str(session.widget(key) or "")[:LONGEST_SEARCH].strip()
    others = {each: value for each, value in _kept(name).items() if each != question}
    session.remember(name, others if chosen in ("", usual) else {**others, question: chosen})


def _kept(name: str) -> dict[str, str]:
    return session.recall(name) or {}
