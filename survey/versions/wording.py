"""How alike two labels are: a mended typo, or other words with another meaning."""

import re
import unicodedata
from difflib import SequenceMatcher

from survey.questionnaire import Questionnaire, Text

SAME_MEANING = 0.66
"""From this likeness on a label is taken for the same one in better words."""
_OTHER_MEANING = 0.5
_TYPO = 0.7
_NEGATIONS = frozenset(
    (
        *("not", "no", "never", "none", "without", "nor", "cannot"),
        *("ne", "n", "pas", "jamais", "sans", "aucun", "aucune", "ni", "sin", "nunca", "ningún", "ninguna", "tampoco"),
        *("не", "нет", "ни", "без", "никогда", "لا", "ليس", "لم", "لن", "غير", "بدون"),
    )
)
_NEGATING_SIGNS = frozenset("不没無无非未")
_TAG = re.compile(r"<[^>]+>|\$\{[^}]*\}")
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:['’][^\W_]+)*")


def likeness(old: str, new: str) -> float:
    """0 for nothing in common to 1 for the same words, whatever their case, marks and punctuation.

    Words that differ by a typo count as the same. A number or a negation that one of them has and the other has not
    makes another meaning, however few letters it is.
    """
    one, other = _words(old), _words(new)
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    shared = 0.0
    for tag, start, end, from_, to in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            shared += 2 * sum(map(len, one[start:end]))
        elif tag == "replace":
            for left, right in zip(one[start:end], other[from_:to], strict=False):
                ratio = SequenceMatcher(None, left, right, autojunk=False).ratio()
                if ratio >= _TYPO:
                    shared += ratio * (len(left) + len(right))
    found = shared / (sum(map(len, one)) + sum(map(len, other)))
    return min(found, _OTHER_MEANING) if _decisive(one) != _decisive(other) else found


def compared(old: Text, new: Text, before: Questionnaire, after: Questionnaire) -> tuple[str, str, float]:
    """(old words, new words, likeness) in the default language, or in a language that both have."""
    tags = (after.default_language, before.default_language, *new.by_tag)
    tag = next((tag for tag in tags if old.by_tag.get(tag) and new.by_tag.get(tag)), after.default_language)
    words = old.in_language(tag, before.default_language), new.in_language(tag, after.default_language)
    return (*words, likeness(*words))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", _TAG.sub(" ", text)).casefold()
    return _WORD.findall(plain) or plain.split()


def _decisive(words: list[str]) -> tuple[list[str], int]:
    """The numbers, and how many negations: what changes a meaning by itself."""
    numbers = [word for word in words if any(letter.isdigit() for letter in word)]
    negations = sum(word in _NEGATIONS or word.endswith("n't") or word in _NEGATING_SIGNS for word in words)
    return numbers, negations
