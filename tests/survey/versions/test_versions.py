"""What differs between versions, which renames hold, and where an old answer stands."""

from collections import Counter
from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import InvalidInput
from survey.questionnaire import Group, Questionnaire
from survey.versions.changes import Severity, What, broken, change_words, counted, difference, suggestions
from survey.versions.conversion import converted
from survey.versions.lineage import Lineage
from survey.versions.renames import NO_RENAMES, RenameMap, faults, from_json, read_pairs, to_json
from survey.versions.wording import likeness
from tests.histories import History, form, histories, question


def told(old: Questionnaire, new: Questionnaire, renames: RenameMap = NO_RENAMES) -> list[tuple[str, str, str, str]]:
    """What, name, old and new of every change."""
    return [(c.what, c.name, c.old, c.new) for c in difference(old, new, renames)]


YN = {"yn": {"yes": "Yes", "no": "No"}}
SCALE = {"s": {"1": "Very bad", "2": "Bad", "3": "Good", "4": "Very good"}}
D = ("d", "select_one yn", "D")
A, B = ("a", "text", "Your name"), ("b", "text", "Your town")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Your main finding", "Your main fnding", True),
        ("How adequate are services?", "How  ADEQUATE are the services", True),
        ("Services are adequate", "Services are not adequate", False),
        ("In the last 12 months", "In the last 2 months", False),
        ("Do you work here?", "Which drugs are used?", False),
        ("Les services suffisent", "Les services ne suffisent pas", False),
        ("您工作吗", "您不工作吗", False),
        ("", "Something", False),
        ("", "", True),
    ],
)
def test_a_typo_is_told_from_another_meaning(old: str, new: str, expected: bool) -> None:
    assert (likeness(old, new) >= 0.66) is expected


def test_every_kind_of_change_is_found() -> None:
    group = Group(name="g", children=(question("e", "text", "Where?"),))
    old = form(A, B, ("c", "select_one yn", "Agreed?"), ("d", "integer", "How many?"), group, lists=YN)
    new = form(
        ("d", "text", "How many?"),
        ("name", "text", "Your name"),
        ("c", "select_one yn", "Have you any children at home?"),
        ("e", "text", "Where?"),
        ("f", "text", "New"),
        lists={"yn": {"yes": "Yes, always", "nein": "No", "dk": "Unknown"}},
    )
    renames = RenameMap(questions={"a": "name"}, choices={"yn": {"no": "nein"}})
    assert told(old, new, renames) == [
        (What.KIND, "d", "integer", "text"),
        (What.RENAMED, "name", "a", "name"),
        (What.MEANING, "c", "Agreed?", "Have you any children at home?"),
        (What.SECTION, "e", "g", "–"),
        (What.ADDED, "f", "", ""),
        (What.REMOVED, "b", "", ""),
        (What.CHOICE_MEANING, "yn", "Yes (yes)", "Yes, always (yes)"),
        (What.CHOICE_RENAMED, "yn", "no", "nein"),
        (What.CHOICE_ADDED, "yn", "", "Unknown (dk)"),
        (What.ORDER, "", "", ""),
    ]


def test_a_choice_that_is_an_answer_now_and_was_none_is_told_by_what_the_versions_read() -> None:
    ask = ("q", "select_one s", "Where?")
    few = {"na": "NA", "at": "AT", "de": "DE"}
    old, new = form(ask, lists={"s": few}), form(ask, lists={"s": {**few, "fr": "FR"}})
    (found,) = [each for each in difference(old, new) if each.what is What.CHOICE_MISSING]
    assert (found.name, found.codes, found.old, found.new) == ("s", ("na",), "not_applicable", "answer")
    assert (found.severity, found.questions) == (Severity.TOUCHES, ("q",))
    assert change_words(found) == (
        "What the choice na counts as, in the replies to all versions: does not apply → an answer"
    )
    # Both versions have three codes together, so that it stays a code when one is left out.
    assert [c.what for c in difference(new, old)] == [What.CHOICE_REMOVED]
    renamed = form(ask, lists={"s": {"nam": "NA", "at": "AT", "de": "DE"}})
    assert told(old, renamed, RenameMap(choices={"s": {"na": "nam"}})) == [
        (What.CHOICE_MISSING, "s", "not_applicable", "answer"),
        (What.CHOICE_RENAMED, "s", "na", "nam"),
    ]


