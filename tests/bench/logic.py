"""The questionnaire engine: loading against pyxform, re-evaluation against two XPath engines, checking a large form.

The form is generated: 15 sections of 20 questions, of which 60 have a relevance, 60 are calculations, 60 have a
constraint and 20 a choice filter, over references to other questions as real forms have them.

Two things are measured when one answer changes, over the same changes, in turn:

- The expressions that the answer touches, and its constraint: each engine evaluates the same ones in the same order.
  Ours are closures over the form's values; theirs are what pyxform writes (absolute paths) over an XML instance, parsed
  or compiled beforehand, with the functions of ODK as extension functions. They write calculated values into the
  instance. Which expressions an answer touches is given to them: Soundings works it out, neither of them can.
- One answer from beginning to end. Soundings: `FormState.set`, then `FormState.state` of the question; that reads the
  answer, finds and computes in order what depends on it, hides what is no longer relevant, and judges constraint and
  choices. With the others, which know of no dependencies, all relevances and calculations are evaluated.
"""

import io
import statistics
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import elementpath
import xlsxwriter
from elementpath import XPath1Parser, XPathContext
from lxml import etree
from pyxform.xls2xform import convert

from survey.logic.compiled_form import Job, compile_form
from survey.logic.form_state import FormState, open_form
from survey.questionnaire import Kind
from survey.xlsform.checker import check
from survey.xlsform.reader import read
from survey.xlsform.sheets import Sheets, read_sheets

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SECTIONS, EACH = 15, 20
_HEADERS = ("type", "name", "label", "relevant", "constraint", "constraint_message", "calculation", "choice_filter")
_XFORMS = "{http://www.w3.org/2002/xforms}"


def sheets_of(sections: int, each: int = EACH, *, seed: int = 7) -> dict[str, list[tuple[str, ...]]]:
    """The rows of a form with so many sections; of 20 questions 4 have a relevance, 4 calculate, 4 a constraint."""
    random = Random(seed)
    survey: list[tuple[str, ...]] = [_HEADERS]
    numbers, choices, several = ["first_n"], ["first_c"], ["first_m"]
    survey += [("integer", "first_n", "N"), ("select_one big", "first_c", "C"), ("select_multiple big", "first_m", "M")]
    for section in range(sections):
        survey.append(("begin group", f"s{section}", f"Section {section}"))
        for place in range(each - (3 if section == 0 else 0)):
            number = section * each + place
            a, b = random.choice(numbers[-12:]), random.choice(numbers)
            c, m = random.choice(choices[-8:]), random.choice(several)
            label = f"Question {number}"
            if place < 4:
                relevance = (
                    f"${{{a}}} > 3",
                    f"selected(${{{m}}}, 'x{number % 8}')",
                    f"${{{c}}} = 'x1' or ${{{b}}} >= 10",
                    f"not(${{{c}}} = 'x2') and count-selected(${{{m}}}) < 4",
                )[place]
                kind = ("integer", "text", "select_one big", "select_multiple big")[place]
                name = f"{'ntcm'[place]}{number}"
                survey.append((kind, name, label, relevance))
                (numbers, [], choices, several)[place].append(name)
            elif place < 8:
                calculation = (
                    f"${{{a}}} + ${{{b}}} * 2",
                    f"if(${{{c}}} = 'x3', ${{{a}}}, coalesce(${{{b}}}, 0))",
                    f"round(${{{a}}} div 7, 2)",
                    f"concat(${{{c}}}, '-', ${{{a}}})",
                )[place - 4]
                survey.append(("calculate", f"k{number}", "", "", "", "", calculation))
                if place < 7:
                    numbers.append(f"k{number}")
            elif place < 12:
                constraint = (". >= 0 and . <= 120", f". > ${{{b}}}", "string-length(.) < 40", ". != 13")[place - 8]
                kind = "text" if place == 10 else "integer"
                survey.append((kind, f"v{number}", label, "", constraint, "Out of range"))
                if place != 10:
                    numbers.append(f"v{number}")
            elif place == 12 or (place == 13 and section < 5):
                survey.append(("select_one big", f"f{number}", label, "", "", "", "", f"region = ${{{c}}}"))
            else:
                survey.append(("text", f"t{number}", label))
        survey.append(("end group", "", ""))
    rows = [("list_name", "name", "label", "region")]
    rows += [("big", f"x{number}", f"Choice {number}", f"x{number % 3}") for number in range(8)]
    return {"survey": survey, "choices": rows, "settings": [("form_id",), ("bench",)]}


