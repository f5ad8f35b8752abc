"""What comes through the socket of a page."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from survey.ui.live_sessions import taken


def sent(query: str = "", **value: object) -> BackMsg:
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.widget_states.widgets.append(WidgetState(id="w", **value))  # type: ignore[arg-type]
    return message


@pytest.mark.parametrize(
    ("message", "cleaned"),
    [
        (sent(string_value="a\0b"), sent(string_value="ab")),
        (sent(query="c=%00x%%0000"), sent(query="c=x")),
        (sent(query="c=\0%\x0000"), sent(query="c=")),
        (sent(query="c=%2500"), sent(query="c=%2500")),
        (sent(string_array_value={"data": ["a\0", "b"]}), sent(string_array_value={"data": ["a", "b"]})),
        (sent(string_trigger_value={"data": "\0"}), sent(string_trigger_value={"data": ""})),
        (sent(json_value=r'["\u0000a"]'), sent(json_value='["a"]')),
        (sent(json_value=r'["\\u0000"]'), sent(json_value=r'["\\u0000"]')),
        (sent(json_value=r'["\\\u0000"]'), sent(json_value=r'["\\"]')),
        (
            sent(string_value=r'{"edited_rows":{"0":{"name":"a\u0000"}}}'),
            sent(string_value='{"edited_rows":{"0":{"name":"a"}}}'),
        ),
        (sent(string_value=r"six signs: \u0000"), sent(string_value=r"six signs: \u0000")),
        (sent(double_value=2.0), sent(double_value=2.0)),
    ],
)
def test_no_text_of_a_message_has_a_nul_sign(message: BackMsg, cleaned: BackMsg) -> None:
    assert BackMsg.FromString(taken(message.SerializeToString()) or b"") == cleaned


@pytest.mark.parametrize("junk", [b"", b"\0\xff\0", b"hello", b"\x7f" * 300])
def test_what_is_no_message_is_known(junk: bytes) -> None:
    assert taken(junk) is None


@pytest.mark.parametrize("payload", ["install_skills", "dismiss_skills_nudge", "deferred_file", "dataframe_chunk"])
def test_only_operations_of_our_pages_are_taken(payload: str) -> None:
    message = BackMsg()
    getattr(message.backend_operation_request, payload).SetInParent()
    whole = message.SerializeToString()
    assert taken(whole) == (whole if payload in ("deferred_file", "dataframe_chunk") else b"")


def test_every_kind_of_message_is_taken_or_passed_over() -> None:
    asked = {}
    for kind in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields:
        message = BackMsg()
        if kind.message_type is None:
            setattr(message, kind.name, True)
        else:
            getattr(message, kind.name).SetInParent()
        asked[kind.name] = bool(taken(message.SerializeToString()))
    assert asked == {
        "rerun_script": True,
        "stop_script": True,
        "app_heartbeat": True,
        "file_urls_request": True,
        "backend_operation_request": False,  # an empty one
        "clear_cache": False,
        "set_run_on_save": False,
        "load_git_info": False,
        "debug_disconnect_websocket": False,
        "debug_shutdown_runtime": False,
    }
