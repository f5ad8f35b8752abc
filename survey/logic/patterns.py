"""Regular expressions of form authors, made safe: a pattern that could run for ever is refused.

An author's pattern meets a respondent's text, so a pattern whose running time explodes would let anybody stop the
server (https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS). Python's `re` has no time
limit. Refused is a group that repeats without bound and has inside it another such repetition, or alternatives that
can begin alike; what remains is at most polynomial, and the text is limited to MAX_SUBJECT characters.
"""

import re
import warnings
from functools import lru_cache

from survey.logic.values import ExpressionError

MAX_PATTERN = 1_000
MAX_SUBJECT = 4_000
_MANY = 8  # a repetition up to this often counts as bounded


@lru_cache(maxsize=512)
def compiled_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to search with; raises ExpressionError when it is malformed or could run for ever."""
    if len(pattern) > MAX_PATTERN:
        raise ExpressionError("expression.pattern_too_long", limit=MAX_PATTERN)
    if _explodes(pattern):
        raise ExpressionError("expression.pattern_unsafe", pattern=pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern, re.ASCII)  # \w and \d mean ASCII to every other engine
    except (re.error, RecursionError, OverflowError) as error:
        raise ExpressionError("expression.pattern_invalid", pattern=pattern, reason=str(error)) from error


def matches(text: str, pattern: str) -> bool:
    """True when the pattern is found anywhere in the text, as in Enketo and ODK Web Forms.

    A text longer than MAX_SUBJECT matches nothing.
    """
    found = compiled_pattern(pattern)
    return len(text) <= MAX_SUBJECT and found.search(text) is not None


def _explodes(pattern: str) -> bool:
    """True when an unbounded group holds another unbounded repetition or alternatives that can begin alike."""
    risky = [False]  # per open group: does it hold an unbounded repetition or a doubtful choice so far
    branches: list[list[str]] = [[""]]  # per open group: the first atom of each alternative
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "(":
            opening = re.match(r"\((?:\?(?:[:=!]|<[=!]|P?<\w+>))?", pattern[position:])
            position += len(opening[0]) if opening else 1
            risky.append(False)
            branches.append([""])
            continue
        if character == "|":
            branches[-1].append("")
            position += 1
            continue
        closed_risky = False
        if character == ")":
            if len(risky) == 1:
                return False  # unbalanced: re.compile says so
            firsts = branches.pop()
            closed_risky = risky.pop() or (len(firsts) > 1 and not _distinct(firsts))
            atom, position = "(", position + 1
        elif character == "\\":
            atom, position = pattern[position : position + 2], position + 2
        elif character == "[":
            end = _class_end(pattern, position)
            atom, position = pattern[position:end], end
        else:
            atom, position = character, position + 1
        if not branches[-1][-1]:
            branches[-1][-1] = atom
        quantifier = re.match(r"[*+?]|\{\d*(?:,\d*)?\}", pattern[position:])
        if quantifier:
            position += len(quantifier[0])
            if _unbounded(quantifier[0]):
                if closed_risky:
                    return True
                risky[-1] = True
        if closed_risky:
            risky[-1] = True
    return False


def _unbounded(quantifier: str) -> bool:
    if quantifier in "*+":
        return True
    if quantifier == "?":
        return False
    most = quantifier[1:-1].rpartition(",")[2]
    return not most or int(most[:6]) > _MANY


def _class_end(pattern: str, start: int) -> int:
    position = start + 1
    if pattern[position : position + 1] == "^":
        position += 1
    if pattern[position : position + 1] == "]":
        position += 1
    while position < len(pattern) and pattern[position] != "]":
        position += 2 if pattern[position] == "\\" else 1
    return position + 1


def _distinct(firsts: list[str]) -> bool:
    """True when every alternative begins with a different plain character."""
    plain = all(len(first) == 1 and first not in ".(^$" for first in firsts)
    return plain and len(set(firsts)) == len(firsts)
