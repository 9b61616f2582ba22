"""The check of the mail server in `wth check`."""

import pytest

import config
from tests.commands.conftest import Wth
from tests.mail_server import run_mail_server


def check_mail(wth: Wth) -> tuple[bool, str]:
    [result] = [check for check in wth("check", "--json").document["checks"] if check["name"] == "mail"]
    return result["ok"], result["detail"]


def test_hub_without_settings_says_that_it_sends_no_mail(wth: Wth) -> None:
    is_ok, detail = check_mail(wth)
    assert is_ok
    assert "the hub sends no mail" in detail


def test_one_of_two_settings_is_reported(wth: Wth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MAIL_FROM", "hub@mail.example")
    assert check_mail(wth) == (False, "WTH_SMTP_URL is missing, so the hub sends no mail. Set it.")


def test_server_is_connected_to(wth: Wth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MAIL_FROM", "hub@mail.example")
    with run_mail_server() as running:
        monkeypatch.setattr(config, "SMTP_URL", f"smtp://127.0.0.1:{running.port}")
        assert check_mail(wth) == (True, "reachable, mails come from hub@mail.example")
        monkeypatch.setattr(config, "SMTP_URL", f"smtp://hub:geheim@127.0.0.1:{running.port}")
        is_ok, detail = check_mail(wth)
        assert not is_ok
        assert "geheim" not in detail
    assert not check_mail(wth)[0]
