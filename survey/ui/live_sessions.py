"""What a message of Streamlit's own protocol says about its session."""

from google.protobuf.message import DecodeError
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


def session_id_of(message: bytes) -> str:
    """The id by which the browser may come back; "" in all messages but the first of each run."""
    try:
        found = ForwardMsg.FromString(message)
    except DecodeError:
        return ""
    return found.new_session.initialize.session_id if found.WhichOneof("type") == "new_session" else ""