def workbook(sheets: dict[str, list[tuple[str, ...]]]) -> bytes:
    """The rows as an .xlsx."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return content.getvalue()


def loaded(content: bytes) -> FormState:
    """The workbook read, compiled and opened."""
    questionnaire, _ = read(read_sheets(content, "bench.xlsx"))
    return open_form(compile_form(questionnaire), language="en", today=date(2026, 11, 23), now=NOW)


def filled(content: bytes) -> FormState:
    """The form with an answer to each question, because elementpath compares nothing with a number."""
    state = loaded(content)
    for name, compiled in state.form.questions.items():
        if compiled.question.kind is not Kind.CALCULATE:
            state.set(name, compiled.choices[1].name if compiled.choices else 1)
    return state


def milliseconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def loading(content: bytes) -> tuple[float, float, float]:
    """(ours, pyxform's, the ratio) of loading the workbook, medians of five pairs after one for warming up."""

    def theirs() -> object:
        return convert(io.BytesIO(content), file_type=".xlsx", form_name="data", validate=False)

    pairs = [(milliseconds(lambda: loaded(content)), milliseconds(theirs)) for _ in range(6)][1:]
    ours, other = (statistics.median(each) for each in zip(*pairs, strict=True))
    return ours, other, ours / other


# One answer re-evaluated


class _Recorded(FormState):
    """A form state that remembers which jobs it evaluated."""

    evaluated: list[Job] = []

    def _compute(self, job: Job) -> bool:
        if job.expression is not None:
            self.evaluated.append(job)
        return super()._compute(job)


class _Change:
    """One answer to one question, the expressions that depend on it, and its constraint."""

    def __init__(self, name: str, answer: object, jobs: list[Job]) -> None:
        self.name, self.answer = name, answer
        self.text = " ".join(answer) if isinstance(answer, tuple) else str(answer)
        self.follow = [("relevant" if job.slot[0] == "relevant" else "calculate", job.slot[1]) for job in jobs]


def changes(state: FormState, count: int = 300) -> list[_Change]:
    """Answers to questions that something depends on, each with what the engine evaluates for it."""
    random = Random(1)
    recorded = _Recorded(
        state.form, dict(state.answers), language="en", today=date(2026, 11, 23), now=NOW, metadata={}, seed=""
    )
    names = [
        name
        for name, compiled in state.form.questions.items()
        if state.form.jobs[state.form.places["value", name]].waiting and compiled.question.kind is not Kind.CALCULATE
    ]
    found = []
    while len(found) < count:
        name = random.choice(names)
        codes = [choice.name for choice in state.form.questions[name].choices]
        answer: object = random.randrange(20)
        if codes:
            several = state.form.questions[name].question.kind is Kind.SELECT_MULTIPLE
            answer = tuple(random.sample(codes, 3)) if several else random.choice(codes)
        recorded.evaluated = []
        recorded.set(name, answer)
        if recorded.evaluated:
            found.append(_Change(name, answer, recorded.evaluated))
    return found


def binds_of(content: bytes) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
    """Expressions by (what, question) and paths by question, as pyxform writes them."""
    form = ElementTree.fromstring(convert(io.BytesIO(content), file_type=".xlsx", form_name="data").xform)
    expressions, paths = {}, {}
    for bind in form.iter(f"{_XFORMS}bind"):
        path = bind.get("nodeset", "")
        name = path.rpartition("/")[2]
        paths[name] = path
        for what in ("relevant", "calculate", "constraint"):
            if bind.get(what):
                expressions[what, name] = " ".join(str(bind.get(what)).split())
    return expressions, paths


def _instance(paths: dict[str, str], make: Any) -> tuple[Any, dict[str, Any]]:
    """An empty XML instance with the form's groups, and its elements by question."""
    root = make.Element("data")
    places: dict[str, Any] = {"/data": root}

    def place(path: str) -> Any:
        if path not in places:
            above, _, tag = path.rpartition("/")
            places[path] = make.SubElement(place(above), tag)
            places[path].text = "1"
        return places[path]

    return root, {name: place(path) for name, path in paths.items()}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)


