"""A card on the screen: the chart with its base and note, the numbers beside it, and what can be taken away."""

import html
from dataclasses import replace
from urllib.parse import quote as in_address

import streamlit as st

from analysis import recommendations, review, take_away
from analysis.charts import badge_words, choose, screen, wording
from analysis.charts import opinions as opinion_words
from analysis.charts.sizes import Size
from analysis.charts.spec import ChartSpec, Form
from analysis.disclosure import Permission
from analysis.findings.card import Card, CardKind, Quote, Verdict
from analysis.findings.method import PLAIN, WeightKind
from analysis.findings.opinions import Opinions
from analysis.report import table
from analysis.review import Filters
from analysis.ui import filters as filter_bar
from analysis.ui import methods, opinions
from analysis.ui.frame import Frame, now
from analysis.ui.unseen import show_unseen
from analysis.words import MESSAGES
from survey.translator import Words
from survey.ui import messages, session

QUOTES_SHOWN = 6
PICTURES = (("png", "PNG"), ("svg", "SVG"), ("pdf", "PDF"))
OTHERS = (("csv", "CSV"), ("xlsx", "XLSX"), ("html", "HTML"))
FORMATS = (*PICTURES, *OTHERS)


def draw(spec: ChartSpec, key: str, *, title: bool = True, mark: str = "") -> None:
    """A chart with title, base, note and source; `mark` is HTML below its base."""
    if title:
        st.html(f'<h3 class="sd-card-title">{html.escape(spec.title)}</h3>')
    st.html(f'<div class="sd-muted">{html.escape(spec.subtitle)}</div>{mark}')
    if spec.form is Form.TABLE:
        head = "".join(
            f'<th scope="col">{html.escape(name)}</th>' for name in ("", *(each.name for each in spec.series))
        )
        rows = "".join(
            f'<tr><th scope="row">{html.escape(category)}</th>'
            + "".join(f"<td>{html.escape(each.labels[at])}</td>" for each in spec.series)
            + "</tr>"
            for at, category in enumerate(spec.categories)
        )
        st.html(f'<div class="sd-table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>')
    else:
        st.plotly_chart(screen.figure(spec), key=key, config=screen.CONFIG, theme=None, alt=spec.alt)
    if spec.note:
        st.html(f'<div class="sd-note">{html.escape(spec.note)}</div>')
    st.html(f'<div class="sd-note">{html.escape(spec.source)}</div>')


def links(addresses: list[tuple[str, str]], label: str) -> None:
    """Download links in a row."""
    st.html(f'<div class="sd-downloads"><span class="sd-muted">{html.escape(label)}</span> {anchors(addresses)}</div>')


def anchors(addresses: list[tuple[str, str]]) -> str:
    """Download links as HTML."""
    return " ".join(
        f'<a class="sd-download" href="{html.escape(address)}" download>{html.escape(name)}</a>'
        for name, address in addresses
    )


def show(card: Card, frame: Frame, filters: Filters) -> None:
    """One question: chart or texts, numbers, downloads, and the button that keeps a finding."""
    words = frame.words
    with st.container(border=True, key=f"card_{card.question}"):
        if card.kind is CardKind.TEXT:
            _texts(card, frame, filters)
            return
        # The robustness stands at the badge, not once more in the note; files carry it in their note.
        spec = choose.chart(replace(card, robustness=None), words)
        if spec is None:
            return
        draw(spec, f"chart_{card.question}", mark=_badge(card, words))
        if card.by and card.kind in (CardKind.BATTERY, CardKind.RANKING):
            told = words.translate("The chart shows all replies together; the comparison stands under Numbers.")
            st.html(f'<div class="sd-note">{html.escape(told)}</div>')
        with st.expander(words.translate("Numbers")):
            st.html(_table(card, frame))
        if card.kind is CardKind.BATTERY and (found := opinions.chosen(card, frame, filters.snapshot)) is not None:
            _opinions(found, card, frame)
        if review.screen_audience(frame.actor, frame.slug) == "internal":
            show_unseen(card, frame, filters)
        with st.container(horizontal=True, vertical_alignment="center"):
            _take_away(card, frame, filters)
            if recommendations.may_write(frame.actor, frame.slug):
                _keep(card, frame, filters)


def _badge(card: Card, words: Words) -> str:
    """In how many lenses the finding holds, and which ones turn it or cannot be computed, as HTML."""
    found = card.robustness
    if found is None:
        return ""
    if found.untested is not None:
        return f'<div class="sd-note">{html.escape(badge_words.line(found, words))}</div>'
    turned = found.of(Verdict.REVERSED) or found.of(Verdict.LEVEL)
    kind = "sd-turned" if turned else "sd-holds" if found.of(Verdict.HOLDS) else ""
    exceptions = html.escape("; ".join(badge_words.exceptions(found, words)))
    return (
        f'<div><span class="sd-badge {kind}">{html.escape(badge_words.badge(found, words))}</span> '
        f'<span class="sd-note">{exceptions}</span></div>'
    )


