"""The one family of errors that a user reads."""


class Refusal(Exception):
    """A service will not do it; the message is a full German sentence for the page.

    `field` names the form field at fault, if one is.
    """

    def __init__(self, message: object = "", *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class Stale(Refusal):
    """Somebody else changed the object in the meantime."""
