"""Where one variable lies within another, as language in region, and where views are too many to look at."""

from collections.abc import Mapping
from functools import partial

import highspy
import pytest

from analysis.dataset.arrays import Dataset
from analysis.dataset.asked import asked_by_relevance
from analysis.dataset.building import build_dataset
from analysis.dataset.codebook import build_codebook
from analysis.disclosure import Audience, policy
from analysis.disclosure.releases import Reason, Release, count_key, keys_of, release
from analysis.disclosure.tables import Group, Table, group_of, groups_of, members
from analysis.findings.contents import answers_of
from survey.xlsform.reader import read_questionnaire
from survey.xlsform.sheets import from_markdown
from tests.analysis.consultations import response
from tests.attacker import Knowledge

REGIONS, TYPES, FLAGS = "abcde", "pstuv", [f"v{number}" for number in range(14)]
CHOSEN = {
    ("a", "p"): (20, 20),
    ("a", "s"): (10, 10),
    ("b", "p"): (2, 18),
    ("c", "p"): (15, 15),
    ("d", "s"): (3, 27),
    ("e", "t"): (20, 20),
    ("e", "u"): (9, 9),
    ("d", "v"): (1, 19),
}
"""(region, type) -> how many answered yes and no. All of regions b and c are of type p."""


@pytest.fixture(scope="module")
def data() -> Dataset:
    lines = ["| survey |", "| | type | name | label |"]
    lines += ["| | select_one region | region | Region |", "| | select_one kind | kind | Type |"]
    lines += [f"| | select_one yn | {name} | {name} |" for name in ("q", "r", *FLAGS)]
    lines += ["| choices |", "| | list_name | name | label |"]
    for name, codes in (("region", REGIONS), ("kind", TYPES), ("yn", ("yes", "no"))):
        lines += [f"| | {name} | {code} | {code} |" for code in codes]
    lines += ["| settings |", "| | form_title | form_id | version |", "| | X | x | 1 |", ""]
    form = read_questionnaire(from_markdown("\n".join(lines)))
    answers: list[dict[str, object]] = []
    for (region, kind), counts in CHOSEN.items():
        for answer, count in zip(("yes", "no"), counts, strict=True):
            for number in range(count):
                flags = {name: "yes" if (len(answers) >> at) % 2 else "no" for at, name in enumerate(FLAGS)}
                other = "yes" if number % 2 else "no"
                answers.append({"region": region, "kind": kind, "q": answer, "r": other, **flags})
    records = tuple(response(number, each) for number, each in enumerate(answers, 1))
    return build_dataset(build_codebook(form, {"region": "region"}), records, asked=asked_by_relevance({1: form}))


def shown(data: Dataset, tables: list[Table]) -> tuple[list[tuple[str, Group, str, int]], list[Release]]:
    """(question, group, figure, count) of everything that a meeting is shown, one table after the other."""
    kept: list[Release] = []
    found = []
    for table in tables:
        (made,) = release(data, [table], kept, answers=partial(answers_of, data), rules=policy(Audience.MEETING))
        kept.append(made)
        of = answers_of(data, table.question)
        for group in groups_of(table, data):
            inside = members(group, data)
            for key in keys_of(of, group, made.rule):
                if key not in made.hidden:
                    mask = inside & (of.part == of.parts.index(key.figure)) if key.figure in of.parts else inside
                    found.append((table.question, group, key.figure, int(mask.sum())))
    return found, kept


def test_numbers_of_replies_to_another_question_help_nobody_to_a_small_group(data: Dataset) -> None:
    tables = [
        Table(question="q", by="region"),
        Table(question="q", by="kind"),
        Table(question="r", filters=group_of({"region": ["b"], "kind": ["p"]})),
        Table(question="r", filters=group_of({"region": ["c"], "kind": ["p"]})),
        Table(question="q", filters=group_of({"region": ["a"], "kind": ["p"]})),
    ]
    known = Knowledge()
    cells = [(region, kind, answer) for region in REGIONS for kind in TYPES for answer in ("=yes", "=no")]
    for cell in cells:
        known.tell({str(cell): 1.0}, 0.0, highspy.kHighsInf)
    for question, group, figure, count in shown(data, tables)[0]:
        if figure in ("replies", "answered") or (question == "q" and figure.startswith("=")):
            known.tell({str(cell): 1.0 for cell in cells if _is_in(cell, dict(group), figure)}, count, count)
    low, high = known.range_of({str(cell): 1.0 for cell in cells if cell[0] == "b" and cell[2] == "=yes"})
    assert (low, high >= 5) == (0.0, True)


def _is_in(cell: tuple[str, str, str], group: Mapping[str, tuple[str, ...]], figure: str) -> bool:
    region, kind, answer = cell
    return (
        region in group.get("region", region)
        and kind in group.get("kind", kind)
        and figure
        in (
            "replies",
            "answered",
            answer,
        )
    )


def test_a_view_of_too_many_filters_shows_nothing_and_hides_nothing_of_others(data: Dataset) -> None:
    filters = group_of({name: ["yes"] for name in FLAGS[1:]})
    rest = [Table(question="q", by="region"), Table(question="r", by="kind"), Table(question="r")]
    before, _ = shown(data, rest)
    after, kept = shown(data, [Table(question="v0", filters=filters), *rest])
    assert [each for each in after if each[0] == "v0"] == []
    assert [each for each in after if each[0] != "v0"] == before
    assert kept[0].hidden


def test_what_is_too_much_to_look_at_is_named_as_such_and_not_as_small(data: Dataset) -> None:
    filters = group_of({name: ["yes"] for name in FLAGS[1:]})
    _, (first, second) = shown(data, [Table(question="q"), Table(question="v0", filters=filters)])
    assert set(second.hidden.values()) == {Reason.MANY}
    assert Reason.MANY not in first.hidden.values()


def test_views_that_are_too_many_only_with_those_shown_before_are_named_so(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.disclosure.space.MOST_WHOLE", 0)
    monkeypatch.setattr("analysis.disclosure.space.MOST_COMBINED", 4)
    one, other = (group_of({"region": ["a"], name: ["yes"]}) for name in FLAGS[:2])
    _, (first, second) = shown(data, [Table(question="q", filters=one), Table(question="q", filters=other)])
    assert Reason.MANY not in first.hidden.values()
    assert second.hidden[count_key(other, second.rule)] is Reason.MANY
    of, inside = answers_of(data, "q"), members(other, data)
    small = {figure for place, figure in enumerate(of.parts) if (inside & (of.part == place)).sum() < 5}
    reasons = {key.figure: reason for key, reason in second.hidden.items()}
    assert small and {figure for figure, reason in reasons.items() if reason is Reason.SMALL} == small
    assert set(reasons.values()) == {Reason.MANY, Reason.SMALL}  # the rest is hidden with the number, for its reason


def test_of_too_many_small_groups_the_small_figures_are_named_as_small(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.disclosure.tables.MOST_SECRETS", 1)
    _, (made,) = shown(data, [Table(question="q", by="region")])
    reasons = {(dict(key.group).get("region"), key.figure): reason for key, reason in made.hidden.items()}
    assert reasons[("b",), "=yes"] is Reason.SMALL
    assert reasons[("a",), "=yes"] is Reason.MANY
