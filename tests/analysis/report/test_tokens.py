"""Live numbers in a text: read, looked up in a card, written, and held against what the text says of them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.charts import wording
from analysis.disclosure import SUPPRESSED
from analysis.findings.card import Card, CardKind, Row
from analysis.findings.offered import Offered
from analysis.report import claims, tokens
from analysis.report.claims import Claim, claims_in, is_true
from analysis.report.tokens import Filled, Problem, Token, Wanted, What, fill, tokens_in, wanted
from data.errors import InvalidInput
from survey.translator import LANGUAGES, Words
from tests.analysis import cards
from tests.small import refused

ENGLISH = Words("en")
YES_NO = (("yes", "Yes"), ("no", "No"), ("unsure", "Not sure"))
REGIONS = (("lac", "Latin America"), ("ssa", "Africa"))
OFFERED = (
    Offered(name="q", card="q", label="Taken part?", section="", kind=CardKind.SINGLE, options=YES_NO, filters=True),
    Offered(name="q.b", card="q.b", label="Dotted", section="", kind=CardKind.SINGLE, options=YES_NO, filters=True),
    Offered(name="fields", card="fields", label="Fields", section="", kind=CardKind.MULTIPLE, options=YES_NO),
    Offered(name="m", card="m", label="Change", section="", kind=CardKind.BATTERY),
    Offered(name="c01", card="m", label="Markets", section="", kind=CardKind.SINGLE, options=cards.CHANGE),
    Offered(
        name="rank", card="rank", label="Where?", section="", kind=CardKind.RANKING, options=(("hr", "Harm reduction"),)
    ),
    Offered(name="staff", card="staff", label="Staff", section="", kind=CardKind.NUMBER),
    Offered(
        name="region", card="region", label="Region", section="", kind=CardKind.SINGLE, options=REGIONS, filters=True
    ),
)


def card_of(asked: Wanted) -> Card:
    """A card for each of the questions offered."""
    found = {
        "q": cards.compared() if asked.by else cards.single(),
        "q.b": cards.single(),
        "fields": cards.multiple(rows=tuple(cards.row(code, label, 100) for code, label in YES_NO)),
        "m": cards.battery(),
        "rank": cards.ranking(),
        "staff": cards.number(),
        "region": cards.single(),
    }[asked.question.card]
    return replace(found, question=asked.question.card)


def filled(text: str, language: str = "en", accepted: Mapping[str, str] | None = None) -> Filled:
    """The text over the hand-made cards."""
    if "c01" in text:
        battery = cards.battery()
        first = replace(battery.items[0], name="c01")
        return fill(text, OFFERED, lambda asked: replace(battery, items=(first,)), Words(language), accepted=accepted)
    return fill(text, OFFERED, card_of, Words(language), accepted=accepted)


def codes(found: Filled) -> list[str]:
    return [problem.code for problem in found.problems]


# reading


def test_a_token_names_its_figure_filters_and_rule() -> None:
    (found,) = tokens_in("So {{ q.yes | region=lac | region=ssa | what=count | was=250 | must=>=100 }} did.")
    assert isinstance(found, Token)
    assert (found.target, found.what, found.was, found.must) == ("q.yes", "count", "250", ">=100")
    assert found.filters == (("region", ("lac", "ssa")),)
    assert (found.start, found.source[-2:]) == (3, "}}")


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a\nb {{q.yes and more", "token.not_closed", (2, 3)),
        ("{{q.yes {{q.no}}", "token.not_closed", (1, 1)),
        ("{{}}", "token.empty", (1, 1)),
        ("{{ | what=n}}", "token.empty", (1, 1)),
        ("x {{q.yes|region}}", "token.part", (1, 3)),
        ("{{q.yes|region=}}", "token.part", (1, 1)),
        ("{{q.yes|what=n|what=count}}", "token.part", (1, 1)),
        ("{{q.yes|must=about 50}}", "token.rule", (1, 1)),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, code: str, place: tuple[int, int]) -> None:
    (found, *_rest) = tokens_in(text)
    assert isinstance(found, Problem)
    assert (found.code, (found.line, found.column)) == (code, place)


@given(st.text(alphabet="{}|=.+q>yesn \n%", max_size=60))
@example("{{{{")
@example("{{q.yes {{q.yes}} yes")
@settings(max_examples=150)
def test_any_text_can_be_read_and_keeps_its_words(text: str) -> None:
    found = filled(text)
    written = "".join(piece.token or piece.text for piece in found.pieces)
    assert written == text


def test_a_token_that_is_left_open_does_not_swallow_the_next_one() -> None:
    found = filled("{{q.yes and {{q.yes}}.")
    assert [(each.code, each.token) for each in found.problems] == [("token.not_closed", "{{q.yes and ")]
    assert found.pieces[1].token == "{{q.yes}}" and found.pieces[1].problem is None


@pytest.mark.parametrize("was", ["1e9999999", "1e900000", "NaN", "-Infinity", "many"])
def test_what_is_no_number_is_another_one_than_was_accepted(was: str) -> None:
    (problem,) = filled(f"{{{{q.yes|was={was}}}}}").problems
    assert (problem.code, problem.params["was"]) == ("token.stale", was)


@pytest.mark.parametrize(
    ("text", "code", "near"),
    [
        ("{{Qu.yes}}", "token.unknown_question", "q, q.b"),
        ("{{staf|what=mean}}", "token.unknown_question", "staff"),
        ("{{q.yess}}", "token.unknown_option", "yes"),
        ("{{q.yes|regoin=lac}}", "token.unknown_filter", "region"),
        ("{{q.yes|region=LACC}}", "token.unknown_code", "lac"),
        ("{{q.yes|what=shares}}", "token.unknown_figure", "share"),
        ("{{q}}", "token.needs_option", "yes, no, unsure"),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_are_near(text: str, code: str, near: str) -> None:
    (problem,) = filled(text).problems
    assert (problem.code, problem.params["near"].split(", ")[0]) == (code, near.split(", ")[0])  # type: ignore[attr-defined]


def test_names_may_differ_in_capitals_where_only_one_is_meant() -> None:
    (token,) = tokens_in("{{Q.B.YES+no|Region=LAC|region=lac|region=Ssa|what=Share}}")
    assert isinstance(token, Token)
    asked = wanted(token, OFFERED)
    assert (asked.question.name, asked.options, asked.what) == ("q.b", ("yes", "no"), What.SHARE)
    assert asked.filters == (("region", ("lac", "ssa")),)
    (token,) = tokens_in("{{q.Yes|by=REGION|what=highest}}")
    assert isinstance(token, Token)
    assert wanted(token, OFFERED).by == "region"


def test_names_that_differ_in_capitals_alone_must_be_written_as_they_are() -> None:
    both = (replace(OFFERED[0], options=(("a", "One"), ("A", "Other"))), *OFFERED[1:])

    def options_of(text: str) -> tuple[str, ...]:
        (token,) = tokens_in(text)
        assert isinstance(token, Token)
        return wanted(token, both).options

    assert (options_of("{{q.a}}"), options_of("{{q.A}}")) == (("a",), ("A",))
    both = (replace(OFFERED[0], options=(("ab", "One"), ("Ab", "Other"))), *OFFERED[1:])
    with refused(InvalidInput, "token.unknown_option"):
        options_of("{{q.AB}}")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{q|what=net}}", "token.no_such_figure"),
        ("{{m|what=net}}", "token.no_such_figure"),
        ("{{q.yes|what=median}}", "token.no_such_figure"),
        ("{{q.yes|what=n}}", "token.has_option"),
        ("{{fields.yes+no}}", "token.not_added"),
        ("{{q.yes|what=highest}}", "token.needs_by"),
        ("{{q.yes|by=region}}", "token.needs_by"),
    ],
)
def test_a_figure_that_a_question_does_not_have_is_refused(text: str, code: str) -> None:
    assert codes(filled(text)) == [code]


# figures


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("{{q.yes}}", "63%"),
        ("{{q.yes|what=count}}", "250"),
        ("{{q.yes+no}}", "99%"),
        ("{{q|what=n}}", "400"),
        ("{{q|what=replies}}", "400"),
        ("{{q.b.no}}", "37%"),
        ("{{c01.4+5}}", "18%"),
        ("{{c01|what=net}}", "−50"),
        ("{{c01|what=mean}}", "2.3"),
        ("{{m|what=replies}}", "400"),
        ("{{rank.hr}}", "2.1"),
        ("{{rank.hr|what=first}}", "33%"),
        ("{{staff}}", "23.4"),
        ("{{staff|what=median}}", "17.0"),
        ("{{q.yes|by=region|what=lowest}}", "Eastern Europe and Central Asia"),
    ],
)
def test_each_form_of_a_token_shows_its_figure(token: str, shown: str) -> None:
    found = filled(f"It is {token}.")
    assert (found.text, codes(found)) == (f"It is {shown}.", [])


def test_a_tie_of_groups_is_no_highest_group() -> None:
    found = filled("{{q.yes|by=region|what=highest}}")
    assert codes(found) == ["token.tied"]
    assert found.problems[0].params["groups"] == "Latin America, Africa"


def test_the_highest_group_is_hidden_with_any_of_them() -> None:
    assert codes(filled("{{q.no|by=region|what=highest}}")) == ["token.hidden"]


def test_a_hidden_figure_stops_and_is_not_remembered() -> None:
    found = filled("{{q.unsure}} and {{q.yes+unsure}}, {{q.yes}}")
    assert codes(found) == ["token.hidden", "token.hidden"]
    assert found.text == "[c] and [c], 63%"
    assert found.values == {"{{q.yes}}": "63"}


def test_nobody_who_answered_has_no_share() -> None:
    empty = cards.single(base=cards.base(0), rows=tuple(Row(code=c, label=w, cell=cards.cell(0)) for c, w in YES_NO))
    found = fill("{{q.yes}}", OFFERED, lambda _asked: empty, ENGLISH)
    assert codes(found) == ["token.nobody_answered"]


@given(
    counts=st.lists(st.integers(0, 3000), min_size=3, max_size=3).filter(any),
    language=st.sampled_from(sorted(LANGUAGES)),
)
@settings(max_examples=60)
def test_the_number_in_the_text_is_the_number_on_the_card(counts: list[int], language: str) -> None:
    words, n = Words(language), sum(counts)
    rows = tuple(cards.row(code, label, count, n) for (code, label), count in zip(YES_NO, counts, strict=True))
    card = cards.single(rows=rows, base=cards.base(n))
    text = "{{q.yes}}|{{q.yes|what=count}}|{{q|what=n}}"
    found = fill(text, OFFERED, lambda _asked: card, words)
    shown = (
        wording.share(rows[0].cell.share, words),
        wording.count(counts[0], words),
        wording.count(n, words),
    )
    assert found.text == "|".join(shown)
    assert found.problems == ()
    assert found.values["{{q.yes|what=count}}"] == str(counts[0])


# stale


def test_a_number_that_is_shown_otherwise_than_it_was_accepted_is_stale() -> None:
    assert codes(filled("{{q.yes}}", accepted={"{{q.yes}}": "63"})) == []
    (problem,) = filled("{{q.yes}}", accepted={"{{q.yes}}": "61"}).problems
    assert (problem.code, problem.params) == ("token.stale", {"was": "61", "now": "63"})


@pytest.mark.parametrize("was", ["63", "63%", " 63 % "])
def test_the_accepted_number_may_stand_in_the_token(was: str) -> None:
    assert codes(filled("{{q.yes|was=" + was + "}}", accepted={"{{q.yes}}": "1"})) == []
    assert codes(filled("{{q.yes|was=66}}")) == ["token.stale"]


@pytest.mark.parametrize("was", ["-50", "−50"])
def test_a_net_value_is_remembered_with_its_sign(was: str) -> None:
    assert codes(filled("{{c01|what=net|was=" + was + "}}")) == []
    assert codes(filled("{{c01|what=net|was=50}}")) == ["token.stale"]


# contradicted


TRUE_AT_62 = {
    "en": ("Most organisations ({}) agree.", "Only half of them ({}) agree.", "It has improved: {}.", "It fell: {}."),
    "fr": (
        "La plupart ({}) y ont pris part.",
        "La moitié ({}) y a pris part.",
        "Cela s’est amélioré : {}.",
        "La valeur a baissé : {}.",
    ),
    "es": ("La mayoría ({}) participó.", "La mitad ({}) participó.", "Ha mejorado: {}.", "Ha empeorado: {}."),
    "ru": (
        "Большинство ({}) согласны.",
        "Половина ({}) согласны.",
        "Положение улучшилось: {}.",
        "Положение ухудшилось: {}.",
    ),
    "ar": ("شارك معظم المنظمات ({}).", "شارك نصفها ({}).", "تحسنت الحالة: {}.", "تدهورت الحالة: {}."),
    "zh": ("大多数组织（{}）同意。", "一半组织（{}）同意。", "情况改善：{}。", "情况恶化：{}。"),
}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_words_that_the_number_does_not_bear_out_are_named_in_every_language(language: str) -> None:
    most, half, up, down = TRUE_AT_62[language]
    assert codes(filled(most.format("{{q.yes}}"), language)) == []
    assert codes(filled(most.format("{{q.no}}"), language)) == ["token.contradicted"]
    assert codes(filled(half.format("{{q.yes}}"), language)) == ["token.contradicted"]
    assert codes(filled(up.format("{{c01|what=net}}"), language)) == ["token.contradicted"]
    assert codes(filled(down.format("{{c01|what=net}}"), language)) == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_has_words_for_every_claim(language: str) -> None:
    assert set(claims._PHRASES[language]) == set(Claim)


def test_a_claim_is_held_against_the_nearest_share_of_its_sentence() -> None:
    assert codes(filled("Most ({{q.yes}}) agree, and a minority ({{q.no}}, n = {{q|what=n}}) do not.")) == []
    found = filled("Most ({{q.no}}) agree, and a minority ({{q.yes}}) do not.")
    assert codes(found) == ["token.contradicted", "token.contradicted"]
    assert [problem.params["words"] for problem in found.problems] == ["Most", "minority"]
    assert codes(filled("Most of it is well known. Here {{q.no}} say no.")) == []
    assert codes(filled("Most replies came late\n{{q.no}} say no.")) == []


def test_a_rule_in_the_token_is_held_and_takes_the_place_of_the_words() -> None:
    assert codes(filled("{{q.yes|must=>50%}}")) == []
    assert codes(filled("{{q.no|must=>50}}")) == ["token.rule_broken"]
    assert codes(filled("The first half of them: {{q.yes|must=>=0}}.")) == []
    assert codes(filled("{{c01|what=net|must=<0}}")) == []
    assert codes(filled("{{q.yes|must=63}}")) == []


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("less than half", Claim.MINORITY),
        ("nearly half", Claim.NEARLY_HALF),
        ("two out of three", Claim.TWO_THIRDS),
        ("no majority", Claim.MINORITY),
        ("the most common answer", None),
        ("at most", None),
        ("almost", None),
        ("a few", None),
    ],
)
def test_longer_words_count_before_those_inside_them(text: str, claim: Claim | None) -> None:
    assert [said.claim for said in claims_in(text, "en")] == ([claim] if claim else [])


def test_half_of_the_replies_are_neither_most_nor_a_minority() -> None:
    assert [is_true(each, 50) for each in (Claim.MOST, Claim.MINORITY, Claim.HALF)] == [False, False, True]


def test_what_is_compared_is_what_is_shown() -> None:
    # 50.3 % is written "50%", and "most (50%)" is what nobody should read
    rows = (cards.row("yes", "Yes", 503, 1000), cards.row("no", "No", 497, 1000))
    card = cards.single(rows=rows, base=cards.base(1000))
    found = fill("Most: {{q.yes}}.", OFFERED, lambda _asked: card, ENGLISH)
    assert (found.text, codes(found)) == ("Most: 50%.", ["token.contradicted"])
    value = tokens.value(Wanted(question=OFFERED[0], what=tokens.What.SHARE, options=("yes",)), card, ENGLISH)
    assert value.number == Decimal(50)


def test_less_than_half_a_percent_is_written_as_on_charts() -> None:
    rows = (cards.row("yes", "Yes", 3, 1000), cards.row("no", "No", SUPPRESSED, 1000))
    card = cards.single(rows=rows, base=cards.base(1000))
    found = fill("{{q.yes}}", OFFERED, lambda _asked: card, ENGLISH)
    assert (found.text, found.values) == ("<1%", {"{{q.yes}}": "<1"})


def test_the_page_for_report_writers_tells_the_numbers_of_which_words_are_true() -> None:
    page = (Path(__file__).parents[3] / "docs/report-writers.md").read_text(encoding="utf-8")
    told = {
        (low, high): " % or more" if high == 100 else " % or less" if low == 0 else ""
        for low, high in claims.PERCENT.values()
    }
    for (low, high), ending in told.items():
        bound = f"{high if low == 0 else low}{ending}" if ending else f"{low}–{high} %"
        assert f"| {bound} |" in page
