"""Random forms with random answers: after every history we say what most of the engines say.

Where all three differ, we side with one of them. What we do otherwise on purpose is named in EXPLAINED, with a sentence
in docs/xlsform.md; nothing else may differ.
"""

import os
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from tests.oracles import ours
from tests.oracles.comparing import alike, most
from tests.oracles.engines import NAMES, SEED, Engine, FormRefused, Observed, form_from_markdown
from tests.oracles.random_forms import RandomForm, forms, steps

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore:Generating overly large repr")]

FORMS = int(os.environ.get("ORACLE_FORMS") or 60)
NOT_ASKED = ("no new instance of", "You are trying to target a repeated field")
"""What an engine cannot be asked: an instance of a repeat that is not relevant or has none, from outside."""
PROPERTIES = ("relevant", "value", "valid", "choices", "required")


def same(left: Any, right: Any) -> bool:
    """Equal, or two texts that mean the same number."""
    return alike(left, right) if isinstance(left, str) and isinstance(right, str) else left == right


def said(each: Observed | None, name: str) -> Any:
    """What an engine says of one property; of a question that is not relevant, only that."""
    if each is None or (not each.relevant and name != "relevant"):
        return None
    return getattr(each, name)


States = Mapping[str, Observed]


def not_offered(path: str, _name: str, mine: States, _theirs: Mapping[str, States]) -> bool:
    """A choice that is not offered any more stays in the draft and is told as a fault; the engines clear it."""
    each = mine.get(path)
    return bool(each and each.choices is not None and each.value) and not set(each.value.split()) <= set(each.choices)


def no_node(path: str, name: str, mine: States, theirs: Mapping[str, States]) -> bool:
    """What is not relevant is no node of a path, as the specification and JavaRosa have it; to the others it is empty.

    So join() and count() over the instances of a repeat differ, and whatever reads them.
    """
    left_out = any("[" in other and not each.relevant for other, each in mine.items())
    return left_out and same(said(mine.get(path), name), said(theirs["javarosa"].get(path), name))


def emptied_count(path: str, name: str, mine: States, theirs: Mapping[str, States]) -> bool:
    """Where the number of instances is emptied there are none, here and in Enketo; the others leave those that were."""
    emptied = any(other.endswith("_count") and not each.value for other, each in mine.items())
    return emptied and same(said(mine.get(path), name), said(theirs["enketo"].get(path), name))


EXPLAINED = (not_offered, no_node, emptied_count)
"""Each is decided in docs/xlsform.md."""


@st.composite
def histories(draw: st.DrawFn) -> tuple[RandomForm, list[tuple[str, str]]]:
    """A form and what is answered."""
    form = draw(forms())
    return form, draw(steps(form))


@seed(SEED)
@settings(
    max_examples=FORMS,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
@given(histories())
def test_random_forms_stand_as_most_of_the_engines_have_them(
    engines: dict[str, Engine], history: tuple[RandomForm, list[tuple[str, str]]]
) -> None:
    form, answers = history
    xform = form_from_markdown(form.table)
    mine = ours.values(form.table, answers)
    theirs: dict[str, dict[str, Observed]] = {}
    for name in NAMES:
        try:
            theirs[name] = engines[name].values(xform, answers)
        except FormRefused as error:
            assume(not any(known in str(error) for known in NOT_ASKED))
            raise AssertionError(f"seed {SEED}: {name} refused\n{form.table}\n{answers}\n{error}") from error
    wrong = []
    for path in dict.fromkeys([*mine, *theirs["javarosa"]]):
        if path.startswith("/data/meta"):
            continue
        seen = {name: theirs[name].get(path) for name in NAMES}
        for name in PROPERTIES:
            opinions = {engine: said(each, name) for engine, each in seen.items()}
            if any(same(said(mine.get(path), name), opinion) for opinion in most(list(opinions.values()), same)):
                continue
            if not any(explains(path, name, mine, theirs) for explains in EXPLAINED):
                wrong.append((path, name, said(mine.get(path), name), opinions))
    assert wrong == [], f"seed {SEED}\n{form.table}\n{answers}\n" + "\n".join(map(str, wrong))
