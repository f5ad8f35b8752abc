"""Questions: one card for every question, filters over all, comparison, and what a report writer may not see."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest

from analysis.charts.sizes import Size
from data.store import Store
from survey import consultations, demo, published_forms
from survey.access import Role
from survey.questionnaire import Group, Kind, Question
from survey.translator import Words
from tests.pages.conftest import SignIn
from tests.pages.protected import small_counts
from tests.pages.visits import OPEN, Visit

WITHOUT_CARD = {"intro", "contact_email", "story_file"}


def sections(visit: Visit) -> Iterator[str]:
    """Goes through the page's sections, one after the other."""
    for name in visit.widget("section").options:
        visit.enter("section", name).run()
        yield name


def charts(visit: Visit) -> list[str]:
    """Questions that have a chart here."""
    return [found.key.removeprefix("chart_") for found in visit.at.get("plotly_chart")]


def texts(visit: Visit) -> list[str]:
    """Questions whose answers are listed here."""
    return [found.key.removeprefix("search_") for found in visit.at.text_input if found.key.startswith("search_")]


def asked(store: Store) -> list[str]:
    """Every question of the form; a battery stands for its lines."""
    found: list[str] = []

    def look(item: Group | Question) -> None:
        if isinstance(item, Question):
            if item.kind not in (Kind.NOTE, Kind.CALCULATE, Kind.HIDDEN, Kind.METADATA):
                found.append(item.name)
        elif item.is_battery:
            found.append(item.name)
        else:
            for child in item.children:
                look(child)

    for section in published_forms.questionnaire(store, consultations.find(store, demo.SLUG)).sections():
        look(section)
    return found


def submissions(store: Store) -> list[dict[str, object]]:
    """What was sent, straight from the store."""
    with store.read() as kept:
        return [dict(found.submission) for found in kept.responses(kept.consultation(demo.SLUG).id)]


def test_every_question_has_a_card_in_its_section_with_base_source_and_mark(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    shown: list[str] = []
    for _name in sections(visit):
        assert charts(visit) or texts(visit)
        shown += charts(visit) + texts(visit)
        count = len(charts(visit))
        assert visit.words.count("n\u00a0=\u00a0") >= count
        assert visit.words.count("Source: ") == count
        assert visit.words.count("Fictional data") >= count
        assert all(found.proto.alt for found in visit.at.get("plotly_chart"))
    assert len(visit.widget("section").options) == 9
    assert sorted(shown) == sorted(set(asked(loaded)) - WITHOUT_CARD)


def test_the_page_opens_at_the_subject_not_at_who_replied(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    section = visit.widget("section")
    assert section.options[section.index] == "Progress on the challenges of the 2019 Ministerial Declaration"


def test_robustness_is_told_once_on_a_card(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT)).enter("section", "Your organisation").run()
    badges = visit.markup.count("sd-badge")
    assert 0 < badges == visit.words.count("Robustness: holds in")


def test_a_name_that_was_asked_for_stands_there_once(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT)).enter("section", "Your organisation").run()
    assert visit.words.count("La Maison Wontanara") == 1


def test_what_a_meeting_does_not_see_names_each_item_once_for_each_reason(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT)).enter("unseen_m_prog", True).run()
    reasons = visit.markup.split("Why it is hidden")[1].split("</table>")[0].split('<th scope="row">')[1:]
    named = [re.findall(r"<strong>([^<]+)</strong> · [^<]+</div>", reason) for reason in reasons]
    assert sum(map(len, named)) > 10
    assert [sorted(items) for items in named] == [sorted(set(items)) for items in named]


def test_where_too_much_would_have_to_be_examined_the_page_says_what_to_do(
    loaded: Store, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.disclosure.tables.MOST_SECRETS", 0)
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT)).enter("unseen_m_prog", True).run()
    reasons = visit.markup.split("Why it is hidden")[1].split("</table>")[0]
    assert "more small groups than can be examined: choose fewer filters" in reasons
    assert "a small one beside it" not in reasons


def test_the_numbers_of_a_card_are_those_of_the_answers(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT)).enter("section", "Your organisation").run()
    rows = re.findall(r"<tr><td>([^<]+)</td><td[^>]*>([^<]+)</td>", visit.markup)
    labels = dict(
        zip(visit.widget("filter_region").options, _codes(loaded, "region"), strict=True),
    )
    counted = Counter(sent["region"] for sent in submissions(loaded))
    shown = {labels[label]: int(count) for label, count in rows if label in labels}
    assert shown == dict(counted)


