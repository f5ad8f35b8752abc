"""A card on the screen: the chart with its base and note, the numbers beside it, and what can be taken away."""

import html
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias
from urllib.parse import quote as in_address
from urllib.parse import urlencode

import streamlit as st

from analysis import open_answers, opened_data, recommendations, review, take_away
from analysis.charts import badge_words, choose, screen, wording
from analysis.charts import opinions as opinion_words
from analysis.charts.clicks import meanings
from analysis.charts.description import form_name
from analysis.charts.headlines import Strongest
from analysis.charts.sizes import DEFAULT_SCALE, MAP_SIZES, SCALES, Size
from analysis.charts.spec import Form
from analysis.disclosure import Permission
from analysis.findings.card import Card, CardKind, Quote, Source, Verdict
from analysis.findings.method import PLAIN, WeightKind, unweighted
from analysis.findings.opinions import Opinions
from analysis.opened_data import Filters
from analysis.overview import Picture
from analysis.report import table
from analysis.report.formats import Look
from analysis.ui import card_choices, drawing, file_links, opinions
from analysis.ui import filters as filter_bar
from analysis.ui.estimates import show_estimates
from analysis.ui.frame import Frame, now
from analysis.ui.unseen import show_unseen
from analysis.words import MESSAGES
from survey.translator import Words
from survey.ui import messages, session, theme
from survey.ui.tables import plain_table

Badge: TypeAlias = Callable[[Card], None]
"""Puts the badge of a card, once it is tested, in its place."""
QUOTES_SHOWN = 6
FORM_WIDTH = 340
"""Pixels that the longest name of a form takes in a menu, in any of the languages."""
COMPARING = (Form.HEAT_MAP, Form.MULTIPLES, Form.DUMBBELL)
"""Forms that show the groups of a battery, which its other charts leave to the table."""
PICTURES = (("png", "PNG"), ("svg", "SVG"), ("pdf", "PDF"))
OTHERS = (("csv", "CSV"), ("xlsx", "XLSX"), ("html", "HTML"))
EDITABLE = (("pptx", "PPTX"), ("docx", "DOCX"))
TABLES = OTHERS[:2]
"""What there is of answers in words, which have no chart."""


def show_picture(picture: Picture, frame: Frame) -> None:
    """A chart of who answered, its numbers as a table, and its files."""
    spec, words = picture.spec, frame.words
    with st.container(border=True, key=f"card_{picture.name}"):
        leads = partial(_questions_of, picture, frame) if picture.chooses else None
        drawing.draw(spec, picture.name, leads=leads)
        with st.expander(words.translate("Numbers"), key=f"numbers_{picture.name}"):
            st.html(f'<div class="sd-table sd-tall" tabindex="0">{drawing.numbers(spec)}</div>')
        with st.popover(words.translate("Take away"), key=f"take_{picture.name}"):
            scale = sharpness(words, key=f"scale_{picture.name}")
            address = f"export/{frame.slug}/{in_address(picture.place)}"
            sizes = MAP_SIZES if spec.form is Form.TILES else tuple(Size)
            query = f"lang={words.language}"
            pictures = _pictures(address, query, scale, words, sizes)
            st.html(file_links.markup([*pictures, _numbers_line(address, query, words)]))


def show_files(card: Card, base: str, query: str, words: Words, *, key: str) -> None:
    """All files of a card that was kept, folded; of answers in words their tables alone."""
    with st.popover(words.translate("Take away"), key=f"take_{key}"):
        if card.kind is CardKind.TEXT:
            st.html(file_links.markup([("", [(name, f"{base}.{kind}?{query}") for kind, name in TABLES])]))
        else:
            scale = sharpness(words, key=f"scale_{key}")
            st.html(_files(base, query, scale, words))


