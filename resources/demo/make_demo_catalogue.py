"""Makes the demo shop's catalogue from real product names.

    python make_demo_catalogue.py products_fr_20000.csv.gz > catalogue.csv

Real: bar codes and names (Open Food Facts). Made here, by a seeded generator, and true of no shop: prices, VAT rates,
stock, shelves, categories (guessed from words in the name). The loose goods and services at the end are invented. See
README.md beside this file.
"""

from __future__ import annotations

import csv
import gzip
import html
import random
import re
import sys
from pathlib import Path

SEED = 20261122
HEADINGS = (
    "nom;prix;tva;unité;code;catégorie;stock;étagère;en ligne;rétractation;âge;nature;titre-restaurant;garantie légale"
    ";bon de pesée"
)
REAL_PRODUCTS = 1750

# first match wins: words in the name, category, VAT rate in percent, price range in cents, age limit
CATEGORIES: list[tuple[str, str, str, tuple[int, int], int]] = [
    (
        r"\b(vin|ch[aâ]teau|domaine|cuv[eé]e|merlot|cabernet|bi[eè]re|cidre|champagne|whisky|rhum|pastis|cr[eé]mant|bordeaux|muscat|ros[eé] de|liqueur|martini|porto|vodka|gin|tequila|prosecco)\b",
        "Cave",
        "20",
        (290, 2490),
        18,
    ),
    (
        r"\b(chocolats?|bonbons?|caramels?|confiserie|dragibus|r[eé]glisse|nougat|pralin[eé]s?|licornes?|guimauves?)\b",
        "Confiserie",
        "20",
        (120, 890),
        0,
    ),
    (r"\b(caf[eé]|th[eé]|infusion|tisane|chicor[eé]e)\b", "Cafés et thés", "5,5", (190, 990), 0),
    (r"\b(eau|jus|nectar|limonade|soda|sirop|boisson|cola|smoothie)\b", "Boissons", "5,5", (60, 420), 0),
    (
        r"\b(yaourts?|fromage|comt[eé]|camembert|brie|beurre|lait|cr[eè]me fra[iî]che|emmental|ch[eè]vre|mozzarella|skyr|reblochon|raclette|oeufs?|œufs?)\b",
        "Crèmerie",
        "5,5",
        (95, 690),
        0,
    ),
    (
        r"\b(jambon|saucisson|p[aâ]t[eé]|rillettes|lardons|poulet|boeuf|porc|dinde|canard|saucisses?|chorizo|merguez|veau|steak)\b",
        "Boucherie et charcuterie",
        "5,5",
        (180, 1290),
        0,
    ),
    (
        r"\b(saumon|thon|sardines?|maquereaux?|crevettes?|cabillaud|truite|anchois|surimi|colin)\b",
        "Poissonnerie",
        "5,5",
        (190, 1390),
        0,
    ),
    (r"\b(pain|brioche|baguette|biscottes?|croissants?|viennois|mie)\b", "Boulangerie", "5,5", (110, 390), 0),
    (
        r"\b(biscuits?|sabl[eé]s?|cookies?|g[aâ]teaux?|madeleines?|petit beurre|gaufres?|meringues?|cakes?|galettes?)\b",
        "Biscuits",
        "5,5",
        (120, 490),
        0,
    ),
    (r"\b(glace|sorbet|surgel[eé]s?|esquimaux?)\b", "Surgelés", "5,5", (220, 790), 0),
    (r"\b(miel|confiture|compotes?|gel[eé]e|p[aâ]te [aà] tartiner|sucre)\b", "Épicerie sucrée", "5,5", (110, 690), 0),
    (
        r"\b(p[aâ]tes?|riz|farine|semoule|lentilles|haricots|pois|quinoa|couscous|c[eé]r[eé]ales|muesli|flocons)\b",
        "Épicerie",
        "5,5",
        (85, 450),
        0,
    ),
    (
        r"\b(sauce|huile|vinaigre|moutarde|mayonnaise|ketchup|sel|poivre|[eé]pices?|tomates?|cornichons?|olives?)\b",
        "Condiments",
        "5,5",
        (95, 790),
        0,
    ),
    (r"\b(chips|ap[eé]ritif|crackers?|cacahu[eè]tes?|noix|amandes?|pistaches?)\b", "Apéritif", "5,5", (110, 490), 0),
    (
        r"\b(salade|carottes?|pommes?|l[eé]gumes?|fruits?|bananes?|courgettes?|champignons?|[eé]pinards?|brocolis?)\b",
        "Fruits et légumes",
        "5,5",
        (90, 520),
        0,
    ),
    (
        r"\b(soupe|velout[eé]|pizza|quiche|lasagnes?|gratin|taboul[eé]|sandwich|plat|pur[eé]e)\b",
        "Plats préparés",
        "5,5",
        (180, 690),
        0,
    ),
]