def _codes(store: Store, name: str) -> list[str]:
    form = published_forms.questionnaire(store, consultations.find(store, demo.SLUG))
    return [choice.name for choice in form.choices(form.question(name))]


def test_a_filter_applies_to_every_card_of_every_section(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    here = [sent for sent in submissions(loaded) if sent["region"] == "oce"]
    visit.enter("filter_region", ["oce"]).run()
    for _name in sections(visit):
        replies = re.findall(r"replies: (\d+)", visit.words)
        assert len(replies) == len(charts(visit))
        assert set(replies) <= {str(len(here))}
        for question in texts(visit):
            said = sum(question in sent for sent in here)
            assert f"{said} answer" in visit.words
        assert visit.markup.count("f=region%3Aoce") == (3 * len(Size) + 5) * len(charts(visit))


def test_where_nobody_answered_no_chart_stands_but_words(opened: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), c=OPEN)
    assert charts(visit) == []
    assert visit.markup.count("Nobody among the replies in view answered this question.") == 4


def test_filters_are_kept_from_page_to_page(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    visit.enter("filter_region", ["oce"]).enter("filter_language", ["en"]).run()
    for page in ("take_away", "voices", "take_away"):
        visit.at.switch_page(f"../../analysis/pages/{page}.py")
        visit.run().run()
        assert visit.widget("filter_region").value == ["oce"]
    assert "f=language%3Aen&amp;f=region%3Aoce" in visit.markup


def test_groups_are_compared_by_a_variable(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    visit.enter("section", "Participation of civil society").enter("compare", "region").run()
    assert "by=region" in visit.markup
    assert visit.markup.count("Oceania") >= len(charts(visit))
    assert not visit.at.error
    for name in ("work_level", "language"):
        visit.enter("compare", name).run()
        assert not visit.at.error
        assert not visit.at.warning
        assert f"by={name}" in visit.markup


def test_groups_are_compared_by_any_question_that_is_answered_by_choosing(loaded: Store, sign_in: SignIn) -> None:
    session = sign_in(Role.REPORT_WRITER)
    visit = Visit("explore", session=session)
    offered = visit.widget("compare").options
    assert offered[1:5] == ["Region", "Type of organisation", "Level of work", "Language of the reply"]
    assert any(each.endswith("(part_done)") for each in offered)
    linked = Visit("explore", session=session, by="part_done", section="s3")
    assert not linked.at.warning
    assert linked.widget("compare").value == "part_done"
    assert "by=part_done" in linked.markup


def test_a_png_is_taken_as_sharp_as_it_is_chosen(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.REPORT_WRITER))
    visit.enter("section", "Services and rights").run()
    assert 'chart/barriers.png?lang=en"' in visit.markup
    visit.enter("scale_barriers", 4).run()
    assert 'chart/barriers.png?lang=en&amp;scale=4"' in visit.markup
    assert 'chart/barriers.png?lang=en&amp;size=slide&amp;scale=4"' in visit.markup
    assert 'chart/barriers.svg?lang=en&amp;size=slide"' in visit.markup
    assert 'chart/m_serv.png?lang=en"' in visit.markup


def test_a_reader_chooses_the_form_of_a_chart(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    visit.enter("section", "Services and rights").run()
    assert "form=" not in visit.markup
    visit.enter("form_m_serv_", "diverging").run()
    assert "chart/m_serv.svg?lang=en&amp;form=diverging" in visit.markup
    visit.enter("compare", "region").run()
    assert "chart/barriers.svg?lang=en&amp;by=region" in visit.markup
    assert 'class="sd-heat sd-ground"' in visit.markup  # many groups, several answers
    visit.enter("form_m_serv_region", "heat_map").run()
    assert "chart/m_serv.svg?lang=en&amp;by=region&amp;form=heat_map" in visit.markup
    assert not visit.at.error


def test_answers_in_words_are_searched_and_shown_by_and_by(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    visit.enter("section", "The way forward to 2029").run()
    few = visit.markup.count("<blockquote")
    visit.click("more_finding")
    assert visit.markup.count("<blockquote") > few
    visit.enter("search_finding", "zzzz no such words").run()
    assert "0 answers" in visit.words


@pytest.mark.parametrize("language", ["ar", "zh"])
def test_the_cards_speak_the_readers_language(language: str, loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), language=language)
    assert visit.title == Words(language).translate("Questions")
    form = published_forms.questionnaire(loaded, consultations.find(loaded, demo.SLUG))
    assert form.question("prio_1").label.in_language(language) in visit.words


# Links, clicks, search, steps


def test_a_link_gives_the_view_again_and_each_choice_can_be_cleared_undone_and_done_again(
    loaded: Store, sign_in: SignIn
) -> None:
    link = {"f": ["region:oce", "org_type:ingo"], "by": "language", "section": "s3", "numbers": "1"}
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), **link)
    assert visit.widget("section").value == "s3"
    assert visit.widget("filter_region").value == ["oce"]
    assert visit.widget("compare").value == "language"
    assert not visit.at.warning
    assert "more words find fewer" not in visit.words
    assert {name: address(visit)[name] for name in link} == one_each(link)
    assert address(visit)["lang"] == ["en"]
    assert visit.widget("undo").disabled
    visit.click("chip_region_oce")
    assert visit.widget("filter_region").value == []
    assert address(visit)["f"] == ["org_type:ingo"]
    visit.click("chips-clear")
    assert "f" not in address(visit)
    visit.click("undo").click("undo")
    assert address(visit)["f"] == ["org_type:ingo", "region:oce"]
    assert visit.widget("filter_region").value == ["oce"]
    visit.click("redo")
    assert address(visit)["f"] == ["org_type:ingo"]