def _questions_of(picture: Picture, frame: Frame, places: Sequence[int]) -> str:
    """The address of Questions with the replies of some categories of a map."""
    pairs = [("f", f"{variable}:{code}") for variable, code in (picture.chooses[place] for place in places)]
    return f"explore?{urlencode([('c', frame.slug), ('lang', frame.words.language), *pairs])}"


def show_strongest(found: Sequence[Strongest], source: Source | None, frame: Frame) -> None:
    """Findings as sentences, each with a link to its card, and what they rest on."""
    words = frame.words
    _ = words.translate
    if not found or source is None:
        told = _("Nothing stands out: that takes 30 answers and a lead beyond chance that holds under every lens.")
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        return
    items = []
    for each in found:
        query = urlencode({"c": frame.slug, "lang": words.language, "q": each.card.question})
        link = f'<a href="explore?{html.escape(query)}" target="_self">{html.escape(each.card.label)}</a>'
        items.append(f'<li>{html.escape(each.sentence)}<div class="sd-note">{link}</div></li>')
    # A list that is numbered says that the first is the strongest.
    st.html(f'<ol class="sd-findings">{"".join(items)}</ol>')
    notes = [wording.source_line(source, words), wording.fictional_mark(words) if source.fictional else ""]
    st.html(f'<div class="sd-note">{html.escape(wording.sentences(notes))}</div>')


def show(
    card: Card,
    frame: Frame,
    filters: Filters,
    *,
    numbers: bool = False,
    framed: bool = False,
    below: Callable[[], None] = lambda: None,
) -> Badge | None:
    """One question: chart or texts, numbers, downloads, and the button that keeps a finding.

    What is given back takes the card when it is tested and shows its badge; None for a card without one.

    numbers  they stand open, and plain bars show their intervals
    framed   there is a contact list, for which something can be estimated
    below    draws what stands under the chart or the texts
    """
    words = frame.words
    with st.container(border=True, key=f"card_{card.question}"):
        if card.kind is CardKind.TEXT:
            _texts(card, frame, filters)
            below()
            return None
        if card.base.answered == 0:
            _nobody(card, words)
            return None
        # The robustness stands at the badge, not once more in the note; files carry it in their note.
        form = _chosen_form(card, words, with_intervals=numbers)
        if form is Form.SCATTER:
            card = _set_against(card, frame, filters)
        elif form is Form.UPSET:
            card = _with_combinations(card, frame, filters)
        spec = choose.chart(card, words, with_badge=False, form=form, with_intervals=numbers)
        if spec is None:
            return None
        waits = card.robustness is None
        told = words.translate("Robustness: being worked out …") if waits else ""
        mark = f'<div class="sd-note">{html.escape(told)}</div>' if told else _badge(card, words)
        chart, chooses = f"chart_{card.question}", meanings(card, spec)
        mark_again = drawing.draw(spec, chart, mark=mark, chooses=chooses)
        if card.by and spec.form not in COMPARING and card.kind in (CardKind.BATTERY, CardKind.RANKING):
            told = words.translate("The chart shows all replies together; the comparison stands under Numbers.")
            st.html(f'<div class="sd-note">{html.escape(told)}</div>')
        below()
        with st.expander(words.translate("Numbers"), expanded=numbers):
            st.html(_table(card, frame))
        if framed:
            show_estimates(card, frame, filters)
        if card.kind is CardKind.BATTERY and (found := opinions.chosen(card, frame, filters.snapshot)) is not None:
            _opinions(found, card, frame, filters.snapshot)
        if opened_data.screen_audience(frame.actor, frame.slug) == "internal":
            show_unseen(card, frame, filters)
        with st.container(horizontal=True, vertical_alignment="center"):
            _take_away(card, frame, filters, Look(form=form, intervals=numbers))
            if recommendations.may_write(frame.actor, frame.slug):
                _keep(card, frame, filters, form)
    return partial(_put_badge, mark_again, words) if waits else None


