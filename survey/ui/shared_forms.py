"""A form over something that others may change meanwhile: what this window was shown, and what its reader changed.

What others wrote comes into the fields that the reader left as they were. What was changed on both sides is told as a
conflict, once, before it is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from data.errors import Conflict, SoundingsError
from survey.translator import Words
from survey.ui import messages, session


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood in a form: the revision of the whole, and each field by its name."""

    revision: int
    values: Mapping[str, Any]


class SharedForm:
    """One such form of one window; to be made before its widgets are drawn, which take no value of their own.

    key      the widget of a field has the key f"{key}{name}"
    present  each field by its name, as it is kept now
    """

    def __init__(self, key: str, revision: int, present: Mapping[str, Any]) -> None:
        self.key = key
        self._now = Seen(revision, dict(present))
        self._seen = self._brought_up_to_date(session.recall(self._place))
        session.remember(self._place, self._seen)

    @property
    def _place(self) -> str:
        return f"seen_{self.key}"

    def _brought_up_to_date(self, seen: Seen | None) -> Seen:
        now, drawn = self._now.values, [name for name in self._now.values if session.has_widget(self.key + name)]
        touched = {n for n in drawn if seen and session.widget(self.key + n) != seen.values.get(n)}
        for name in now.keys() - touched:
            if name not in drawn or session.widget(self.key + name) != now[name]:
                session.set_widget(self.key + name, now[name])
        return seen if seen and touched and seen.values != now else self._now

    @property
    def revision(self) -> int:
        """The revision that the reader goes by."""
        return self._seen.revision

    def typed(self) -> dict[str, Any]:
        """Every field as it is in the form, once it is drawn; what is empty is ""."""
        return {name: session.widget(self.key + name, "") or "" for name in self._now.values}

    def changed(self) -> dict[str, Any]:
        """Those of them that the reader changed."""
        return {name: value for name, value in self.typed().items() if value != (self._seen.values.get(name) or "")}

    def saved(self) -> None:
        """It was kept: the next run shows what is kept."""
        session.forget(self._place)
        session.drop_widgets(self.key)

    def refused(self, error: SoundingsError, words: Words) -> None:
        """Tells why it was not kept; after a conflict the reader has seen what others wrote."""
        messages.show(error, words)
        if isinstance(error, Conflict):
            st.info(
                words.translate(
                    "What others wrote stands in the form now, beside what you changed. Press again to save yours."
                )
            )
            session.remember(self._place, self._now)