class OdkParser(XPath1Parser):
    """XPath 1.0 with the functions of ODK that the form uses."""


def _text_of(token: Any, context: Any, place: int) -> str:
    return str(token.string_value(token.get_argument(context, place, default="")))


@OdkParser.method(OdkParser.function("selected", nargs=2))  # type: ignore[untyped-decorator]
def evaluate_selected(self: Any, context: Any = None) -> bool:
    """selected()"""
    return _text_of(self, context, 1) in _text_of(self, context, 0).split()


@OdkParser.method(OdkParser.function("count-selected", nargs=1))  # type: ignore[untyped-decorator]
def evaluate_count_selected(self: Any, context: Any = None) -> float:
    """count-selected()"""
    return float(len(_text_of(self, context, 0).split()))


@OdkParser.method(OdkParser.function("if", nargs=3))  # type: ignore[untyped-decorator]
def evaluate_if(self: Any, context: Any = None) -> Any:
    """if()"""
    return self.get_argument(context, 1 if self.boolean_value(self[0].evaluate(context)) else 2, default="")


@OdkParser.method(OdkParser.function("coalesce", nargs=2))  # type: ignore[untyped-decorator]
def evaluate_coalesce(self: Any, context: Any = None) -> Any:
    """coalesce()"""
    return _text_of(self, context, 0) or _text_of(self, context, 1)


@OdkParser.method(OdkParser.function("rounded", nargs=2))  # type: ignore[untyped-decorator]
def evaluate_rounded(self: Any, context: Any = None) -> float:
    """round() with digits"""
    number, digits = (self.number_value(self.get_argument(context, each)) for each in (0, 1))
    return round(number, int(digits)) if number == number else number


def with_elementpath(content: bytes) -> Callable[[_Change], None]:
    """A change made by elementpath."""
    expressions, paths = binds_of(content)
    root, elements = _instance(paths, ElementTree)
    parser = OdkParser()
    parsed = {key: parser.parse(text.replace("round(", "rounded(")) for key, text in expressions.items()}
    nodes = elementpath.get_node_tree(root)
    by_element = {node.elem: node for node in nodes.iter() if isinstance(node, elementpath.ElementNode)}

    def run(key: tuple[str, str]) -> object:
        item = by_element[elements[key[1]]]
        return parsed[key].evaluate(XPathContext(nodes, item=item))

    return _changer(elements, set(parsed), run)


def with_lxml(content: bytes) -> Callable[[_Change], None]:
    """A change made by lxml."""
    expressions, paths = binds_of(content)
    _, elements = _instance(paths, etree)

    def text(value: Any) -> str:
        if isinstance(value, list):
            return (value[0].text or "") if value else ""
        return _written(value)

    functions: dict[tuple[None, str], Callable[..., object]] = {
        (None, "selected"): lambda _, chosen, code: text(code) in text(chosen).split(),
        (None, "count-selected"): lambda _, chosen: float(len(text(chosen).split())),
        (None, "if"): lambda _, condition, then, otherwise: then if condition else otherwise,
        (None, "coalesce"): lambda _, first, second: text(first) or text(second),
        (None, "rounded"): lambda _, number, digits: round(number, int(digits)) if number == number else number,
    }
    compiled = {
        key: etree.XPath(text.replace("round(", "rounded("), extensions=functions) for key, text in expressions.items()
    }
    return _changer(elements, set(compiled), lambda key: compiled[key](elements[key[1]]))