def test_the_form_of_a_chart_and_words_looked_for_in_answers_travel_with_the_link_and_can_be_undone(
    loaded: Store, sign_in: SignIn
) -> None:
    session = sign_in(Role.SECRETARIAT)
    visit = Visit("explore", session=session).enter("section", "Services and rights").run()
    visit.enter("form_m_serv_", "diverging").run()
    assert address(visit)["form"] == ["m_serv:diverging"]
    visit.click("undo")
    assert ("form" in address(visit), visit.widget("form_m_serv_").value) == (False, "stacked")
    visit.click("redo")
    assert (address(visit)["form"], visit.widget("form_m_serv_").value) == (["m_serv:diverging"], "diverging")
    visit.enter("section", "The way forward to 2029").run()
    visit.enter("search_finding", "women").run()
    link = address(visit)
    assert (link["form"], link["answers"]) == (["m_serv:diverging"], ["finding:women"])
    shown = re.findall(r"(\d+) answers?", visit.words)
    visit.enter("section", "Services and rights").run()
    assert visit.widget("form_m_serv_").value == "diverging"
    assert "form=diverging" in visit.markup
    other = Visit("explore", session=session, **link)  # type: ignore[arg-type]
    assert not other.at.warning
    assert other.widget("search_finding").value == "women"
    assert re.findall(r"(\d+) answers?", other.words) == shown
    other.enter("section", "Services and rights").run()
    assert other.widget("form_m_serv_").value == "diverging"
    other.enter("form_m_serv_", "stacked").run()
    assert "form" not in address(other)


def test_a_form_that_does_not_suit_a_chart_leaves_it_in_its_own(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), section="s3", form=["m_serv:upset", "nothing:table"])
    assert visit.widget("form_m_serv_").value == "stacked"
    (told,) = [found.value for found in visit.at.warning]
    assert "`form=nothing:table`" in told
    assert not visit.at.error


def address(visit: Visit) -> dict[str, list[str]]:
    """What stands in the address bar."""
    found = visit.at.query_params.items()
    return {name: [values] if isinstance(values, str) else list(values) for name, values in found}


def one_each(link: dict[str, object]) -> dict[str, object]:
    """As the address bar has it: values in lists, filters in the order of their names."""
    return {name: [value] if isinstance(value, str) else sorted(value) for name, value in link.items()}  # type: ignore[call-overload]


def test_the_browsers_way_back_is_followed(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT)).enter("filter_region", ["oce"]).run()
    visit.enter("filter_region", ["oce", "lac"]).run()
    visit.at.query_params["f"] = ["region:oce"]
    visit.run(history=True)
    assert visit.widget("filter_region").value == ["oce"]
    visit.at.query_params.clear()
    visit.run(history=True)
    assert visit.widget("filter_region").value == []


