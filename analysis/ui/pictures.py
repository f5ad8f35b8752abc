"""The part of *Take away* for pictures: every chart in the chosen formats and for one place, as one zip."""

import html
from collections.abc import Sequence

import streamlit as st

from analysis.charts.sizes import DEFAULT_SCALE, SCALES, Size
from analysis.findings.method import Method, WeightKind, unweighted
from analysis.opened_data import Filters
from analysis.ui import cards
from analysis.ui import filters as filter_bar
from analysis.ui.frame import Frame

FORMATS = {"png": "PNG", "svg": "SVG", "pdf": "PDF", "html": "HTML", "xlsx": "XLSX"}


def show(frame: Frame, filters: Filters, by: Sequence[str], method: Method) -> None:
    """Formats, place and sharpness, then one download."""
    words = frame.words
    _ = words.translate
    st.header(_("All charts as pictures"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = st.multiselect(
            _("Formats"),
            list(FORMATS),
            default=["png"],
            format_func=FORMATS.__getitem__,
            key="pictures_kinds",
            width=330,
        )
        names = cards.size_names(words)
        size = st.selectbox(
            _("For which place"), list(names), format_func=names.__getitem__, key="pictures_size", width=230
        )
        scale = st.selectbox(
            _("Sharpness of PNG"),
            SCALES,
            index=SCALES.index(DEFAULT_SCALE),
            format_func=lambda times: f"{times}×",
            key="pictures_scale",
            width=150,
        )
    pairs = "".join(f"&kind={kind}" for kind in kinds) + f"&size={size or Size.PLAIN}&scale={scale}"
    base = f"export/{frame.slug}/charts.zip?"
    query = filter_bar.query(filters, words.language, by, unweighted(method))
    offered = [(_("All charts (zip)"), f"{base}{query}{pairs}")]
    if method.weights is not WeightKind.UNWEIGHTED:
        query = filter_bar.query(filters, words.language, by, method, internal=True)
        offered.append((_("Internal, weighted (zip)"), f"{base}{query}{pairs}"))
    cards.links(offered, "")
    told = _("In the zip: each chart, its numbers as CSV, a page that shows them all, and a README.")
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
