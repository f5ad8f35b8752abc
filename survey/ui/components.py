"""Inline components where Streamlit has no fitting widget: the page's language and scroll, ranking, file upload.

Each is plain HTML made by a few lines of script from data; labels are set as text, never as HTML.
"""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import streamlit as st

from survey.translator import Words
from survey.ui import look, session


def _script(name: str, then: str = "") -> str:
    """What fetches the script of a component once: Streamlit sends a script that it is given with every rerun.

    then  another script, which runs after it where `data` says that something is kept
    """
    after = ""
    if then:
        after = f"""
  if (data.autosave_seconds) {{
    const second = await import(new URL('{look.address(then)}', document.baseURI));
    second.default({{ ...given, data }});
  }}"""
    return f"""export default async function(given) {{
  const data = JSON.parse(new TextDecoder().decode(given.data));
  const script = await import(new URL('{look.address(name)}', document.baseURI));
  script.default({{ ...given, data }});{after}
}}"""


def _data(values: Mapping[str, object]) -> bytes:
    """What `_script` reads. As bytes, because Streamlit looks into every value of a dict for a table."""
    return json.dumps(values).encode()


_SHELL = st.components.v2.component(
    "soundings_shell",
    html='<div class="sd-shell"></div>',
    js=_script("shell.js", then="keeper.js"),
    isolate_styles=False,
)


AUTOSAVE_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """What is needed to send what stands in the fields of a section to the light form when the page is closed.

    address  of the light form
    run      how often the section was drawn in this window, by which the script knows that it was drawn again
    kept     whether nothing that was entered is still to be settled, as an error or two answers to one question
    settled  the same but for what is told of it and has no place, which its reader may not have read yet
    marks    of the answers that this window has seen, from `survey.logic.marks`
    typed    question -> the mark of what its field held when it was kept, where the answer is written otherwise
    codes    question -> the codes of its choices as they are shown
    """

    address: str
    code: str
    place: str
    language: str
    version: int
    run: int
    kept: bool
    settled: bool
    marks: str
    typed: Mapping[str, str]
    codes: Mapping[str, Sequence[str]]


def keeper_attribute(keeper: Keeper) -> str:
    """What the element that says when a section was saved carries for the script, as HTML.

    No component of its own: that would cost each answer as much as three questions.
    """
    values = json.dumps({each.name: getattr(keeper, each.name) for each in fields(keeper)}, ensure_ascii=False)
    quoted = html.escape(values, quote=False).replace("'", "&#39;")
    return f"data-keeper='{quoted}'"


def shell(
    words: Words, place: str, *, respondent: bool = False, keeps: bool = False, question: str = ""
) -> Mapping[str, object]:
    """The document has the reader's language and direction; a new `place` starts at its heading.

    respondent  the page is for those who answer: narrow, without navigation.
    question    whose field is shown and takes the focus, instead of the heading.
    keeps       what stands in the fields is kept when the page is closed (`keeper_attribute`), and the button `save` is
                pressed every AUTOSAVE_SECONDS in which the reader typed or pressed something.

    Returns what the script tells once: "entered", for `survey.ui.response_changes.bring_back`.
    """
    # Without a key: Streamlit would work out the value of a keyed component again at every other widget.
    events: dict[str, Any] = {"on_entered_change": lambda: None} if keeps else {}
    told: Mapping[str, object] = _SHELL(
        data=_data(
            {
                "language": words.language,
                "direction": words.direction,
                "place": place,
                "question": question,
                "respondent": respondent,
                "words": _streamlit_words(words) if respondent else _streamlit_words(words) | _staff_words(words),
                "style": look.STYLE_ADDRESS if respondent else "",
                "autosave_seconds": AUTOSAVE_SECONDS if keeps else 0,
            }
        ),
        height=1,
        **events,
    )
    return told


def _streamlit_words(words: Words) -> dict[str, str]:
    """What Streamlit says in English wherever it has a page or a list, and what it says to the reader instead."""
    _ = words.translate
    return {
        "Skip to main content": _("Skip to the content"),
        "Open": _("Open the list"),
        "App pages": _("Pages"),
        "No results": _("Nothing found"),
        "Clear value": _("Clear"),
        "Page not found": _("This page does not exist."),
        "The page that you have requested does not seem to exist. Running the app's main page.": _(
            "The first page is shown instead."
        ),
    }


