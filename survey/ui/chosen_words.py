"""What is chosen in a box stands there in the page's language, also after that has changed.

A browser keeps the words of what is chosen, not the choice: Streamlit sends it new ones only when the choice itself was
changed by the program. After another language was chosen it went on showing the old words, and sent them back with the
next thing that was pressed, when they were no option any more: the choice was lost. It uses names that Streamlit keeps
to itself; `tests/survey/test_chosen_words.py` tells when a new version has others.
"""

from dataclasses import replace
from typing import Any

from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import RegisterWidgetResult, WidgetMetadata


def follow_the_language() -> None:
    """From now on a box whose choice has other words than the browser sent is told to the browser anew.

    To be called before the server starts. What is typed has no words but its own and is never sent back.
    """
    register = SessionState.register_widget

    def registered(
        state: SessionState, metadata: WidgetMetadata[Any], user_key: str | None
    ) -> RegisterWidgetResult[Any]:
        result = register(state, metadata, user_key)
        sent = result.incoming_serialized_values or result.incoming_serialized_value
        if (
            not sent
            or result.value_changed
            or metadata.formatted_options is None
            or metadata.serializer(result.value) == sent
        ):
            return result
        return replace(result, value_changed=True)

    SessionState.register_widget = registered  # type: ignore[method-assign, assignment]
