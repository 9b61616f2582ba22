"""What may go wrong on purpose: refusals with a code of the catalogue in spec/openapi.yaml."""

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A request that cannot be carried out as asked.

    `code` stands in the catalogue (which gives type and HTTP status); `message` is one plain sentence for a
    person; `param` is a JSON path in the body (`$.items[0].listing_id`) or the name of a parameter or header;
    `headers` go onto the HTTP answer.
    """

    def __init__(
        self, code: str, message: str, *, param: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.headers = dict(headers or {})


class NotFound(Refusal):
    """No such row for this dealer in this mode; a stranger's row looks the same.

    The id is not repeated: what stands in its place may be anything, a key pasted by mistake too.
    """

    def __init__(self, noun: str, *, param: str | None = None) -> None:
        super().__init__(f"{noun}_not_found", f"There is no {noun} with this id in this mode.", param=param)


class Invalid(Refusal):
    """A value that a schema cannot judge (a phone number, a clashing pair of fields)."""

    def __init__(self, message: str, *, param: str) -> None:
        super().__init__("validation_failed", message, param=param)
