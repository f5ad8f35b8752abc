"""Regular expressions of form authors, in time that grows with the text and never faster.

An author's pattern meets a respondent's text, so an engine that goes back and tries again would let anybody stop the
server (https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS). RE2 reads each character
once (https://github.com/google/re2); what it cannot do for that reason, backreferences and lookaround, is refused.
As in every engine but Python's, \\w and \\d mean ASCII, and $ the very end.
"""

import re
from functools import lru_cache

import re2

from survey.logic.values import ExpressionError

MAX_PATTERN = 1_000
MAX_WORK = 100_000_000
"""Most steps of a search, the size of the pattern's program times the length of the text: a third of a second."""
_BOUNDLESS = (
    re.compile(r"invalid perl operator: (?P<part>\(\?(?:<?[=!]|>))"),
    re.compile(r"invalid escape sequence: (?P<part>\\[1-9k])"),
    re.compile(r"bad repetition operator: (?P<part>[*+?}]\+)"),
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)


@lru_cache(maxsize=512)
def compiled_pattern(pattern: str) -> "re2._Regexp":
    """The pattern, ready to search with; raises ExpressionError when it is malformed, too large, or could run for ever.

    pattern  in the syntax of RE2, and with \\u0041 as other engines write a character.
    """
    if len(pattern) > MAX_PATTERN:
        raise ExpressionError("expression.pattern_too_long", limit=MAX_PATTERN)
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    try:
        return re2.compile(_ESCAPE.sub(_escaped, pattern).encode("utf-8", "replace"), options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace")
    for syntax in _BOUNDLESS:
        if found := syntax.match(reason):
            raise ExpressionError("expression.pattern_unsafe", part=found["part"])
    if "too large" in reason:
        raise ExpressionError("expression.pattern_too_long", limit=MAX_PATTERN)
    raise ExpressionError("expression.pattern_invalid", pattern=pattern, reason=reason)


def matches(text: str, pattern: str) -> bool:
    """True when the pattern is found anywhere in the text, as in Enketo and ODK Web Forms.

    Raises ExpressionError as `compiled_pattern` does, and expression.too_many_steps for a large pattern on a long text.
    """
    found = compiled_pattern(pattern)
    if found.programsize * len(text) > MAX_WORK:
        raise ExpressionError("expression.too_many_steps", limit=MAX_WORK)
    return found.search(text.encode("utf-8", "replace")) is not None


def _escaped(escape: re.Match[str]) -> str:
    """An escape as RE2 writes it: \\x{0041}; of a letter or sign beyond ASCII, the sign itself."""
    if escape[1]:
        return rf"\x{{{escape[1]}}}"
    return escape[0] if escape[2].isascii() else escape[2]
