"""A bare Streamlit script with the widgets of a section: what somebody would write without Soundings."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from survey import asking
from survey.logic.form_state import FormState
from survey.questionnaire import Group, Kind
from tests.browser.running import ROOT
from tests.ports import free_port

_SCRIPT = '''"""The same questions in plain Streamlit."""
import json
import streamlit as st

SECTIONS = json.loads({sections!r})
title, questions = SECTIONS[st.query_params.get("s", {first!r})]
st.title(title)
for question in questions:
    label, options, key = question["label"], question["options"], question["key"]
    if question["hint"]:
        st.caption(question["hint"])
    match question["widget"]:
        case "radio":
            st.radio(label, list(options), index=None, format_func=options.get, key=key, horizontal=question["row"])
        case "selectbox":
            st.selectbox(label, list(options), index=None, format_func=options.get, key=key)
        case "multiselect":
            st.multiselect(label, list(options), format_func=options.get, key=key)
        case "checkboxes":
            st.markdown(label)
            for code, words in options.items():
                st.checkbox(words, key=f"{{key}}-{{code}}")
        case "text_area":
            st.text_area(label, key=key)
        case _:
            st.text_input(label, key=key)
st.button("Back")
st.button("Save and go on")
'''


def script(sections: Sequence[Group], state: FormState) -> str:
    """The script for the questions of these sections that are asked now; the address says which, else the first."""
    shown = {each.name: (state.words(each.label), _questions(each, state)) for each in sections}
    return _SCRIPT.format(sections=json.dumps(shown), first=sections[0].name)


def _questions(section: Group, state: FormState) -> list[dict[str, object]]:
    questions: list[dict[str, object]] = []
    rows = {q.name for battery in state.questionnaire.batteries() for q in battery.questions()}
    for question in section.questions():
        shown = state.state(question.name)
        if not shown.relevant:
            continue
        options = {choice.name: state.words(choice.label) for choice in shown.choices}
        if question.kind is Kind.SELECT_MULTIPLE:
            widget = "checkboxes" if asking.boxed(question, shown) else "multiselect"
        elif question.kind in (Kind.SELECT_ONE, Kind.RANK):
            widget = "selectbox" if asking.as_menu(question, len(options)) else "radio"
        else:
            widget = "text_area" if "multiline" in question.appearance else "text_input"
        questions.append(
            {
                "key": question.name,
                "label": state.words(question.label),
                "hint": state.words(question.hint),
                "options": options,
                "widget": widget,
                "row": question.name in rows,
            }
        )
    return questions


class BareApp:
    """`streamlit run` over such a script, with our own configuration."""

    def __init__(self, folder: Path, text: str) -> None:
        self.port = free_port()
        shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
        (folder / "bare.py").write_text(text, encoding="utf-8")
        ours = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
        command = [sys.executable, "-m", "streamlit", "run", "bare.py", "--server.port", str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=folder, env=ours, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the bare script did not start")

    @property
    def process_id(self) -> int:
        """Of the process that runs it."""
        return self._process.pid

    def stop(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()
