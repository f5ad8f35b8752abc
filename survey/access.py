"""Who is acting and what they may do: one question, one answer.

Every use case asks `require(actor, action, consultation)` before it reads or changes anything, and reads no more than
the Scope that comes back. Respondents are not actors here: the personal code they hold opens their own response and
nothing else (`survey.responses`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.errors import NotAllowed, NotFound
from data.records import EVERYTHING, Scope


class Role(StrEnum):
    """What a person with an account is everywhere; a member is nothing but what single consultations grant."""

    ADMINISTRATOR = "administrator"
    SECRETARIAT = "secretariat"
    REPORT_WRITER = "report_writer"
    MEMBER = "member"


class ConsultationRole(StrEnum):
    """What a person is in one consultation."""

    OWNER = "owner"
    EDITOR = "editor"
    ANALYST = "analyst"
    REVIEWER = "reviewer"
    VIEWER = "viewer"
    TRANSLATOR = "translator"


class Action(StrEnum):
    """What can be asked for."""

    MANAGE_PEOPLE = "manage_people"
    CREATE_CONSULTATIONS = "create_consultations"
    GRANT_ROLES = "grant_roles"
    MANAGE_CONSULTATIONS = "manage_consultations"
    EDIT_QUESTIONNAIRE = "edit_questionnaire"
    TRANSLATE = "translate"
    READ_INTERNAL_FIGURES = "read_internal_figures"
    READ_PROTECTED_FIGURES = "read_protected_figures"
    READ_ANSWERS = "read_answers"
    READ_CONTACTS = "read_contacts"
    REVIEW_REPLIES = "review_replies"
    WRITE_FINDINGS = "write_findings"
    READ_LOG = "read_log"


class ActorKind(StrEnum):
    """Where an actor comes from."""

    ANONYMOUS = "anonymous"
    PERSON = "person"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role in the consultation of that slug, in the part of it that the scope lets through."""

    consultation: str
    role: ConsultationRole
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever acts: nobody in particular, a person with their roles, the operator at the console, or a scheduled job.

    role    what a person is everywhere
    grants  what they are in single consultations besides, one for each
    """

    kind: ActorKind
    person_id: int = 0
    login: str = ""
    name: str = ""
    role: Role | None = None
    grants: tuple[Grant, ...] = ()

    @property
    def label(self) -> str:
        """How the log names the actor."""
        return f"{self.kind}:{self.login}" if self.login else str(self.kind)

    def grant(self, consultation: str) -> Grant | None:
        """The role in that consultation."""
        return next((each for each in self.grants if each.consultation == consultation), None)


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
OPERATOR = Actor(kind=ActorKind.OPERATOR)
SYSTEM = Actor(kind=ActorKind.SYSTEM)

OF_CONSULTATIONS = frozenset(Action) - {Action.MANAGE_PEOPLE, Action.CREATE_CONSULTATIONS}
"""What is done in one consultation, and can be granted there."""
OF_THE_WHOLE = frozenset({Action.GRANT_ROLES, Action.MANAGE_CONSULTATIONS, Action.EDIT_QUESTIONNAIRE, Action.READ_LOG})
"""What concerns all of a consultation: nobody may do it who sees a part only."""

EVERYWHERE: Mapping[Role, frozenset[Action]] = {
    Role.ADMINISTRATOR: frozenset(Action),
    Role.SECRETARIAT: frozenset(Action) - {Action.MANAGE_PEOPLE},
    Role.REPORT_WRITER: frozenset({Action.READ_PROTECTED_FIGURES}),
    Role.MEMBER: frozenset(),
}
"""What a role of the installation may do, in every consultation."""

_FIGURES = frozenset({Action.READ_PROTECTED_FIGURES, Action.READ_INTERNAL_FIGURES, Action.READ_ANSWERS})

GRANTED: Mapping[ConsultationRole, frozenset[Action]] = {
    ConsultationRole.OWNER: OF_CONSULTATIONS,
    ConsultationRole.EDITOR: frozenset(
        {
            Action.MANAGE_CONSULTATIONS,
            Action.EDIT_QUESTIONNAIRE,
            Action.TRANSLATE,
            Action.READ_PROTECTED_FIGURES,
            Action.READ_INTERNAL_FIGURES,
        }
    ),
    ConsultationRole.ANALYST: _FIGURES | {Action.WRITE_FINDINGS},
    ConsultationRole.REVIEWER: _FIGURES | {Action.READ_CONTACTS, Action.REVIEW_REPLIES},
    ConsultationRole.VIEWER: frozenset({Action.READ_PROTECTED_FIGURES}),
    ConsultationRole.TRANSLATOR: frozenset({Action.TRANSLATE}),
}
"""What a role in one consultation may do there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer to "may they?", with the reason as a code, and the part of the consultation that it holds for."""

    allowed: bool
    reason: str
    scope: Scope = EVERYTHING


def decide(actor: Actor, action: Action, consultation: str = "") -> Decision:
    """Whether the actor may do it in the consultation of that slug; without one, everywhere.

    The operator and the system may do everything; nobody in particular, nothing.
    """
    if actor.kind in (ActorKind.OPERATOR, ActorKind.SYSTEM):
        return Decision(allowed=True, reason="access.local")
    if actor.kind is ActorKind.ANONYMOUS or actor.role is None:
        return Decision(allowed=False, reason="access.sign_in")
    if action in EVERYWHERE[actor.role]:
        return Decision(allowed=True, reason="access.role")
    grant = actor.grant(consultation)
    if grant is None or action not in GRANTED[grant.role]:
        return Decision(allowed=False, reason="access.denied")
    if action in OF_THE_WHOLE and grant.scope.is_narrow:
        return Decision(allowed=False, reason="access.part_only")
    return Decision(allowed=True, reason="access.grant", scope=grant.scope)


def require(actor: Actor, action: Action, consultation: str = "", *, unknown: str = "consultation.unknown") -> Scope:
    """The part of the consultation that the actor may do it in.

    unknown  the code of what is not there for somebody who may not know of the consultation
    Raises NotAllowed with the reason; NotFound for somebody without any role in the consultation: they do not even
    learn that it exists.
    """
    decision = decide(actor, action, consultation)
    if decision.allowed:
        return decision.scope
    if consultation and not knows(actor, consultation) and decision.reason != "access.sign_in":
        raise NotFound(unknown, slug=consultation)
    raise NotAllowed(decision.reason, action=str(action))


def knows(actor: Actor, consultation: str) -> bool:
    """Whether the actor may know that the consultation exists: a role everywhere, or one there."""
    return any(decide(actor, action, consultation).allowed for action in Action)


def somewhere(actor: Actor, action: Action) -> bool:
    """Whether the actor may do it everywhere or in some consultation."""
    return any(decide(actor, action, slug).allowed for slug in ("", *(each.consultation for each in actor.grants)))


def require_somewhere(actor: Actor, action: Action) -> None:
    """Returns when the actor may do it anywhere, else raises NotAllowed with the reason; the use case asks again."""
    if not somewhere(actor, action):
        raise NotAllowed(decide(actor, action).reason, action=str(action))
