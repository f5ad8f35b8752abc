"""Several people at one response, for the pages of the light form: who may do what, and the acts of its buttons."""

from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import FormData

from data.errors import SoundingsError
from data.records import KeyRecord, KeyRole
from data.store import Store
from survey import asking, colleagues, responses
from survey.channels.requests import key_of
from survey.open_responses import OpenResponse
from survey.policies import policies_of
from survey.translator import Words

TEAM = "_colleagues"
"""The place of the page about colleagues."""
ACTS = ("invite", "revoke", "sign-off", "hand-over")
"""What its buttons begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who sends the response. Sentences are "" where there is nothing to say.

    ready  who said that it is ready for approval, and when
    by     that somebody else must send it, and who may
    hand_over  True when its reader can say that it is ready
    """

    ready: str
    by: str
    hand_over: bool


def approval(store: Store, opened: OpenResponse, code: str, words: Words, *, now: datetime) -> Approval:
    """What the last page says about sending."""
    _ = words.translate
    ready = by = ""
    if opened.response.ready_at is not None:
        moment = words.moment(opened.response.ready_at, policies_of(opened.consultation).clock)
        name = opened.response.ready_by or _("whoever began this response")
        ready = _("Ready for approval: {name}, {moment}", name=name, moment=moment)
    if not opened.may_send:
        names = [
            key.name or _("a colleague")
            for key in colleagues.colleagues(store, code, now=now)
            if key.role is KeyRole.APPROVER
        ]
        by = (
            _("It is sent by somebody who may approve: {names}.", names=", ".join(names))
            if names
            else _("It is sent by somebody who may approve, and nobody has such a code yet. Invite a colleague.")
        )
    return Approval(ready=ready, by=by, hand_over=not opened.may_send and opened.response.ready_at is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A colleague with a code that works."""

    key: int
    name: str
    role: str


def members(store: Store, code: str, words: Words, *, now: datetime) -> tuple[Member, ...]:
    """The colleagues of the response."""
    return tuple(_member(key, words) for key in colleagues.colleagues(store, code, now=now))


def _member(key: KeyRecord, words: Words) -> Member:
    return Member(key=key.id, name=key.name or words.translate("a colleague"), role=asking.role_words(key.role, words))


def given_to(store: Store, opened: OpenResponse, given: str, words: Words, *, now: datetime) -> str:
    """The colleague to whom a new code was given; "" for what is no code of this response."""
    if not given:
        return ""
    try:
        found = responses.resume(store, given, now=now)
    except SoundingsError:
        return ""
    same = found.response.id == opened.response.id
    return (found.holder.name or words.translate("a colleague")) if same else ""


def act(store: Store, opened: OpenResponse, code: str, form: FormData, *, now: datetime) -> str:
    """Does what a button about colleagues says; returns the code that was made, if one was."""
    wanted, _colon, key = str(form.get("act", "")).partition(":")
    if wanted == "invite":
        name, role = str(form.get("name", "")), str(form.get("role", ""))
        return colleagues.invite_colleague(store, code, name=name, role=role, now=now)
    if wanted == "revoke":
        colleagues.revoke_colleague(store, code, key_of(key), now=now)
    elif wanted == "sign-off":
        colleagues.ask_for_approval(store, code, key == "yes", now=now)
    else:
        colleagues.hand_over(store, code, now=now)
    return ""
