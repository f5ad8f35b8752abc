"""`python -m survey evaluate`: expressions from standard input, each with its value and type, or what is wrong."""

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from data.errors import InvalidInput
from survey.logic.expression import ExpressionError, columns, parse
from survey.logic.trial import form_of, place_of
from survey.logic.values import Scalar, to_text
from survey.xlsform.expression_checks import in_words


def declare(parser: argparse.ArgumentParser) -> None:
    """Arguments of evaluate."""
    parser.add_argument(
        "--jsonl",
        action="store_true",
        help='each line is {"expression": ..., "answers": {...}}; "." among the answers is the question\'s own',
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document, a list")


def run(arguments: argparse.Namespace) -> int:
    """Prints a result for each line; 1 when one of them has an issue."""
    results = list(evaluated(sys.stdin, as_json_lines=arguments.jsonl))
    if arguments.json:
        print("[" + ",\n ".join(json.dumps(each, ensure_ascii=False) for each in results) + "]")
    else:
        for each in results:
            print(json.dumps(each, ensure_ascii=False) if arguments.jsonl else _line(each))
    return 1 if any("code" in each for each in results) else 0


def evaluated(lines: Iterable[str], *, as_json_lines: bool) -> Iterator[dict[str, object]]:
    """For each line that is not empty: the expression with value and type ("string", "number", "boolean"), or with
    code, message, fix and position of what is wrong. Numbers that JSON cannot write are "NaN" and "Infinity"."""
    now = datetime.now(UTC)
    for line in lines:
        text = line.strip("\r\n")
        if not text.strip():
            continue
        answers: Mapping[str, object] = {}
        try:
            if as_json_lines:
                text, answers = _document(text)
            bare = sorted(columns(parse(text)))
            if bare:
                raise ExpressionError("expression.bare_name", bare_name=bare[0])
            state = form_of(answers, now=now)
            yield {"expression": text, **_typed(state.evaluate(text, place_of(answers)))}
        except ExpressionError as error:
            message, fix = in_words(error, text)
            yield {"expression": text, "code": error.code, "message": message, "fix": fix, "position": error.position}
        except InvalidInput as error:
            message = "The line is no JSON object with a text under 'expression' and an object under 'answers'."
            if error.code.startswith("questionnaire."):
                message = "Two answers have the same name."
            yield {"expression": text, "code": error.code, "message": message}


def _document(text: str) -> tuple[str, Mapping[str, object]]:
    try:
        document = json.loads(text)
        expression, answers = document["expression"], document.get("answers") or {}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InvalidInput("answers.unreadable", file="-") from None
    if not isinstance(expression, str) or not isinstance(answers, dict):
        raise InvalidInput("answers.unreadable", file="-")
    return expression, answers


def _typed(value: Scalar) -> dict[str, object]:
    if isinstance(value, bool):
        return {"value": value, "type": "boolean"}
    if isinstance(value, str):
        return {"value": value, "type": "string"}
    if not math.isfinite(value):
        return {"value": to_text(value), "type": "number"}
    return {"value": int(value) if value == int(value) and abs(value) < 2**53 else value, "type": "number"}


def _line(result: Mapping[str, object]) -> str:
    if "code" in result:
        return f"error: {result['message']} {result.get('fix', '')} [{result['code']}]"
    value = result["value"]
    return f"{str(value).lower() if isinstance(value, bool) else value}\t{result['type']}"
