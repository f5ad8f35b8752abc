"""Which replies count for a contact list: of each organisation one, whatever else was sent."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.findings.listed import ContactList, Listed, ListedReply

REPLIES = st.lists(
    st.tuples(st.integers(1, 12), st.none() | st.integers(1, 5), st.booleans()),
    max_size=12,
    unique_by=lambda each: each[0],
)


@given(REPLIES, st.lists(st.integers(1, 12), max_size=12, unique=True))
def test_of_an_organisation_the_reply_by_its_link_counts_else_the_last(
    sent: list[tuple[int, int | None, bool]], kept: list[int]
) -> None:
    replies = [
        ListedReply(response=response, organisation=organisation, by_link=by_link, codes={"r": str(organisation)})
        for response, organisation, by_link in sent
    ]
    dataset: Any = SimpleNamespace(respondents=SimpleNamespace(ids=np.array(kept, dtype=np.int64)), size=len(kept))
    listed = Listed(dataset, ContactList(replies=replies))
    there = [each for each in replies if each.response in kept]
    counting = {}
    for organisation in {each.organisation for each in there} - {None}:
        own = [each for each in there if each.organisation == organisation]
        counting[organisation] = ([each for each in own if each.by_link] or own)[-1]
    assert listed.counting == {each.response for each in counting.values()}
    assert listed.responses == {each.response for each in there}
    assert listed.codes("r") == {kept.index(each.response): each.codes["r"] for each in counting.values()}
    assert (listed.strangers, listed.repeated) == (len(kept) - len(there), len(there) - len(counting))
    assert np.flatnonzero(listed.rows).tolist() == sorted(listed.codes("r"))
