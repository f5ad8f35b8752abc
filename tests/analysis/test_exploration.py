"""The look of Questions as an address and back, what an address may not ask for, search, and steps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import exploration
from analysis.charts.choose import CHOSEN
from analysis.exploration import Known, Look, Steps
from analysis.findings.method import (
    JUST_ABOVE,
    JUST_BELOW,
    MOST,
    Correction,
    Interval,
    Method,
    Strength,
    Unranked,
    WeightKind,
    unweighted,
)
from analysis.inventory import Listed
from analysis.opened_data import Filters

STATES = ("ab" * 32, "abcdef" + "0" * 58)
KNOWN = Known(
    filters={"region": frozenset({"lac", "ssa"}), "topic": frozenset({"a:b", "c d", "e&f"})},
    sections=frozenset({"who", "progress"}),
    compared=frozenset({"region"}),
    snapshots=STATES,
    weighted=True,
    charted=frozenset({"m_serv", "led_by"}),
    worded=frozenset({"finding"}),
    margins=frozenset({"region", "type"}),
    framed=True,
)
METHODS = st.builds(
    Method,
    weights=st.sampled_from(WeightKind),
    lowest=st.floats(0, JUST_BELOW),
    highest=st.floats(JUST_ABOVE, MOST),
    trim=st.booleans(),
    margins=st.sampled_from([(), ("region",), ("region", "type")]),
    interval=st.sampled_from(Interval),
    letters=st.booleans(),
    correction=st.sampled_from(Correction),
    joined=st.booleans(),
    unranked=st.sampled_from(Unranked),
    strength=st.sampled_from(Strength),
).map(lambda method: method if method.weights is not WeightKind.UNWEIGHTED else unweighted(method))
LOOKS = st.builds(
    Look,
    filters=st.builds(
        lambda chosen, state: Filters.of({name: sorted(codes) for name, codes in chosen.items()}, snapshot=state),
        st.fixed_dictionaries({name: st.sets(st.sampled_from(sorted(codes))) for name, codes in KNOWN.filters.items()}),
        st.sampled_from(("", *STATES)),
    ),
    section=st.sampled_from(("", *sorted(KNOWN.sections))),
    by=st.sampled_from(("", *sorted(KNOWN.compared))),
    search=st.text(max_size=30).map(str.strip),
    method=METHODS,
    numbers=st.booleans(),
    forms=st.dictionaries(st.sampled_from(sorted(KNOWN.charted)), st.sampled_from(CHOSEN).map(str)).map(
        lambda chosen: tuple(sorted(chosen.items()))
    ),
    answers=st.text(min_size=1, max_size=30).map(str.strip).map(lambda text: (("finding", text),) if text else ()),
)


def gathered(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


@settings(max_examples=60)
@given(LOOKS)
def test_an_address_gives_the_look_that_it_was_made_of(look: Look) -> None:
    pairs = exploration.parameters(look)
    assert exploration.read(gathered(pairs), KNOWN) == (look, ())
    assert {name for name, _value in pairs} <= exploration.NAMES


def test_the_plain_look_needs_no_address() -> None:
    assert exploration.parameters(Look()) == ()
    assert exploration.read({}, KNOWN) == (Look(), ())


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(exploration.NAMES)), st.lists(st.text(max_size=12), max_size=3)))
def test_whatever_stands_in_an_address_gives_a_look_of_what_is_there(asked: Mapping[str, Sequence[str]]) -> None:
    look, _refused = exploration.read(asked, KNOWN)
    assert exploration.read(gathered(exploration.parameters(look)), KNOWN) == (look, ())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"f": ["region:mars"]}, "f=region:mars"),
        ({"f": ["org_name:secret"]}, "f=org_name:secret"),
        ({"f": ["region"]}, "f=region"),
        ({"by": ["topic"]}, "by=topic"),
        ({"section": ["hidden"]}, "section=hidden"),
        ({"snapshot": ["ab"]}, "snapshot=ab"),
        ({"snapshot": ["f" * 64]}, f"snapshot={'f' * 40}"),
        ({"weights": ["heavy"]}, "weights=heavy"),
        ({"letters": ["yes"]}, "letters=yes"),
        ({"lowest": ["2"]}, "lowest=2"),
        ({"highest": ["nan"]}, "highest=nan"),
        ({"numbers": ["2"]}, "numbers=2"),
        ({"form": ["m_serv:cake"]}, "form=m_serv:cake"),
        ({"form": ["m_serv:slope"]}, "form=m_serv:slope"),
        ({"form": ["heat_map"]}, "form=heat_map"),
        ({"form": ["finding:table"]}, "form=finding:table"),
        ({"answers": ["led_by:words"]}, "answers=led_by:words"),
        ({"answers": ["finding:  "]}, "answers=finding:"),
        ({"by": ["x`\n\n[a](//b.example)"]}, "by=x [a](//b.example)"),
    ],
)
def test_what_is_not_there_is_named_and_left_out(asked: dict[str, list[str]], told: str) -> None:
    assert exploration.read({**asked, "search": ["kept"]}, KNOWN) == (Look(search="kept"), (told,))


def test_of_pairs_for_one_question_the_last_counts_and_an_address_of_very_many_is_cut() -> None:
    look, refused = exploration.read({"form": ["m_serv:table", "m_serv:diverging"]}, KNOWN)
    assert (look.forms, refused) == ((("m_serv", "diverging"),), ())
    names = [f"q{number:03}" for number in range(exploration.MOST_PAIRS + 5)]
    many = replace(KNOWN, charted=frozenset(names))
    look, refused = exploration.read({"form": [f"{name}:table" for name in names]}, many)
    assert (len(look.forms), len(refused)) == (exploration.MOST_PAIRS, 5)


def test_a_margin_that_the_contact_list_does_not_tell_is_named_and_left_out() -> None:
    look, refused = exploration.read({"weights": ["logit"], "margins": ["region,planet"]}, KNOWN)
    assert look.method == Method(weights=WeightKind.LOGIT, margins=("region",))
    assert refused == ("margins=planet",)


def test_an_interval_of_the_contact_list_is_refused_where_there_is_none() -> None:
    look, refused = exploration.read({"interval": ["worst_case"], "letters": ["1"]}, replace(KNOWN, framed=False))
    assert (look.method, refused) == (Method(letters=True), ("interval=worst_case",))


def test_weights_are_refused_to_who_may_not_see_weighted_figures() -> None:
    protected = Known(
        filters=KNOWN.filters, sections=KNOWN.sections, compared=KNOWN.compared, snapshots=(), weighted=False
    )
    look, refused = exploration.read({"weights": ["raked"], "letters": ["1"]}, protected)
    assert (look.method, refused) == (Method(letters=True), ("weights=raked",))


def test_the_first_digits_name_a_frozen_state_unless_they_are_those_of_two() -> None:
    assert exploration.read({"snapshot": [STATES[1][:12]]}, KNOWN)[0].filters.snapshot == STATES[1]
    twins = Known(
        filters={}, sections=frozenset(), compared=frozenset(), snapshots=("a" * 64, "a" * 63 + "b"), weighted=True
    )
    assert exploration.read({"snapshot": ["a" * 12]}, twins) == (Look(), (f"snapshot={'a' * 12}",))


def test_a_click_chooses_and_a_second_one_takes_back() -> None:
    once = exploration.toggled(Filters.of({"region": ["ssa"]}, snapshot="s"), "region", "lac")
    assert once == Filters.of({"region": ["lac", "ssa"]}, snapshot="s")
    assert exploration.toggled(once, "region", "ssa") == Filters.of({"region": ["lac"]}, snapshot="s")
    assert exploration.toggled(Filters.of({"region": ["lac"]}), "region", "lac") == Filters()


def test_parts_are_chosen_by_name_and_of_those_with_the_same_title_each_can_be_told() -> None:
    parts = [("s1", "Activities"), ("s1", "Activities"), ("s2", "Activities"), ("s3", "Staff"), ("s4", "Activities")]
    questions = [Listed(name="", label="", section=title, place=place, wordy=False) for place, title in parts]
    assert list(exploration.sections(questions).items()) == [
        ("s1", "Activities"),
        ("s2", "Activities (2)"),
        ("s3", "Staff"),
        ("s4", "Activities (3)"),
    ]


def test_a_search_finds_all_its_words_in_label_and_options_whatever_accents() -> None:
    listed = (
        Listed(name="one", label="Quels progrès ?", section="", wordy=False, options=("Été", "Hiver")),
        Listed(name="two", label="Progress in winter", section="", wordy=False),
    )
    names = {text: [each.name for each in exploration.found(listed, text)] for text in ("PROGRES", "ete progres", "no")}
    assert names == {"PROGRES": ["one", "two"], "ete progres": ["one"], "no": []}


def test_steps_go_back_and_forth_and_forget_what_was_undone_when_another_is_taken() -> None:
    a, b, c = (("by", "a"),), (("by", "b"),), (("by", "c"),)
    steps = Steps().after(a).after(a).after(b)
    assert (steps.undoable, steps.redoable) == (True, False)
    back = steps.moved(-1)
    assert (back.looks[back.place], back.undoable, back.redoable) == (a, False, True)
    assert back.after(a) == back
    assert back.moved(1) == steps
    assert back.moved(-1) == back
    assert back.after(c) == Steps(looks=(a, c), place=1)


def test_steps_without_end_keep_the_newest() -> None:
    steps = Steps()
    for number in range(exploration.MOST_STEPS + 5):
        steps = steps.after((("by", str(number)),))
    assert len(steps.looks) == exploration.MOST_STEPS
    assert steps.looks[steps.place] == (("by", str(exploration.MOST_STEPS + 4)),)
