"""The part of *Take away* for pictures: in which formats, for which place, how sharp."""

import html

import streamlit as st

from analysis.charts.sizes import Size
from analysis.ui import cards
from survey.translator import Words

FORMATS = {"png": "PNG", "svg": "SVG", "pdf": "PDF", "html": "HTML", "xlsx": "XLSX"}


def choice(words: Words) -> str:
    """Formats, place and sharpness as they are chosen, for the end of an address."""
    _ = words.translate
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
        scale = cards.sharpness(words, key="pictures_scale")
    return "".join(f"&kind={kind}" for kind in kinds) + f"&size={size or Size.PLAIN}&scale={scale}"


def tell(words: Words) -> None:
    """What is in the zip."""
    told = words.translate("In the zip: each chart, its numbers as CSV, a page that shows them all, and a README.")
    st.html(f'<div class="sd-muted">{html.escape(told)}</div>')
