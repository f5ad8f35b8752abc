"""`python -m survey evaluate`: expressions from standard input, each with its value and type, or what is wrong."""

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from data.errors import InvalidInput
from survey.logic.expression import ExpressionError, columns, parse, references
from survey.logic.trial import form_of, place_of
from survey.logic.values import Scalar, to_text
from survey.xlsform.expression_checks import in_words

_WORDS = {
    "answers.unreadable": "The line is no JSON object with a text under 'expression' and an object under 'answers'.",
    "answers.not_a_value": "The answer '{name}' is no text, number, truth, list of texts, object or list of objects.",
    "answers.name": "An answer cannot be called '{name}'.",
    "answers.too_deep": "The answers in '{name}' are nested more than {limit} deep.",
    "answers.too_many": "The repeat '{name}' has more than {limit} instances.",
    "questionnaire.duplicate_name": "Two repeats are called '{name}'.",
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Arguments of evaluate."""
    parser.add_argument(
        "--jsonl",
        action="store_true",
        help='each line is {"expression": ..., "answers": {...}}; "." among the answers is the question\'s own',
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document, a list")


def run(arguments: argparse.Namespace) -> int:
    """Prints a result for each line as soon as it is known; 1 when one of them has an issue."""
    as_json = arguments.json or arguments.jsonl
    faulty, before = False, "["
    for each in _every(sys.stdin, as_json_lines=arguments.jsonl):
        faulty |= "code" in each
        shown = json.dumps(each, ensure_ascii=False) if as_json else _line(each)
        if arguments.json:
            print(before + shown, end="", flush=True)
            before = ",\n "
        else:
            print(shown, flush=True)
    if arguments.json:
        print("]" if before != "[" else "[]")
    return 1 if faulty else 0


def _every(lines: Iterable[str], *, as_json_lines: bool) -> Iterator[dict[str, object]]:
    """The results; a fault of the program in one line is an issue of that line and leaves the others alone."""
    for number, line in enumerate(lines):
        text = line.removeprefix("\ufeff") if number == 0 else line
        try:
            yield from evaluated([text], as_json_lines=as_json_lines)
        except Exception as error:  # what nobody foresaw may not cost the lines after it
            message = f"The program failed on this expression: {type(error).__name__}."
            yield {"expression": text.strip("\r\n"), "code": "expression.failed", "message": message}


def evaluated(lines: Iterable[str], *, as_json_lines: bool) -> Iterator[dict[str, object]]:
    """For each line that is not empty: the expression with value and type ("string", "number", "boolean"), or with
    code, message, fix and position of what is wrong. Numbers that JSON cannot write are "NaN" and "Infinity".
    `unknown` names references for which answers were given but none of that name."""
    now = datetime.now(UTC)
    for line in lines:
        text = line.strip("\r\n")
        if not text.strip():
            continue
        answers: Mapping[str, object] = {}
        try:
            if as_json_lines:
                text, answers = _document(text)
            tree = parse(text)
            bare = sorted(columns(tree))
            if bare:
                raise ExpressionError("expression.bare_name", bare_name=bare[0])
            state = form_of(answers, now=now)
            result = {"expression": text, **_typed(state.evaluate(text, place_of(answers)))}
            unknown = sorted(references(tree) - state.form.definitions.keys())
            yield {**result, "unknown": unknown} if answers and unknown else result
        except ExpressionError as error:
            message, fix = in_words(error, text)
            yield {"expression": text, "code": error.code, "message": message, "fix": fix, "position": error.position}
        except InvalidInput as error:
            message = _WORDS.get(error.code, _WORDS["answers.unreadable"])
            yield {"expression": text, "code": error.code, "message": message.format(**error.params)}


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
