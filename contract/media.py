"""Media types: JSON in UTF-8 comes in and goes out, spelled as RFC 9110 allows."""

from errors import Refusal

Headers = list[tuple[bytes, bytes]]
JSON = ("application", "json")


def refuse_unreadable(headers: Headers) -> None:
    """Raises `unsupported_media_type` unless the body is uncompressed JSON in UTF-8."""
    given = [value for name, value in headers if name == b"content-type"]
    media_type, parameters = _parse(given[0]) if len(given) == 1 else ("", {})
    if media_type != "application/json":
        raise _unsupported("Send the body with one header `Content-Type: application/json`.")
    if parameters.get("charset", "utf-8") not in ("utf-8", "utf8"):
        raise _unsupported("Send JSON in UTF-8.")
    if any(value.strip().lower() != b"identity" for name, value in headers if name == b"content-encoding"):
        raise _unsupported("Send the body uncompressed.")


def refuse_unacceptable(headers: Headers) -> None:
    """Raises `not_acceptable` when no member of Accept takes JSON."""
    given = b",".join(value for name, value in headers if name == b"accept")
    if given.strip() and given != b"*/*" and not any(_takes_json(member) for member in given.split(b",")):
        raise Refusal("not_acceptable", "The answer is JSON; accept application/json.", param="Accept")


def _takes_json(member: bytes) -> bool:
    media_range, parameters = _parse(member)
    main, _, sub = media_range.partition("/")
    try:
        quality = float(parameters.get("q", "1"))
    except ValueError:
        return False
    return quality > 0 and main in ("*", JSON[0]) and sub in ("*", JSON[1])


def _parse(value: bytes) -> tuple[str, dict[str, str]]:
    media_type, *rest = value.decode("latin-1").lower().split(";")
    pairs = (part.partition("=") for part in rest)
    return media_type.strip(), {name.strip(): text.strip().strip('"') for name, _, text in pairs}


def _unsupported(message: str) -> Refusal:
    return Refusal("unsupported_media_type", message, param="Content-Type")