# invented: name, price in cents per unit, unit, category, VAT
LOOSE = [
    ("Tomates grappe", 349, "kg"),
    ("Pommes Boskoop", 259, "kg"),
    ("Pommes de terre Bintje", 149, "kg"),
    ("Carottes des sables", 189, "kg"),
    ("Endives du Nord", 299, "kg"),
    ("Poireaux", 279, "kg"),
    ("Oignons jaunes", 179, "kg"),
    ("Clémentines de Corse", 399, "kg"),
    ("Poires Conférence", 289, "kg"),
    ("Champignons de Paris", 690, "kg"),
    ("Noix de Grenoble", 890, "kg"),
    ("Raisin Italia", 449, "kg"),
]
CUT = [
    ("Comté 18 mois à la coupe", 2490, "Crèmerie"),
    ("Maroilles fermier à la coupe", 1790, "Crèmerie"),
    ("Mimolette vieille à la coupe", 2290, "Crèmerie"),
    ("Jambon blanc à la coupe", 1890, "Boucherie et charcuterie"),
    ("Rôti de bœuf", 2890, "Boucherie et charcuterie"),
    ("Pâté de campagne à la coupe", 1390, "Boucherie et charcuterie"),
    ("Filet de cabillaud", 2390, "Poissonnerie"),
    ("Moules de bouchot", 690, "Poissonnerie"),
]
LITRE = [("Lait cru en vrac", 135), ("Huile d'olive en vrac", 1190)]
GUARANTEED = [
    ("Jeu de construction en bois, 50 pièces", 2490, "Jeux et jouets"),
    ("Puzzle du beffroi, 500 pièces", 1690, "Jeux et jouets"),
    ("Poupée de chiffon", 2190, "Jeux et jouets"),
    ("Petite voiture en métal", 690, "Jeux et jouets"),
    ("Appareil à raclette 6 personnes", 4990, "Petit électroménager"),
    ("Bouilloire électrique", 3490, "Petit électroménager"),
    ("Lampe de chevet", 2990, "Luminaires"),
]
OUTSIDE_TURNOVER = [
    ("Consigne bouteille 1 L", 50, "consigne"),
    ("Consigne bocal", 100, "consigne"),
    ("Bon cadeau des commerçants 20 €", 2000, "bon"),
]
SLIPPED = {"Boucherie et charcuterie"}
NOT_FOR_MEAL_VOUCHERS = {"Cave", "Confiserie"}
NO_MEAL = re.compile(r"\b(b[eé]b[eé]s?|chiens?|chats?|croquettes)\b", re.IGNORECASE)
SERVICES = [
    ("Livraison à vélo en centre-ville", 490, "piece", "20"),
    ("Panier garni sur mesure, préparation", 800, "piece", "20"),
    ("Emballage cadeau", 250, "piece", "20"),
    ("Atelier cuisine", 2500, "hour", "20"),
    ("Réglage de vélo", 3600, "hour", "20"),
    ("Retouche de vêtement", 2800, "hour", "20"),
    ("Location d'appareil à raclette", 1000, "piece", "20"),
    ("Découpe de plateau de fromages", 500, "piece", "10"),
]