def test_what_is_chosen_before_the_address_is_there_comes_with_an_older_one_and_holds(
    loaded: Store, sign_in: SignIn
) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    visit.enter("section", "Services and rights").enter("filter_region", ["oce"]).run()
    there = address(visit)
    visit.at.query_params.clear()  # as the browser has it, until it is told of the other
    visit.enter("filter_region", ["oce", "lac"]).run()
    assert visit.widget("section").value == "s3"
    assert visit.widget("filter_region").value == ["oce", "lac"]
    assert address(visit) == {**there, "f": ["region:oce", "region:lac"]}
    for name, values in there.items():
        visit.at.query_params[name] = values
    visit.run()  # as a part of the page asks for that looks by itself whether cards are made
    assert visit.widget("filter_region").value == ["oce", "lac"]


def test_what_a_reader_may_not_see_is_left_out_of_a_link_and_told(loaded: Store, sign_in: SignIn) -> None:
    link = {"f": ["region:mars", "org_name:x", "region:lac"], "weights": "raked", "by": "contact_email", "section": "x"}
    visit = Visit("explore", session=sign_in(Role.REPORT_WRITER), **link)
    (told,) = [found.value for found in visit.at.warning]
    assert [part.split("`")[0] for part in told.split("`")[1::2]] == [
        "f=region:mars",
        "f=org_name:x",
        "section=x",
        "by=contact_email",
        "weights=raked",
    ]
    assert visit.widget("filter_region").value == ["lac"]
    assert charts(visit)
    assert address(visit)["f"] == ["region:lac"]
    assert "weights" not in address(visit)
    assert not visit.run().at.warning


def at_any_minute(words: str) -> str:
    """The words of a page whose cards tell when they were made."""
    return re.sub(r"\d{2}:\d{2} UTC", "UTC", words)


def test_a_click_on_a_bar_filters_all_cards_as_its_list_does(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), section="s4")
    clicked(visit, "part_done")
    code = address(visit)["f"][0].removeprefix("part_done:")
    assert visit.widget("filter_part_done").value == [code]
    sent = [each for each in submissions(loaded) if each.get("part_done") == code]
    assert set(re.findall(r"replies: (\d+)", visit.words)) == {str(len(sent))}
    shown = at_any_minute(visit.words)
    visit.click("chips-clear").enter("filter-by-another", "part_done").run()
    visit.enter("filter_part_done", [code]).run()
    assert at_any_minute(visit.words) == shown


def clicked(visit: Visit, question: str, series: int = 0, category: int = 0) -> None:
    """As the browser tells of a click on a mark of a chart."""
    points = [{"curve_number": series, "point_index": category, "point_number": category}]
    visit.at.session_state[f"chart_{question}"] = {"selection": {"points": points, "box": [], "lasso": []}}
    visit.run()


def test_a_search_finds_questions_and_options_of_all_sections(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT)).enter("search-questions", "STIGMA").run()
    assert "question found in all sections" in visit.words or "questions found in all sections" in visit.words
    assert charts(visit)
    assert address(visit)["search"] == ["STIGMA"]
    visit.enter("search-questions", "zzz no such").run()
    assert "0 questions found in all sections" in visit.words
    assert not charts(visit)


# Protected


@pytest.mark.parametrize(
    ("filters", "by", "most"),
    [
        # Of a comparison, which takes its time, three sections; tests/analysis/test_review.py holds all below the page.
        ({}, "org_type", 3),
        ({"region": ["glob"]}, "", None),
        pytest.param({}, "org_type", None, marks=pytest.mark.long),
    ],
)
def test_a_report_writer_sees_no_small_count(
    filters: dict[str, list[str]], by: str, most: int | None, loaded: Store, sign_in: SignIn
) -> None:
    visit = Visit("explore", session=sign_in(Role.REPORT_WRITER))
    for name, codes in filters.items():
        visit.enter(f"filter_{name}", codes)
    visit.enter("compare", by).run()
    assert "Protected figures" in visit.words
    seen = 0
    for _name in islice(sections(visit), most):
        assert small_counts(visit.markup) == []
        seen += visit.markup.count("<td")
    assert seen > 100


def test_nor_does_a_chart_carry_one_inside(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.REPORT_WRITER)).enter("filter_region", ["oce"]).run()
    seen = 0
    for _name in sections(visit):
        for found in visit.at.get("plotly_chart"):
            bars = [trace for trace in json.loads(found.proto.spec)["data"] if trace.get("type") == "bar"]
            told = re.search(r"n\s=\s(\d+)", found.proto.alt)
            # Each item of a battery has a base of its own, none above the number of replies.
            base = int(told[1]) if told and len(bars) == 1 else 12
            for trace in bars:
                shares = [abs(value) for value in trace["x"] if isinstance(value, float) and 0 < abs(value) <= 1]
                assert all(round(share * base) >= 5 for share in shares), found.key
                seen += len(shares)
    assert seen >= 10  # heat maps and places in a ranking hold none