def _staff_words(words: Words) -> dict[str, str]:
    """What it says besides on pages of staff; N stands for a number, or for the name of what was chosen."""
    _ = words.translate
    return {
        "Sidebar": _("Pages"),
        "Expand sidebar": _("Menu"),
        "Collapse sidebar": _("Close the menu"),
        "N more": _("More ({count})", count="N"),
        "View less": _("Fewer"),
        "Upload": _("Choose a file"),
        "file upload": _("Choose a file"),
        "NMB per file": _("at most {limit} MB", limit="N"),
        "Choose an option": _("Choose"),
        "Choose options": _("Choose"),
        "Select all": _("Choose all"),
        "Selected values": _("Chosen"),
        "Clear all": _("Clear"),
        "Increment": _("More"),
        "Decrement": _("Less"),
        "Choose date": _("Choose a day"),
        "Copy to clipboard": _("Copy"),
        "Remove N": _("Remove {name}", name="N"),
    }


_RANKING = st.components.v2.component(
    "soundings_ranking",
    html='<div class="rk"></div>',
    js=_script("ranking.js"),
    isolate_styles=False,
)


def ranking(key: str, items: Sequence[tuple[str, str]], order: Sequence[str], version: str, words: Words) -> None:
    """A ranking by buttons; the present order is `order_of(session value of key)`.

    version  a new one makes the component take `order` instead of what it shows.
    """
    _ = words.translate
    _RANKING(
        key=key,
        data=_data(
            {
                "items": [list(item) for item in items],
                "order": list(order),
                "version": version,
                "words": {
                    "ranked": _("Your order, most important first"),
                    "rest": _("Not ranked yet"),
                    "empty": _("Nothing is ranked yet. Use the buttons below."),
                    "up": _("Move up"),
                    "down": _("Move down"),
                    "remove": _("Remove from the order"),
                    "add": _("Put in place"),
                },
            }
        ),
        default={"order": list(order)},
        on_order_change=lambda: None,
    )


_PLACE = st.components.v2.component(
    "soundings_place",
    html='<div class="pl"></div>',
    js=_script("place.js"),
    isolate_styles=False,
)


def place(key: str, text: str, label: str, words: Words) -> None:
    """A point on the earth, typed or taken from the device when its owner says so; the text is `text` of its state."""
    _ = words.translate
    _PLACE(
        key=key,
        data=_data(
            {
                "text": text,
                "label": label,
                "words": {
                    "example": "48.2082 16.3738",
                    "find": _("Use my position"),
                    "finding": _("Looking for the position…"),
                    "found": _("Position found. You can change it."),
                    "failed": _("The position could not be found. Please type latitude and longitude."),
                },
            }
        ),
        default={"text": text},
        on_text_change=lambda: None,
    )


_UPLOAD = st.components.v2.component(
    "soundings_upload",
    html='<div class="up"></div>',
    js=_script("upload.js"),
    isolate_styles=False,
)


def upload(
    key: str,
    *,
    code: str,
    question: str,
    file: str,
    limit_mb: int,
    accept: str,
    capture: str,
    words: Words,
) -> Mapping[str, Any]:
    """A file field that sends to our own route, which keeps the file at once. A change reruns the page."""
    _ = words.translate
    result: Mapping[str, Any] = _UPLOAD(
        key=key,
        data=_data(
            {
                "code": code,
                "question": question,
                "version": session.recall("shown_version") or 0,
                "file": file,
                "language": words.language,
                "limit_bytes": limit_mb * 1_000_000,
                "accept": accept,
                "capture": capture,
                "words": {
                    "choose": _("Choose a file (at most {limit} MB)", limit=limit_mb),
                    "replace": _("Choose another file (at most {limit} MB)", limit=limit_mb),
                    "remove": _("Remove"),
                    "sending": _("Sending…"),
                    "failed": _("The file could not be sent. Check the connection and try again."),
                    "too_large": _(
                        "This file is too large. Please send a file of at most {limit_mb} MB.", limit_mb=limit_mb
                    ),
                },
            }
        ),
        on_changed_change=lambda: None,
    )
    return result