def _opinions(found: Opinions, card: Card, frame: Frame) -> None:
    """Groups of opinion: what is said, the bars, the map where it may be seen."""
    bars, shown = opinion_words.bars(found, frame.words), opinion_words.opinion_map(found, frame.words)
    st.html(opinions.told(found, frame.words, with_notes=bars is None))
    if bars is not None:
        draw(bars, f"groups_{card.question}", title=False)
    if shown is not None:
        st.html(opinions.map_heading(shown))
        st.plotly_chart(
            screen.map_figure(shown), key=f"map_{card.question}", config=screen.CONFIG, theme=None, alt=shown.alt
        )
        st.html(f'<div class="sd-note">{html.escape(shown.note)}</div>')


def _table(card: Card, frame: Frame) -> str:
    shown = table.tabulate(card, frame.words)
    head = "".join(f'<th scope="col">{html.escape(column.head)}</th>' for column in shown.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{html.escape(table.written(value, column.unit, frame.words))}</td>"
            for value, column in zip(row, shown.columns, strict=True)
        )
        + "</tr>"
        for row in shown.rows
    )
    return f'<div class="sd-table sd-wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _take_away(card: Card, frame: Frame, filters: Filters) -> None:
    """Everything that can be taken of a card, folded: pictures by the place they are for, numbers, a web page."""
    words = frame.words
    _ = words.translate
    method = PLAIN if card.statistics is None else card.statistics.method
    by, base = [card.by] if card.by else [], f"export/{frame.slug}/chart/{in_address(card.question)}"
    with st.popover(_("Take away"), key=f"take_{card.question}"):
        st.html(_files(base, filter_bar.query(filters, words.language, by, methods.for_meeting(method)), words))
        if method.weights is not WeightKind.UNWEIGHTED:
            told = _("Internal, weighted, nothing hidden:")
            query = filter_bar.query(filters, words.language, by, method, internal=True)
            st.html(f'<div class="sd-muted">{html.escape(told)}</div>{_files(base, query, words)}')
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
                    method=methods.for_meeting(method),
                    now=now(),
                )
                st.code(code, language="html", wrap_lines=True, height=200)


def _files(base: str, query: str, words: Words) -> str:
    """Links to all files of a card: a line for each place, then numbers and web page."""
    names = size_names(words)
    rows = [(names[size], [(name, f"{base}.{kind}?{_sized(query, size)}") for kind, name in PICTURES]) for size in Size]
    rows.append((words.translate("Numbers, web page"), [(name, f"{base}.{kind}?{query}") for kind, name in OTHERS]))
    return "".join(
        f'<div class="sd-downloads"><span class="sd-muted">{html.escape(label)}</span> {anchors(addresses)}</div>'
        for label, addresses in rows
    )


def _sized(query: str, size: Size) -> str:
    return query if size is Size.PLAIN else f"{query}&size={size}"


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


def _keep(card: Card, frame: Frame, filters: Filters) -> None:
    _ = frame.words.translate
    with st.popover(_("Keep a finding"), key=f"keep_{card.question}"):
        statement = st.text_area(_("What can be said"), key=f"statement_{card.question}", on_change="ignore")
        method = PLAIN if card.statistics is None else card.statistics.method
        told = _("The numbers are kept as they are now, as a meeting may see them.")
        if method.weights is not WeightKind.UNWEIGHTED:
            told = f"{told} {_('Weighted figures are internal, so they are kept unweighted.')}"
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
                    method=methods.for_meeting(method),
                )
                st.success(_("Kept. You find it under Recommendations."))


def _texts(card: Card, frame: Frame, filters: Filters) -> None:
    words = frame.words
    st.html(f'<h3 class="sd-card-title">{html.escape(card.label)}</h3>')
    search = st.text_input(words.translate("Search in the answers"), key=f"search_{card.question}")
    place = f"page_{card.question}"
    found = review.quotes(
        frame.store,
        frame.slug,
        card.question,
        actor=frame.actor,
        audience=card.audience,
        language=words.language,
        filters=filters,
        search=search or "",
    )
    st.html(f'<div class="sd-muted">{html.escape(words.plural("{count} answer", "{count} answers", len(found)))}</div>')
    shown = int(session.recall(place) or QUOTES_SHOWN)
    quote_list(found[:shown], words)
    if len(found) > shown and st.button(words.translate("Show more"), key=f"more_{card.question}"):
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
