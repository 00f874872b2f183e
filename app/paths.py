"""Owns where Comptoir's files are: shipped resources, the person's data, logs, secrets.

Never creates or opens a file. `COMPTOIR_HOME`, if set, holds everything of this person in one folder (a USB stick, a
test, a second till on one machine): `data` and, beside it, `keys`, so that a copy of the data never carries secrets.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

HOME_VARIABLE = "COMPTOIR_HOME"


def resources_dir() -> Path:
    """The shipped, read-only files: demo catalogue, translations, icons, fonts."""
    return Path(__file__).resolve().parent.parent / "resources"


def locale_dir() -> Path:
    """Where the compiled translations are, `<language>/LC_MESSAGES/comptoir.mo`."""
    return resources_dir() / "locale"


def guide_dir() -> Path:
    """The guide, as it is read in the repository too; its pictures are in `pictures` beside it."""
    return Path(__file__).resolve().parent.parent / "docs" / "guide"


def data_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of the database, the settings, the logs and the backups of this person."""
    if home := environ.get(HOME_VARIABLE):
        return Path(home).expanduser().absolute() / "data"
    from platformdirs import user_data_path  # off the start path of commands that name their database

    return user_data_path("comptoir", appauthor=False)


def secrets_path(environ: Mapping[str, str] = os.environ) -> Path:
    """The file that stands in for the OS key store where there is none; outside the data folder on purpose."""
    if home := environ.get(HOME_VARIABLE):
        return Path(home).expanduser().absolute() / "keys" / "secrets.json"
    from platformdirs import user_config_path

    return user_config_path("comptoir", appauthor=False) / "keys" / "secrets.json"


def database_path(environ: Mapping[str, str] = os.environ) -> Path:
    """The till's database unless `--database` names another."""
    return data_dir(environ) / "comptoir.sqlite3"


def marketplace_database_path(environ: Mapping[str, str] = os.environ) -> Path:
    """The reference marketplace's own database unless it is given another."""
    return data_dir(environ) / "marketplace.sqlite3"


def settings_path(environ: Mapping[str, str] = os.environ) -> Path:
    return data_dir(environ) / "settings.json"


def log_path(environ: Mapping[str, str] = os.environ) -> Path:
    return data_dir(environ) / "logs" / "comptoir.log"


def accounts_path(environ: Mapping[str, str] = os.environ) -> Path:
    """The accounts of the sales journal, if the accountant chose other ones than the usual."""
    return data_dir(environ) / "accounts.toml"


def archives_dir(environ: Mapping[str, str] = os.environ) -> Path:
    return data_dir(environ) / "archives"


def backups_dir(environ: Mapping[str, str] = os.environ) -> Path:
    return data_dir(environ) / "backups"