def test_conditions_that_follow_a_rename_are_no_change() -> None:
    old = form(A, B)
    new = form(("x", "text", "Your name"), B)
    old = Questionnaire(
        **{**_fields(old), "children": (*old.children, question("c", "text", "C", relevant="${a} = 1"))}
    )
    new = Questionnaire(
        **{**_fields(new), "children": (*new.children, question("c", "text", "C", relevant="${x} = 1"))}
    )
    assert told(old, new, RenameMap(questions={"a": "x"})) == [(What.RENAMED, "x", "a", "x")]


def _fields(form_: Questionnaire) -> dict[str, object]:
    return {each.name: getattr(form_, each.name) for each in fields(Questionnaire) if each.init}


def test_two_names_that_changed_places_are_no_scale() -> None:
    regions = {"n": "North", "s": "South", "e": "East"}
    old = form(("q", "select_one s", "Where?"), lists={"s": regions})
    new = form(("q", "select_one s", "Where?"), lists={"s": {**regions, "n": "South", "s": "North"}})
    assert [c.what for c in difference(old, new)] == [What.CHOICE_MEANING, What.CHOICE_MEANING]
    towns = {"1": "Bern", "2": "Rome", "3": "Oslo", "4": "Paris", "5": "Madrid"}
    old = form(("q", "select_one s", "Where?"), lists={"s": towns})
    new = form(("q", "select_one s", "Where?"), lists={"s": {**towns, "1": "Rome", "2": "Bern"}})
    assert [c.what for c in difference(old, new)] == [What.CHOICE_MEANING, What.CHOICE_MEANING]


def test_a_scale_that_runs_the_other_way_is_told_and_its_renames_are_suggested() -> None:
    flipped = {"s": {"1": "Very good", "2": "Good", "3": "Bad", "4": "Very bad"}}
    old, new = form(("q", "select_one s", "How?"), lists=SCALE), form(("q", "select_one s", "How?"), lists=flipped)
    assert [(c.what, c.severity) for c in difference(old, new)] == [(What.SCALE_FLIPPED, Severity.BREAKS)]
    assert {(s.place, s.old, s.new) for s in suggestions(old, new)} == {
        ("s", "1", "4"), ("s", "2", "3"), ("s", "3", "2"), ("s", "4", "1"),
    }  # fmt: skip
    turned = RenameMap(choices={"s": {"1": "4", "2": "3", "3": "2", "4": "1"}})
    assert faults(old, new, turned) == ()
    assert {c.what for c in difference(old, new, turned)} == {What.CHOICE_RENAMED}
    line = Lineage({1: old, 2: new}, {2: turned})
    assert [line.carry(1, {"q": code})["q"] for code in "1234"] == list("4321")


def test_what_is_gone_and_what_is_new_with_the_same_words_is_suggested_and_never_applied() -> None:
    old, new = form(A, B), form(("name", "text", "Your  name?"), B)
    assert [(s.old, s.new) for s in suggestions(old, new)] == [("a", "name")]
    assert told(old, new)[0][0] == What.ADDED
    assert suggestions(old, new, RenameMap(questions={"a": "name"})) == ()


def test_counts_say_who_holds_such_an_answer() -> None:
    old = form(("d", "text", "How many?"), ("c", "select_multiple yn", "C"), lists=YN)
    new = form(("d", "integer", "How many?"), ("c", "select_multiple yn", "C"), lists={"yn": {"yes": "Yes"}})
    found = counted(
        difference(old, new),
        old,
        new,
        NO_RENAMES,
        submitted=[{"d": "12", "c": ("yes", "no")}, {"d": "a dozen"}, {}],
        drafts=[{"d": "7"}, {"c": ("yes",)}],
    )
    assert [(c.what, c.severity, c.submitted, c.drafts, c.unconvertible) for c in found] == [
        (What.KIND, Severity.BREAKS, 2, 1, 1),
        (What.CHOICE_REMOVED, Severity.BREAKS, 1, 0, 0),
    ]
    assert broken({"d": "7"}, old, new) == ()
    assert [c.what for c in broken({"d": "a dozen"}, old, new)] == [What.KIND]


