"""Spellings that authors bring along from spreadsheets and other languages, each with what is written here instead.

They serve where an expression cannot be read, so each tells the remedy of a fault and none makes one.
"""

import re
import unicodedata
from collections.abc import Callable

from survey.logic.dates import moment_of

Remedy = str | Callable[[re.Match[str]], str]

_NAME = r"[^\W\d][\w.-]*"
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


def as_date(words: str) -> str:
    """The date that was probably meant, between quotation marks; an example when it cannot be told."""
    parts = re.split(r"[-/.]", words)
    if _DATE.match(words) and len(parts) == 3:
        year, middle, last = parts if len(parts[0]) == 4 else reversed(parts)
        for day, month in ((last, middle), (middle, last)):
            found = f"{year}-{month:0>2}-{day:0>2}"
            if len(year) == 4 and moment_of(found) is not None:
                return f"'{found}'"
    return "'2026-10-31'"


_NEAR: tuple[tuple[str, Remedy], ...] = (
    (r"^\s*=", "Leave the = at the beginning away."),
    (r"&&", "Write 'and' between the conditions."),
    (r"\|\|", "Write 'or' between the conditions."),
    (r"\b(?!and\b)[Aa][Nn][Dd]\b", "Write 'and' in small letters."),
    (r"\b(?!or\b)[Oo][Rr]\b", "Write 'or' in small letters."),
    (r"<>|!==|=!|≠", "Write '!='."),
    (r"===?", "Write a single '='."),
    (r"=>|≥|⩾", "Write '>='."),
    (r"=<|≤|⩽", "Write '<='."),
    (r"[–—−‐‑]", "Write a plain hyphen: '-'."),
    (r"[×∗·]", "Write '*'."),
    (r"÷", "Write 'div'."),
    (r"\b\d{1,4}[/.]\d{1,2}[/.]\d{1,4}\b", lambda found: f"Write a date as date({as_date(found[0])})."),
    (r"/\s*(?=[\d$('.])", "To divide write 'div'."),
    (r"%", "For what is left of a division write 'mod'; 20 % is 0.2."),
    (r"regex\([^,()]*,\s*(?=\^)", "Put the pattern between quotation marks."),
    (r"\^", "Write pow(number, exponent)."),
    (r"\b[Nn][Oo][Tt]\s+(?=[^\s(])|!", "Put what must not hold into parentheses: not(...)."),
    (r"[;،、]", "Put a comma between what a function gets."),
    (r"&", "To join texts write concat(a, b); between conditions write 'and'."),
    (r"`|´", "Write the quotation mark '."),
    (r"(?i)\bis\s+not\s+(?:null|empty|blank)\b", "For an answer that was given write != ''."),
    (r"(?i)\bis\s+(?:null|empty|blank)\b", "For an answer that is missing write = ''."),
    (r"(?i)\bis\s+not\b", "Write '!='."),
    (r"(?i)\b(?:is|equals?)\b", "Write '='."),
    (r"(?i)\b(?:not\s+)?in\s*\(", "Ask for each: ${question} = 'a' or ${question} = 'b'."),
    (r"(?i)\bbetween\b", "Write both limits: ${question} >= 1 and ${question} <= 5."),
    (r"(?i)\b(?:like|matches)\b", "Write regex(${question}, '^pattern$') or contains(${question}, 'part')."),
    (r"(?i)\b(?:then|else)\b|\?", "Write if(condition, value, other value)."),
    (r"\b(and|or)\s*(?=!?=|[<>])", lambda found: f"Say again what is compared: . > 1 {found[1]} . < 5."),
    (r"\d+(?:,\d{3})+(?![\d.])", lambda found: f"Write numbers without a comma: {found[0].replace(',', '')}."),
    (r"\d+,\d+", lambda found: f"Write the decimals after a point: {found[0].replace(',', '.')}."),
    (
        rf"(?<!\$)(?!\$\{{{_NAME}\}})[#@$]*(?:\$?\{{|\[|\$\()\s*({_NAME})\s*[\]}})]",
        lambda found: f"Write ${{{found[1]}}}.",
    ),
    (rf"\$\{{\s*({_NAME})(?=[^\w.}}-]|$)", lambda found: f"Close the brace: ${{{found[1]}}}."),
    (rf"\$({_NAME})", lambda found: f"Write ${{{found[1]}}}."),
    (r"(?<=\})(div|mod)(?=\d)", lambda found: f"Put spaces around {found[1]}."),
    (r"(?<=[\"'\d})])\s*(?=[$'\"])", "Put an operator such as 'and' or '=', or a comma, between the two parts."),
)
"""Patterns outside of texts, the likelier first; the fault stands in what they match or right beside it."""
_APOSTROPHE = re.compile(r"'(\w+'(?:s|t|re|ll|d|ve|[aehiou]\w+))'")
_WORDS_ONLY = re.compile(rf"{_NAME}(?:\s+{_NAME})+[.!]?")
_PATTERNS = tuple((re.compile(pattern), remedy) for pattern, remedy in _NEAR)
_TEXTS = re.compile(r"'[^']*'|\"[^\"]*\"")

