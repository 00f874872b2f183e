"""Owns the demonstration shop on the marketplace: its catalogue from a CSV file, opening stock, a pairing code,
and orders as customers would place them. What it holds follows from the seed; secrets (keys, codes, tokens) never do.
"""

from __future__ import annotations

import csv
import random
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app.domain.barcodes import normalise_code
from app.domain.catalogue import DEFAULT_LOCATION, LineNature, MovementReason, Unit, fold_text
from app.domain.money import parse_amount
from app.marketplace import tables as t
from app.marketplace.catalogue import add_products
from app.marketplace.orders import Item, OrderRefused, PlacedOrder, new_page_token, place_order
from app.marketplace.pairing import make_pairing_code, rotate_key
from app.marketplace.schemas import MovementPayload, ProductPayload
from app.marketplace.stock import available_quantities, record_movements
from app.marketplace.store import ShopTransaction, Store
from app.marketplace.surroundings import time_text

DEMO_SEED = 20261122
DEMO_CODE_LASTS = timedelta(days=30)
_NAMES = uuid.UUID("6f1c3c5e-8a57-4b06-9a35-0f2f6f0c7a11")
_UNITS = {
    "piece": Unit.PIECE, "kg": Unit.KG, "litre": Unit.LITRE, "l": Unit.LITRE, "heure": Unit.HOUR, "hour": Unit.HOUR,
}  # fmt: skip
_NATURES = {
    "": None, "article": LineNature.GOODS, "service": LineNature.SERVICE, "consigne": LineNature.CONTAINER,
    "bon": LineNature.VOUCHER,
}  # fmt: skip
_YES_NO = {"": None, "oui": True, "non": False}
_CUSTOMERS = (
    "Léa Delattre", "Mohamed Benali", "Françoise Lefebvre", "Thérèse Caron", "Julien Dubois", "Sofia Martins",
    "Paul Wattiez", "Inès Moreau", "Jean-Pierre Leclercq", "Aïcha Diallo", "Noé Lambert", "Élodie Dupont",
    "Ludovic Hénin", "Zoé Carpentier",
    "Marcel Flament", "Anaïs Roussel", "Karim Haddad", "Camille Deschamps", "Gérard Poulain", "Maëlys Brasseur",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShopProfile:
    """What a shop says of itself."""

    name: str
    slug: str
    tagline: str
    address_lines: tuple[str, ...]
    siret: str
    vat_number: str


DEMO_SHOP = ShopProfile(
    "Au Bon Comptoir",
    "au-bon-comptoir",
    "Épicerie de quartier, crèmerie et primeurs",
    ("12 place d’Armes", "59300 Valenciennes"),
    "12345678200010",
    "FR11123456782",
)


@dataclass(frozen=True, slots=True)
class SeededShop:
    """The demonstration shop. `pairing_code`: new at each call, admits one till; `products`: how many it has."""

    shop_id: str
    slug: str
    name: str
    pairing_code: str
    products: int


def seed_demo(
    store: Store,
    csv_path: Path,
    *,
    seed: int = DEMO_SEED,
    profile: ShopProfile = DEMO_SHOP,
    max_products: int | None = None,
) -> SeededShop:
    """Make the demonstration shop if the database does not have it yet, and a pairing code for it in any case.

    Args:
        csv_path: `nom;prix;tva;unité;code;catégorie;stock;étagère;en ligne;rétractation;âge`, decimals with a comma,
            stock in priced units, empty where it is not tracked; `nature;titre-restaurant;garantie légale;bon de
            pesée` if the file has them.
        seed: the shop's and the products' ids follow from it, and which orders `DemoCustomers` place.
    """
    shop_id = str(uuid.uuid5(_NAMES, f"{seed}/{profile.slug}"))
    products = list(_read_products(csv_path, shop_id))[:max_products]
    if create_shop(store, shop_id, profile):
        with store.writing(shop_id) as transaction:
            add_products(transaction, [product for product, _stock in products])
            _open_stock(transaction, products)
    code, _expires_at = make_pairing_code(store, shop_id, DEMO_CODE_LASTS)
    return SeededShop(shop_id, profile.slug, profile.name, code, len(products))


def create_shop(store: Store, shop_id: str, profile: ShopProfile) -> bool:
    """Open a shop with its first pickup key; False if it exists."""
    with store.administering() as connection:
        if connection.execute(select(t.shop.c.shop_id).where(t.shop.c.shop_id == shop_id)).first() is not None:
            return False
        connection.execute(
            t.shop.insert().values(
                shop_id=shop_id,
                slug=profile.slug,
                name=profile.name,
                tagline=profile.tagline,
                address_lines="\n".join(profile.address_lines),
                siret=profile.siret,
                vat_number=profile.vat_number,
            )
        )
    with store.writing(shop_id) as transaction:
        rotate_key(transaction)
    return True


def _read_products(csv_path: Path, shop_id: str) -> Iterable[tuple[ProductPayload, int]]:
    with csv_path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            yield _product(row, shop_id)


def _product(row: Mapping[str, str], shop_id: str) -> tuple[ProductPayload, int]:
    """The product and its opening stock in base units."""
    price = parse_amount(row["prix"])
    if price is None:
        raise ValueError(f"no price: {row['prix']!r}")
    unit = _UNITS[fold_text(row["unité"])]
    code = normalise_code(row["code"])
    product = ProductPayload(
        product_id=str(uuid.uuid5(_NAMES, f"{shop_id}/{code}")),
        name=row["nom"],
        price_minor=price.minor,
        vat_rate_bp=round(float(row["tva"].replace(",", ".")) * 100),
        unit=unit,
        codes=[code],
        category=row["catégorie"],
        stock_tracked=row["stock"] != "",
        shelf=row["étagère"],
        published=row["en ligne"] == "oui",
        withdrawal_right=row["rétractation"] == "oui",
        age_limit=int(row["âge"] or 0),
        nature=_NATURES[row.get("nature", "")],
        meal_voucher=_YES_NO[row.get("titre-restaurant", "")],
        legal_guarantee=_YES_NO[row.get("garantie légale", "")],
        weigh_slip=_YES_NO[row.get("bon de pesée", "")],
    )
    stock = float(row["stock"].replace(",", ".")) if row["stock"] else 0.0
    return product, round(stock * unit.base_per_priced)


def _open_stock(transaction: ShopTransaction, products: Iterable[tuple[ProductPayload, int]]) -> None:
    opening = [
        MovementPayload(
            movement_id=str(uuid.uuid5(_NAMES, f"opening/{product.product_id}")),
            product_id=product.product_id,
            location=DEFAULT_LOCATION,
            quantity=stock,
            reason=MovementReason.OPENING,
            happened_at=time_text(transaction.now),
            source_id="",
        )
        for product, stock in products
        if stock
    ]
    for start in range(0, len(opening), 500):
        record_movements(transaction, opening[start : start + 500], till_id="")


class DemoCustomers:
    """People who order on line, one order at a time; who orders what follows from the seed and what is left."""

    def __init__(self, store: Store, shop_id: str, seed: int = DEMO_SEED) -> None:
        self._store = store
        self._shop_id = shop_id
        self._chance = random.Random(seed)  # noqa: S311  # a plausible basket, no secret

    def place(self, *, prepaid: bool | None = None, items: Iterable[Item] | None = None) -> PlacedOrder | OrderRefused:
        """Place the next order. `prepaid` None: two out of three are; `items` None: one to five articles by chance."""
        paid = self._chance.random() < 2 / 3 if prepaid is None else prepaid
        name = self._chance.choice(_CUSTOMERS)
        with self._store.writing(self._shop_id) as transaction:
            chosen = self._basket(transaction) if items is None else list(items)
            page_token = new_page_token(transaction.surroundings)
            return place_order(transaction, chosen, name, prepaid=paid, page_token=page_token)

    def _basket(self, transaction: ShopTransaction) -> list[Item]:
        products = t.product.c
        rows = transaction.connection.execute(
            select(products.product_id, products.unit)
            .where(
                products.shop_id == self._shop_id,
                products.published,
                products.active,
                products.stock_tracked,
                products.age_limit == 0,
            )
            .order_by(products.product_id)
        ).all()
        chosen = self._chance.sample(rows, min(len(rows), 12))
        left = available_quantities(transaction.connection, self._shop_id, [row.product_id for row in chosen])
        sizes = self._chance.randint(1, 5)
        wanted = [Item(row.product_id, self._amount(row.unit)) for row in chosen]
        return [item for item in wanted if left[item.product_id] >= item.quantity][:sizes]

    def _amount(self, unit: str) -> int:
        if unit == Unit.PIECE:
            return self._chance.choice((1, 1, 1, 2, 2, 3))
        return self._chance.choice((250, 300, 500, 750, 1000, 1500))
