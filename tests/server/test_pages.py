"""Pages and Streamlit's files as a browser asks for them."""

import re

import pytest

from survey import demo
from tests.server.process import Server


def script(server: Server) -> str:
    """The address of Streamlit's first script."""
    found = re.search(r'src="\.(/static/js/index\.[^"]+)"', server.get("/respond").text)
    assert found is not None
    return found[1]


def test_streamlits_scripts_come_packed(server: Server) -> None:
    path = script(server)
    plain, packed = server.get(path), server.get(path, Accept_Encoding="gzip, br")
    assert (plain.status, packed.status) == (200, 200)
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("br", "Accept-Encoding")
    assert len(packed.body) * 3 < len(plain.body)
    assert server.get(path, Accept_Encoding="br", If_None_Match=packed.headers["etag"]).status == 304


def test_a_part_of_a_script_is_still_given(server: Server) -> None:
    path = script(server)
    part = server.get(path, Range="bytes=0-9", Accept_Encoding="br")
    assert (part.status, part.body) == (206, server.get(path).body[:10])


@pytest.mark.parametrize("path", ["/", "/home", "/explore", "/respond"])
def test_every_page_speaks_the_readers_language(server: Server, path: str) -> None:
    answer = server.get(path, Accept_Language="ar-EG,en;q=0.5")
    assert (answer.status, answer.headers["vary"].lower().count("accept-language")) == (200, 1)
    assert '<html lang="ar" dir="rtl">' in answer.text


def test_a_nested_address_leads_to_the_questionnaire(server: Server) -> None:
    answer = server.get(f"/respond/{demo.SLUG}?lang=fr&r=ABCD&c=other")
    assert (answer.status, answer.headers["location"]) == (307, f"../respond?c={demo.SLUG}&lang=fr&r=ABCD")
    odd = server.get("/respond/a%20b%26c%3Dd%0d%0aX:%201")
    assert (odd.status, odd.headers["location"]) == (307, "../respond?c=a+b%26c%3Dd%0D%0AX%3A+1")


def test_the_page_of_an_unknown_consultation_links_to_no_light_form(server: Server) -> None:
    assert 'href="./f/' not in server.get("/respond?c=%22%3E%3Cscript%3E").text
    assert server.get(f"/respond?c={demo.SLUG}").text.count(f'href="./f/{demo.SLUG}"') == 1


def test_the_icons_are_a_font(server: Server) -> None:
    answer = server.get("/look/icons.woff2")
    assert (answer.status, answer.headers["content-type"], answer.body[:4]) == (200, "font/woff2", b"wOF2")
