"""The page in which Streamlit starts: language, way round, and the scripts that it names beforehand."""

import re
from pathlib import Path

import pytest
import streamlit

from survey.channels.shell import SECTION_PARTS, STAFF_PAGES, START_PARTS, scripts_of, shell
from survey.translator import LANGUAGES, Words

ROOT = Path(__file__).parents[2]
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"


def preloaded(page: str) -> list[str]:
    return re.findall(r'<link rel="modulepreload"[^>]* href="\./([^"]+)"', page)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_way_round_is_named_in_the_readers_language(tag: str) -> None:
    words = Words(tag)
    page = shell(INDEX, "A <b>title</b>", words, slug="way-forward")
    assert f'<html lang="{tag}" dir="{words.direction}">' in page
    assert "<title>A &lt;b&gt;title&lt;/b&gt;</title>" in page
    name = words.translate("Simple version without JavaScript")
    assert page.count(f'<a href="./f/way-forward">{name}</a>') == 1
    need = words.translate("The full version needs JavaScript. The simple version works without it.")
    assert f"<noscript><p>{need}</p></noscript>" in page
    assert tag == "en" or name != Words("en").translate("Simple version without JavaScript")


def test_a_page_without_consultation_links_to_no_light_form() -> None:
    assert 'href="./f/' not in shell(INDEX, "Soundings", Words("en"))


def test_what_streamlit_asks_for_is_named_beforehand_once_each() -> None:
    own = preloaded(INDEX.read_text(encoding="utf-8"))
    plain, start, section = (
        preloaded(shell(INDEX, "T", Words("en"), parts=parts)) for parts in ((), START_PARTS, SECTION_PARTS)
    )
    assert sorted(plain) == sorted(own)
    assert set(own) < set(start) < set(section)
    assert len(section) == len(set(section))
    assert [file for file in section if not (INDEX.parent / file).is_file()] == []


def test_the_installed_streamlit_knows_every_part() -> None:
    manifest = INDEX.parent / "manifest.json"
    assert [part for part in SECTION_PARTS if not scripts_of(manifest, (part,))] == []


@pytest.mark.parametrize("content", [None, "", "[]", "{", '{"../lib/src/components/x": 3}'])
def test_an_unknown_manifest_names_nothing(tmp_path: Path, content: str | None) -> None:
    manifest = tmp_path / "manifest.json"
    if content is not None:
        manifest.write_text(content, encoding="utf-8")
    assert scripts_of(manifest, ("x", *START_PARTS)) == ()


def test_no_font_is_fetched_beforehand() -> None:
    assert 'as="font"' in INDEX.read_text(encoding="utf-8")
    assert "woff2" not in shell(INDEX, "T", Words("en"))


def test_every_staff_page_has_its_shell() -> None:
    navigation = (ROOT / "survey" / "ui" / "navigation.py").read_text(encoding="utf-8")
    named = re.findall(r'_\("[^"]+"\), "([a-z-]+)"', navigation) + re.findall(r'url_path="([a-z-]+)"', navigation)
    assert {*STAFF_PAGES, "respond"} == set(named)
