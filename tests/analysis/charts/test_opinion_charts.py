"""Groups of opinion in words and pictures."""

from dataclasses import replace

import pytest

from analysis.charts.opinions import bars, base_line, headline, opinion_map, sections, trust_lines
from analysis.charts.screen import map_figure, map_legend
from analysis.charts.spec import Form
from analysis.disclosure import SUPPRESSED, Audience
from analysis.findings.opinions import Band, OpinionGroup, OpinionPoint, Opinions, Statement, Verdict
from survey.translator import LANGUAGES, Words
from tests.analysis.cards import ENGLISH
from tests.analysis.consultations import SOURCE

TAX = Statement(name="tax", label="Raise the tax", side=1, words="Good / Very good", shares=(0.9, 0.125))
BAN = Statement(name="ban", label="Ban it", side=-1, words="Bad", shares=(0.2, 0.7))
TALK = Statement(name="talk", label="Talk", side=1, words="Good / Very good", shares=(0.95, 0.85))
FOUND = Opinions(
    question="views",
    label="What do you think?",
    audience=Audience.INTERNAL,
    source=SOURCE,
    language="en",
    hidden=False,
    verdict=Verdict.GROUPS,
    statements=8,
    placed=100,
    tried=2,
    p=0.01,
    gap=True,
    again=0.95,
    stability=0.88,
    groups=(
        OpinionGroup(number=1, size=60, stability=0.97, apart=(TAX,)),
        OpinionGroup(number=2, size=40, stability=0.88, apart=(BAN,)),
    ),
    shared=(TALK,),
    dividing=(TAX,),
    points=(OpinionPoint(x=0.0, y=1.0, group=1), OpinionPoint(x=2.0, y=3.0, group=2)),
)
ALONE = replace(FOUND, verdict=Verdict.ONE_GROUP, groups=(), dividing=(), gap=None, again=None, stability=None, p=0.4)


def test_a_sentence_names_the_side_by_the_words_of_the_scale_and_the_share_of_each_group() -> None:
    assert sections(FOUND, ENGLISH) == (
        ("What sets Group 1 (n = 60) apart", ("“Raise the tax” – Good / Very good: group 1 90%, group 2 13%",)),
        ("What sets Group 2 (n = 40) apart", ("“Ban it” – Bad: group 1 20%, group 2 70%",)),
        ("What divides the groups", ("“Raise the tax” – Good / Very good: group 1 90%, group 2 13%",)),
        ("What all groups share", ("“Talk” – Good / Very good: group 1 95%, group 2 85%",)),
    )


def test_fifths_and_hidden_shares_are_written_as_such() -> None:
    rough = replace(TAX, shares=(Band(low=0.8, high=1.0), SUPPRESSED))
    found = replace(FOUND, groups=(replace(FOUND.groups[0], apart=(rough,)),), dividing=(), shared=())
    (sentence,) = sections(found, ENGLISH)[0][1]
    assert sentence == "“Raise the tax” – Good / Very good: group 1 80%–100%, group 2 [c]"
    drawn = bars(found, ENGLISH)
    assert drawn is not None
    assert drawn.series[0].values == (0.9,)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_says_how_many_groups_there_are_or_why_none(verdict: Verdict) -> None:
    told = headline(replace(FOUND, verdict=verdict), ENGLISH)
    assert told.startswith(
        "Groups" if verdict in (Verdict.GROUPS, Verdict.FEW_PEOPLE, Verdict.FEW_STATEMENTS) else "One"
    )


def test_groups_without_a_gap_are_called_ends() -> None:
    found = replace(FOUND, gap=False, again=None)
    assert headline(found, ENGLISH) == "Groups of opinion: 2, without a gap between them."
    assert trust_lines(found, ENGLISH)[0].startswith("Opinions run from one end to the other.")
    assert len(trust_lines(found, ENGLISH)) == len(trust_lines(FOUND, ENGLISH))


def test_what_is_hidden_says_only_that() -> None:
    found = replace(ALONE, hidden=True, shared=(), points=())
    assert headline(found, ENGLISH).startswith("Nothing is shown")
    assert (base_line(found, ENGLISH), trust_lines(found, ENGLISH), sections(found, ENGLISH)) == ("", (), ())
    assert (bars(found, ENGLISH), opinion_map(found, ENGLISH)) == (None, None)


def test_bars_show_each_statement_once_and_each_group() -> None:
    drawn = bars(FOUND, ENGLISH)
    assert drawn is not None
    assert drawn.form is Form.GROUPED
    assert drawn.categories == ("Raise the tax – Good / Very good", "Ban it – Bad")
    assert [(series.name, series.values) for series in drawn.series] == [
        ("Group 1 (n = 60)", (0.9, 0.2)),
        ("Group 2 (n = 40)", (0.125, 0.7)),
    ]
    assert "“Ban it” – Bad: group 1 20%, group 2 70%" in drawn.alt


def test_one_group_is_drawn_as_one() -> None:
    drawn = bars(replace(ALONE, shared=(replace(TALK, shares=(0.9,)),)), ENGLISH)
    assert drawn is not None
    assert (drawn.form, drawn.series[0].values, len(drawn.series)) == (Form.BARS, (0.9,), 1)
    assert drawn.alt.startswith("One group of opinion")


def test_the_map_has_a_point_for_each_reply_and_tells_of_none_whose_it_is() -> None:
    spec = opinion_map(FOUND, ENGLISH)
    assert spec is not None
    fig = map_figure(spec)
    assert [(tuple(trace.x), tuple(trace.y), trace.hoverinfo) for trace in fig.data] == [
        ((0.0,), (1.0,), "skip"),
        ((2.0,), (3.0,), "skip"),
    ]
    assert [name for _, _, name in map_legend(spec)] == ["Group 1 (n = 60)", "Group 2 (n = 40)"]
    assert len({sign for sign, _, _ in map_legend(spec)}) == 2


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_only_the_inside_has_a_map(audience: Audience) -> None:
    assert opinion_map(replace(FOUND, audience=audience), ENGLISH) is None


@pytest.mark.parametrize("tag", [language for language in LANGUAGES if language != "en"])
def test_every_language_has_words_of_its_own_for_it(tag: str) -> None:
    words = Words(tag)
    english = [headline(FOUND, ENGLISH), *trust_lines(FOUND, ENGLISH), *(name for name, _ in sections(FOUND, ENGLISH))]
    told = [headline(FOUND, words), *trust_lines(FOUND, words), *(name for name, _ in sections(FOUND, words))]
    assert not set(english) & set(told)
