"""Expected errors, with codes from the error catalogue in spec/openapi.yaml."""

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 - a rejection is an expected response, not a failure
    """A request that is rejected; the API turns it into its error envelope.

    `code` is in the catalogue, which gives type and HTTP status. `message` is one sentence for people: what is wrong,
    then what to do. `param` is a JSON path in the body (`$.items[0].listing_id`) or the name of a parameter or header.
    `headers` are added to the HTTP response.
    """

    def __init__(
        self, code: str, message: str, *, param: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.headers = dict(headers or {})

    @property
    def reason(self) -> str:
        """Say to the operator what is wrong; the message is for clients."""
        return self.message


class NotFound(Refusal):
    """The dealer has no such row in this mode.

    Rows of other dealers are reported in the same way. The message does not repeat the id, because it may be
    anything, such as an API key pasted by mistake.
    """

    def __init__(self, noun: str, *, param: str | None = None) -> None:
        super().__init__(f"{noun}_not_found", f"There is no {noun} with this ID in this mode.", param=param)


class Invalid(Refusal):
    """A value that is invalid for a reason that a schema cannot express.

    A phone number, for example, or two fields that exclude each other.
    """

    def __init__(self, message: str, *, param: str) -> None:
        super().__init__("validation_failed", message, param=param)
