"""Copied answers are found through small changes, in every script, and nothing else is."""

import random

import pytest
from rapidfuzz import fuzz

from analysis.flags.campaigns import campaigns, campaigns_in, in_campaigns
from analysis.flags.signatures import all_folded
from tests.analysis.consultations import dataset, responses

LETTER = (
    "We call on all governments to honour the rights of children and to keep them out of the reach of a new industry, "
    "with schools, families and communities as the first line of protection."
)
CHINESE = "我们呼吁各国政府尊重儿童权利，让学校、家庭和社区成为第一道防线，远离新的成瘾产业。"
WORDS = (LETTER + " services harm reduction stigma local women evidence budget nurses prison road river clinic").split()


def random_text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(WORDS) + str(rng.randrange(50)) for _ in range(words))


def edited(text: str, rng: random.Random, share: float) -> str:
    return " ".join(word if rng.random() >= share else rng.choice(WORDS) for word in text.split())


def test_a_letter_with_another_beginning_end_and_case_is_the_same_letter() -> None:
    answers = [
        (1, "Our village has no nurse since the flood, and the road to the town is closed half of the year."),
        (2, LETTER),
        (3, "Dear colleagues! " + LETTER),
        (4, LETTER.upper().replace(",", " –")),
        (5, LETTER.replace("all governments", "every government") + " Thank you."),
    ]
    (found,) = campaigns_in("wish", answers)
    assert (found.question, found.text) == ("wish", LETTER)
    assert [copy.response_id for copy in found.copies] == [2, 3, 4, 5]
    assert (found.copies[0].likeness, found.copies[2].likeness) == (100.0, 100.0)
    assert found.copies[1].likeness == pytest.approx(fuzz.ratio(*all_folded([answers[2][1], LETTER])))
    assert in_campaigns([found]) == {2, 3, 4, 5}


def test_two_alike_are_no_campaign_and_a_short_answer_is_alike_by_chance() -> None:
    assert campaigns_in("wish", [(1, LETTER), (2, LETTER)]) == ()
    assert campaigns_in("wish", [(key, "More money for prevention") for key in range(9)]) == ()
    assert len(campaigns_in("wish", [(1, LETTER), (2, LETTER)], fewest=2)) == 1


def test_a_chinese_letter_is_found_by_what_it_says_in_fewer_signs() -> None:
    (found,) = campaigns_in("wish", [(1, CHINESE), (2, CHINESE.replace("各国", "所有")), (3, CHINESE[:-1])])
    assert [copy.response_id for copy in found.copies] == [1, 2, 3]


@pytest.mark.parametrize("share", [0.05, 0.15, 0.25])
def test_every_copy_that_is_alike_enough_is_found_and_no_other(share: float) -> None:
    """The judge compares each with its original, without an index."""
    rng = random.Random(7)
    answers: list[tuple[int, str]] = []
    alike: set[int] = set()
    for _letter in range(30):
        original = random_text(rng, rng.randint(15, 60))
        answers.append((len(answers), original))
        for _copy in range(5):
            copy = edited(original, rng, share)
            if fuzz.ratio(*all_folded([original, copy])) >= 85:
                alike.add(len(answers))
            answers.append((len(answers), copy))
    found = campaigns_in("wish", answers, fewest=2)
    copies = {copy.response_id for campaign in found for copy in campaign.copies if copy.likeness < 100 or share < 0.1}
    assert alike
    assert len(alike - copies) <= 0.02 * len(alike)
    assert all(fuzz.ratio(*all_folded([c.text, answers[k.response_id][1]])) >= 85 for c in found for k in c.copies)


def test_the_threshold_decides_and_the_order_of_arrival_gives_the_first_text() -> None:
    rng = random.Random(2)
    copies = [LETTER, *(edited(LETTER, rng, 0.2) for _ in range(4))]
    loose = campaigns_in("wish", list(enumerate(copies)), likeness=75.0)
    assert [copy.response_id for copy in loose[0].copies] == [0, 1, 2, 3, 4]
    assert campaigns_in("wish", list(enumerate(copies)), likeness=99.0) == ()
    again = campaigns_in("wish", list(enumerate(copies)), likeness=75.0)
    assert again == loose


def test_names_of_organisations_are_no_open_answers() -> None:
    name = "The International Federation of everybody who has a very long name and writes it out in full each time"
    data = dataset(
        responses({"org": name, "wish": LETTER}, {"org": name, "wish": LETTER}, {"org": name, "wish": LETTER})
    )
    assert [each.question for each in campaigns(data)] == ["wish"]
