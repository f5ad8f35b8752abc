"""Take away: the deck and the workbook with everything in view, and the states of the data that were frozen."""

import streamlit as st

from analysis.ui import cards, filters, frame, frozen
from survey.access import Action

here = frame.open_page("Take away", Action.READ_PROTECTED_FIGURES)
_ = here.words.translate
st.markdown(
    _(
        "Every file hides counts below 5, carries n, base, source and date, and stays editable. "
        "Charts one by one are under Questions."
    )
)
chosen = filters.bar(here)
query = filters.query(chosen, here.words.language)
cards.links(
    [
        (_("Presentation (PowerPoint, editable charts)"), f"export/{here.slug}/dashboard.pptx?{query}"),
        (_("Numbers (Excel workbook)"), f"export/{here.slug}/dashboard.xlsx?{query}"),
    ],
    "",
)
frozen.show(here)
