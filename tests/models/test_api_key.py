"""API keys: their format, their randomness, one per mode."""

import re
from collections import Counter

import pytest

from errors import Refusal
from models.accounts.api_key import ApiKey
from tests.cast import Cast

ALPHABET = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def test_keys_have_the_documented_form_and_use_the_whole_alphabet_evenly(cast: Cast) -> None:
    keys = [ApiKey.generate(cast.owner.dealer, is_test=True) for _ in range(150)]
    assert all(re.fullmatch(r"wth_[A-Za-z0-9]{32}", key) for key in keys)
    assert len(set(keys)) == len(keys)
    counts = Counter("".join(key[4:] for key in keys))
    assert set(counts) == ALPHABET
    assert max(counts.values()) < 3 * min(counts.values())


def test_key_that_was_replaced_meanwhile_is_not_replaced_again(cast: Cast) -> None:
    dealer = cast.owner.dealer
    prefix = ApiKey.find_prefix(dealer, is_test=True)
    ApiKey.generate(dealer, is_test=True, replaces=prefix)
    with pytest.raises(Refusal, match="has been regenerated already"):
        ApiKey.generate(dealer, is_test=True, replaces=prefix)


def test_dealer_has_one_key_per_mode_at_most(cast: Cast) -> None:
    for is_test in (True, False, True):
        ApiKey.generate(cast.owner.dealer, is_test=is_test)
    rows = ApiKey.select().where(ApiKey.dealer == cast.owner.dealer)
    assert sorted(row.is_test for row in rows) == [False, True]
