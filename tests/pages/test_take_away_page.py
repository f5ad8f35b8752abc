"""Take away: what is offered by right, and the one address that follows from what is chosen."""

import html
import re
from urllib.parse import parse_qs

import pytest

from analysis import data_out, snapshots, take_away
from analysis.charts.spec import Form
from analysis.disclosure import Audience
from analysis.findings.method import Method
from analysis.opened_data import Filters
from analysis.report.formats import Look
from data.store import Store
from survey import demo
from survey.access import Role
from survey.translator import Words
from tests.analysis.report import templates
from tests.pages.conftest import SignIn
from tests.pages.visits import Visit
from tests.small import NOW, REPORT_WRITER, SECRETARIAT

BASE = f"export/{demo.SLUG}/data"


def test_a_report_writer_picks_questions_language_and_format(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER), language="en")
    assert f'href="{BASE}/figures.sav?lang=en&amp;labels=en"' in visit.markup
    assert "answers." not in visit.markup
    visit.enter("data_questions_figures", ["region", "m_prog"]).run()
    visit.enter("data_language", "ar")
    visit.enter("data_format", "parquet")
    visit.enter("data_by", "org_type")
    visit.enter("filter_region", ["ssa"]).run()
    wanted = "lang=en&amp;labels=ar&amp;q=region&amp;q=m_prog&amp;by=org_type&amp;f=region%3Assa"
    assert f'href="{BASE}/figures.parquet?{wanted}"' in visit.markup


def test_the_secretariat_may_take_replies(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.SECRETARIAT), language="fr")
    visit.enter("data_content", "answers").run()
    assert f'href="{BASE}/answers.sav?lang=fr&amp;labels=fr"' in visit.markup
    visit.enter("data_texts", True)
    visit.enter("data_names", True).run()
    assert f'href="{BASE}/answers.sav?lang=fr&amp;labels=fr&amp;texts=1&amp;names=1"' in visit.markup
    visit.enter("method_weights", "logit").enter("method_letters", True).run()
    wanted = "lang=fr&amp;labels=fr&amp;texts=1&amp;names=1&amp;weights=logit"
    assert f'href="{BASE}/answers.sav?{wanted}"' in visit.markup


@pytest.mark.parametrize("content", ["figures", "answers"])
def test_questions_in_words_are_picked_for_replies_only(loaded: Store, sign_in: SignIn, content: str) -> None:
    visit = Visit("take_away", session=sign_in(Role.SECRETARIAT), language="en")
    visit.enter("data_content", content).run()
    offered = next(each for each in visit.at.multiselect if each.key == f"data_questions_{content}").options
    assert any("(region)" in each for each in offered)
    assert any("(worrying)" in each for each in offered) is (content == "answers")
    assert not any("(org_name)" in each for each in offered)


def test_a_report_writer_takes_five_charts_in_french_as_one_deck(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER), language="en")
    assert f'href="export/{demo.SLUG}/dashboard.pptx?lang=en"' in visit.markup
    picked = ["region", "org_type", "m_serv", "barriers", "networks"]
    visit.enter("questions", picked).enter("file_language", "fr").run()
    wanted = "lang=en&amp;labels=fr&amp;q=" + "&amp;q=".join(picked)
    assert f'href="export/{demo.SLUG}/dashboard.pptx?{wanted}"' in visit.markup
    assert visit.markup.count(f"export/{demo.SLUG}/dashboard.") == 1
    visit.enter("file_format", "dashboard.xlsx").enter("book", ["part_done"]).run()
    assert f'href="export/{demo.SLUG}/dashboard.xlsx?{wanted}&amp;by=part_done"' in visit.markup


def test_every_question_that_is_answered_by_choosing_can_be_compared_by(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER), language="en")
    offered = visit.widget("book").options
    assert offered[:4] == ["Region", "Type of organisation", "Level of work", "Language of the reply"]
    assert any(each.endswith("(part_done)") for each in offered)
    visit.enter("data_questions_figures", ["region"]).run()
    assert any(each.endswith("(part_done)") for each in visit.widget("data_by").options)


def test_what_was_picked_in_another_consultation_is_not_asked_for(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.SECRETARIAT), language="en")
    visit.at.session_state["questions"] = ["region", "nothing_here"]
    visit.run()
    assert visit.widget("questions").value == ["region"]


