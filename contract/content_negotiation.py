"""Content negotiation (RFC 9110): JSON in UTF-8, gzip for public documents."""

from functools import lru_cache

from errors import Refusal

Headers = list[tuple[bytes, bytes]]
JSON = ("application", "json")


def require_json_body(headers: Headers) -> None:
    """Raise `unsupported_media_type` unless the body is uncompressed JSON in UTF-8."""
    values = [value for name, value in headers if name == b"content-type"]
    media_type, parameters = _parse(values[0]) if len(values) == 1 else ("", {})
    if media_type != "application/json":
        raise _unsupported("The body must be JSON. Send one header `Content-Type: application/json`.")
    if parameters.get("charset", "utf-8") not in ("utf-8", "utf8"):
        raise _unsupported("The charset of the body must be UTF-8. Send JSON in UTF-8.")
    if any(value.strip().lower() != b"identity" for name, value in headers if name == b"content-encoding"):
        raise _unsupported("Compressed bodies are not supported. Send the body without Content-Encoding.")


def require_json_accepted(headers: Headers) -> None:
    """Raise `not_acceptable` if Accept excludes JSON (RFC 9110 section 12.5.1)."""
    accept = b",".join(value for name, value in headers if name == b"accept")
    if accept.strip() and accept != b"*/*" and not _accepts_json(accept):
        message = "The API responds in JSON only. Send `Accept: application/json`, or no Accept header."
        raise Refusal("not_acceptable", message, param="Accept")


def accepts_gzip(accept_encoding: bytes) -> bool:
    """Return True if Accept-Encoding allows gzip (RFC 9110 section 12.5.3)."""
    codings = dict(_parse(text) for text in accept_encoding.split(b","))
    parameters = codings.get("gzip", codings.get("*"))
    return parameters is not None and _quality(parameters) > 0


@lru_cache(256)
def _accepts_json(accept: bytes) -> bool:
    """Return True if the most specific range for JSON has a quality above zero."""
    ranges = [_parse_range(text) for text in accept.split(b",")]
    most_specific = max((specificity for specificity, _ in ranges), default=0)
    return most_specific > 0 and any(quality > 0 for specificity, quality in ranges if specificity == most_specific)


def _parse_range(text: bytes) -> tuple[int, float]:
    """Parse a media range into its specificity for JSON and its quality.

    Specificity goes from 0 (excludes JSON) to 3 (names it); quality from 0 to 1.
    """
    media_range, parameters = _parse(text)
    specificity = {"/".join(JSON): 3, f"{JSON[0]}/*": 2, "*/*": 1}.get(media_range, 0)
    return specificity, _quality(parameters)


def _quality(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0


def _parse(value: bytes) -> tuple[str, dict[str, str]]:
    media_type, *rest = value.decode("latin-1").lower().split(";")
    pairs = (part.partition("=") for part in rest)
    return media_type.strip(), {name.strip(): text.strip().strip('"') for name, _, text in pairs}


def _unsupported(message: str) -> Refusal:
    return Refusal("unsupported_media_type", message, param="Content-Type")
