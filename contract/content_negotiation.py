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
    if given.strip() and given != b"*/*" and not _takes_json(given):
        raise Refusal("not_acceptable", "The answer is JSON; accept application/json.", param="Accept")


def _takes_json(accept: bytes) -> bool:
    """Of the ranges that JSON is in the most precise decides (RFC 9110, 12.5.1)."""
    wishes = [_wish(member) for member in accept.split(b",")]
    precise = max((precision for precision, _ in wishes), default=0)
    return precise > 0 and any(quality > 0 for precision, quality in wishes if precision == precise)


def _wish(member: bytes) -> tuple[int, float]:
    """How precisely a member of Accept names JSON, from 0 (not at all) to 3, and how much it is wanted."""
    media_range, parameters = _parse(member)
    precision = {"/".join(JSON): 3, f"{JSON[0]}/*": 2, "*/*": 1}.get(media_range, 0)
    try:
        return precision, float(parameters.get("q", "1"))
    except ValueError:
        return precision, 0.0


def _parse(value: bytes) -> tuple[str, dict[str, str]]:
    media_type, *rest = value.decode("latin-1").lower().split(";")
    pairs = (part.partition("=") for part in rest)
    return media_type.strip(), {name.strip(): text.strip().strip('"') for name, _, text in pairs}


def _unsupported(message: str) -> Refusal:
    return Refusal("unsupported_media_type", message, param="Content-Type")