def test_every_rename_that_cannot_hold_is_told_at_once() -> None:
    old = form(A, B, ("c", "select_one yn", "C"), ("t", "text", "T"), D, lists=YN)
    new = form(("x", "text", "X"), B, ("c", "select_one yn", "C"), ("t2", "select_one yn", "T"), D, lists=YN)
    renames = RenameMap(
        questions={"nobody": "x", "a": "nowhere", "c": "b", "t": "t2"},
        choices={"yn": {"yes": "no", "maybe": "no", "no": "never"}, "where": {"1": "2"}},
    )
    assert [(i.code, i.old, i.new, i.place) for i in faults(old, new, renames)] == [
        ("rename.unknown_old", "nobody", "x", ""),
        ("rename.unknown_new", "a", "nowhere", ""),
        ("rename.two_to_one", "c", "b", ""),
        ("rename.incompatible", "t", "t2", ""),
        ("rename.two_to_one", "yes", "no", "yn"),
        ("rename.unknown_choice_old", "maybe", "no", "yn"),
        ("rename.unknown_choice_new", "no", "never", "yn"),
        ("rename.unknown_list", "1", "2", "where"),
    ]


def test_two_questions_swap_their_names_at_once() -> None:
    old = form(A, B)
    new = form(("b", "text", "Your name"), ("a", "text", "Your town"))
    swap = RenameMap(questions={"a": "b", "b": "a"})
    assert faults(old, new, swap) == ()
    line = Lineage({1: old, 2: new, 3: new}, {2: swap})
    assert line.carry(1, {"a": "Ada", "b": "Bern"}) == {"b": "Ada", "a": "Bern"}
    assert line.carry(2, {"a": "Bern"}) == {"a": "Bern"}


def test_two_questions_that_changed_places_are_suggested() -> None:
    old = form(("a", "text", "What did you find out?"), ("b", "text", "Who paid for the journey?"))
    new = form(("a", "text", "Who paid for the journey?"), ("b", "text", "What did you find out?"))
    assert [(each.old, each.new) for each in suggestions(old, new)] == [("a", "b"), ("b", "a")]


def test_no_rename_is_suggested_to_a_name_that_something_else_keeps() -> None:
    old = form(("a", "text", "What did you find out?"), ("b", "text", "Who paid for the journey?"))
    new = form(("a", "text", "How old are you?"), ("b", "text", "What did you find out?"))
    assert suggestions(old, new) == ()


def test_a_rename_and_a_new_question_in_the_old_place_do_not_mix() -> None:
    """KoboToolbox kpi#2089: answers appeared under the column of another question."""
    old = form(A, B)
    new = form(("full_name", "text", "Your name"), ("a", "text", "Your age group"), B)
    line = Lineage({1: old, 2: new}, {2: RenameMap(questions={"a": "full_name"})})
    assert line.carry(1, {"a": "Ada", "b": "Bern"}) == {"full_name": "Ada", "b": "Bern"}


def test_names_go_through_every_map_of_the_chain() -> None:
    one, two, three = (
        form(A, B),
        form(("n", "text", "Your name"), B),
        form(("m", "text", "Your name"), ("n", "text", "N")),
    )
    line = Lineage({1: one, 2: two, 3: three}, {2: RenameMap(questions={"a": "n"}), 3: RenameMap(questions={"n": "m"})})
    assert line.carry(1, {"a": "Ada", "b": "Bern"}) == {"m": "Ada", "b": "Bern"}
    assert [(m.name, m.versions) for m in line.members()] == [("m", (1, 2, 3)), ("n", (3,)), ("b", (1, 2))]
    assert line.original(1, "m") == "a"