def _nobody(card: Card, words: Words) -> None:
    """The question, and that there is nothing to draw: no bars of 0 % of nobody."""
    st.html(f'<h3 class="sd-card-title">{html.escape(card.label)}</h3>')
    told = words.translate("Nobody among the replies in view answered this question.")
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')


def _put_badge(write: Callable[[str], None], words: Words, tested: Card) -> None:
    write(_badge(tested, words))


def _chosen_form(card: Card, words: Words, *, with_intervals: bool) -> Form | None:
    """The form that the reader chose for a card; None for its first one, which may be another one with intervals."""
    forms = choose.forms_for(card, with_intervals=with_intervals)
    kind = "" if forms == choose.forms_for(card) else "_intervals"
    if len(forms) < 2:
        return None
    key, kept = f"form_{card.question}_{card.by}{kind}", card_choices.of(card_choices.FORMS, card.question)
    session.set_widget(key, next((form for form in forms if form == kept), forms[0]))
    chosen: Form = st.selectbox(
        words.translate("Chart"),
        forms,
        format_func=lambda form: form_name(form, words),
        key=key,
        label_visibility="collapsed",
        width=FORM_WIDTH,
        on_change=card_choices.keep,
        args=(card_choices.FORMS, card.question, key, forms[0].value),
    )
    return None if chosen is forms[0] else chosen


def _set_against(card: Card, frame: Frame, filters: Filters) -> Card:
    """The card with that of the question which it is set against."""
    method = PLAIN if card.statistics is None else card.statistics.method
    return review.set_against(
        frame.store, frame.slug, card, actor=frame.actor, filters=filters, now=now(), method=method
    )


def _with_combinations(card: Card, frame: Frame, filters: Filters) -> Card:
    """The card with the sets of options that were chosen together, as this reader may see them."""
    method = PLAIN if card.statistics is None else card.statistics.method
    found = review.card(
        frame.store,
        frame.slug,
        card.question,
        actor=frame.actor,
        audience=card.audience,
        language=card.language,
        filters=filters,
        now=now(),
        method=method,
        together=True,
    )
    return replace(card, combinations=found.combinations)


def _badge(card: Card, words: Words) -> str:
    """In how many lenses the finding holds, and which ones turn it or cannot be computed, as HTML."""
    found = card.robustness
    if found is None:
        return ""
    if found.untested is not None:
        return f'<div class="sd-note">{html.escape(badge_words.line(found, words))}</div>'
    turned = found.of(Verdict.REVERSED) or found.of(Verdict.LEVEL) or found.of(Verdict.MOVED)
    kind = "sd-turned" if turned else "sd-holds" if found.of(Verdict.HOLDS) else ""
    exceptions = html.escape(words.listed(badge_words.exceptions(found, words)))
    return (
        f'<div><span class="sd-badge {kind}">{html.escape(badge_words.badge(found, words))}</span> '
        f'<span class="sd-note">{exceptions}</span></div>'
    )


def _opinions(found: Opinions, card: Card, frame: Frame, snapshot: str) -> None:
    """Groups of opinion: what is said, the bars, the map where it may be seen, and the button that keeps them."""
    bars, shown = opinion_words.bars(found, frame.words), opinion_words.opinion_map(found, frame.words)
    st.html(opinions.told(found, frame.words, with_notes=bars is None))
    if bars is not None:
        drawing.draw(bars, f"groups_{card.question}", title=False)
    if shown is not None:
        st.html(opinions.map_heading(shown))
        st.plotly_chart(
            screen.map_figure(shown, dark=theme.is_dark()),
            key=f"map_{card.question}",
            config=screen.CONFIG,
            theme=None,
            alt=shown.alt,
        )
        st.html(f'<div class="sd-note">{html.escape(shown.note)}</div>')
    if found.groups and recommendations.may_write(frame.actor, frame.slug):
        _keep_groups(card, frame, snapshot)