def test_a_report_writer_reads_no_name_and_no_answer_without_permission(loaded: Store, sign_in: SignIn) -> None:
    sent = submissions(loaded)
    named = {str(one["org_name"]) for one in sent if one["publish"] == "named"}
    hidden = {str(one["org_name"]) for one in sent if one["publish"] != "named"} - named
    silent = {str(one["finding"]) for one in sent if one["publish"] == "no"}
    silent -= {str(one["finding"]) for one in sent if one["publish"] != "no"}
    assert len(hidden) > 100
    assert len(silent) > 20
    visit = Visit("explore", session=sign_in(Role.REPORT_WRITER))
    for question in asked(loaded):
        visit.at.session_state["soundings"][f"page_{question}"] = 500  # as if "Show more" had been pressed often
    for _name in sections(visit):
        assert "org_name" not in texts(visit)
        footers = re.findall(r"<footer[^>]*>(.*?)</footer>", visit.markup)
        assert not hidden & {html.unescape(part) for who in footers for part in who.split(" · ")}
        assert not {words for words in silent if words in visit.words}
        assert not any(found.key.startswith("keep_") for found in visit.at.button)


def test_weights_change_the_shares_and_say_what_they_cost(loaded: Store, sign_in: SignIn) -> None:
    reader = Visit("explore", session=sign_in(Role.REPORT_WRITER)).enter("method_weights", "raked").run()
    assert "Weighted figures are internal" in reader.words
    assert charts(reader)
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    assert "Effective number of" not in visit.words
    visit.enter("section", "Services and rights").enter("method_weights", "raked").run()
    assert "Weighted to the contact frame by" in visit.words
    assert "Effective number of 461 replies" in visit.words
    visit.enter("method_weights", "equal_regions").run()
    assert "Weighted so that every region counts the same." in visit.words
    visit.enter("method_weights", "unweighted").run()
    assert "Effective number of" not in visit.words


def test_further_weights_and_their_bounds_are_chosen_and_stand_in_the_address(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    assert not visit.has("method_lowest")
    visit.enter("section", "Services and rights").enter("method_weights", "poststratified").run()
    assert "Post-stratified to the contact frame by: " in visit.words
    visit.enter("method_highest", 1.5).run()
    assert "above 1.50 were cut" in visit.words
    visit.enter("method_weights", "logit").enter("method_margins", ["region"]).run()
    assert "Calibrated to the contact frame (logit) by: " in visit.words
    assert "weights=logit&amp;highest=1.5&amp;margins=region" in visit.markup
    asked = {"weights": "raked", "lowest": "0.5", "trim": "1", "margins": "region"}
    again = Visit("explore", session=sign_in(Role.SECRETARIAT), **asked)
    assert "Weighted to the contact frame by: " in again.words
    assert "weights=raked&amp;lowest=0.5&amp;trim=1&amp;margins=region" in again.markup
    wrong = Visit("explore", session=sign_in(Role.SECRETARIAT), weights="raked", lowest="3", margins="planet")
    assert "`lowest=3`, `margins=planet`" in wrong.words


def test_letters_intervals_and_joined_rankings_are_shown_when_chosen(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    visit.enter("section", "Services and rights").enter("compare", "region").enter("method_letters", True)
    visit.enter("method_joined", True).enter("method_interval", "jeffreys").enter("method_correction", "holm").run()
    assert "Intervals: Jeffreys, 95 %." in visit.words
    assert "(Holm)" in visit.words
    assert "Schulze (winning votes): Prevention" in visit.words
    assert "A · Eastern Europe and Central Asia" in visit.markup


def test_shares_are_bounded_by_the_size_of_the_contact_list(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), q="led_by", interval="worst_case")
    with loaded.read() as kept:
        invited = sum(each.invited for each in kept.frame_counts(kept.consultation(demo.SLUG).id))
    assert f"Bounds for the whole contact list of {invited}: the share if nobody who is silent" in visit.words
    visit.enter("method_interval", "hypergeometric").run()
    assert f"exact (hypergeometric), 95 %, for the whole contact list of {invited}" in visit.words
    visit.enter("filter_region", visit.widget("filter_region").options[:1]).run()
    assert "only a part of the replies is in view" in visit.words


@pytest.mark.usefixtures("opened")
def test_without_a_contact_list_no_interval_of_it_is_offered(sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), c=OPEN, interval="worst_case")
    assert "`interval=worst_case`" in visit.words
    assert visit.widget("method_interval").options == ["Wilson", "Clopper–Pearson", "Agresti–Coull", "Jeffreys"]


