"""Owns the demo's marketplace and its till's files: starting, stopping, starting again, linking the two.

Never uses the person's own database, settings or keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.bootstrap.core import Core, opened_core
from app.bootstrap.window import Places
from app.domain.merchant import Merchant
from app.marketplace.seed import DEMO_SHOP, DemoCustomers, SeededShop, ShopProfile, seed_demo
from app.marketplace.server import RunningMarketplace, start_in_thread
from app.paths import resources_dir
from app.settings import PrinterProfile, Settings, load, save

TILL_NAME = "Caisse A"
OPERATOR = "Léa"


@dataclass(frozen=True, slots=True)
class DemoHome:
    """The folder of one demo."""

    folder: Path

    @property
    def places(self) -> Places:
        return Places(
            self.folder / "till" / "comptoir.sqlite3",
            self.folder / "keys" / "secrets.json",
            self.folder / "settings.json",
        )

    @property
    def marketplace_database(self) -> Path:
        return self.folder / "marketplace.sqlite3"


class DemoMarketplace:
    """The reference marketplace with the demo shop, on loopback; can be switched off and on again on the same port."""

    def __init__(self, home: DemoHome, profile: ShopProfile = DEMO_SHOP) -> None:
        self._home = home
        self._profile = profile
        home.folder.mkdir(parents=True, exist_ok=True)
        self._port = 0
        self.server: RunningMarketplace | None = None
        self.shop = self._first_start()

    def _first_start(self) -> SeededShop:
        self.switch_on()
        try:
            return seed_demo(self.running.store, resources_dir() / "demo" / "catalogue.csv", profile=self._profile)
        except BaseException:
            self.switch_off()  # its threads would keep the process alive
            raise

    @property
    def running(self) -> RunningMarketplace:
        """The server. Raises RuntimeError while it is off."""
        if self.server is None:
            raise RuntimeError("the demo marketplace is switched off")
        return self.server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def shop_url(self) -> str:
        """Where people order."""
        return f"{self.url}/boutiques/{self.shop.slug}"

    def switch_on(self) -> None:
        url = f"sqlite:///{self._home.marketplace_database.absolute()}"
        self.server = start_in_thread(url, self._port, faults=True)
        self._port = int(self.server.url.rsplit(":", 1)[1])

    def switch_off(self) -> None:
        """As a cut cable: nothing answers on the port any more."""
        if self.server is not None:
            self.server.stop()
            self.server = None

    def customers(self) -> DemoCustomers:
        """People who order; they reach into the server's own store."""
        return DemoCustomers(self.running.store, self.shop.shop_id)


def link_till(home: DemoHome, marketplace: DemoMarketplace, merchant: Merchant | None = None) -> None:
    """Pair the demo's till, or tell a paired one the marketplace's port of today.

    Args:
        merchant: None for the fictitious one.
    """
    from app.sync.client import HttpMarketplace
    from app.usecases.pair_till import pair_till

    _prepare_settings(home.places.settings, marketplace.url)
    with opened_core(home.places.database, home.places.secrets) as core:
        identity = core.store.queries.identity()
        if identity.paired_at is not None and identity.shop_id == marketplace.shop.shop_id:
            with core.counter.unit_of_work() as uow:
                uow.set_identity(replace(identity, marketplace_url=marketplace.url))
                uow.commit()
            return
        with HttpMarketplace(marketplace.url, core.secrets.device_token) as link:
            pair_till(core.counter, core.secrets, link, marketplace.shop.pairing_code, TILL_NAME, marketplace.url)
        _enter_merchant(core, merchant or FICTITIOUS)


FICTITIOUS = Merchant(
    legal_name="Au Bon Comptoir (fictif)",
    legal_form="SARL",
    siret=DEMO_SHOP.siret,
    vat_number=DEMO_SHOP.vat_number,
    rcs="RCS Valenciennes (fictif)",
    address_lines=DEMO_SHOP.address_lines,
)
"""Numbers whose digits fit together and that belong to nobody."""


def _enter_merchant(core: Core, merchant: Merchant) -> None:
    from app.usecases.change_merchant import change_merchant

    change_merchant(core.counter, merchant, OPERATOR)


def _prepare_settings(path: Path, url: str) -> None:
    settings = (
        load(path) if path.exists() else Settings(operator_name=OPERATOR, printer=PrinterProfile(), theme="light")
    )
    save(path, replace(settings, marketplace_url=url))