def test_all_charts_are_one_zip_in_the_chosen_formats_for_one_place(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER), language="en")
    visit.enter("file_format", "charts.zip").run()
    visit.enter("pictures_kinds", ["svg", "pdf"])
    visit.enter("pictures_size", "slide")
    visit.enter("pictures_scale", 3).run()
    wanted = "lang=en&amp;kind=svg&amp;kind=pdf&amp;size=slide&amp;scale=3"
    assert f'href="export/{demo.SLUG}/charts.zip?{wanted}"' in visit.markup


def test_a_file_that_comes_back_is_told_about_and_leads_to_its_view(loaded: Store, sign_in: SignIn) -> None:
    asked = {"actor": SECRETARIAT, "words": Words("en"), "audience": Audience.INTERNAL, "by": "language"}
    filters = Filters.of({"region": ["ssa"]})
    file = take_away.chart_file(loaded, demo.SLUG, "barriers", "csv", filters=filters, now=NOW, **asked)  # type: ignore[arg-type]
    visit = Visit("take_away", session=sign_in(Role.SECRETARIAT), language="en")
    visit.at.file_uploader(key="returned").set_value(("anything.bin", file.content, "application/octet-stream"))
    next(each for each in visit.at.button if each.label == "Look at it").click()
    visit.run()
    assert "It holds: the data are the same." in visit.markup
    assert f"explore?lang=en&amp;c={demo.SLUG}&amp;f=region%3Assa&amp;by=language&amp;search=" in visit.markup


def returned(visit: Visit, content: bytes) -> str:
    """The address of the view of a file that is brought back."""
    visit.at.file_uploader(key="returned").set_value(("anything.bin", content, "application/octet-stream"))
    next(each for each in visit.at.button if each.label == "Look at it").click()
    visit.run()
    (found,) = set(re.findall(r'href="([^"]*)" target="_self">Open this view', visit.markup))
    return html.unescape(found)


def followed(page: str, address: str, session: str) -> Visit:
    """The page that opens at an address."""
    path, _, query = address.partition("?")
    assert path == page.replace("_", "-")
    return Visit(page, session=session, **{name: values for name, values in parse_qs(query).items() if name != "c"})


def test_a_file_of_data_that_comes_back_leads_to_the_same_choice(loaded: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.SECRETARIAT)
    asked = {"actor": SECRETARIAT, "words": Words("ar"), "filters": Filters.of({"region": ["ssa"]}), "now": NOW}
    figures = data_out.figures_file(
        loaded,
        demo.SLUG,
        "parquet",
        questions=["region", "m_prog"],
        by="org_type",
        **asked,  # type: ignore[arg-type]
    )
    address = returned(Visit("take_away", session=session), figures.content)
    visit = followed("take_away", address, session)
    wanted = "labels=ar&amp;q=region&amp;q=m_prog&amp;by=org_type&amp;f=region%3Assa"
    assert f'href="{BASE}/figures.parquet?lang=ar&amp;{wanted}"' in visit.markup
    assert not visit.at.warning
    visit.enter("data_format", "dta").run()  # what is chosen then is not taken back
    assert f"{BASE}/figures.dta?" in visit.markup
    answers = data_out.answers_file(loaded, demo.SLUG, "sav", names=True, **asked)  # type: ignore[arg-type]
    visit = followed("take_away", returned(Visit("take_away", session=session), answers.content), session)
    assert f'href="{BASE}/answers.sav?lang=ar&amp;labels=ar&amp;names=1&amp;f=region%3Assa"' in visit.markup


def test_a_tab_book_that_comes_back_leads_to_the_same_comparisons(loaded: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.REPORT_WRITER)
    asked = {"actor": REPORT_WRITER, "words": Words("en"), "filters": Filters(), "now": NOW}
    book = take_away.dashboard_file(
        loaded,
        demo.SLUG,
        "xlsx",
        by=["region", "language"],
        questions=("m_serv", "funding"),
        method=Method(letters=True),
        **asked,  # type: ignore[arg-type]
    )
    visit = followed("take_away", returned(Visit("take_away", session=session), book.content), session)
    assert visit.widget("book").value == ["region", "language"]
    visit.enter("file_format", "dashboard.xlsx").run()
    picked = "q=m_serv&amp;q=funding&amp;by=region&amp;by=language&amp;letters=1"
    assert f"dashboard.xlsx?lang=en&amp;{picked}" in visit.markup


