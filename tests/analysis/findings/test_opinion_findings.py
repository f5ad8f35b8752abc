"""Groups of opinion as an audience may see them, and never the wrong way round."""

import itertools

import numpy as np
import pytest

from analysis.charts.opinions import sections
from analysis.dataset.arrays import Dataset
from analysis.disclosure import SUPPRESSED, Audience, Policy, policy
from analysis.findings.opinions import Band, Opinions, Verdict, _is_safe, _span, directions, divide, opinions
from analysis.stats.proportions import FloatArray
from data.errors import InvalidInput, NotFound
from tests.analysis.batteries import FALLING, NAMED, RISING, answered, questionnaire, voted
from tests.analysis.cards import ENGLISH
from tests.analysis.consultations import SOURCE, dataset, response, responses
from tests.analysis.stats.planted import planted


def seen(data: Dataset, audience: Audience = Audience.INTERNAL, rules: Policy | None = None) -> Opinions:
    return opinions(
        data, divide(data, "views"), audience=audience, rules=rules or policy(audience), language="en", source=SOURCE
    )


def two_camps(people: int = 120) -> FloatArray:
    votes, _ = planted(people, 8, 2, held=0.85)
    random = np.random.default_rng(8)
    return np.hstack([votes, random.choice([1.0] * 8 + [0.0, -1.0], size=(people, 1))])


def spoken(data: Dataset, audience: Audience = Audience.INTERNAL) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return sections(seen(data, audience), ENGLISH)


def test_groups_are_told_with_their_sizes_and_what_they_hold() -> None:
    votes = two_camps()
    found = seen(voted(votes))
    assert found.verdict is Verdict.GROUPS
    assert [group.number for group in found.groups] == [1, 2]
    assert sum(group.size for group in found.groups) == found.placed == 120
    first = found.groups[0].apart[0]
    inside = np.array([point.group for point in found.points]) == 1
    assert first.words == ("Agree" if first.side == 1 else "Disagree")
    column = votes[:, int(first.name[1:])]
    assert first.shares == pytest.approx(
        ((column[inside] == first.side).mean(), (column[~inside] == first.side).mean())
    )
    assert [each.name for each in found.shared] == ["v8"]
    assert {each.name for each in found.dividing} <= {f"v{at}" for at in range(8)}


def test_a_scale_that_runs_the_other_way_gives_the_same_sentences() -> None:
    votes = two_camps()
    rising, falling, named = (spoken(voted(votes, scale)) for scale in (RISING, FALLING, NAMED))
    apart = [part for part in rising if "apart" in part[0]]
    assert apart == [part for part in falling if "apart" in part[0]]
    assert apart == [part for part in named if "apart" in part[0]]
    assert rising[-1] == falling[-1] == named[-1]


def test_turning_every_answer_turns_every_sentence() -> None:
    votes = two_camps()

    def turned(sentence: str) -> str:
        return sentence.replace("– Agree:", "– X:").replace("– Disagree:", "– Agree:").replace("– X:", "– Disagree:")

    apart = [part for part in spoken(voted(votes)) if "apart" in part[0] or "share" in part[0]]
    turned_apart = [part for part in spoken(voted(-votes)) if "apart" in part[0] or "share" in part[0]]
    assert any("– Agree:" in each for _, lines in apart for each in lines)
    assert turned_apart == [(heading, tuple(turned(each) for each in lines)) for heading, lines in apart]


def test_a_point_that_a_newer_version_dropped_is_still_on_its_side() -> None:
    votes = two_camps()
    replies = responses(*answered(votes, "3", "2", "1"))
    for dropped in ("1", "2", "3"):
        shorter = [point for point in RISING if point[0] != dropped]
        division = divide(dataset(replies, questionnaire(votes.shape[1], shorter)), "views")
        assert division.votes.tolist() == votes.tolist()
    named = [point for point in NAMED if point[0] != "pass"]
    replies = responses(*answered(votes, "agree", "pass", "disagree"))
    assert divide(dataset(replies, questionnaire(votes.shape[1], named)), "views").votes.tolist() == votes.tolist()


@pytest.mark.parametrize(("dropped", "side"), [("0", -1), ("6", 1), ("99", 1)])
def test_a_dropped_point_does_not_move_the_middle_of_the_present_scale(dropped: str, side: int) -> None:
    replies = responses(*({"v0": code} for code in ("1", "2", "3", "4", "5", dropped)))
    form = questionnaire(3, [(str(n), str(n)) for n in range(1, 6)])
    assert divide(dataset(replies, form), "views").votes[:, 0].tolist() == [-1, -1, 0, 1, 1, side]


@pytest.mark.parametrize(
    ("present", "dropped", "sides"),
    [
        ("1 2 4 5", "3", [-1, -1, 1, 1, 0]),  # it was the middle
        ("1 2 3 4", "5", [-1, -1, 0, 1, 1]),  # it was an end of a scale of five
        ("1 2 3 4", "99", [-1, -1, 1, 1, 1]),  # it was no step of the scale
        ("1 2 3 4", "-9", [-1, -1, 1, 1, -1]),
        ("1 2 4 5", "3 99", [-1, -1, 1, 1, 0, 1]),
        ("0 10 20 30", "40", [-1, -1, 0, 1, 1]),
        ("1 2", "9", [-1, 1, 1]),
    ],
)
def test_an_even_scale_has_its_middle_among_the_steps_of_all_versions(
    present: str, dropped: str, sides: list[int]
) -> None:
    replies = responses(*({"v0": code} for code in f"{present} {dropped}".split()))
    form = questionnaire(3, [(code, code) for code in present.split()])
    assert divide(dataset(replies, form), "views").votes[:, 0].tolist() == sides


