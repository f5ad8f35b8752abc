"""Authors' words as HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import markup
from tests.fuzz.workbooks import SCRIPTS, Page


def faults(shown: str) -> list[str]:
    page = Page()
    page.feed(shown)
    return page.faults


@pytest.mark.parametrize("text", SCRIPTS)
def test_nothing_that_a_browser_would_run_or_fetch_is_left(text: str) -> None:
    assert faults(markup.html_of(text)) == []
    assert faults(markup.clean(text)) == []


@given(st.text(alphabet="<>\"'/= abonscript:jv&#;![]()*_`\n\t", max_size=200))
def test_no_text_makes_a_page_do_anything(text: str) -> None:
    assert faults(markup.html_of(text)) == []
    assert faults(markup.clean(text)) == []


def test_what_authors_need_is_kept() -> None:
    assert markup.html_of("**a** *b* ~~c~~\n\n- d") == (
        "<p><strong>a</strong> <em>b</em> <s>c</s></p>\n<ul>\n<li>d</li>\n</ul>\n"
    )
    assert "<td>1</td>" in markup.html_of("|a|\n|-|\n|1|")


def test_a_link_leads_on_and_tells_nothing() -> None:
    assert markup.html_of("[a](https://example.org/?q=1)") == (
        f'<p><a href="https://example.org/?q=1" rel="{markup.LINKS}">a</a></p>\n'
    )
    assert "href" not in markup.html_of("[a](/account/sign-out)")
    assert 'href="mailto:a@example.org"' in markup.html_of("[a](mailto:a@example.org)")


def test_tags_are_shown_and_not_obeyed() -> None:
    assert markup.html_of("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"


def test_plain_words_make_no_link_picture_or_mark() -> None:
    for text in (*SCRIPTS, "**a**", "a_b_c", "$x$", "`a`"):
        shown = markup.html_of(f"x {markup.plain(text)}")
        assert set(shown.replace("<p>", "").replace("</p>", "")) & {"<", ">"} == set()


def test_plain_words_are_one_line() -> None:
    assert markup.plain("a\n# b") == "a # b"
