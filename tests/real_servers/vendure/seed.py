"""Owns what an empty Vendure is filled with, through its Admin API alone: the site, and sellers as a test needs them.

Each seller has a channel, stock location, shipping and payment method, catalogue, role and clerk of its own, so tests
that share a server do not meet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.real_servers.vendure.graphql import Graphql, log_in, superadmin

PASSWORD = "caisse-secret"
PICKUP_METHOD = "click-and-collect"
DELIVERY_METHOD = "post"
COUNTER_METHOD = "pay-in-shop"


@dataclass(frozen=True)
class Article:
    """One on sale: price with tax in cents, VAT in percent, pieces on hand at the start."""

    sku: str
    name: str
    price_minor: int
    vat_percent: float
    stock: int


CATALOGUE = (
    Article("TOM", "Tomates anciennes 1 kg", 450, 5.5, 40),
    Article("OEUF", "Œufs plein air x6", 280, 5.5, 25),
    Article("MIEL", "Miel de printemps 500 g", 890, 5.5, 12),
    Article("SAVON", "Savon au lait de chèvre", 600, 20.0, 8),
    Article("BOUGIE", "Bougie cire d'abeille", 1250, 20.0, 3),
)


@dataclass(frozen=True)
class Site:
    """What all sellers of one server share."""

    base_url: Callable[[], str]
    root: Graphql
    zone_id: str
    tax_category_ids: dict[float, str]
    main_channel_id: str
    main_channel_token: str


@dataclass(frozen=True)
class Seller:
    """A seller on the site, and what its clerk logs in with. `variant_ids`: by the catalogue's sku."""

    site: Site
    code: str
    channel_id: str
    channel_token: str
    stock_location_id: str
    pickup_method_id: str
    delivery_method_id: str
    user: str
    role_id: str
    variant_ids: dict[str, str]

    @property
    def clerk_password(self) -> str:
        return PASSWORD

    def clerk(self) -> Graphql:
        """A session with the rights a till has."""
        return log_in(self.site.base_url, self.user, PASSWORD, self.channel_token)

    def owner(self) -> Graphql:
        """A session with every right, in this seller's channel."""
        return superadmin(self.site.base_url, self.channel_token)


TILL_PERMISSIONS = (
    "ReadCatalog",
    "UpdateCatalog",
    "ReadOrder",
    "UpdateOrder",
    "ReadCustomer",
    "ReadStockLocation",
    "ReadChannel",
    "ReadSettings",
    "CreateApiKey",
    "ReadApiKey",
    "DeleteApiKey",
)


def open_site(base_url: Callable[[], str]) -> Site:
    """France, its two rates of VAT, prices with tax in euros."""
    root = superadmin(base_url)
    root.act("mutation{updateGlobalSettings(input:{availableLanguages:[en,fr],trackInventory:true}){__typename}}")
    country = root.act(
        'mutation{createCountry(input:{code:"FR",enabled:true,translations:[{languageCode:en,name:"France"}]}){id}}'
    )
    zone = root.act(
        'mutation($members:[ID!]){createZone(input:{name:"UE",memberIds:$members}){id}}', members=[country["id"]]
    )
    categories = {}
    for rate in (20.0, 5.5):
        category = root.act(
            "mutation($name:String!,$default:Boolean){createTaxCategory(input:{name:$name,isDefault:$default}){id}}",
            name=f"TVA {rate}",
            default=rate == 20.0,
        )
        categories[rate] = category["id"]
        root.act(
            "mutation($i:CreateTaxRateInput!){createTaxRate(input:$i){id}}",
            i={
                "name": f"TVA {rate}",
                "enabled": True,
                "value": rate,
                "categoryId": category["id"],
                "zoneId": zone["id"],
            },
        )
    main = root("{activeChannel{id token}}")["activeChannel"]
    root.act(
        "mutation($i:UpdateChannelInput!){updateChannel(input:$i){__typename ... on ErrorResult{errorCode message}}}",
        i={
            "id": main["id"],
            "defaultCurrencyCode": "EUR",
            "availableCurrencyCodes": ["EUR"],
            "pricesIncludeTax": True,
            "defaultTaxZoneId": zone["id"],
            "defaultShippingZoneId": zone["id"],
            "availableLanguageCodes": ["en", "fr"],
        },
    )
    return Site(base_url, root, zone["id"], categories, main["id"], main["token"])