def test_a_name_that_is_used_again_for_another_question_is_not_the_old_one() -> None:
    one, two, three = form(A, B), form(B), form(("a", "text", "Which drugs are used?"), B)
    line = Lineage({1: one, 2: two, 3: three}, {})
    assert line.carry(1, {"a": "Ada"}) == {"a_v1": "Ada"}
    back = Lineage({1: one, 2: two, 3: one}, {})
    assert back.carry(1, {"a": "Ada"}) == {"a": "Ada"}
    assert back.members()[0].versions == (1, 3)


def test_an_entry_without_a_new_name_keeps_answers_apart() -> None:
    one = form(A, ("c", "select_one yn", "C"), lists=YN)
    line = Lineage({1: one, 2: one}, {2: RenameMap(questions={"a": ""}, choices={"yn": {"yes": ""}})})
    assert line.carry(1, {"a": "Ada", "c": "yes"}) == {"a_v1": "Ada", "c": "yes_v1"}
    assert line.carry(2, {"a": "Ada", "c": "yes"}) == {"a": "Ada", "c": "yes"}


def test_a_choice_that_vanished_keeps_its_words_and_no_new_one_takes_its_answers() -> None:
    one = form(("c", "select_one yn", "C"), lists={"yn": {"x": "Old x", "y": "Why"}})
    two = form(("c", "select_one yn", "C"), lists={"yn": {"x": "Why"}})
    line = Lineage({1: one, 2: two}, {2: RenameMap(choices={"yn": {"y": "x"}})})
    assert [line.carry(1, {"c": code})["c"] for code in "xy"] == ["x_v1", "x"]
    assert [(c.name, c.label.in_language("en")) for c in line.members()[0].choices] == [("x_v1", "Old x"), ("x", "Why")]
    assert line.carry(1, {"c": "unheard"}) == {"c": "unheard"}


def test_a_choice_that_vanished_stands_where_it_stood() -> None:
    one = form(("c", "select_one s", "C"), lists={"s": {"first": "F", "a": "A", "b": "B", "c": "C", "other": "O"}})
    two = form(("c", "select_one s", "C"), lists={"s": {"a": "A", "new": "N", "other": "O"}})
    (member,) = Lineage({1: one, 2: two}, {}).members()
    assert [choice.name for choice in member.choices] == ["first", "a", "b", "c", "new", "other"]


def test_answers_that_do_not_convert_stay_apart() -> None:
    one, two = form(("n", "text", "How many?")), form(("n", "integer", "How many?"))
    line = Lineage({1: one, 2: two}, {})
    assert (line.carry(1, {"n": "12"}), line.carry(1, {"n": "a dozen"})) == ({"n": 12}, {"n_v1": "a dozen"})
    assert [(m.name, m.apart) for m in line.members()] == [("n", False), ("n_v1", True)]


@pytest.mark.parametrize(
    ("old", "new", "answer", "expected"),
    [
        ("text", "integer", "12", 12),
        ("text", "integer", "12.5", None),
        ("text", "date", "2026-10-01", "2026-10-01"),
        ("text", "date", "2026-10-01T10:00", None),
        ("integer", "text", 12, "12"),
        ("decimal", "integer", 2.5, None),
        ("select_one", "select_multiple", "a", ("a",)),
        ("select_multiple", "select_one", ("a", "b"), None),
        ("select_one", "text", "a", None),
        ("rank", "select_multiple", ("a", "b"), None),
    ],
)
def test_an_answer_becomes_one_of_the_new_kind_only_without_loss(
    old: str, new: str, answer: object, expected: object
) -> None:
    assert converted(answer, question("q", old, ""), question("q", new, "")) == expected  # type: ignore[arg-type]


