"""The light form as text browsers show it: no style sheet, no script, one thing after the other.

The renderer below does what lynx and w3m do with these pages, which were read with both.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.light.reader import Reader

Light = Callable[..., Reader]
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "div", "form", "fieldset", "legend", "ul", "li", "nav", "main", "section"})
_UNSEEN = frozenset({"script", "style", "title", "head"})


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.guard.LEAST_SECONDS", 0.0)


def lines(reader: Reader) -> list[str]:
    """The page line by line: (*) and [x] are chosen, [text] is a field or a menu, <text> a button."""
    text = "".join(_parts(reader.page.find("body")))
    return [found for line in text.split("\n") if (found := " ".join(line.split()))]


def _parts(node: Any) -> Iterator[str]:
    if isinstance(node.tag, str) and node.tag not in _UNSEEN:
        around = "\n" if node.tag in _BLOCKS or node.tag == "br" else ""
        yield around
        yield from _control(node)
        yield around
    yield _flat(node.tail)


def _flat(text: str | None) -> str:
    """Line ends of the source are spaces."""
    return re.sub(r"\s+", " ", text or "")


def _control(node: Any) -> Iterator[str]:
    kind = node.get("type", "text")
    if node.tag == "input":
        chosen = node.get("checked") is not None or (kind == "radio" and _is_first_of_none(node))
        mark = {"radio": "(*)" if chosen else "( )", "checkbox": "[x]" if chosen else "[ ]", "hidden": ""}
        yield mark.get(kind, f"[{node.get('value', '')}]")
    elif node.tag in ("textarea", "select"):
        yield f"[{(node.value or '').strip()}]"
    else:
        inside = _flat(node.text) + "".join("".join(_parts(child)) for child in node)
        yield f"<{inside}>" if node.tag == "button" and inside else inside


def _is_first_of_none(radio: Any) -> bool:
    """Lynx chooses the first of radio buttons of which none is chosen, and sends it."""
    group = radio.getroottree().xpath(f"//input[@type='radio'][@name='{radio.get('name')}']")
    return group[0] is radio and not any(each.get("checked") is not None for each in group)


def test_a_section_reads_from_above_to_below(light: Light) -> None:
    """What is wrong comes first, and each label stands before its field."""
    reader = light()
    reader.open("/f/small").press("begin")
    reader.press("next", {"consent": "agree", "publish": "named"})
    reader.press("next", {"fields": ["hr"]})
    assert lines(reader) == [
        "Skip to the questions Small consultation",
        "Language [en] <Change the language>",
        "Section 2 of 4",
        "About you",
        "2 answers need your attention.",
        "Organisation",
        "Region",
        "Organisation (required)",
        "Please answer this question.",
        "[]",
        "Region (required)",
        "Please answer this question.",
        "(*) No answer",
        "( ) North",
        "( ) South",
        "Fields of work",
        "[ ] Prevention [x] Harm reduction [ ] Other",
        "<Update the questions below>",
        "Members of staff []",
        reader.page.get_element_by_id("saved").text_content(),
        "<Save and go on> <Back>",
        "<Go on later or on another device> <Invite a colleague>",
        "Your data: take along or erase",
    ]


def test_the_start_says_which_field_is_for_machines(light: Light) -> None:
    found = lines(light().open("/f/small"))
    assert found[:4] == [
        "Skip to the questions",
        "English Français",
        "Small consultation",
        "Demonstration: organisations, people and answers shown here are invented.",
    ]
    assert "Leave this field empty: Website []" in found
    assert found.index("Leave this field empty: Website []") < found.index("<Begin>")
    assert "Your personal code As it stands on your page, in your mail or in your letter. [] <Open>" in found


def test_nothing_is_chosen_that_its_reader_did_not_choose(light: Light) -> None:
    """What a browser sends that chooses the first of radio buttons by itself."""
    reader = light()
    reader.open("/f/small").press("begin")
    reader.press("next", {"consent": "agree", "publish": "named"})
    first = {radio.get("name"): radio.get("value") for radio in reversed(reader.page.xpath("//input[@type='radio']"))}
    assert first == {"q.region": ""}
    reader.press("next", {"org_name": "A", "region": None})
    assert reader.errors[:1] == ["1 answer needs your attention. Region"]
    reader.press("next", {"region": "n"})
    reader.press("back")
    (chosen,) = reader.page.xpath("//input[@name='q.region'][@checked]/@value")
    assert (chosen, reader.page.xpath("//label[@hidden]")) == ("n", [])


def test_nobody_chooses_between_two_answers_without_a_person(light: Light) -> None:
    reader = light()
    code = reader.open("/f/small").press("begin").code
    address = f"/f/small?r={code}&s=s1"
    reader.press("next", {"consent": "agree", "publish": "named"})
    light().open(address).press("next", {"org_name": "Theirs"})
    reader.press("next", {"org_name": "Ours"})
    assert reader.status == 409
    assert reader.page.xpath("//input[@name='k.org_name']/@value") == ["", "here", "there"]
    reader.press("next", chosen={"org_name": ""})
    assert reader.status == 409
    reader.open(address)
    assert reader.form("next").fields["q.org_name"] == "Theirs"


def test_a_page_that_needs_no_script_offers_nothing_that_does(light: Light) -> None:
    reader = light().open("/f/small").press("begin")
    assert not [line for line in lines(reader) if "shared computer" in line]