def open_seller(site: Site, code: str, catalogue: Sequence[Article] = CATALOGUE) -> Seller:
    """A seller with everything it needs to sell; `code` names it, once on this server."""
    root = site.root
    seller = root.act("mutation($name:String!){createSeller(input:{name:$name}){id}}", name=code.title())
    channel = _open_channel(root, site, code, seller["id"])
    owner = superadmin(site.base_url, channel["token"])  # anew: a session knows the channels of when it logged in
    location = owner.act(
        "mutation($name:String!){createStockLocation(input:{name:$name}){id}}", name=f"Boutique {code}"
    )
    variants = {
        article.sku: _put_on_sale(owner, site, article, location["id"], f"{code}-{article.sku}".lower())
        for article in catalogue
    }
    pickup = _ship_by(owner, PICKUP_METHOD, "Retrait en boutique")
    delivery = _ship_by(owner, DELIVERY_METHOD, "Par la poste")
    _be_paid_by(owner, "paid-online", "Carte")
    _be_paid_by(owner, COUNTER_METHOD, "Au retrait")
    user, role = _employ_clerk(owner, code, channel["id"])
    return Seller(site, code, channel["id"], channel["token"], location["id"], pickup, delivery, user, role, variants)


def _open_channel(root: Graphql, site: Site, code: str, seller_id: str) -> dict[str, str]:
    channel: dict[str, str] = root.act(
        "mutation($i:CreateChannelInput!){createChannel(input:$i){"
        "__typename ... on Channel{id token} ... on ErrorResult{errorCode message}}}",
        i={
            "code": code,
            "token": f"{code}-token",
            "defaultLanguageCode": "fr",
            "availableLanguageCodes": ["fr", "en"],
            "pricesIncludeTax": True,
            "defaultCurrencyCode": "EUR",
            "availableCurrencyCodes": ["EUR"],
            "trackInventory": True,
            "outOfStockThreshold": 0,
            "defaultTaxZoneId": site.zone_id,
            "defaultShippingZoneId": site.zone_id,
            "sellerId": seller_id,
        },
    )
    return channel


def _ship_by(owner: Graphql, code: str, name: str) -> str:
    """A free shipping method's id."""
    method = owner.act(
        "mutation($i:CreateShippingMethodInput!){createShippingMethod(input:$i){id}}",
        i={
            "code": code,
            "fulfillmentHandler": "manual-fulfillment",
            "checker": {
                "code": "default-shipping-eligibility-checker",
                "arguments": [{"name": "orderMinimum", "value": "0"}],
            },
            "calculator": {
                "code": "default-shipping-calculator",
                "arguments": [
                    {"name": "rate", "value": "0"},
                    {"name": "includesTax", "value": "auto"},
                    {"name": "taxRate", "value": "0"},
                ],
            },
            "translations": [{"languageCode": "fr", "name": name, "description": ""}],
        },
    )
    return str(method["id"])


def _be_paid_by(owner: Graphql, code: str, name: str) -> None:
    owner.act(
        "mutation($i:CreatePaymentMethodInput!){createPaymentMethod(input:$i){id}}",
        i={
            "code": code,
            "enabled": True,
            "handler": {"code": code, "arguments": []},
            "translations": [{"languageCode": "fr", "name": name, "description": ""}],
        },
    )


def _put_on_sale(owner: Graphql, site: Site, article: Article, location_id: str, slug: str) -> str:
    """The id of its variant."""
    product = owner.act(
        "mutation($i:CreateProductInput!){createProduct(input:$i){id}}",
        i={
            "enabled": True,
            "translations": [{"languageCode": "fr", "name": article.name, "slug": slug, "description": ""}],
        },
    )
    (variant,) = owner.act(
        "mutation($i:[CreateProductVariantInput!]!){createProductVariants(input:$i){id}}",
        i=[
            {
                "productId": product["id"],
                "sku": slug.upper(),
                "price": article.price_minor,
                "taxCategoryId": site.tax_category_ids[article.vat_percent],
                "trackInventory": "TRUE",
                "stockLevels": [{"stockLocationId": location_id, "stockOnHand": article.stock}],
                "translations": [{"languageCode": "fr", "name": article.name}],
            }
        ],
    )
    return str(variant["id"])


def _employ_clerk(owner: Graphql, code: str, channel_id: str) -> tuple[str, str]:
    """Who may do what a till does, in this channel alone: user name and role's id."""
    role = owner.act(
        "mutation($i:CreateRoleInput!){createRole(input:$i){id}}",
        i={
            "code": f"caisse-{code}",
            "description": "Point of sale",
            "channelIds": [channel_id],
            "permissions": list(TILL_PERMISSIONS),
        },
    )
    user = f"caisse@{code}.example"
    owner.act(
        "mutation($i:CreateAdministratorInput!){createAdministrator(input:$i){id}}",
        i={
            "firstName": "Caisse",
            "lastName": code,
            "emailAddress": user,
            "password": PASSWORD,
            "roleIds": [role["id"]],
        },
    )
    return user, role["id"]
