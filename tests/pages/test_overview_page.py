"""Overview: who answered, in pictures, before what they answered."""

import html
import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from streamlit.runtime.context import ContextProxy, StreamlitTheme

from analysis.charts import palette
from data.store import Store
from survey import demo, imports
from survey.access import OPERATOR, Role
from survey.imported_rows import ImportRow
from survey.translator import LANGUAGES, Words
from tests.pages.conftest import SignIn
from tests.pages.visits import OPEN, Visit

CHARTS = ["timeline", "coverage", "coverage-types", "coverage-languages"]


def test_every_picture_is_there_and_can_be_taken_away(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("overview", session=sign_in(Role.SECRETARIAT))
    assert [found.key for found in visit.at.get("plotly_chart")] == CHARTS
    for name in (*CHARTS, "countries"):
        for kind in ("png", "svg", "pdf"):
            assert f'export/{demo.SLUG}/monitor/{name}.{kind}?lang=en"' in visit.markup
            assert f'export/{demo.SLUG}/monitor/{name}.{kind}?lang=en&amp;size=square"' in visit.markup
    assert "monitor/coverage.png?lang=en&amp;size=slide" in visit.markup
    assert "monitor/countries.png?lang=en&amp;size=slide" not in visit.markup  # it is too high for it
    assert "invented" in visit.words
    for kind in ("csv", "xlsx", "html"):
        assert f'export/{demo.SLUG}/monitor/countries.{kind}?lang=en"' in visit.markup
    visit.enter("scale_timeline", 4).run()
    assert 'monitor/timeline.png?lang=en&amp;size=page&amp;scale=4"' in visit.markup
    assert "timeline.svg?lang=en&amp;size=page&amp;scale" not in visit.markup


def test_countries_and_regions_of_the_map_lead_to_questions_with_their_replies(loaded: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.REPORT_WRITER)
    markup = Visit("overview", session=session).markup
    (india,) = re.findall(r'<a class="sd-square sd-ground" href="explore\?([^"]*)"[^>]*title="India: 26"', markup)
    assert parse_qsl(html.unescape(india)) == [("c", demo.SLUG), ("lang", "en"), ("f", "country:IND")]
    assert 'title="Greece: [c]"' in markup and not re.search(r'<a [^>]*title="Greece', markup)
    (south,) = re.findall(r'<a href="explore\?([^"]*)" target="_self">Southern Asia</a>', markup)
    chosen = [value for name, value in parse_qsl(html.unescape(south)) if name == "f"]
    assert "country:IND" in chosen and len(chosen) > 1
    linked = Visit("explore", session=session, c=demo.SLUG, f="country:IND")
    assert linked.widget("filter_country").value == ["IND"]


def test_charts_follow_a_device_that_asks_for_dark_pages(
    loaded: Store, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sign_in(Role.SECRETARIAT)

    def words_of_bars() -> set[str]:
        found = Visit("overview", session=session).at.get("plotly_chart")
        return {json.loads(chart.proto.spec)["layout"]["font"]["color"] for chart in found}

    assert words_of_bars() == {palette.TEXT}
    monkeypatch.setattr(ContextProxy, "theme", StreamlitTheme({"type": "dark"}))
    assert words_of_bars() == {palette.in_dark(palette.TEXT)}


def test_the_strongest_findings_lead_to_their_cards(loaded: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.SECRETARIAT)
    visit = Visit("overview", session=session)
    said = re.findall(r'<li>(.*?)<div class="sd-note"><a href="explore\?(.*?)"', visit.markup)
    assert len(said) == 5 and all("n\u00a0=\u00a0" in sentence for sentence, _ in said[:2])
    query = dict(parse_qsl(html.unescape(next(query for _, query in said if "q=m_serv" in query))))
    assert query == {"c": demo.SLUG, "lang": "en", "q": "m_serv"}
    linked = Visit("explore", session=session, **query)
    assert "chart_m_serv" in [found.key for found in linked.at.get("plotly_chart")]


def test_without_a_finding_the_page_says_what_one_takes(opened: Store, sign_in: SignIn) -> None:
    assert "Nothing stands out" in Visit("overview", session=sign_in(Role.SECRETARIAT)).words


def test_every_picture_has_its_numbers_as_a_table(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("overview", session=sign_in(Role.SECRETARIAT))
    assert visit.markup.count("<table>") == 5
    assert '<th scope="row">India</th><td>26</td>' in visit.markup
    assert '<th scope="row">French</th>' not in visit.markup  # languages have their own names
    assert '<th scope="row">Français</th>' in visit.markup


def test_the_map_tells_staff_every_count_and_a_report_writer_no_small_one(loaded: Store, sign_in: SignIn) -> None:
    inside = Visit("overview", session=sign_in(Role.SECRETARIAT)).markup
    meeting = Visit("overview", session=sign_in(Role.REPORT_WRITER)).markup
    assert 'title="Greece: 1"' in inside and "sd-unseen" not in inside
    assert 'title="Greece: [c]"' in meeting and 'title="India: 26"' in meeting
    assert not any(f': {few}">' in meeting for few in range(5))
    for markup in (inside, meeting):
        assert "say nothing about status or borders" in markup


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_readers_language(language: str, loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("overview", session=sign_in(Role.SECRETARIAT), language=language)
    assert visit.title == Words(language).translate("Overview")
    assert demo.TITLE[language] in visit.words


def test_without_a_reply_the_page_still_stands(opened: Store, sign_in: SignIn) -> None:
    assert Visit("overview", session=sign_in(Role.SECRETARIAT)).title == "Overview"


def test_without_a_contact_list_the_questions_say_who_answered(opened: Store, sign_in: SignIn) -> None:
    visit = Visit("overview", session=sign_in(Role.SECRETARIAT))
    assert [found.key for found in visit.at.get("plotly_chart")] == ["timeline", "region", "org_type"]
    assert f"export/{OPEN}/chart/region.svg?lang=en" in visit.markup


def test_a_report_writer_sees_coverage_without_small_counts(opened: Store, sign_in: SignIn) -> None:
    now = datetime.now(UTC)
    row = ImportRow(
        number=1,
        values={
            "consent": "agree",
            "publish": "no",
            "org_name": "Étoile",
            "country": "FRA",
            "region": "weu",
            "org_type": "cbo",
            "work_level": ["local"],
            "fields": ["prev"],
            "work_challenges": ["c01"],
            "ecosoc": "none",
            "prio_1": "c01",
            "part_done": "no",
            "finding": "A",
            "recommendation": "B",
        },
        submitted_at=now,
    )
    imports.import_responses(opened, OPEN, [row], actor=OPERATOR, now=now)
    with opened.write() as kept:
        key = kept.consultation(OPEN).id
        names = ["Étoile", *(f"Invited {number}" for number in range(9))]
        kept.add_invitations(
            [
                {
                    "consultation_id": key,
                    "organisation": name,
                    "region": "weu",
                    "country": "FRA",
                    "organisation_type": "cbo",
                    "language": "fr",
                    "email": "",
                    "created_at": now,
                }
                for name in names
            ]
        )
    visit = Visit("overview", session=sign_in(Role.REPORT_WRITER))
    coverage = next(found for found in visit.at.get("plotly_chart") if found.key == "coverage")
    values = [value for trace in json.loads(coverage.proto.spec)["data"] for value in trace.get("x") or []]
    assert not {1, 0.1} & {value for value in values if isinstance(value, int | float)}
    assert "Étoile" not in visit.words