def test_a_file_of_picked_questions_leads_to_these(loaded: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.REPORT_WRITER)
    asked = {"actor": REPORT_WRITER, "words": Words("fr"), "filters": Filters(), "now": NOW}
    deck = take_away.dashboard_file(loaded, demo.SLUG, "pdf", questions=("m_serv", "funding"), **asked)  # type: ignore[arg-type]
    found = returned(Visit("take_away", session=session), deck.content)
    assert found.endswith("&q=m_serv&q=funding")
    visit = followed("take_away", found, session)
    assert visit.widget("questions").value == ["m_serv", "funding"]
    visit = followed("take_away", f"{found}&q=nowhere", session)
    assert visit.widget("questions").value == ["m_serv", "funding"]
    assert "q=nowhere" in visit.at.warning[0].value


def test_a_picture_of_who_answered_leads_to_the_overview(loaded: Store, sign_in: SignIn) -> None:
    picture = take_away.monitor_file(
        loaded, demo.SLUG, "timeline", "png", actor=REPORT_WRITER, words=Words("fr"), now=NOW
    )
    address = returned(Visit("take_away", session=sign_in(Role.REPORT_WRITER)), picture.content)
    assert address == f"overview?lang=fr&c={demo.SLUG}"


def test_a_chart_leads_to_its_form_with_its_intervals(loaded: Store, sign_in: SignIn) -> None:
    session, look = sign_in(Role.REPORT_WRITER), Look(form=Form.STACKED, intervals=True)
    asked = {"actor": REPORT_WRITER, "words": Words("en"), "filters": Filters(), "now": NOW, "look": look}
    picture = take_away.chart_file(loaded, demo.SLUG, "m_serv", "png", **asked)  # type: ignore[arg-type]
    visit = followed("explore", returned(Visit("take_away", session=session), picture.content), session)
    assert visit.widget("form_m_serv__intervals").value == "stacked"
    assert "chart/m_serv.svg?lang=en&amp;form=stacked&amp;intervals=1" in visit.markup
    assert not visit.at.warning


def test_data_follow_the_frozen_state_that_is_chosen(loaded: Store, sign_in: SignIn) -> None:
    state = snapshots.take(loaded, demo.SLUG, actor=SECRETARIAT, now=NOW).record.sha256
    visit = Visit("take_away", session=sign_in(Role.SECRETARIAT)).enter("figures-of", state).run()
    assert f'href="{BASE}/figures.sav?lang=en&amp;labels=en&amp;snapshot={state}"' in visit.markup
    visit.enter("data_content", "answers").run()
    assert f"{BASE}/answers" not in visit.markup
    assert any("as they are now" in each.value for each in visit.at.info)


def test_what_a_link_to_data_may_not_have_is_told_and_left_out(loaded: Store, sign_in: SignIn) -> None:
    link = {"data": "answers", "format": "exe", "q": ["region", "org_name"], "labels": "xx", "names": "1", "by": "x"}
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER), **link)  # type: ignore[arg-type]
    (told,) = [found.value for found in visit.at.warning]
    assert told.split("`")[1::2] == ["data=answers", "format=exe", "labels=xx", "by=x", "q=org_name", "names=1"]
    assert f'href="{BASE}/figures.sav?lang=en&amp;labels=en&amp;q=region"' in visit.markup


def test_the_deck_is_handed_back_in_the_template_that_was_chosen(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER), language="en")
    master = templates.saved(templates.deck())
    visit.at.file_uploader(key="template").set_value(("master.potx", master, "application/octet-stream"))
    next(each for each in visit.at.button if each.label == "Make the file").click()
    visit.run()
    assert [each.label for each in visit.at.get("download_button")] == [f"Take {demo.SLUG}.pptx away"]
    with loaded.read() as kept:
        assert any(each.action == "file.taken_away" for each in kept.log())


@pytest.mark.parametrize("button", ["Make the file", "Look at it"])
def test_pressing_without_a_file_says_so_and_how_large_it_may_be(loaded: Store, sign_in: SignIn, button: str) -> None:
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER), language="en")
    next(each for each in visit.at.button if each.label == button).click()
    visit.run()
    assert visit.at.error[0].value == "No file came. Choose one of at most 60 MB."


def test_a_file_that_is_no_template_is_refused_with_what_to_do(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.REPORT_WRITER), language="en")
    visit.at.file_uploader(key="template").set_value(("master.pptx", b"words", "application/octet-stream"))
    next(each for each in visit.at.button if each.label == "Make the file").click()
    visit.run()
    assert "Save it as .pptx or .docx, without a password." in visit.at.error[0].value
    assert not visit.at.get("download_button")
