"""The look of Questions in the address bar and in its widgets, and the steps that can be undone; a link to Take away.

The widgets decide. Only an address that this page has not written itself (a link), the browser's way back and the
buttons that undo set them anew, before they are drawn. A browser sends the address that it has at that moment: what is
chosen before the last one that was written has reached it comes with an older one, which decides nothing.
"""

import streamlit as st

from analysis import estimates, exploration, inventory, opened_data, snapshots
from analysis.exploration import NAMES, Known, Look, Parameters, Steps
from analysis.ui import card_choices, clicks, filters, frozen, methods
from analysis.ui.frame import Frame
from survey.translator import Words
from survey.ui import language, session

SECTION, BY, SEARCH, NUMBERS, BOOK, PICKED = (
    "section",
    "compare",
    "search-questions",
    "show-numbers",
    "book",
    "questions",
)
_WRITTEN, _STEPS, _MOVE, _WANTED, _FOLLOWED = (
    "look-written",
    "look-steps",
    "look-move",
    "section-wanted",
    "link-followed",
)


def arrive(here: Frame, *, again: bool) -> tuple[str, ...]:
    """The widgets have what the address, a click or an undone step asks for; what the address may not ask for.

    again  the page was drawn before, and no other since
    """
    given = {name: st.query_params.get_all(name) for name in sorted(NAMES) if name in st.query_params}
    flat = [(name, value) for name, values in given.items() for value in values]
    move = session.recall(_MOVE)
    session.forget(_MOVE)
    if move:
        steps = _steps().moved(move)
        session.remember(_STEPS, (steps.looks, steps.place))
        given = _gathered(steps.looks[steps.place])
    elif not _is_another(flat, again):
        clicked = clicks.taken()
        if clicked is not None:
            kept = opened_data.Filters.of(session.recall(filters.KEPT) or {})
            filters.choose(exploration.toggled(kept, *clicked))
        return ()
    look, refused = exploration.read(given, _known(here, given))
    _set(look)
    return () if move else refused


def _is_another(flat: list[tuple[str, str]], again: bool) -> bool:
    """Whether somebody came by this address; flat: as `exploration.parameters`, in any order."""
    asked, written = sorted(flat), sorted(session.recall(_WRITTEN) or ())
    if asked == written or not (asked or again):
        return False
    return not again or session.went_through_history() or asked not in [sorted(look) for look in _steps().looks]


def follow(here: Frame) -> dict[str, list[str]]:
    """Take away has the filters, state, method, comparisons and questions that a link asks for; what it asks for.

    That is told once, then {}. Of a link to data for other programs (it names them) comparison and questions are not
    those of the whole.
    """
    given = {name: st.query_params.get_all(name) for name in st.query_params if name not in ("c", "lang")}
    if not given or session.recall(_FOLLOWED) == given:
        return {}
    session.remember(_FOLLOWED, given)
    looked_at = {name: values for name, values in given.items() if name in NAMES and name != "by"}
    known = _known(here, looked_at)
    look, refused = exploration.read(looked_at, known)
    frozen.choose(look.filters.snapshot)
    filters.choose(look.filters)
    methods.choose(look.method)
    if "data" not in given:
        asked = dict.fromkeys(given.get("by", ()))
        session.set_widget(BOOK, [name for name in asked if name in known.compared])
        refused += tuple(f"by={exploration.as_asked(name)}" for name in asked if name not in known.compared)
        picked, there = dict.fromkeys(given.get("q", ())), known.charted | known.worded
        session.set_widget(PICKED, [name for name in picked if name in there])
        refused += tuple(f"q={exploration.as_asked(name)}" for name in picked if name not in there)
    tell(refused, here.words)
    return given


def frozen_state(here: Frame) -> str:
    """The SHA-256 of the frozen state that the address asks for, else of the one chosen last; "" for the present."""
    states = tuple(each.sha256 for each in snapshots.listed(here.store, here.slug, actor=here.actor))
    if not states:
        return ""
    chosen = str(session.widget(frozen.STATE) or session.recall(frozen.STATE) or "")
    named = exploration.state_of(_present(), states) if _present() != _gathered(session.recall(_WRITTEN) or ()) else ""
    return named or (chosen if chosen in states else "")


def _gathered(pairs: Parameters) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _known(here: Frame, given: dict[str, list[str]]) -> Known:
    states = tuple(each.sha256 for each in snapshots.listed(here.store, here.slug, actor=here.actor))
    state = exploration.state_of(given, states)
    slug, tag, audience = here.slug, here.words.language, opened_data.screen_audience(here.actor, here.slug)
    variables = inventory.filter_variables(here.store, slug, actor=here.actor, language=tag, snapshot=state, every=True)
    listed = inventory.questions(here.store, slug, actor=here.actor, language=tag, audience=audience, snapshot=state)
    return Known(
        filters={each.name: frozenset(code for code, _words in each.options) for each in variables},
        sections=frozenset(each.place for each in listed),
        compared=frozenset(each.name for each in variables),
        snapshots=states,
        weighted=audience == "internal",
        charted=frozenset(each.name for each in listed if not each.wordy),
        worded=frozenset(each.name for each in listed if each.wordy),
        margins=frozenset(estimates.margins(here.store, slug, actor=here.actor, language=tag, snapshot=state)),
        framed=estimates.framed(here.store, slug, actor=here.actor, snapshot=state),
    )


def _set(look: Look) -> None:
    frozen.choose(look.filters.snapshot)
    filters.choose(look.filters)
    methods.choose(look.method)
    session.remember(_WANTED, look.section)
    session.set_widget(BY, look.by)
    session.set_widget(SEARCH, look.search)
    session.set_widget(NUMBERS, look.numbers)
    card_choices.choose(card_choices.FORMS, look.forms)
    card_choices.choose(card_choices.ANSWERS, look.answers)


def wanted_section() -> str | None:
    """Name of the section that the address asks for, once; "" for the usual one, None when it does not say."""
    found: str | None = session.recall(_WANTED)
    session.forget(_WANTED)
    return found


def tell(refused: tuple[str, ...], words: Words) -> None:
    """Says what an address asked for in vain."""
    if refused:
        told = words.translate("Not there, or not for you to see, and left out of the link: {what}")
        st.warning(told.format(what=", ".join(f"`{each}`" for each in refused)))


def write(look: Look) -> None:
    """The address names the look and the language, and the look is a step that can be undone."""
    pairs = exploration.parameters(look)
    steps = _steps().after(pairs)
    session.remember(_STEPS, (steps.looks, steps.place))
    if session.recall(_WRITTEN) == pairs and _gathered(pairs) == _present():
        return
    session.remember(_WRITTEN, pairs)
    others = {name: st.query_params.get_all(name) for name in st.query_params if name not in NAMES}
    if pairs:
        others["lang"] = [language.chosen()]
    if {**others, **_gathered(pairs)} != {name: st.query_params.get_all(name) for name in st.query_params}:
        st.query_params.from_dict({**others, **_gathered(pairs)})


def _present() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params if name in NAMES}


def _steps() -> Steps:
    looks, place = session.recall(_STEPS) or ((), -1)
    return Steps(looks=looks, place=place)


def steps(words: Words) -> None:
    """The buttons that undo the last step and do it again."""
    found = _steps()
    with st.container(key="steps", horizontal=True, gap="small"):
        st.button(words.translate("Undo"), key="undo", disabled=not found.undoable, on_click=_move, args=(-1,))
        st.button(words.translate("Redo"), key="redo", disabled=not found.redoable, on_click=_move, args=(1,))


def _move(by: int) -> None:
    session.remember(_MOVE, by)
