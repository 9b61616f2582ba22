"""Countries by code and by name."""

import pytest

from inventory.countries import parse_country


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BG", "BG"), ("de", "DE"), ("Deutschland", "DE"), ("Germany, Munich", "DE"),
        ("Munich, Germany", "DE"), ("UK", "GB"), ("United Kingdom", "GB"), ("USA", "US"), ("U.S.A.", "US"),
        ("Hong Kong", "HK"), ("UAE", "AE"), ("Österreich", "AT"), ("България", "BG"), ("Singapore", "SG"),
        ("Japan", "JP"), ("schweiz", "CH"), ("Brazil", "BR"), ("Tyskland", "DE"), ("Németország", "DE"),
        ("Suíça", "CH"), ("Egypten", "EG"), ("Rumaenien", "RO"),
        ("Kongo", ""), ("XX", ""), ("Atlantis", ""),
    ],
)  # fmt: skip
def test_country_is_parsed_by_code_or_name_or_rejected(text: str, code: str) -> None:
    if code:
        assert parse_country(text) == code
    else:
        with pytest.raises(ValueError, match="two-letter code"):
            parse_country(text)
