"""Streamlit's own words are replaced by the reader's; those of a questionnaire that sound alike are not."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

import survey.ui

SHELL = Path(survey.ui.__path__[0]) / "assets" / "shell.js"
WORDS = {"Open": "OPEN", "No results": "NONE", "Select all": "ALL", "Choose an option": "CHOOSE", "Upload": "FILE"}
PAGE = """
<input aria-label="Open" placeholder="Choose an option"><button id="own" aria-label="Open"></button>
<div role="radiogroup" aria-label="Open"></div>
<div role="listbox" aria-label="Open"><div role="option" data-key="1"><div>Open</div></div>
<div role="option" data-key="2"><div>No results</div></div><div role="option" data-key="3"><div>Select all</div></div>
<div role="option" data-key="__select_all__"><div>Select all</div></div></div>
<div role="listbox" data-empty="true"><div role="option"><span>No results</span></div></div>
<div role="dialog"><label><p>Open</p></label></div>
<div data-testid="stFileUploaderDropzone"><span>Upload</span></div>
"""


def test_a_choice_called_like_a_word_of_streamlit_keeps_its_name(reader: Callable[..., Page]) -> None:
    page = reader(width=390)
    page.set_content(PAGE)
    page.evaluate(
        """async ([source, words]) => {
            const shell = await import('data:text/javascript,' + encodeURIComponent(source));
            shell.default({ data: { language: 'en', direction: 'ltr', words }, setTriggerValue() {} });
        }""",
        [SHELL.read_text("utf-8"), WORDS],
    )
    assert page.locator("input").get_attribute("aria-label") == "Open"
    assert page.locator("input").get_attribute("placeholder") == "CHOOSE"
    assert page.locator("#own").get_attribute("aria-label") == "OPEN"
    assert page.locator("[role=radiogroup]").get_attribute("aria-label") == "Open"
    assert page.locator("[role=listbox]").first.get_attribute("aria-label") == "Open"
    assert page.locator("[role=option]").all_text_contents() == ["Open", "No results", "Select all", "ALL", "NONE"]
    assert page.locator("[role=dialog]").text_content() == "Open"
    assert page.locator("[data-testid=stFileUploaderDropzone]").text_content() == "FILE"
