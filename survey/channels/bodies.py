"""How much of a request is read, and how slowly it may come."""

import json
from collections.abc import MutableMapping
from time import monotonic
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from data.errors import InvalidInput, Unavailable
from survey.translator import Words
from survey.words import MESSAGES

HEAD_SECONDS = 20.0
"""The head of a request is a few hundred bytes, which the worst line carries in less."""
PAUSE_SECONDS = 30.0
"""A line may stand still so long at the beginning, or in all beyond what LEAST_BYTES_PER_SECOND allows for."""
LEAST_BYTES_PER_SECOND = 500.0
"""A telephone on the slowest network sends four times as much."""