def test_a_card_tells_what_it_says_of_the_whole_contact_list_when_asked(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT), q="led_by", by="language")
    assert "By region: share" not in visit.markup
    visit.enter("estimate_led_by", True).run()
    assert "By region: share" in visit.markup and "Each region counts by how many of it were invited" in visit.words
    assert "Nothing is said of groups in the whole contact list" in visit.words
    reader = Visit("explore", session=sign_in(Role.REPORT_WRITER), q="led_by").enter("estimate_led_by", True).run()
    assert "No estimate by region here" in reader.words and "it is hidden how many were not asked" in reader.words


def test_the_links_of_a_card_and_its_finding_follow_the_method(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    visit.enter("section", "Services and rights").enter("compare", "region").enter("method_letters", True)
    visit.enter("method_interval", "jeffreys").run()
    assert "chart/barriers.csv?lang=en&amp;by=region&amp;interval=jeffreys&amp;letters=1" in visit.markup
    assert "audience=internal" not in visit.markup
    visit.enter("method_weights", "raked").run()
    weighted = "chart/barriers.csv?lang=en&amp;by=region&amp;weights=raked&amp;interval=jeffreys&amp;letters=1"
    assert f"{weighted}&amp;audience=internal" in visit.markup
    visit.enter("statement_barriers", "Regions differ.").click("keep_button_barriers")
    with loaded.read() as kept:
        (finding,) = kept.findings(kept.consultation(demo.SLUG).id)
    found = finding.card["en"]["statistics"]["method"]
    assert (found["weights"], found["interval"], found["letters"]) == ("unweighted", "jeffreys", True)


def test_the_tab_book_is_taken_by_what_was_chosen(loaded: Store, sign_in: SignIn) -> None:
    visit = Visit("take_away", session=sign_in(Role.SECRETARIAT))
    assert 'dashboard.pptx?lang=en"' in visit.markup
    visit.enter("file_format", "dashboard.xlsx").enter("book", ["region", "language"])
    visit.enter("method_letters", True).enter("method_weights", "raked").run()
    assert 'dashboard.xlsx?lang=en&amp;by=region&amp;by=language&amp;letters=1"' in visit.markup
    assert 'by=language&amp;weights=raked&amp;letters=1&amp;audience=internal"' in visit.markup


def test_weights_are_refused_with_the_reason_where_the_contact_list_tells_nothing(
    loaded: Store, sign_in: SignIn
) -> None:
    with loaded.write() as kept:
        consultation = kept.consultation(demo.SLUG)
        for each in kept.invitations(consultation.id):
            kept.change_invitation(each.id, region="", organisation_type="")
    visit = Visit("explore", session=sign_in(Role.SECRETARIAT))
    visit.enter("method_weights", "raked").run()
    assert "There is no contact list to weight by" in visit.words
    assert charts(visit)


@pytest.mark.parametrize(
    ("role", "rest"),
    [(Role.SECRETARIAT, "further combinations"), (Role.REPORT_WRITER, "chose another combination")],
)
def test_which_answers_were_given_together_is_a_form_of_the_chart_that_can_be_taken_away_and_kept(
    loaded: Store, sign_in: SignIn, role: Role, rest: str
) -> None:
    visit = Visit("explore", session=sign_in(role), q="fields")
    assert 'class="sd-table sd-sets"' not in visit.markup
    visit.enter("form_fields_", "upset").run()
    assert visit.markup.count('class="sd-table sd-sets"') == 1
    assert rest in visit.words
    assert "chart/fields.svg?lang=en&amp;form=upset" in visit.markup
    assert not visit.at.error
    if role is Role.SECRETARIAT:
        visit.enter("statement_fields", "Few do one thing.").click("keep_button_fields")
        with loaded.read() as kept:
            (finding,) = kept.findings(kept.consultation(demo.SLUG).id)
        assert finding.card["en"]["form"] == "upset"
        assert min(each["count"] for each in finding.card["en"]["combinations"]["told"]) >= 5