def test_a_dropped_point_without_a_side_takes_no_side_and_leaves_the_others_theirs() -> None:
    votes = two_camps()
    replies = responses(*answered(votes, "agree", "perhaps", "disagree"))
    named = [point for point in NAMED if point[0] != "pass"]
    found = divide(dataset(replies, questionnaire(votes.shape[1], named)), "views").votes
    assert np.array_equal(found, np.where(votes == 0, np.nan, votes), equal_nan=True)


def test_the_order_of_the_replies_changes_nothing_but_the_map() -> None:
    votes = two_camps()
    order = np.random.default_rng(3).permutation(len(votes))
    one, other = seen(voted(votes)), seen(voted(votes[order]))
    assert one.groups == other.groups
    assert (one.shared, one.dividing, one.p, one.stability) == (other.shared, other.dividing, other.p, other.stability)


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_others_see_fifths_and_no_map(audience: Audience) -> None:
    data = voted(two_camps())
    inside, outside = seen(data), seen(data, audience)
    assert len(inside.points) == 120 and outside.points == ()
    assert [group.size for group in outside.groups] == [group.size for group in inside.groups]
    told = [*outside.dividing, *outside.shared, *(each for group in outside.groups for each in group.apart)]
    assert told
    exact = {(each.name, each.side): each.shares for group in inside.groups for each in group.apart}
    for statement in told:
        for at, share in enumerate(statement.shares):
            assert isinstance(share, Band) or share is SUPPRESSED
            if isinstance(share, Band) and (statement.name, statement.side) in exact:
                own = exact[statement.name, statement.side][at]
                assert isinstance(own, float) and share.low <= own <= share.high
    sides = {}
    for statement in told:
        assert sides.setdefault(statement.name, statement.side) == statement.side


def test_small_groups_are_told_without_a_share() -> None:
    data = voted(two_camps(44))
    found = seen(data, Audience.MEETING)
    assert found.verdict is Verdict.GROUPS
    told = [each for group in found.groups for each in group.apart]
    assert all(set(each.shares) == {SUPPRESSED} for each in told if any(group.size < 25 for group in found.groups))


def test_a_group_below_the_threshold_hides_everything() -> None:
    data = voted(two_camps(60))
    sizes = [group.size for group in seen(data).groups]
    found = seen(data, Audience.MEETING, Policy(threshold=min(sizes) + 1))
    assert found.hidden
    assert (found.groups, found.shared, found.dividing, found.points, found.placed) == ((), (), (), (), 0)


def test_sizes_are_rounded_where_the_rules_say_so() -> None:
    found = seen(voted(two_camps(61)), Audience.MEETING, Policy(threshold=5, rounding=5))
    assert found.placed == 60
    assert [group.size % 5 for group in found.groups] == [0, 0]


def test_fewer_replies_than_the_threshold_are_not_shown() -> None:
    data = voted(np.ones((4, 5)))
    assert seen(data, Audience.MEETING).hidden
    assert not seen(data).hidden


def test_no_fifths_that_are_told_leave_a_small_number() -> None:
    """Every world of two groups that fits fifths and total is looked through, by counting and not by the bounds."""
    rules = Policy(threshold=5)
    random = np.random.default_rng(1)
    told = 0
    for _ in range(300):
        sizes = random.integers(6, 60, size=2).tolist()
        counts = [int(random.integers(0, size + 1)) for size in sizes]
        spans = [_span(min(4, 5 * count // size), size) for count, size in zip(counts, sizes, strict=True)]
        assert all(low <= count <= high for count, (low, high) in zip(counts, spans, strict=True))
        total = sum(counts)
        if not _is_safe(spans, sizes, 0, total, rules):
            continue
        told += 1
        worlds = [
            pair
            for pair in itertools.product(*(range(low, high + 1) for low, high in spans))
            if pair[0] + pair[1] == total
        ]
        for at, size in enumerate(sizes):
            assert max(pair[at] for pair in worlds) >= 5
            assert max(size - pair[at] for pair in worlds) >= 5
    assert told > 30


def test_who_is_in_no_group_is_not_given_away() -> None:
    rules = Policy(threshold=5)
    assert not _is_safe([(40, 50), (0, 9)], [50, 50], 2, 61, rules)  # at least two of the two
    assert _is_safe([(40, 50), (0, 9)], [50, 50], 2, 50, rules)


def test_answers_without_a_vote_are_no_vote() -> None:
    form = questionnaire(3, NAMED)
    data = dataset(responses({"v0": "agree", "v1": "dk"}, {"v0": "pass", "v2": "disagree"}), form)
    votes = divide(data, "views").votes
    assert np.array_equal(votes, [[1, np.nan, np.nan], [0, np.nan, -1]], equal_nan=True)


def test_the_middle_of_a_scale_is_on_no_side() -> None:
    form = questionnaire(1, [(str(n), str(n)) for n in range(1, 8)])
    scale = dataset((response(1, {}),), form).codebook.battery("views").scale
    assert list(directions(scale).values()) == [-1, -1, -1, 0, 1, 1, 1]
    assert list(directions(scale[:4]).values()) == [-1, -1, 1, 1]
    assert directions(scale[:1]) == directions(()) == {}


def test_a_scale_without_sides_is_refused() -> None:
    data = dataset(responses({"v0": "red"}), questionnaire(3, [("red", "Red"), ("blue", "Blue")]))
    with pytest.raises(InvalidInput, match="no_direction"):
        divide(data, "views")


def test_what_is_no_battery_is_refused() -> None:
    with pytest.raises(NotFound, match="unknown_question"):
        divide(voted(np.ones((3, 3))), "v0")
