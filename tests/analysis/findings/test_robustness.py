"""The badge: what each lens does to a finding, with invented campaigns, loud organisations and lopsided regions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from analysis.charts import badge_words, wording
from analysis.dataset.arrays import Dataset
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings import frozen
from analysis.findings.card import Card, Lens, Robustness, Untested, Verdict
from analysis.findings.method import FrameMargin
from analysis.findings.robustness import assess, open_frozen_lenses, open_lenses
from analysis.findings.summary import summarise
from analysis.flags.campaigns import campaigns, has_open_answers, in_campaigns
from survey.translator import Words
from tests.analysis.consultations import SOURCE, dataset, responses

ENGLISH = Words("en")
FRAME = (FrameMargin(variable="region", targets={"n": 50, "s": 50}),)
LETTER = (
    "We ask every government to close the centres at once and to leave the whole matter to the families of the land."
)


def badge(
    data: Dataset,
    question: str,
    *,
    organisations: Mapping[int, str] | None = None,
    frame: Sequence[FrameMargin] = FRAME,
    audience: Audience = Audience.INTERNAL,
    **more: Any,
) -> Robustness:
    copied = in_campaigns(campaigns(data)) if has_open_answers(data) else None
    names = {each.response_id: each.organisation for each in data.respondents}
    lenses = open_lenses(
        data, organisations=names if organisations is None else organisations, frame=frame, copied=copied, language="en"
    )
    found = assess(_card(data, question, audience, **more), data, lenses).robustness
    assert found is not None
    return found


def _card(data: Dataset, question: str, audience: Audience, **more: Any) -> Card:
    return summarise(data, question, audience=audience, language="en", source=SOURCE, **more)


def verdicts(found: Robustness) -> dict[Lens, Verdict]:
    return {each.lens: each.verdict for each in found.lenses}


def replies(*parts: tuple[int, Mapping[str, Any]]) -> Dataset:
    """So many replies of each kind, each with an organisation of its own unless the part names one."""
    rows = [
        {"org": f"Group {place} {number}", "wish": f"Wish {place * 1000 + number}", **answers}
        for place, (times, answers) in enumerate(parts)
        for number in range(times)
    ]
    return dataset(responses(*rows))


def test_a_lead_that_everybody_shares_holds_in_four_of_four() -> None:
    both = ({"region": "n", "led": "yes"}, {"region": "s", "led": "yes"}, {"region": "n", "led": "no"})
    data = replies((30, both[0]), (30, both[1]), (10, both[2]), (10, {"region": "s", "led": "no"}))
    found = badge(data, "led")
    assert verdicts(found) == dict.fromkeys(Lens, Verdict.HOLDS)
    assert badge_words.badge(found, ENGLISH) == "Robustness: holds in 4 of 4"
    assert badge_words.line(found, ENGLISH) == "Robustness: holds in 4 of 4."


def test_a_campaign_makes_a_lead_that_is_reversed_without_it() -> None:
    copy = {"led": "yes", "wish": LETTER}
    data = replies(
        (10, {**copy, "region": "n"}),
        (10, {**copy, "region": "s"}),
        (5, {"region": "n", "led": "yes"}),
        (5, {"region": "s", "led": "yes"}),
        (10, {"region": "n", "led": "no"}),
        (10, {"region": "s", "led": "no"}),
    )
    found = badge(data, "led")
    assert verdicts(found) == {**dict.fromkeys(Lens, Verdict.HOLDS), Lens.NO_CAMPAIGNS: Verdict.REVERSED}
    assert badge_words.line(found, ENGLISH) == "Robustness: holds in 3 of 4; reversed by: without copied answers."
    # Each language parts and ends its sentences with signs of its own.
    assert badge_words.line(found, Words("fr")) == (
        "Robustesse\u00a0: tient dans 3 cas sur 4\u00a0; inversé par\u00a0: sans les réponses copiées."
    )
    assert badge_words.line(found, Words("zh")) == "稳健性：4 项中有 3 项成立；反转：不计复制的回答。"


def test_an_organisation_with_many_replies_has_one_voice() -> None:
    loud = {"org": "Loud", "led": "yes"}
    data = replies(
        (20, {**loud, "region": "n"}), (20, {**loud, "region": "s"}), (10, {"region": "n", "led": "no"}),
        (10, {"region": "s", "led": "no"}),
    )  # fmt: skip
    assert verdicts(badge(data, "led"))[Lens.ONE_VOICE] is Verdict.REVERSED
    assert verdicts(badge(data, "led"))[Lens.EQUAL_REGIONS] is Verdict.HOLDS


def test_a_large_region_decides_until_regions_are_equal_or_as_in_the_frame() -> None:
    data = replies((40, {"region": "n", "led": "yes"}), (10, {"region": "s", "led": "no"}))
    found = verdicts(badge(data, "led"))
    assert (found[Lens.EQUAL_REGIONS], found[Lens.RAKED]) == (Verdict.LEVEL, Verdict.LEVEL)
    rural = (FrameMargin(variable="region", targets={"n": 30, "s": 70}),)
    assert verdicts(badge(data, "led", frame=rural))[Lens.RAKED] is Verdict.REVERSED


def test_a_lead_within_two_points_is_no_finding_and_neither_are_few_answers() -> None:
    data = replies((101, {"region": "n", "led": "yes"}), (99, {"region": "s", "led": "no"}))
    found = badge(data, "led")
    assert found == Robustness(lenses=(), untested=Untested.NO_LEAD)
    told = "Robustness not tested: nothing leads by more than two percentage points."
    assert badge_words.line(found, ENGLISH) == told
    few = replies((29, {"region": "n", "led": "yes"}))
    assert badge(few, "led").untested is Untested.TOO_FEW
    assert badge(replies((30, {"region": "n", "led": "yes"})), "led").untested is None


def test_lenses_that_cannot_be_computed_are_said() -> None:
    rows = [{"led": "yes" if number < 30 else "no"} for number in range(40)]
    found = badge(dataset(responses(*rows)), "led", frame=())
    assert [(each.lens, each.untested) for each in found.of(Verdict.UNTESTED)] == [
        (Lens.ONE_VOICE, Untested.NO_NAMES),
        (Lens.EQUAL_REGIONS, Untested.NO_REGION),
        (Lens.RAKED, Untested.NO_FRAME),
        (Lens.NO_CAMPAIGNS, Untested.NO_OPEN_ANSWERS),
    ]
    assert badge_words.badge(found, ENGLISH) == "Robustness not tested"
    no_frame = replies((30, {"region": "n", "led": "yes"}), (10, {"region": "s", "led": "yes"}))
    told = badge_words.line(badge(no_frame, "led", frame=()), ENGLISH)
    assert told.startswith("Robustness: holds in 3 of 3; ")
    assert told.endswith("not tested: weighted to the contact list (no contact list to weight by).")


def test_the_sign_of_every_net_value_must_hold_and_the_items_that_turn_are_named() -> None:
    data = replies(
        (40, {"region": "n", "g1": "5", "g2": "1"}),
        (10, {"region": "s", "g1": "4", "g2": "5"}),
    )
    rural = (FrameMargin(variable="region", targets={"n": 20, "s": 80}),)
    found = badge(data, "grid", frame=rural)
    (reversed_by,) = found.of(Verdict.REVERSED)
    assert (reversed_by.lens, reversed_by.about) == (Lens.RAKED, ("Rights",))
    (level,) = found.of(Verdict.LEVEL)
    assert (level.lens, level.about) == (Lens.EQUAL_REGIONS, ("Rights",))


def test_flipping_the_scale_changes_no_verdict() -> None:
    rows = [(40, {"region": "n", "g1": "5"}), (10, {"region": "s", "g1": "1"})]
    flipped = [(times, {**each, "g1": str(6 - int(each["g1"]))}) for times, each in rows]
    rural = (FrameMargin(variable="region", targets={"n": 20, "s": 80}),)
    assert verdicts(badge(replies(*rows), "grid", frame=rural)) == verdicts(
        badge(replies(*flipped), "grid", frame=rural)
    )


def test_the_first_of_a_ranking_must_stay_first() -> None:
    data = replies(
        (40, {"region": "n", "order": ("prev", "care", "other")}),
        (10, {"region": "s", "order": ("care", "other", "prev")}),
    )
    rural = (FrameMargin(variable="region", targets={"n": 20, "s": 80}),)
    found = verdicts(badge(data, "order", frame=rural))
    assert (found[Lens.ONE_VOICE], found[Lens.RAKED]) == (Verdict.HOLDS, Verdict.REVERSED)


def test_the_direction_of_a_difference_between_groups_must_hold() -> None:
    loud = {"org": "Loud", "region": "n", "led": "yes"}
    data = replies(
        (60, loud),
        (10, {"region": "n", "led": "yes"}),
        (40, {"region": "n", "led": "no"}),
        (20, {"region": "s", "led": "yes"}),
        (20, {"region": "s", "led": "no"}),
    )
    found = verdicts(badge(data, "led", by="region"))
    assert found[Lens.ONE_VOICE] is Verdict.REVERSED  # 70 of 110 against 20 of 40; then 11 of 51 against 20 of 40
    assert found[Lens.RAKED] is Verdict.HOLDS


def test_words_make_no_statement_that_could_turn() -> None:
    data = replies((40, {"region": "n"}))
    card = _card(data, "wish", Audience.INTERNAL)
    lenses = open_lenses(data, organisations={}, frame=(), copied=None, language="en")
    assert assess(card, data, lenses) is card


def test_the_middle_of_a_number_holds_until_a_lens_moves_it() -> None:
    small = [(10, {"region": "n", "staff": value}) for value in (1, 2, 3, 4)]
    few = [(4, {"region": "s", "staff": value}) for value in (1, 2, 3, 4)]
    assert verdicts(badge(replies(*small, *few), "staff")) == dict.fromkeys(Lens, Verdict.HOLDS)
    large = [(4, {"region": "s", "staff": value}) for value in (20, 30, 40, 50)]
    found = badge(replies(*small, *large), "staff")
    assert verdicts(found) == {
        **dict.fromkeys(Lens, Verdict.HOLDS),
        Lens.EQUAL_REGIONS: Verdict.MOVED,
        Lens.RAKED: Verdict.MOVED,
    }
    told = "Robustness: holds in 2 of 4; moved by: equal regions, weighted to the contact list."
    assert badge_words.line(found, ENGLISH) == told


def test_a_mean_moves_with_one_giant_that_a_lens_counts_more_and_the_median_does_not_hide_it() -> None:
    ordinary = [(9, {"region": "n", "staff": value}) for value in (1, 2, 3, 4)]
    giant = [(1, {"region": "s", "staff": 3}), (1, {"region": "s", "staff": 400})]
    assert verdicts(badge(replies(*ordinary, *giant), "staff"))[Lens.EQUAL_REGIONS] is Verdict.MOVED
    # Half of the weight on 3 and 4 leaves the mean near, and 15 in 22 of it above the median: that moves too.
    above = replies(
        (20, {"region": "n", "staff": 2}), (16, {"region": "n", "staff": 3}), (4, {"region": "s", "staff": 3})
    )
    assert verdicts(badge(above, "staff"))[Lens.EQUAL_REGIONS] is Verdict.MOVED


def test_numbers_that_are_all_alike_hold_and_few_or_hidden_ones_are_not_tested() -> None:
    alike = replies((20, {"region": "n", "staff": 3}), (20, {"region": "s", "staff": 3}))
    assert verdicts(badge(alike, "staff")) == dict.fromkeys(Lens, Verdict.HOLDS)
    assert badge(replies((29, {"region": "n", "staff": 3})), "staff").untested is Untested.TOO_FEW
    card = _card(alike, "staff", Audience.MEETING)
    lenses = open_lenses(alike, organisations={}, frame=FRAME, copied=None, language="en")
    assert card.mean == 3
    hidden = assess(replace(card, median=SUPPRESSED), alike, lenses).robustness
    assert hidden == Robustness(lenses=(), untested=Untested.HIDDEN)


def test_the_direction_of_a_difference_of_numbers_between_groups_must_hold() -> None:
    loud = {"org": "Loud", "region": "n", "staff": 50}
    data = replies(
        (40, loud),
        (30, {"region": "n", "staff": 5}),
        (15, {"region": "s", "staff": 10}),
        (25, {"region": "s", "staff": 20}),
    )
    found = verdicts(badge(data, "staff", by="region"))
    assert found[Lens.ONE_VOICE] is Verdict.REVERSED
    assert found[Lens.EQUAL_REGIONS] is Verdict.HOLDS
    near = replies(*((10, {"region": region, "staff": n}) for region in "ns" for n in (1, 5, 9)))
    untested = badge(near, "staff", by="region")
    assert untested == Robustness(lenses=(), untested=Untested.NO_GAP)
    assert badge_words.line(untested, ENGLISH).endswith("no two groups are a fifth of a standard deviation apart.")
    one = replies((40, {"region": "n", "staff": 5}), (9, {"region": "s", "staff": 10}))
    assert badge(one, "staff", by="region").untested is Untested.TOO_FEW


def test_nothing_is_tested_on_figures_that_a_meeting_does_not_see() -> None:
    data = replies((40, {"region": "n", "led": "yes"}), (3, {"region": "s", "led": "no"}))
    assert badge(data, "led", audience=Audience.MEETING) == Robustness(lenses=(), untested=Untested.HIDDEN)
    assert badge(data, "led").untested is None


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_no_figure_of_a_lens_reaches_a_meeting_or_the_public(audience: Audience) -> None:
    """What a protected card tells of the lenses is made of words only."""
    copy = {"led": "yes", "wish": LETTER}
    data = replies((21, {**copy, "region": "n"}), (10, {"region": "s", "led": "no"}), (8, {"region": "n", "led": "no"}))
    found = badge(data, "led", audience=audience)

    def leaves(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [leaf for each in value.values() for leaf in leaves(each)]
        return [leaf for each in value for leaf in leaves(each)] if isinstance(value, list) else [value]

    plain = frozen.to_json(replace(_card(data, "led", audience), robustness=found))["robustness"]
    allowed = {str(each) for kind in (Lens, Verdict, Untested) for each in kind}
    assert found.of(Verdict.REVERSED)
    assert set(leaves(plain)) - {None} <= allowed
    assert SUPPRESSED.value not in allowed


def test_a_kept_finding_and_the_notes_of_files_carry_the_badge() -> None:
    data = replies((30, {"region": "n", "led": "yes"}), (10, {"region": "s", "led": "no"}))
    card = replace(_card(data, "led", Audience.MEETING), robustness=badge(data, "led", audience=Audience.MEETING))
    again = frozen.from_json(frozen.to_json(card))
    assert again == card
    line = badge_words.line(again.robustness, ENGLISH)
    assert line in wording.note_lines(again, ENGLISH, has_hidden=False)
    old = {name: value for name, value in frozen.to_json(card).items() if name != "robustness"}
    assert frozen.from_json(old).robustness is None


def test_a_frozen_state_is_seen_through_the_lenses_of_what_it_keeps() -> None:
    data = replies(
        (60, {"region": "n", "led": "yes"}), (10, {"region": "n", "led": "no"}), (20, {"region": "s", "led": "no"})
    )
    found = assess(
        _card(data, "led", Audience.MEETING), data, open_frozen_lenses(data, frame=(), language="")
    ).robustness
    assert found is not None
    assert [(each.lens, each.verdict, each.untested) for each in found.lenses] == [
        (Lens.ONE_VOICE, Verdict.UNTESTED, Untested.NOT_FROZEN),
        (Lens.EQUAL_REGIONS, Verdict.REVERSED, None),
        (Lens.RAKED, Verdict.UNTESTED, Untested.NO_FRAME),
        (Lens.NO_CAMPAIGNS, Verdict.UNTESTED, Untested.NOT_FROZEN),
    ]
    assert badge_words.badge(found, ENGLISH) == "Robustness: holds in 0 of 1"
    assert "without copied answers (a frozen state does not keep what this needs)" in badge_words.line(found, ENGLISH)