def _keep_groups(card: Card, frame: Frame, snapshot: str) -> None:
    _ = frame.words.translate
    with st.popover(_("Keep the groups as a finding"), key=f"keep_groups_{card.question}"):
        statement = st.text_area(_("What can be said"), key=f"groups_statement_{card.question}", on_change="ignore")
        told = _("The groups are kept as they are now, as a meeting may see them.")
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        if st.button(_("Keep"), key=f"keep_groups_button_{card.question}", type="primary"):
            with messages.explained(frame.words, MESSAGES):
                recommendations.keep_groups(
                    frame.store,
                    frame.slug,
                    card.question,
                    statement or "",
                    actor=frame.actor,
                    now=now(),
                    snapshot=snapshot,
                )
                st.success(_("Kept. You find it under Recommendations."))


def _table(card: Card, frame: Frame) -> str:
    shown = table.tabulate(card, frame.words)
    rows = [
        [table.written(value, column.unit, frame.words) for value, column in zip(row, shown.columns, strict=True)]
        for row in shown.rows
    ]
    return plain_table([column.head for column in shown.columns], rows)


def _take_away(card: Card, frame: Frame, filters: Filters, look: Look) -> None:
    """Everything that can be taken of a card, folded: pictures by the place they are for, numbers, a web page."""
    words = frame.words
    _ = words.translate
    method = PLAIN if card.statistics is None else card.statistics.method
    by, base = [card.by] if card.by else [], f"export/{frame.slug}/chart/{in_address(card.question)}"
    with st.popover(_("Take away"), key=f"take_{card.question}"):
        asked = partial(filter_bar.query, filters, words.language, by, form=look.form, intervals=look.intervals)
        scale = sharpness(words, key=f"scale_{card.question}")
        query = asked(unweighted(method))
        st.html(_files(base, query, scale, words))
        if method.weights is not WeightKind.UNWEIGHTED:
            told = _("Internal, weighted, nothing hidden:")
            query = asked(method, internal=True)
            st.html(f'<div class="sd-muted">{html.escape(told)}</div>{_files(base, query, scale, words)}')
        if st.button(_("Show code for a web page"), key=f"code_{card.question}"):
            with messages.explained(words, MESSAGES):
                code = take_away.embedded(
                    frame.store,
                    frame.slug,
                    card.question,
                    actor=frame.actor,
                    words=words,
                    filters=filters,
                    by=card.by,
                    method=unweighted(method),
                    look=look,
                    now=now(),
                )
                st.code(code, language="html", wrap_lines=True, height=200)


def _files(base: str, query: str, scale: int, words: Words) -> str:
    """Links to all files of a card: a line for each place, then numbers and web page."""
    editable = [(name, f"{base}.{kind}?{query}") for kind, name in EDITABLE]
    pictures, numbers = _pictures(base, query, scale, words), _numbers_line(base, query, words)
    return file_links.markup([*pictures, numbers, (words.translate("Chart to edit"), editable)])


def _numbers_line(base: str, query: str, words: Words) -> file_links.Row:
    return words.translate("Numbers, web page"), [(name, f"{base}.{kind}?{query}") for kind, name in OTHERS]


def _pictures(
    base: str, query: str, scale: int, words: Words, sizes: Sequence[Size] = tuple(Size)
) -> list[file_links.Row]:
    """A line for each place, with the kinds of pictures."""
    names = size_names(words)
    return [
        (names[size], [(name, f"{base}.{kind}?{query}{_look(kind, size, scale)}") for kind, name in PICTURES])
        for size in sizes
    ]


def _look(kind: str, size: Size, scale: int) -> str:
    """Place and sharpness at the end of an address, as far as they are not the usual ones."""
    place = "" if size is Size.PLAIN else f"&size={size}"
    return f"{place}&scale={scale}" if kind == "png" and scale != DEFAULT_SCALE else place


def sharpness(words: Words, *, key: str) -> int:
    """The choice of how many pixels a PNG has for one."""
    chosen: int = st.selectbox(
        words.translate("Sharpness of PNG"),
        SCALES,
        index=SCALES.index(DEFAULT_SCALE),
        format_func=lambda times: f"{times}×",
        key=key,
        width=150,
    )
    return chosen