def test_answers_inside_repeats_follow_both_names() -> None:
    def household(name: str, member: str, age: str) -> Questionnaire:
        inside = Group(name=member, repeats=True, children=(question(age, "integer", "Age"),))
        return form(Group(name=name, repeats=True, children=(inside,)), A)

    line = Lineage(
        {1: household("house", "member", "age"), 2: household("home", "person", "years")},
        {2: RenameMap(questions={"house": "home", "member": "person", "age": "years"})},
    )
    answers = {"house": 1, "house[1]/member": 2, "house[1]/member[1]/age": 40, "house[1]/member[2]/age": 7, "a": "x"}
    assert line.carry(1, answers) == {
        "home": 1, "home[1]/person": 2, "home[1]/person[1]/years": 40, "home[1]/person[2]/years": 7, "a": "x",
    }  # fmt: skip


def test_a_question_that_moves_into_a_repeat_keeps_its_old_answers_apart() -> None:
    one = form(("age", "integer", "Age"))
    two = form(Group(name="child", repeats=True, children=(question("age", "integer", "Age"),)))
    assert [(c.what, c.severity) for c in difference(one, two)] == [(What.REPEAT, Severity.BREAKS)]
    assert Lineage({1: one, 2: two}, {}).carry(1, {"age": 5}) == {"age_v1": 5}


def test_a_map_is_read_and_kept() -> None:
    renames = read_pairs(["a=b", "b = a", "c="], ["yn:yes=no", "yn:no=yes"])
    assert renames == RenameMap(questions={"a": "b", "b": "a", "c": ""}, choices={"yn": {"yes": "no", "no": "yes"}})
    assert from_json(to_json(renames)) == renames
    for questions, choices in ((["a"], []), (["=b"], []), (["a=b", "a=c"], []), ([], ["yes=no"]), ([], ["yn:=no"])):
        with pytest.raises(InvalidInput) as caught:
            read_pairs(questions, choices)
        assert caught.value.code == "rename.unreadable"


# Random versions: every answer stands once, under the thread it belongs to.

CODES = list("abcde")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(histories(), st.data())
def test_no_answer_is_lost_or_stands_under_another_question(history: History, data: st.DataObject) -> None:
    forms, maps, identity = history
    for number in list(forms)[1:]:
        assert faults(forms[number - 1], forms[number], maps[number]) == ()
    line = Lineage(forms, maps)
    labels = {m.name: m.question.label.in_language("en") for m in line.members()}
    assert len(labels) == len({i for each in identity.values() for i in each.values()})
    for number, names in identity.items():
        asked = data.draw(st.lists(st.sampled_from(sorted(names)), unique=True))
        carried = line.carry(number, {name: f"identity {names[name]}" for name in asked})
        assert Counter(carried.values()) == Counter(f"identity {names[name]}" for name in asked)
        assert all(labels[name] == answer for name, answer in carried.items())


@settings(max_examples=150)
@given(st.data())
def test_no_code_is_lost_or_becomes_another_choice(data: st.DataObject) -> None:
    forms, maps, identity = {}, {}, {}
    before: dict[str, int] = {}
    fresh = iter(range(1000))
    for number in range(1, data.draw(st.integers(2, 4)) + 1):
        kept = data.draw(st.lists(st.sampled_from(sorted(before)), unique=True)) if before else []
        names = data.draw(st.lists(st.sampled_from(CODES), unique=True, min_size=max(1, len(kept)), max_size=5))
        now = dict(zip(names, [before[name] for name in kept], strict=False))
        now |= {name: next(fresh) for name in names[len(kept) :]}
        going = dict(zip(kept, names, strict=False))
        maps[number] = RenameMap(choices={"l": {name: going.get(name, "") for name in before}} if before else {})
        identity[number] = before = now
        forms[number] = form(
            ("q", "select_multiple l", "Q"), lists={"l": {name: f"identity {i}" for name, i in now.items()}}
        )
    line = Lineage(forms, maps)
    (member,) = line.members()
    labels = {c.name: c.label.in_language("en") for c in member.choices}
    for number, names in identity.items():
        carried = line.carry(number, {"q": tuple(names)})["q"]
        assert [labels[code] for code in carried] == [f"identity {i}" for i in names.values()]  # type: ignore[union-attr]