def categorise(name: str) -> tuple[str, str, tuple[int, int], int]:
    for words, category, vat, prices, age in CATEGORIES:
        if re.search(words, name, re.IGNORECASE):
            return category, vat, prices, age
    return "Épicerie", "5,5", (120, 690), 0


def shop_price(chance: random.Random, low: int, high: int) -> int:
    """A price as shops write them: most end in 5 or 9."""
    cents = int(chance.triangular(low, high, low + (high - low) * 0.25))
    return max(low, cents - cents % 10 + chance.choice((0, 5, 5, 9, 9, 9)))


def euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def real_rows(source: Path, chance: random.Random) -> list[list[str]]:
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        products = [row for row in csv.DictReader(file) if 4 <= len(row["name"].strip()) <= 60]
    rows = []
    for product in sorted(chance.sample(products, REAL_PRODUCTS), key=lambda row: row["gtin"]):
        category, vat, (low, high), age = categorise(product["name"])
        stock = chance.choice((0, 3, 6, 8, 12, 12, 18, 24, 24, 36, 48))
        shelf = f"{chance.choice('ABCDEFGH')}{chance.randint(1, 6)}"
        online = "oui" if chance.random() < 0.85 else "non"
        withdrawal = (
            "non"
            if category in {"Crèmerie", "Boucherie et charcuterie", "Poissonnerie", "Fruits et légumes", "Boulangerie"}
            else "oui"
        )
        rows.append(
            [
                html.unescape(product["name"]).strip(),
                euros(shop_price(chance, low, high)),
                vat,
                "pièce",
                product["gtin"],
                category,
                str(stock),
                shelf,
                online,
                withdrawal,
                str(age),
                "article",
                "non" if age or category in NOT_FOR_MEAL_VOUCHERS or NO_MEAL.search(product["name"]) else "oui",
                "non",
                "non",
            ]
        )
    return rows


def made_row(
    name: str, cents: int, vat: str, unit: str, category: str, stock: str, online: str, withdrawal: str, *flags: str
) -> list[str]:
    """A row without its code: no shelf, no age limit; flags are nature, meal voucher, guarantee, slip."""
    return [name, euros(cents), vat, unit, "", category, stock, "", online, withdrawal, "0", *flags]


def made_rows(chance: random.Random) -> list[list[str]]:
    weighed = [(name, price, "kg", "Fruits et légumes") for name, price, _ in LOOSE] + [
        (name, price, "kg", shelf) for name, price, shelf in CUT
    ]
    food = ("article", "oui", "non", "non")
    rows = [
        made_row(name, price, "5,5", unit, category, f"{chance.randint(4, 30)}", "oui", "non", *food)
        for name, price, unit, category in weighed
    ]
    for row in rows:
        row[-1] = "oui" if row[5] in SLIPPED else "non"
    rows += [
        made_row(name, price, "5,5", "litre", "Vrac", f"{chance.randint(10, 40)}", "non", "non", *food)
        for name, price in LITRE
    ]
    units = {"piece": "pièce", "hour": "heure"}
    rows += [
        made_row(name, price, vat, units[unit], "Services", "", "oui", "oui", "service", "non", "non", "non")
        for name, price, unit, vat in SERVICES
    ]
    durable = ("article", "non", "oui", "non")
    rows += [
        made_row(name, price, "20", "pièce", category, f"{chance.randint(3, 12)}", "oui", "oui", *durable)
        for name, price, category in GUARANTEED
    ]
    rows += [
        made_row(name, price, "0", "pièce", "Consignes et bons", "", "non", "non", nature, "non", "non", "non")
        for name, price, nature in OUTSIDE_TURNOVER
    ]
    for number, row in enumerate(rows, start=1):
        row[4] = f"M{number:03d}"
    return rows


def main() -> None:
    chance = random.Random(SEED)  # noqa: S311  # a reproducible demo, nothing secret
    writer = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
    writer.writerow(HEADINGS.split(";"))
    writer.writerows(real_rows(Path(sys.argv[1]), chance))
    writer.writerows(made_rows(chance))


if __name__ == "__main__":
    main()
