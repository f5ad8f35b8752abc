"""Who is acting and what they may do: one question, one answer.

Every use case asks `require(actor, action)` before it reads or changes anything. Respondents are not actors here:
the personal code they hold opens their own response and nothing else (`survey.responses`).
"""

from dataclasses import dataclass
from enum import StrEnum

from data.errors import NotAllowed


class Role(StrEnum):
    """What a person with an account is."""

    ADMINISTRATOR = "administrator"
    SECRETARIAT = "secretariat"
    REPORT_WRITER = "report_writer"


class Action(StrEnum):
    """What can be asked for."""

    MANAGE_PEOPLE = "manage_people"
    MANAGE_CONSULTATIONS = "manage_consultations"
    READ_INTERNAL_FIGURES = "read_internal_figures"
    READ_PROTECTED_FIGURES = "read_protected_figures"
    READ_ANSWERS = "read_answers"
    READ_CONTACTS = "read_contacts"
    WRITE_FINDINGS = "write_findings"
    READ_LOG = "read_log"


class ActorKind(StrEnum):
    """Where an actor comes from."""

    ANONYMOUS = "anonymous"
    PERSON = "person"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever acts: nobody in particular, a person with a role, the operator at the console, or a scheduled job."""

    kind: ActorKind
    person_id: int = 0
    login: str = ""
    name: str = ""
    role: Role | None = None

    @property
    def label(self) -> str:
        """How the log names the actor."""
        return f"{self.kind}:{self.login}" if self.login else str(self.kind)


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS)
OPERATOR = Actor(kind=ActorKind.OPERATOR)
SYSTEM = Actor(kind=ActorKind.SYSTEM)

_SECRETARIAT = frozenset(Action) - {Action.MANAGE_PEOPLE}

_MAY: dict[Role, frozenset[Action]] = {
    Role.ADMINISTRATOR: frozenset(Action),
    Role.SECRETARIAT: _SECRETARIAT,
    Role.REPORT_WRITER: frozenset({Action.READ_PROTECTED_FIGURES}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer to "may they?", with the reason as a code."""

    allowed: bool
    reason: str


def decide(actor: Actor, action: Action) -> Decision:
    """Whether the actor may do it. The operator and the system may do everything; nobody in particular, nothing."""
    if actor.kind in (ActorKind.OPERATOR, ActorKind.SYSTEM):
        return Decision(allowed=True, reason="access.local")
    if actor.kind is ActorKind.ANONYMOUS or actor.role is None:
        return Decision(allowed=False, reason="access.sign_in")
    allowed = action in _MAY[actor.role]
    return Decision(allowed=allowed, reason="access.role" if allowed else "access.denied")


def require(actor: Actor, action: Action) -> None:
    """Returns when the actor may do it, else raises NotAllowed with the reason."""
    decision = decide(actor, action)
    if not decision.allowed:
        raise NotAllowed(decision.reason, action=str(action))