FUNCTIONS_ELSEWHERE = {
    **dict.fromkeys(("and", "or"), "Write '{name}' between the conditions: a {name} b."),
    **dict.fromkeys(("div", "mod"), "Write '{name}' between the numbers: a {name} b."),
    **dict.fromkeys(("isnull", "isblank", "isempty", "empty", "is-empty", "is-null"), "Write ${{question}} = ''."),
    **dict.fromkeys(("exists", "isnotnull", "notempty", "notnull"), "Write ${{question}} != ''."),
    **dict.fromkeys(("vlookup", "lookup", "hlookup"), "Write pulldata('file', 'column', 'key column', key)."),
    **dict.fromkeys(("len", "length", "strlen", "char-length"), "Did you mean string-length()?"),
    **dict.fromkeys(("concatenate", "concate", "append"), "Did you mean concat()?"),
    **dict.fromkeys(("average", "avg", "mean"), "Write sum(...) div count(...)."),
    **dict.fromkeys(("iif", "ifs", "ifelse", "if-else", "case", "switch", "ifnull"), "Write if(condition, a, b)."),
    **dict.fromkeys(("upper", "ucase", "uppercase"), "Write translate(text, 'abc', 'ABC') with all letters."),
    **dict.fromkeys(("lower", "lcase", "lowercase"), "Write translate(text, 'ABC', 'abc') with all letters."),
    **dict.fromkeys(("left", "right", "mid"), "Write substr(text, from, to); the first letter is 0."),
    **dict.fromkeys(("year", "month", "day"), "Write format-date(date, '%Y'); %m is the month, %d the day."),
    **dict.fromkeys(("datediff", "date-diff", "dateadd", "days"), "Subtract dates: ${{end}} - ${{start}} is in days."),
    **dict.fromkeys(("getdate", "sysdate", "current-date", "currentdate", "curdate"), "Did you mean today()?"),
    **dict.fromkeys(("match", "matches", "regexp", "regexmatch"), "Write regex(${{question}}, '^pattern$')."),
    **dict.fromkeys(("in", "includes", "has", "choice"), "Write selected(${{question}}, 'choice')."),
    **dict.fromkeys(("choice-label", "jr:choice-label", "choice-name", "label"), "Did you mean jr:choice-name()?"),
    **dict.fromkeys(("trim", "strip"), "Did you mean normalize-space()?"),
    **dict.fromkeys(("power", "exponent"), "Did you mean pow()?"),
    **dict.fromkeys(("value", "val", "toint", "tonumber"), "Did you mean number()?"),
    **dict.fromkeys(("rand", "randbetween"), "Did you mean random()?"),
    **dict.fromkeys(("countif", "counta"), "Write count-selected(${{question}}), or count(${{repeat}}) for a repeat."),
}
"""Functions of spreadsheets and databases, in small letters with hyphens, and what to write."""
NOTHING = frozenset({"null", "nil", "none", "blank", "empty", "undefined", "void"})
"""Words that stand for no answer elsewhere."""


def function_elsewhere(name: str) -> str:
    """What to write in place of a function of another program; "" when it is not known."""
    plain = name.lower().replace("_", "-").replace(".", "-")
    return FUNCTIONS_ELSEWHERE.get(plain, "").format(name=plain)


def remedy_near(text: str, position: int) -> str:
    """What to write in place of the spelling at the position that another language has; "" when none is known."""
    if apostrophe := _APOSTROPHE.search(text):
        return f'Put a text with an apostrophe between double quotation marks: "{apostrophe[1]}".'
    if _WORDS_ONLY.fullmatch(text.strip()):
        return f"For a text write it between quotation marks: '{text.strip()}'."
    outside = _TEXTS.sub(lambda found: found[0][0] + " " * (len(found[0]) - 2) + found[0][0], text)
    for pattern, remedy in _PATTERNS:
        for found in pattern.finditer(outside):
            if found.start() <= position <= found.end():
                return remedy if isinstance(remedy, str) else remedy(found)
    sign = text[position : position + 1]
    plain = unicodedata.normalize("NFKC", sign)
    if sign.isdigit() or (plain != sign and plain.isascii() and plain.strip()):
        return f"Write the plain sign: {unicodedata.digit(sign, plain)}."
    return ""
