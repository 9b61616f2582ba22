"""Encodings are detected from few letters, shown, and can be chosen."""

from pathlib import Path

import pytest

from inventory.encodings import ENCODINGS, EncodingError, find_encoding
from inventory.sheet import Sheet, read_sheet

FILES = Path(__file__).with_name("files")
HEADER = "SKU;Brand;Model;Title;Price\n"
TITLES = {
    "German": "Glashütte Original für Männer, schön",
    "French": "Hermès, boîte d'origine, état neuf",
    "Italian": "Perché è così, qualità",
    "Spanish": "Año 1990, señora, edición",
    "Danish": "Æske og kvittering, på lager, sjælden",
    "Czech": "Příliš žluťoučký kůň, zánovní",
    "Polish": "Męski zegarek, pudełko, sprzedaż, książka",
    "Hungarian": "Új állapotú, őrzött tükör, eredeti",
    "Turkish": "Kutulu, şık görünüş, yeni ğ, ışıltılı",
    "Greek": "Ρολόι με κουτί και χαρτιά",
    "Bulgarian": "Часовник Ролекс, пълен комплект",
    "Russian": "Часы с коробкой и документами",
    "Japanese": "プレザージュ 箱と保証書付き",
    "Chinese": "日志型 全套带盒证",
}


def read_title(title: str, encoding: str, newline: str = "\n", **options: str) -> Sheet:
    text = f"{HEADER}1;Rolex;Datejust;{title};5000\n2;Omega;Seamaster;plain;4000\n".replace("\n", newline)
    return read_sheet(text.encode(encoding), encoding=options.get("chosen"))


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("German", "cp1252"), ("French", "cp1252"), ("Italian", "cp1252"), ("Spanish", "cp1252"), ("Danish", "cp1252"),
        ("Czech", "cp1250"), ("Polish", "cp1250"), ("Hungarian", "cp1250"), ("Polish", "iso8859-2"),
        ("Turkish", "cp1254"), ("Greek", "cp1253"), ("Bulgarian", "cp1251"), ("Russian", "cp1251"),
        ("Russian", "koi8-r"), ("Russian", "cp866"), ("Russian", "mac-cyrillic"), ("German", "mac-roman"),
        ("French", "mac-roman"), ("Spanish", "mac-roman"), ("Japanese", "shift_jis"), ("Chinese", "gb18030"),
        ("German", "cp850"), ("French", "cp850"),
    ],
)  # fmt: skip
def test_encoding_is_detected_and_named(language: str, encoding: str) -> None:
    sheet = read_title(TITLES[language], encoding)
    assert (sheet.encoding, sheet.good[0].values["title"]) == (ENCODINGS[encoding], TITLES[language])
    assert sheet.notes == [
        f"The file is not valid UTF-8 and was read as {ENCODINGS[encoding]}. Check the accented letters."
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_needs_no_note(encoding: str) -> None:
    for title in TITLES.values():
        sheet = read_title(title, encoding)
        assert (sheet.encoding, sheet.notes) == (encoding.removesuffix("-sig").upper(), [])
        assert sheet.good[0].values["title"] == title


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_needs_no_byte_order_mark(encoding: str) -> None:
    for title in (*TITLES.values(), "Ā" * 20):
        sheet = read_title(title, encoding)
        assert (sheet.encoding, sheet.notes) == (ENCODINGS[encoding], [])
        assert sheet.good[0].values["title"] == title


@pytest.mark.parametrize(("name", "brand"), [("cp1251-cells.csv", "Rolex"), ("cp1251-headers.csv", "Ролекс")])
def test_cyrillic_files_are_read(name: str, brand: str) -> None:
    sheet = read_sheet((FILES / name).read_bytes())
    assert (sheet.encoding, sheet.good[0].values["brand"]) == ("Windows-1251", brand)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_can_be_chosen(encoding: str) -> None:
    sheet = read_title("Full set", encoding, chosen=encoding)
    assert (sheet.encoding, sheet.good[0].values["title"], sheet.notes) == (ENCODINGS[encoding], "Full set", [])


def test_choice_overrides_the_detection() -> None:
    assert read_title("Hermčs", "cp1250").good[0].values["title"] == "Hermès"
    assert read_title("Hermčs", "cp1250", chosen="cp1250").good[0].values["title"] == "Hermčs"


def test_wrong_choice_is_an_error() -> None:
    with pytest.raises(EncodingError, match="not valid UTF-8"):
        read_title("Hermès", "cp1252", chosen="utf-8")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Windows-1251", "cp1251"), ("latin1", "iso8859-1"), ("UTF8", "utf-8"), (" cp1250 ", "cp1250"),
        ("macintosh", "mac-roman"),
    ],
)  # fmt: skip
def test_encoding_is_found_by_its_common_names(name: str, encoding: str) -> None:
    assert find_encoding(name) == encoding


@pytest.mark.parametrize("name", ["", "rot13", "idna", "unicode_escape", "klingon", "base64", "\0"])
def test_other_codecs_are_no_encodings(name: str) -> None:
    with pytest.raises(EncodingError, match="is not an encoding"):
        find_encoding(name)


@pytest.mark.parametrize("newline", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac-roman", "utf-16"])
def test_line_ends_do_not_matter(newline: str, encoding: str) -> None:
    sheet = read_title("Glashütte, schön, für Männer, 1, 2, 3, 4, 5, 6", encoding, newline)
    assert [row.values["sku"] for row in sheet.good] == ["1", "2"]


def test_broken_byte_in_utf8_costs_its_cell_only() -> None:
    content = (
        "SKU,Brand,Model,Price,Dial\nA1,A. Lange & Söhne,Lange 1,9500,weiß\nA2,Rolex,Glück,9500,blé àçè\n".encode()
    )
    sheet = read_sheet(content.replace(b"Lange 1", b"Lange\xff1") + b"A3,Omega,Constellation,9500,gr\xfcn\n")
    assert [row.values["model"] for row in sheet.good] == ["Glück", "Constellation"]
    assert [(problem.line, problem.column) for problem in sheet.errors + sheet.warnings] == [(2, "Model"), (4, "Dial")]
    assert sheet.encoding == "UTF-8 with broken bytes"


def test_few_accented_letters_of_windows_are_not_taken_for_broken_utf8() -> None:
    content = "Brand,Model,Price\nChopard,Glück é Â©,9500\n".encode("cp1252")
    assert read_sheet(content).encoding == "Windows-1252"
