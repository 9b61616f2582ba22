"""Decodes files: as UTF-8, by a byte order mark, as chosen, or as detected.

charset-normalizer finds the encodings in which the bytes are plausible text. Several usually are, because a file has
few accented letters. Of those, the one counts whose letters all belong to one language, then Windows-1252.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

from charset_normalizer import from_bytes

from inventory.csv_reader import SheetError
from inventory.text_matching import word_set

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# By the name of Python's codec, in order of preference.
_DETECTED = {
    "cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1251": "Windows-1251", "cp1253": "Windows-1253",
    "cp1254": "Windows-1254", "cp1257": "Windows-1257", "iso8859-2": "ISO-8859-2", "mac-roman": "Mac Roman",
    "mac-cyrillic": "Mac Cyrillic",
    "koi8-r": "KOI8-R", "cp866": "CP866", "shift_jis": "Shift_JIS", "gb18030": "GB18030", "euc_kr": "EUC-KR",
    "big5": "Big5", "cp850": "CP850",
}  # fmt: skip
ENCODINGS = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE", **_DETECTED,
    "cp1255": "Windows-1255", "cp1256": "Windows-1256", "cp1258": "Windows-1258", "iso8859-1": "ISO-8859-1",
    "iso8859-5": "ISO-8859-5", "iso8859-7": "ISO-8859-7", "iso8859-9": "ISO-8859-9",
    "iso8859-15": "ISO-8859-15", "koi8-u": "KOI8-U", "cp437": "CP437", "cp852": "CP852",
    "mac-latin2": "Mac Central European", "mac-greek": "Mac Greek", "mac-turkish": "Mac Turkish", "euc_jp": "EUC-JP",
}  # fmt: skip
_ALPHABETS = tuple(
    map(
        frozenset,
        (
            "äöüß", "àâæçéèêëîïôœùûüÿ", "àèéìíîòóùú", "áéíñóúü", "áâãàçéêíóôõú", "éëïöüèáó", "åäöé", "æøåé",
            "ąćęłńóśźż", "áäčďéěíĺľňóôŕřšťúůýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "çğıöşüâîû", "ąčęėįšųūž",
            "āčēģīķļņšūž", "äöõüšž", "абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгдежзийклмнопрстуфхцчшщьюяіїєґ",
            "абвгдежзиклмнопрстуфхцчшђјљњћџ", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ",
        ),
    )
)  # fmt: skip
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff9f\u3000-\u303f]")
_PUNCTUATION = frozenset("€£§©®°²½¼¾–—‘’‚“”„•…™«»\u00a0·´×±№")
_LETTER_WITHIN_WORD = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f\W\d_]")
# A letter of another encoding: nobody writes a dash or a fraction directly before a letter.
_MARK_BEFORE_LETTER = re.compile(r"[–—•…™²½¼¾±×](?=[^\W\d_])")
# A detection from fewer letters needs one of the encodings that Windows writes in Europe, or the old Mac's.
_MIN_LETTERS = 3
_WIDESPREAD = word_set("cp1252 cp1250 cp1251 mac-roman")
_MIN_COVERAGE = 0.8
_MAX_SAMPLE_BYTES = 32_768
_MAX_CHAOS = 0.3
_BROKEN_BYTE = re.compile("[\udc80-\udcff]")
_MIN_LETTERS_PER_BROKEN_BYTE = 3  # other encodings have hardly any letter that is valid UTF-8
_MIN_ZEROS_SHARE = 0.02
_MAX_ODD_ZEROS = 0.3  # letters such as "Ā" have their zero byte on the other side
_REMEDY = "Save it as CSV (UTF-8), or say which encoding it has."


class EncodingError(SheetError):
    """The bytes are not text in the encoding. The message says what to do."""


def find_encoding(name: str) -> str:
    """Find an encoding by a name such as "latin1". Raises EncodingError."""
    try:
        codec = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        codec = ""
    for encoding in ENCODINGS:
        if codecs.lookup(encoding).name == codec:
            return encoding
    raise EncodingError(f'"{name[:40]}" is not an encoding. Choose one of {", ".join(ENCODINGS.values())}.')


def decode(content: bytes, encoding: str | None = None) -> tuple[str, str, bool]:
    """Decode a file. Returns text, encoding, and True if that is only likely.

    `encoding` is a key of ENCODINGS, or None to detect it. Raises EncodingError.
    """
    if encoding:
        return _decode_as(content, encoding), ENCODINGS[encoding], False
    for mark, codec in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_marked(content, codec), codec.removesuffix("-sig").upper(), False
    if unmarked := _find_unmarked_utf16(content):
        return _decode_as(content, unmarked), ENCODINGS[unmarked], False
    try:
        return content.decode(), "UTF-8", False
    except UnicodeDecodeError:
        if damaged := _decode_damaged(content):
            return damaged, "UTF-8 with broken bytes", True
        return _decode_detected(content)


def _decode_damaged(content: bytes) -> str | None:
    """Decode UTF-8 with a few broken bytes, each as the control character SUB.

    So a cell with one cannot be read, and all others keep their letters.
    """
    text = content.decode(errors="surrogateescape")
    broken = len(_BROKEN_BYTE.findall(text))
    letters = sum(not character.isascii() for character in text) - broken
    return _BROKEN_BYTE.sub("\x1a", text) if letters >= _MIN_LETTERS_PER_BROKEN_BYTE * broken else None


def _find_unmarked_utf16(content: bytes) -> str | None:
    """Find UTF-16 without a byte order mark by the zero bytes of its delimiters.

    In all other encodings, text has no zero bytes.
    """
    sample = content[:_MAX_SAMPLE_BYTES]
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if max(first, second) < _MIN_ZEROS_SHARE * len(sample) or min(first, second) > _MAX_ODD_ZEROS * max(first, second):
        return None
    return "utf-16-le" if second > first else "utf-16-be"


def _decode_as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise EncodingError(f"The file is not valid {ENCODINGS[encoding]}. {_REMEDY}") from None


def _decode_marked(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        message = f"The file is neither UTF-8 nor UTF-16, although its first bytes say so. {_REMEDY}"
        raise EncodingError(message) from None


def _decode_detected(content: bytes) -> tuple[str, str, bool]:
    for encoding in _rank_encodings(_sample(content)):
        try:
            return content.decode(encoding), ENCODINGS[encoding], True
        except UnicodeDecodeError:
            continue
    raise EncodingError(f"The file is neither UTF-8 nor UTF-16, and its encoding cannot be detected. {_REMEDY}")


def _sample(content: bytes) -> bytes:
    """Return the lines that are not ASCII: the others say nothing about the encoding."""
    lines = (line for line in re.split(rb"[\r\n]+", content) if not line.isascii())
    return b"\n".join(_take(lines, _MAX_SAMPLE_BYTES))


def _take(lines: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    size = 0
    for line in lines:
        yield line[: max_bytes - size]
        size += len(line)
        if size >= max_bytes:
            return


def _rank_encodings(sample: bytes) -> list[str]:
    """Return the plausible encodings, the best first, Windows-1252 last."""
    names = [name.replace("-", "_") for name in _DETECTED]
    matches = from_bytes(sample, cp_isolation=names, threshold=_MAX_CHAOS, language_threshold=0.05)
    chaos: dict[str, float] = {}
    for match in matches:
        for name in match.could_be_from_charset:
            chaos.setdefault(codecs.lookup(name).name, match.chaos)
    # charset-normalizer leaves it out, as too similar.
    chaos.setdefault("iso8859-2", chaos.get("cp1250", 1))
    ranks = {}
    for preference, encoding in enumerate(_DETECTED):
        codec = codecs.lookup(encoding).name
        if codec in chaos and (coverage := _measure(sample, encoding)) >= _MIN_COVERAGE:
            # Windows-1252 is more frequent than the measure of chaos knows.
            ranks[encoding] = (-coverage, chaos[codec] - 0.1 * (encoding == "cp1252"), preference)
    return [*sorted(ranks, key=lambda encoding: ranks[encoding]), "cp1252"]


def _measure(sample: bytes, encoding: str) -> float:
    """Return the share of the characters beyond ASCII that one language explains."""
    text = sample.decode(encoding, "replace")
    others = [character for character in text if not character.isascii()]
    letters = [character for character in others if character.isalpha()]
    if len(letters) < _MIN_LETTERS and encoding not in _WIDESPREAD:
        return 0
    capitals = sum(
        match[0].isupper() and text[match.start() - 1].islower() for match in _LETTER_WITHIN_WORD.finditer(text)
    )
    marks = sum(character in _PUNCTUATION for character in others) - len(_MARK_BEFORE_LETTER.findall(text))
    explained = max(sum(character.lower() in alphabet for character in letters) for alphabet in _ALPHABETS)
    explained = max(explained, sum(map(bool, map(_CJK.match, others))))
    return (explained + marks - capitals) / len(others) if others else 0
