"""Random typed expressions over random answers: what most of the three engines say is what we compute.

Where all differ, we side with one of them. The strategies leave out what is known to differ
(`differences.py`): texts as dates, signs one after the other, comparisons that hang on the last bit.
"""

from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.oracles import ours
from tests.oracles.comparing import alike, most, shown
from tests.oracles.engines import NAMES, SEED, Engine, Given

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]

CODES = ("a", "b", "c", "none_of_these")
_WORDS = st.text(alphabet="abcXYZ 019.-éمر", max_size=8).map(lambda text: " ".join(text.split()))
_DATES = st.dates(min_value=date(1950, 1, 1), max_value=date(2050, 12, 31)).map(date.isoformat)


def answers() -> st.SearchStrategy[tuple[Given, ...]]:
    """Answers to the same questions, some of them empty."""
    return st.builds(
        lambda whole, part, word, day, one, many: (
            Given("whole", "integer", whole),
            Given("nothing", "integer"),
            Given("part", "decimal", part),
            Given("word", "text", word),
            Given("blank", "text"),
            Given("day", "date", day),
            Given("one", "select_one", one, CODES),
            Given("many", "select_multiple", " ".join(code for code in CODES if code in many), CODES),
        ),
        st.integers(-1000, 1000).map(str),
        st.integers(-4000, 4000).map(lambda quarters: str(quarters / 4)),
        _WORDS,
        _DATES,
        st.sampled_from(("", *CODES)),
        st.sets(st.sampled_from(CODES)),
    )


def _call(name: str, *arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*arguments).map(lambda each: f"{name}({', '.join(each)})")


def _between(left: st.SearchStrategy[str], signs: str, right: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(left, st.sampled_from(signs.split()), right).map(lambda each: f"({' '.join(each)})")


def _quoted(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return texts.map(lambda text: f"'{text}'")


_SMALL = st.integers(0, 9).map(str)
_NUMBER = st.sampled_from(["${whole}", "${nothing}", "${part}", "0", "1", "2.5", "10", "0.25", "100"])
_TEXT = st.one_of(st.sampled_from(["${word}", "${blank}", "${one}", "''"]), _quoted(_WORDS))
_MOMENT = st.one_of(st.sampled_from(["${day}", "today()"]), _DATES.map(lambda day: f"date('{day}')"))
_CHOSEN = st.sampled_from(["${many}", "${one}", "'a b c'", "'a'", "''"])
_CODE = _quoted(st.sampled_from(CODES))


def number(depth: int) -> st.SearchStrategy[str]:
    """An expression that gives a number."""
    if depth == 0:
        return st.one_of(_NUMBER, _call("count-selected", _CHOSEN))
    inner = st.deferred(lambda: number(depth - 1))
    return st.one_of(
        number(0),
        _between(inner, "+ - * div mod", inner),
        *(_call(name, inner) for name in ("int", "round", "abs", "number")),
        _call("pow", inner, st.sampled_from(["2", "1", "0", "3"])),
        _call("round", inner, _SMALL),
        _call("string-length", text(depth - 1)),
        _call("number", text(depth - 1)),
        _call("if", truth(depth - 1), inner, inner),
        _call("coalesce", inner, inner),
        _between(_MOMENT, "-", _MOMENT),
        _call("checklist", _SMALL, _SMALL, truth(depth - 1), truth(depth - 1)).map(lambda each: f"number({each})"),
    )


def text(depth: int) -> st.SearchStrategy[str]:
    """An expression that gives a text."""
    if depth == 0:
        return _TEXT
    inner = st.deferred(lambda: text(depth - 1))
    return st.one_of(
        _TEXT,
        _call("concat", inner, inner),
        _call("join", inner, inner, inner),
        _call("substr", inner, _SMALL, _SMALL),
        _call("substring-before", inner, inner),
        _call("substring-after", inner, inner),
        _call("translate", inner, inner, inner),
        _call("normalize-space", inner),
        _call("selected-at", _CHOSEN, _SMALL),
        _call("if", truth(depth - 1), inner, inner),
        _call("coalesce", inner, inner),
        _call("string", number(depth - 1)),
        _call("format-date", _MOMENT, _quoted(st.sampled_from(["%Y-%m-%d", "%e %b %y", "%n/%d", "%a"]))),
    )


def truth(depth: int) -> st.SearchStrategy[str]:
    """An expression that gives true or false."""
    if depth == 0:
        return st.one_of(st.sampled_from(["true()", "false()"]), _call("selected", _CHOSEN, _CODE))
    inner = st.deferred(lambda: truth(depth - 1))
    return st.one_of(
        truth(0),
        _between(number(depth - 1), "< <= > >= = !=", number(depth - 1)),
        _between(text(depth - 1), "= !=", text(depth - 1)),
        _between(number(depth - 1), "= !=", _quoted(_WORDS)),
        _between(_MOMENT, "< <= > >= = !=", _MOMENT),
        _between(inner, "and or = !=", inner),
        _call("not", inner),
        *(_call(name, text(depth - 1), text(depth - 1)) for name in ("contains", "starts-with", "ends-with")),
        _call("boolean-from-string", text(depth - 1)),
        _call("if", inner, inner, inner),
    )


EXPRESSIONS = st.lists(st.one_of(number(3), text(3), truth(3)), min_size=150, max_size=200, unique=True)


@seed(SEED)
@settings(
    max_examples=8,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(expressions=EXPRESSIONS, given_answers=answers())
def test_random_expressions_give_what_the_engines_give(
    engines: dict[str, Engine], expressions: list[str], given_answers: tuple[Given, ...]
) -> None:
    results = {"ours": ours.evaluate(expressions, given_answers)}
    results |= {name: engines[name].evaluate(expressions, given_answers) for name in NAMES}
    wrong = []
    for number_, expression in enumerate(expressions):
        row = {name: result[number_] for name, result in results.items()}
        if not any(alike(row["ours"], opinion) for opinion in most([row[name] for name in NAMES], alike)):
            wrong.append(f"{expression}: " + ", ".join(f"{name} {shown(result)}" for name, result in row.items()))
    assert sorted(wrong, key=len)[:10] == [], (f"seed {SEED}", [each for each in given_answers if each.text])
