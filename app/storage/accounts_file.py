"""Owns the reading of the shop's table of accounts (`accounts.toml`). Never writes it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from app.domain.journal import Accounts, WrongAccounts, accounts_of


def load_accounts(path: Path | None) -> Accounts:
    """The accounts in a file; the defaults if there is none to be had.

    Raises:
        WrongAccounts: the file is no TOML (`name` is "" then), or an entry is wrong.
        FileNotFoundError: a file was named that is not there.
    """
    if path is None:
        return Accounts()
    try:
        return accounts_of(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongAccounts("") from error
