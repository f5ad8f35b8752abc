"""The one small tree of errors that the program raises on purpose.

Each carries a stable code and parameters; the words are made at the boundary, in the reader's language.
They live on the lowest floor because every floor raises them.
"""

from collections.abc import Mapping, Sequence


class SoundingsError(Exception):
    """Something the program expected and can explain.

    code    stable, lower case with dots, e.g. "consultation.closed"; the key of the message catalogue.
    params  values for the message, never secrets or answer texts.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code


class InvalidInput(SoundingsError):
    """What was sent cannot be accepted; the sender can mend it."""


class Faulty(InvalidInput):
    """What was put together is not handed over, because of faults in it.

    details  every one of them in its order, as whoever raises this has them; never answer texts
    """

    def __init__(self, code: str, details: Sequence[object], **params: object) -> None:
        super().__init__(code, **params)
        self.details = tuple(details)


class NotAllowed(SoundingsError):
    """The actor may not do this."""


class NotFound(SoundingsError):
    """There is no such thing, or none that the actor may know of."""


class Conflict(SoundingsError):
    """Somebody else changed it meanwhile, or it was done already."""


class Unavailable(SoundingsError):
    """The store or a service does not answer now; nothing was changed."""