def _changer(
    elements: dict[str, Any], known: set[tuple[str, str]], run: Callable[[tuple[str, str]], Any]
) -> Callable[[_Change], None]:
    def change(wanted: _Change) -> None:
        elements[wanted.name].text = wanted.text
        for key in wanted.follow:
            value = run(key)
            if key[0] == "calculate":
                if isinstance(value, list):
                    value = value[0] if value else ""
                node = getattr(value, "elem", value)
                elements[key[1]].text = _written(getattr(node, "text", node))
        if ("constraint", wanted.name) in known:
            run(("constraint", wanted.name))

    return change


def reevaluation(content: bytes) -> dict[str, float]:
    """Milliseconds for one answer, the median over the same changes, by engine; measured in turn."""
    state = filled(content)
    wanted = changes(state)

    def ours(change: _Change) -> None:
        state.set(change.name, change.answer)
        state.state(change.name)

    def ours_alone(change: _Change) -> None:
        for what, name in change.follow:
            expression = state.form.jobs[
                state.form.places["relevant" if what == "relevant" else "value", name]
            ].expression
            if expression is not None:
                expression(state._context_of(name))
        constraint = state.form.questions[change.name].constraint
        if constraint is not None:
            constraint(state._context_of(change.name))

    def everything(engine: Callable[[_Change], None], binds: Any) -> Callable[[_Change], None]:
        every = [(what, name) for what, name in binds if what != "constraint"]

        def run(change: _Change) -> None:
            whole = _Change(change.name, change.answer, [])
            whole.follow = every
            engine(whole)

        return run

    path, compiled, binds = with_elementpath(content), with_lxml(content), binds_of(content)[0]
    engines = {
        "Soundings": ours,
        "Soundings, expressions": ours_alone,
        "elementpath": path,
        "lxml": compiled,
        "elementpath, all": everything(path, binds),
        "lxml, all": everything(compiled, binds),
    }
    taken: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(4):
        for name, engine in engines.items():  # each over all changes, so that none finds cold what another one warmed
            for change in wanted:
                elapsed = milliseconds(lambda engine=engine, change=change: engine(change))  # type: ignore[misc]
                if turn:  # the first one is for warming up
                    taken[name].append(elapsed)
    print(
        f"(one answer: {len(wanted)} changes, each followed by"
        f" {statistics.median(len(change.follow) for change in wanted):g} expressions at the median)"
    )
    return {name: statistics.median(each) for name, each in taken.items()}


def checking(sections: int = 50) -> tuple[float, int]:
    """(milliseconds of one check, rows) of a large form, the median of three."""
    content = workbook(sheets_of(sections))
    sheets: Sheets = read_sheets(content, "bench.xlsx")
    return statistics.median(milliseconds(lambda: check(sheets)) for _ in range(3)), len(sheets["survey"])


def rows() -> list[str]:
    """The lines of the table."""
    content = workbook(sheets_of(SECTIONS))
    mine, theirs, ratio = loading(content)
    one = reevaluation(content)
    large, count = checking()
    return [
        f"| load 300 questions with 200 expressions | {mine:.0f} ms | {theirs:.0f} ms (pyxform) | {ratio:.2f} |",
        *(
            f"| {what} | {one[ours]:.4f} ms | {one[other]:.4f} ms ({other}) | {one[ours] / one[other]:.3f} |"
            for what, ours, other in (
                ("the expressions that one answer touches", "Soundings, expressions", "elementpath"),
                ("the expressions that one answer touches", "Soundings, expressions", "lxml"),
                ("one answer set, judged and followed", "Soundings", "elementpath, all"),
                ("one answer set, judged and followed", "Soundings", "lxml, all"),
            )
        ),
        f"| check a form of {count} rows | {large:.0f} ms | – | – |",
    ]


if __name__ == "__main__":
    print("\n".join(rows()))
