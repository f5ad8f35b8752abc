"""What a page costs that is drawn again."""

import asyncio

import pytest

from survey import responses, saving
from survey.channels.sockets import REMEMBERED_BITS
from tests.load.pages import Reruns, Visitor
from tests.server.conftest import OPEN
from tests.server.process import Server, now


@pytest.mark.parametrize("section", ["s1", "s2", "s3"])
def test_an_answer_costs_less_than_three_kilobytes(server: Server, section: str) -> None:
    store = server.store()
    code = responses.begin(store, OPEN, language="en", channel="app", now=now())
    saving.save(store, code, {"consent": "agree"}, seen={}, section=section, language="en", now=now())
    store.close()
    reruns = Reruns()

    async def visit() -> int:
        visitor = Visitor(server.port, "respond", {"c": OPEN, "r": code}, reruns, seed=1)
        await visitor.open()
        for _turn in range(4):
            await visitor.choose()
        await visitor.close()
        return visitor.window_bits

    assert asyncio.run(visit()) == REMEMBERED_BITS
    assert max(reruns.sizes[1:]) < 3_000, reruns.sizes
