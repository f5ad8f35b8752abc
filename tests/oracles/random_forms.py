"""Forms made by chance: questions of every judged kind in groups and repeats, with conditions on what stands before
them, and answers that come, change and go.

Left out is what is known to differ between the engines and stands in `differences.py`: dates as texts, signs one after
the other, comparisons that hang on the last bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

CODES = ("a", "b", "c", "d")
COLUMNS = (
    *("type", "name", "label", "relevant", "constraint", "required"),
    *("calculation", "default", "choice_filter", "repeat_count", "trigger"),
)
_KINDS = ("integer", "decimal", "text", "date", "select_one", "select_multiple", "calculate")
_WORDS = st.sampled_from(["", "x", "abc", "b", "a b", "10"])
_DAYS = st.sampled_from(["2019-12-31", "2024-02-29", "2025-01-01"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that later ones can look at.

    path  "/data/group/repeat/name"; positions are put in when it is answered
    counts  it says how many instances a repeat has, and is small therefore
    """

    name: str
    kind: str
    path: str
    repeat: str = ""
    counts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomForm:
    """A form as a Markdown table, and what may be answered."""

    rows: tuple[dict[str, str], ...] = ()
    asked: tuple[Asked, ...] = ()
    repeats: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The form, its one list of choices beside it."""
        lines = ["| survey |", f"| | {' | '.join(COLUMNS)} |"]
        lines += [f"| | {' | '.join(row.get(column, '') for column in COLUMNS)} |" for row in self.rows]
        lines += ["| choices |", "| | list_name | name | label | weight |"]
        lines += [f"| | list | {code} | Label {code} | {weight} |" for weight, code in enumerate(CODES, start=1)]
        return "\n".join(lines)


@st.composite
def forms(draw: st.DrawFn) -> RandomForm:
    """Six to fourteen questions, some in a group, some in a repeat."""
    form = RandomForm()
    around: list[str] = []
    for number in range(draw(st.integers(6, 14))):
        opened = draw(st.sampled_from(("", "", "", "group", "repeat", "end")))
        if opened == "end" and around:
            form = _ended(form, around.pop())
        elif opened in ("group", "repeat") and len(around) < 2 and not (opened == "repeat" and _repeat(around)):
            name = f"{opened}{number}"
            row = {"type": f"begin_{opened}", "name": name, "label": name}
            seen = _visible(form, _repeat(around))
            path = f"/data/{'/'.join([*around, name])}"
            if seen and draw(st.booleans()):
                row["relevant"] = draw(truth(seen, 1))
            if opened == "repeat" and draw(st.integers(0, 2)) == 0:
                asked = Asked(name=f"{name}_count", kind="integer", path=f"{path}_count", counts=True)
                row["repeat_count"] = f"${{{asked.name}}}"
                counter = {"type": "integer", "name": asked.name, "label": asked.name}
                form = replace(
                    form,
                    rows=(*form.rows, counter),
                    asked=(*form.asked, asked),
                    counted=(*form.counted, path),
                )
            form = replace(
                form,
                rows=(*form.rows, row),
                repeats=(*form.repeats, path) if opened == "repeat" else form.repeats,
            )
            around.append(name)
        form = _with_question(draw, form, around, f"q{number}")
    while around:
        form = _ended(form, around.pop())
    return form


def _repeat(around: Sequence[str]) -> str:
    return next((name for name in around if name.startswith("repeat")), "")


def _ended(form: RandomForm, name: str) -> RandomForm:
    return replace(form, rows=(*form.rows, {"type": f"end_{name.rstrip('0123456789')}"}))


def _visible(form: RandomForm, repeat: str) -> list[Asked]:
    """What an expression may look at as one value: what stands outside of repeats, or in the same one."""
    return [each for each in form.asked if each.repeat in ("", repeat)]


def _with_question(draw: st.DrawFn, form: RandomForm, around: Sequence[str], name: str) -> RandomForm:
    repeat = _repeat(around)
    seen = _visible(form, repeat)
    kind = draw(st.sampled_from(_KINDS))
    row = {"type": f"{kind} list" if kind.startswith("select") else kind, "name": name, "label": name}
    if kind == "calculate":
        row["label"] = ""
        others = [each for each in form.asked if each.repeat and each.repeat != repeat and not repeat]
        if others and draw(st.booleans()):
            row["calculation"] = draw(over_instances(others))
        elif repeat and draw(st.integers(0, 3)) == 0:
            row["calculation"] = draw(st.sampled_from(("position(..)", "position(..) * 2")))
        else:
            row["calculation"] = draw(st.one_of(number(seen, 2), text(seen, 2)))
    else:
        if seen and draw(st.booleans()):
            row["relevant"] = draw(truth(seen, 2))
        if draw(st.integers(0, 3)) == 0:
            row["required"] = draw(st.one_of(st.just("yes"), truth(seen, 1)))
        if draw(st.integers(0, 2)) == 0:
            row["constraint"] = draw(_constraint(kind, seen))
        if kind.startswith("select") and draw(st.booleans()):
            row["choice_filter"] = f"weight {draw(st.sampled_from(('<=', '>', '!=')))} {draw(number(seen, 1))}"
        if kind in ("integer", "text") and draw(st.integers(0, 3)) == 0:
            row["default"] = draw(st.sampled_from(("1", "5", "20")))
        triggers = _references([each for each in seen if each.kind != "calculate"], *_KINDS)
        if kind == "text" and triggers and draw(st.integers(0, 2)) == 0:
            row |= {"trigger": draw(st.sampled_from(triggers)), "calculation": draw(text(seen, 1)), "default": ""}
    asked = Asked(name=name, kind=kind, path=f"/data/{'/'.join([*around, name])}", repeat=repeat)
    return replace(form, rows=(*form.rows, row), asked=(*form.asked, asked))


def _constraint(kind: str, seen: Sequence[Asked]) -> st.SearchStrategy[str]:
    if kind in ("integer", "decimal"):
        return st.sampled_from([". >= 0 and . < 100", ". != 7", "not(. = 10)"])
    if kind == "date":
        return _DAYS.map(lambda day: f". > date('{day}')")
    if kind == "select_multiple":
        return st.sampled_from(["count-selected(.) <= 2", "not(selected(., 'a') and selected(., 'b'))"])
    return st.sampled_from(["string-length(.) < 3", ". != 'b'", f". != {_names(seen, 'text') or repr('abc')}"])


def _names(seen: Sequence[Asked], *kinds: str) -> str:
    return next((f"${{{each.name}}}" for each in seen if each.kind in kinds), "")


def _references(seen: Sequence[Asked], *kinds: str) -> list[str]:
    return [f"${{{each.name}}}" for each in seen if each.kind in kinds]


def number(seen: Sequence[Asked], depth: int) -> st.SearchStrategy[str]:
    """An expression that gives a number."""
    plain = st.sampled_from([*_references(seen, "integer", "decimal"), "0", "1", "2.5", "10"])
    many = _references(seen, "select_multiple")
    if depth == 0:
        return plain
    inner = number(seen, depth - 1)
    offered = [
        plain,
        st.tuples(inner, st.sampled_from(("+", "-", "*")), inner).map(" ".join).map(lambda each: f"({each})"),
        st.tuples(inner, inner).map(lambda each: f"coalesce({each[0]}, {each[1]})"),
        st.tuples(truth(seen, depth - 1), inner, inner).map(lambda each: f"if({each[0]}, {each[1]}, {each[2]})"),
    ]
    if many:
        offered.append(st.sampled_from(many).map(lambda each: f"count-selected({each})"))
    return st.one_of(*offered)


def text(seen: Sequence[Asked], depth: int) -> st.SearchStrategy[str]:
    """An expression that gives a text."""
    quoted = _WORDS.map(lambda word: f"'{word}'")
    references = _references(seen, "text", "select_one", "select_multiple")
    plain = st.one_of(quoted, st.sampled_from(references)) if references else quoted
    if depth == 0:
        return plain
    inner = text(seen, depth - 1)
    return st.one_of(
        plain,
        st.tuples(inner, inner).map(lambda each: f"concat({each[0]}, '-', {each[1]})"),
        st.tuples(truth(seen, depth - 1), inner, inner).map(lambda each: f"if({each[0]}, {each[1]}, {each[2]})"),
    )


def truth(seen: Sequence[Asked], depth: int) -> st.SearchStrategy[str]:
    """An expression that is true or false."""
    single, many = _references(seen, "select_one"), _references(seen, "select_multiple")
    numbers, words, days = _references(seen, "integer", "decimal"), _references(seen, "text"), _references(seen, "date")
    code = st.sampled_from(CODES).map(lambda each: f"'{each}'")
    offered: list[st.SearchStrategy[str]] = [st.sampled_from(["true()", "1 = 1"])]
    if single:
        offered.append(st.tuples(st.sampled_from(single), st.sampled_from(("=", "!=")), code).map(" ".join))
    if many:
        offered.append(st.tuples(st.sampled_from(many), code).map(lambda each: f"selected({each[0]}, {each[1]})"))
    if numbers:
        signs = st.sampled_from(("<", "<=", ">", ">=", "=", "!="))
        offered.append(st.tuples(st.sampled_from(numbers), signs, st.sampled_from(("0", "5", "10"))).map(" ".join))
    if words:
        offered.append(st.sampled_from(words).map(lambda each: f"{each} != ''"))
        offered.append(st.sampled_from(words).map(lambda each: f"string-length({each}) > 1"))
    if days:
        offered.append(st.tuples(st.sampled_from(days), _DAYS).map(lambda each: f"{each[0]} >= date('{each[1]}')"))
    plain = st.one_of(*offered)
    if depth == 0:
        return plain
    inner = truth(seen, depth - 1)
    return st.one_of(
        plain,
        st.tuples(inner, st.sampled_from(("and", "or")), inner).map(" ".join).map(lambda each: f"({each})"),
        inner.map(lambda each: f"not({each})"),
    )


def over_instances(others: Sequence[Asked]) -> st.SearchStrategy[str]:
    """An expression from outside of a repeat over all its instances."""
    numbers = _references(others, "integer", "decimal")
    names = [f"${{{each.name}}}" for each in others]
    offered = [
        st.sampled_from([f"count(${{{each.repeat}}})" for each in others]),
        st.sampled_from(names).map(lambda each: f"count-non-empty({each})"),
        st.sampled_from(names).map(lambda each: f"join(',', {each})"),
        st.sampled_from(others).map(lambda each: f"indexed-repeat(${{{each.name}}}, ${{{each.repeat}}}, 2)"),
    ]
    if numbers:
        offered.append(st.sampled_from(numbers).map(lambda each: f"sum({each})"))
    return st.one_of(*offered)


@st.composite
def steps(draw: st.DrawFn, form: RandomForm) -> list[tuple[str, str]]:
    """Answers one after the other; some questions are answered again or emptied, repeats grow."""
    questions = [
        each
        for each in form.asked
        if each.kind != "calculate" and not each.path.startswith(tuple(f"{path}/" for path in form.counted))
    ]
    if not questions:
        return []
    taken: list[tuple[str, str]] = []
    instances = dict.fromkeys(form.repeats, 1)
    for _number in range(draw(st.integers(4, 12))):
        asked = draw(st.sampled_from(questions))
        path = asked.path
        if asked.counts:
            taken.append((path, draw(st.sampled_from(("", "0", "1", "2", "3")))))
            continue
        for repeat in form.repeats:
            if path.startswith(f"{repeat}/") and repeat not in form.counted:
                at = draw(st.integers(1, instances[repeat] + 1))
                instances[repeat] = max(at, instances[repeat])
                path = f"{repeat}[{at}]{path.removeprefix(repeat)}"
        taken.append((path, draw(_answer(asked.kind))))
    return taken


def _answer(kind: str) -> st.SearchStrategy[str]:
    values = {
        "integer": st.sampled_from(["", "0", "3", "7", "10", "120", "-4"]),
        "decimal": st.sampled_from(["", "0.5", "2.5", "10", "99.75"]),
        "text": _WORDS.filter(lambda word: word != "10"),
        "date": st.one_of(st.just(""), _DAYS),
        "select_one": st.sampled_from(["", *CODES]),
        "select_multiple": st.sets(st.sampled_from(CODES)).map(
            lambda chosen: " ".join(code for code in CODES if code in chosen)
        ),
    }
    return values[kind]
