"""The conformance table of docs/xlsform.md, made from `differences.py`: `python -m tests.oracles.table`."""

from itertools import groupby
from pathlib import Path

from tests.oracles.differences import DIFFERENCES, REASONS, Difference
from tests.oracles.engines import Refused

DOCUMENT = Path(__file__).parents[2] / "docs" / "xlsform.md"
BEGIN, END = "<!-- conformance: begin -->", "<!-- conformance: end -->"

SPECIFICATION = {
    "rounding": "XPath 1.0: up",
    "decimal_rounding": "a second argument gives decimals",
    "signs": "XPath 1.0: allowed",
    "exponent": "XPath 1.0: no exponent",
    "and_or": "XPath 1.0: true or false",
    "javarosa_equals": "XPath 1.0: text to text",
    "nan_text": "XPath 1.0: NaN",
    "utf16": "XPath 1.0: characters",
    "latin_digest": "UTF-8",
    "node_truth": "XPath 1.0: existence",
    "coalesce_many": "two arguments",
    "coalesce_nan": "first that is not empty",
    "sum_many": "a node-set",
    "empty_in_sum": "XPath 1.0: NaN",
    "javarosa_max": "the largest",
    "infinity": "XPath 1.0: equal",
    "tolerance": "XPath 1.0: IEEE 754",
    "last": "XPath 1.0",
    "not_in_javarosa": "XPath 1.0",
    "not_in_enketo": "offered",
    "rounded_size": "square metres, metres",
    "geofence": "offered",
    "intersects": "offered",
}
"""What the written specification of ODK, or XPath 1.0 to which it refers, says; where it is silent, nothing."""


def table() -> str:
    """One heading line a reason, then its expressions with what each engine gives."""
    lines = ["| expression | here | specification | JavaRosa | Web Forms | Enketo |", "|---|---|---|---|---|---|"]
    by_reason = sorted(DIFFERENCES.items(), key=lambda item: list(REASONS).index(item[1].reason))
    for reason, rows in groupby(by_reason, key=lambda item: item[1].reason):
        lines.append(f"| **{REASONS[reason]}** | | {SPECIFICATION.get(reason, 'silent')} | | | |")
        lines += [_row(expression, difference) for expression, difference in rows]
    return "\n".join(lines)


def document() -> str:
    """The document with the table as it is now."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


def _row(expression: str, found: Difference) -> str:
    results = (found.ours, found.javarosa, found.web_forms, found.enketo)
    ours, javarosa, web_forms, enketo = (_result(each) for each in results)
    return f"| {_code(expression)} | {ours} | | {javarosa} | {web_forms} | {enketo} |"


def _result(result: str | Refused) -> str:
    return "refused" if isinstance(result, Refused) else _code(result) if result else "empty"


def _code(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
