"""What messages of Streamlit's own protocol say: about their session, and without the sign that no text has."""

import re
from typing import Any

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_WAYS = re.compile(rb"\0|%00|\\u0000")
_ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def session_id_of(message: bytes) -> str:
    """The id by which the browser may come back; "" in all messages but the first of each run."""
    try:
        found = ForwardMsg.FromString(message)
    except DecodeError:
        return ""
    return found.new_session.initialize.session_id if found.WhichOneof("type") == "new_session" else ""


_KINDS = frozenset({"rerun_script", "stop_script", "app_heartbeat", "file_urls_request"})
_OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
"""What our pages ask for. Streamlit takes more from anybody, meant for who writes a program: to empty its caches, to
tell the state of the folder that it lies in, to write files into it."""


def taken(message: bytes) -> bytes | None:
    """The message of a browser with no NUL sign in any of its texts: PostgreSQL keeps none and compares with none.

    No keyboard makes that sign, so nothing of what a person typed is lost. b"" for what none of our pages asks for;
    None for what is no message.
    """
    try:
        found = BackMsg.FromString(message)
    except DecodeError:
        return None
    kind = found.WhichOneof("type")
    if kind == "backend_operation_request":
        if found.backend_operation_request.WhichOneof("payload") not in _OPERATIONS:
            return b""
    elif kind not in _KINDS:
        return None if kind is None else b""
    if not _WAYS.search(message):
        return message
    _clean(found)
    packed: bytes = found.SerializeToString()
    return packed


def _clean(part: Any) -> None:
    for field, value in part.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for inner in value if field.is_repeated else (value,):
                _clean(inner)
        elif field.type == field.TYPE_STRING:
            if field.is_repeated:
                value[:] = [_cleaned(field.name, text) for text in value]
            else:
                setattr(part, field.name, _cleaned(field.name, value))


def _cleaned(name: str, text: str) -> str:
    """A text as it comes, in an address with its signs escaped, or as JSON: a table that was edited is sent so."""
    before = None
    while before != text:  # what is left may be one again
        before, text = text, text.replace("\0", "")
        if name in ("query_string", "url"):
            text = text.replace("%00", "")
        elif name.startswith("json") or text.startswith("{"):
            text = _ESCAPED.sub(r"\1", text)
    return text
