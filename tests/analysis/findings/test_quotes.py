"""Which open answers an audience may read, and under whose name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure import Audience, Permission
from analysis.findings import quotes as module
from analysis.findings.quotes import folded, quotes
from analysis.findings.summary import summarise
from data.errors import InvalidInput, NotAllowed, NotFound
from tests.analysis.consultations import SOURCE, dataset, response

ANSWERS = [
    {"publish": "named", "org": "Hope House", "region": "n", "wish": "Éducation pour tous"},
    {"publish": "anon", "org": "Quiet Path", "region": "n", "wish": "More clinics"},
    {"publish": "no", "org": "Closed Circle", "region": "n", "wish": "Secret wish"},
    {"org": "Undecided", "region": "n", "wish": "Nothing said about publishing"},
    {"publish": "anon", "org": "Lone South", "region": "s", "wish": "Education in the south"},
    {"publish": "named", "org": "No Words", "region": "n"},
]
DATA = dataset([response(i, answers, language="fr") for i, answers in enumerate(ANSWERS, start=1)])


def test_internal_readers_see_every_answer_with_the_organisation() -> None:
    found = quotes(DATA, "wish", audience=Audience.INTERNAL, language="en")
    assert [(quote.response_id, quote.attribution, quote.region) for quote in found] == [
        (1, "Hope House", "North"),
        (2, "Quiet Path", "North"),
        (3, "Closed Circle", "North"),
        (4, "Undecided", "North"),
        (5, "Lone South", "South"),
    ]
    assert {quote.language for quote in found} == {"fr"}


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.PUBLIC])
def test_other_audiences_see_only_what_may_be_published_and_names_only_where_allowed(audience: Audience) -> None:
    found = quotes(DATA, "wish", audience=audience, language="fr")
    assert [(quote.response_id, quote.attribution) for quote in found] == [(1, "Hope House"), (2, ""), (5, "")]


def test_the_region_of_an_anonymous_answer_is_hidden_when_few_replies_come_from_it() -> None:
    found = quotes(DATA, "wish", audience=Audience.PUBLIC, language="fr")
    assert [quote.region for quote in found] == ["Nord", "Nord", ""]


def test_every_quote_says_what_its_reply_permits() -> None:
    inside = quotes(DATA, "wish", audience=Audience.INTERNAL, language="en")
    named, unnamed, private = Permission.NAMED, Permission.ANONYMOUS, Permission.NOT
    assert [quote.permission for quote in inside] == [named, unnamed, private, private, unnamed]
    outside = quotes(DATA, "wish", audience=Audience.PUBLIC, language="en")
    assert [quote.permission for quote in outside] == [named, unnamed, unnamed]


def test_a_withdrawn_permission_hides_the_answer() -> None:
    records = [response(i, answers, publish="no") for i, answers in enumerate(ANSWERS, start=1)]
    assert quotes(dataset(records), "wish", audience=Audience.PUBLIC, language="en") == ()


def test_few_replies_in_view_show_no_quote() -> None:
    assert quotes(DATA, "wish", audience=Audience.PUBLIC, language="en", filters={"region": ["s"]}) == ()
    inside = quotes(DATA, "wish", audience=Audience.INTERNAL, language="en", filters={"region": ["s"]})
    assert [quote.response_id for quote in inside] == [5]


def test_search_minds_neither_case_nor_diacritics() -> None:
    found = quotes(DATA, "wish", audience=Audience.INTERNAL, language="en", search="EDUCATION")
    assert [quote.response_id for quote in found] == [1, 5]
    assert found[0].text == "Éducation pour tous"


def test_limit_and_offset_turn_the_pages() -> None:
    pages = [
        [quote.response_id for quote in quotes(DATA, "wish", audience=Audience.INTERNAL, language="en", **page)]
        for page in ({"limit": 2}, {"limit": 2, "offset": 2}, {"offset": 4})
    ]
    assert pages == [[1, 2], [3, 4], [5]]


def test_a_text_card_holds_the_quotes_of_its_audience() -> None:
    made = summarise(DATA, "wish", audience=Audience.PUBLIC, language="en", source=SOURCE)
    assert made.quotes == quotes(DATA, "wish", audience=Audience.PUBLIC, language="en")
    assert (made.rows, made.base.replies, made.base.answered) == ((), 6, 5)


def test_the_organisations_name_is_never_a_quote_for_others() -> None:
    with pytest.raises(NotAllowed, match="card.identifying"):
        quotes(DATA, "org", audience=Audience.PUBLIC, language="en")


def test_only_open_questions_have_quotes() -> None:
    with pytest.raises(InvalidInput, match="quotes.not_a_text"):
        quotes(DATA, "region", audience=Audience.INTERNAL, language="en")
    with pytest.raises(NotFound, match="card.unknown_question"):
        quotes(DATA, "email", audience=Audience.INTERNAL, language="en")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Été", "ete"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ёлка", "елка"),
        ("مُحَمَّد", "محمد"),
        ("禁毒", "禁毒"),
    ],
)
def test_folding_leaves_the_letters(written: str, plain: str) -> None:
    assert folded(written) == plain


@given(
    st.lists(
        st.text(st.sampled_from("aÉñßİ \n\x1eΣς①ـًّ我カガ\u0301\U0001e94a") | st.characters(exclude_categories=["Cs"]))
    )
)
def test_texts_folded_together_are_those_folded_one_by_one(texts: list[str]) -> None:
    plain = [
        "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
        for text in texts
    ]
    assert [folded(text) for text in texts] == plain
    assert module._all_folded(texts) == plain
