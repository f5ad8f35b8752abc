"""Letters to print: a page for each organisation, in its language, with its link."""

import re

import pytest
import segno

from data.errors import InvalidInput
from data.store import Store
from survey import invitations, letters, responses
from survey.letters import qr_code
from survey.translator import Words
from tests.small import NOW, SECRETARIAT, SLUG, publish, refused, send_by_link

ARABIC = """
| survey |
| | type | name | label::English (en) | label::العربية (ar) |
| | text | org_name | Name | الاسم |
| settings |
| | form_title | form_id | version | default_language |
| | F | f | 1 | English (en) |
"""


def made(store: Store, slug: str = SLUG, **changes: object) -> str:
    values: dict[str, object] = {"base_url": "https://voices.example", "actor": SECRETARIAT, "now": NOW, **changes}
    return letters.letters(store, slug, **values)  # type: ignore[arg-type]


def test_each_silent_organisation_gets_a_letter_in_its_language(store: Store) -> None:
    publish(store, slug="two", form=ARABIC)
    frame = [
        {"organisation": "<b>Luna</b>"},
        {"organisation": "Sol", "language": "ar"},
        {"organisation": "Replied"},
    ]
    invitations.import_frame(store, "two", frame, actor=SECRETARIAT, now=NOW)
    send_by_link(store, "Replied", slug="two", answers={"org_name": "Replied"})
    page = made(store, "two")
    heads = re.findall(r'<section class="letter" lang="(\w+)" dir="(\w+)">', page)
    assert heads == [("en", "ltr"), ("ar", "rtl")]
    assert "&lt;b&gt;Luna&lt;/b&gt;" in page
    assert "<b>Luna" not in page
    assert page.count("<svg") == 2
    assert Words("ar").translate("Your personal code") in page
    codes = re.findall(r'class="code">([^<]+)<', page)
    assert [responses.invited(store, "two", each)[0].organisation for each in codes] == ["<b>Luna</b>", "Sol"]


def test_the_code_holds_the_link() -> None:
    link = "https://voices.example/respond?c=small&i=K7QF-9M2X-4TZP-7H3D"
    drawn = segno.make(link, error="q", micro=False)
    assert (drawn.svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)[5:], drawn.error) == (
        str(qr_code(link)).replace('role="img" aria-label="QR" ', "")[5:],
        "Q",
    )


def test_a_fictional_consultation_says_so_on_every_letter(small: Store) -> None:
    frame = [{"organisation": "A"}, {"organisation": "B"}]
    invitations.import_frame(small, SLUG, frame, actor=SECRETARIAT, now=NOW)
    assert made(small).count('class="mark"') == 2


def test_letters_for_some_leave_out_who_has_replied_since_the_list_was_made(small: Store) -> None:
    frame = [{"organisation": "A"}, {"organisation": "B"}, {"organisation": "C"}]
    invitations.import_frame(small, SLUG, frame, actor=SECRETARIAT, now=NOW)
    send_by_link(small, "A")
    assert made(small, only=[1, 2]).count("<svg") == 1
    with refused(InvalidInput, "mailing.nobody"):
        made(small, only=[1])


@pytest.mark.parametrize("only", [None, [], [7]])
def test_without_an_organisation_there_is_no_letter(small: Store, only: list[int] | None) -> None:
    with refused(InvalidInput, "mailing.nobody"):
        made(small, only=only)
