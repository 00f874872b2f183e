"""Owns where the practice shop's files are, and that they are its own. Opens none of them.

The practice shop runs in a process of its own whose `COMPTOIR_HOME` is its folder: whatever asks where the till's data,
settings, logs, archives, backups or keys are is told of that folder alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap.window import Places
from app.demo.demo_shop import DemoHome
from app.domain.merchant import Merchant
from app.marketplace.seed import DEMO_SHOP, ShopProfile
from app.paths import HOME_VARIABLE, data_dir, database_path, marketplace_database_path, secrets_path, settings_path
from app.practice.progress import ProgressFile

PRACTICE_SHOP = ShopProfile(
    "FACTICE - Boutique d’entraînement",
    "entrainement",
    "Rien ici n’est réel",
    DEMO_SHOP.address_lines,
    DEMO_SHOP.siret,
    DEMO_SHOP.vat_number,
)
"""French in every language, as all that the tax office may see: no paper or export of it can pass for a shop's."""

PRACTICE_MERCHANT = Merchant(
    legal_name="FACTICE - Boutique d’entraînement",
    legal_form="SARL",
    siret=PRACTICE_SHOP.siret,
    vat_number=PRACTICE_SHOP.vat_number,
    rcs="RCS Valenciennes (fictif)",
    address_lines=PRACTICE_SHOP.address_lines,
)


class NoPracticeFolder(Exception):
    """The folder is none of a practice shop: nothing was opened in it."""


@dataclass(frozen=True, slots=True)
class PracticeHome(DemoHome):
    """The folder of the practice shop, as `COMPTOIR_HOME` has it."""

    @property
    def places(self) -> Places:
        return Places(database_path(self._environ), secrets_path(self._environ), settings_path(self._environ))

    @property
    def marketplace_database(self) -> Path:
        return marketplace_database_path(self._environ)

    @property
    def progress(self) -> ProgressFile:
        return ProgressFile(self.folder / "practice.json")

    @property
    def sheets(self) -> Path:
        """The folder of the sheets at the end."""
        return data_dir(self._environ) / "sheets"

    @property
    def _environ(self) -> Mapping[str, str]:
        return {HOME_VARIABLE: str(self.folder)}


def practice_home(environ: Mapping[str, str] = os.environ) -> PracticeHome:
    """The folder this process was started for.

    Raises NoPracticeFolder if a till that is no practice shop's lives there, be it with its settings or keys alone, or
    if none is named: the person's own folder would be opened."""
    folder = environ.get(HOME_VARIABLE, "")
    if not folder:
        raise NoPracticeFolder("COMPTOIR_HOME names no folder of its own")
    home = PracticeHome(Path(folder).expanduser().absolute())
    own = (home.places.database, home.places.settings, home.places.secrets)
    if not home.progress.is_there and any(file.exists() for file in own):
        raise NoPracticeFolder(f"{home.folder} holds a till of its own")
    return home