def size_names(words: Words) -> dict[Size, str]:
    """The places for which pictures are made, as people call them."""
    _ = words.translate
    return {
        Size.PLAIN: _("Picture"),
        Size.SLIDE: _("For a slide (16:9)"),
        Size.PAGE: _("For a page (A4)"),
        Size.SOCIAL: _("For a link (1200 × 630)"),
        Size.SQUARE: _("Square (1080 × 1080)"),
    }


def _keep(card: Card, frame: Frame, filters: Filters, form: Form | None = None) -> None:
    _ = frame.words.translate
    with st.popover(_("Keep a finding"), key=f"keep_{card.question}"):
        statement = st.text_area(_("What can be said"), key=f"statement_{card.question}", on_change="ignore")
        method = PLAIN if card.statistics is None else card.statistics.method
        told = _("The numbers are kept as they are now, as a meeting may see them.")
        if method.weights is not WeightKind.UNWEIGHTED:
            told = wording.sentences((told, _("Weighted figures are internal, so they are kept unweighted.")))
        st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
        if st.button(_("Keep"), key=f"keep_button_{card.question}", type="primary"):
            with messages.explained(frame.words, MESSAGES):
                recommendations.keep_finding(
                    frame.store,
                    frame.slug,
                    card.question,
                    statement or "",
                    filters=filters,
                    actor=frame.actor,
                    now=now(),
                    by=card.by,
                    method=unweighted(method),
                    form=form,
                )
                st.success(_("Kept. You find it under Recommendations."))


def _texts(card: Card, frame: Frame, filters: Filters) -> None:
    words = frame.words
    st.html(f'<h3 class="sd-card-title">{html.escape(card.label)}</h3>')
    key = f"search_{card.question}"
    session.set_widget(key, card_choices.of(card_choices.ANSWERS, card.question))
    search = st.text_input(
        words.translate("Search in the answers"),
        key=key,
        on_change=card_choices.keep,
        args=(card_choices.ANSWERS, card.question, key),
    )
    place = f"page_{card.question}"
    shown = int(session.recall(place) or QUOTES_SHOWN)
    count, found = open_answers.first_quotes(
        frame.store,
        frame.slug,
        card.question,
        actor=frame.actor,
        audience=card.audience,
        language=words.language,
        filters=filters,
        search=search or "",
        limit=shown,
    )
    st.html(f'<div class="sd-muted">{html.escape(words.plural("{count} answer", "{count} answers", count))}</div>')
    quote_list(found, words)
    if count > shown and st.button(words.translate("Show more"), key=f"more_{card.question}"):
        session.remember(place, shown + 5 * QUOTES_SHOWN)
        st.rerun()
    if recommendations.may_write(frame.actor, frame.slug):
        _keep(card, frame, filters)


def quote_list(found: tuple[Quote, ...], words: Words) -> None:
    """Open answers, each in its own language and direction, attributed as permitted, with what they permit."""
    items = "".join(quote_html(quote, words) for quote in found)
    if items:
        st.html(f'<div class="sd-quotes">{items}</div>')


def quote_html(quote: Quote, words: Words) -> str:
    """One open answer as HTML."""
    # A name that was asked for is its own attribution.
    who = " · ".join(part for part in (quote.attribution, quote.region) if part and part != quote.text)
    may = html.escape(wording.permission(quote.permission, words))
    may = f"<strong>{may}</strong>" if quote.permission is Permission.NOT else may
    # The words of the program stand in the reader's language, below those of the respondent.
    return (
        f'<blockquote><div lang="{html.escape(quote.language)}" dir="auto">{html.escape(quote.text)}</div>'
        f'<footer><span dir="auto">{html.escape(who)}</span>{" · " if who else ""}{may}</footer></blockquote>'
    )
