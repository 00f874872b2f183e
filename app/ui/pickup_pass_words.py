"""Owns the words of what a customer is told of a pickup code: the e-mail, and why there is none. No Qt.

The e-mail's words are not in the screens' catalogue: a person may work in one language and write to a customer in
another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.i18n import tr
from app.usecases.show_pickup_code import NoPass, PickupPass


@dataclass(frozen=True, slots=True)
class PassText:
    """An e-mail ready to be pasted."""

    subject: str
    body: str

    def __str__(self) -> str:
        return f"{self.subject}\n\n{self.body}"


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    hello: str
    with_link: str
    without_link: str
    spoken: str
    code: str
    keep_until: str
    somebody_else: str
    moment: str


_FRENCH = _Words(
    subject="Votre commande {number} chez {shop} : votre code de retrait",
    hello="Bonjour,",
    with_link="Pour retirer votre commande {number} chez {shop}, montrez à la caisse le QR de cette page :\n{link}",
    without_link="Pour retirer votre commande {number} chez {shop}, donnez ce code à la caisse :",
    spoken="Code à dire : {code}",
    code="Code de retrait : {code}",
    keep_until="Nous la gardons jusqu’au {moment}.",
    somebody_else="Quelqu’un d’autre peut venir à votre place avec ce code : ne le donnez qu’à cette personne.",
    moment="%d/%m/%Y à %H:%M",
)
_ENGLISH = _Words(
    subject="Your order {number} at {shop}: your pickup code",
    hello="Hello,",
    with_link="To collect your order {number} at {shop}, show the QR code of this page at the till:\n{link}",
    without_link="To collect your order {number} at {shop}, give this code at the till:",
    spoken="Code to say: {code}",
    code="Pickup code: {code}",
    keep_until="We keep it until {moment}.",
    somebody_else="Somebody else may come for you with this code: give it to that person only.",
    moment="%d/%m/%Y %H:%M",
)


def _as_here(moment: datetime) -> datetime:
    return moment.astimezone()


def pass_text(given: PickupPass, language: str, local_time: Callable[[datetime], datetime] = _as_here) -> PassText:
    """Subject and body. Args: language: `fr` or `en`; local_time: turns aware UTC into the shop's time."""
    words = _ENGLISH if language == "en" else _FRENCH
    about = {"number": given.order_number, "shop": given.shop_name, "link": given.link}
    codes = [words.spoken.format(code=in_threes(given.spoken_code))] if given.spoken_code else []
    codes.append(words.code.format(code=given.pickup_code))
    parts = [
        words.hello,
        (words.with_link if given.link else words.without_link).format(**about),
        "\n".join(codes),
    ]
    if given.keep_until is not None:
        parts.append(words.keep_until.format(moment=local_time(given.keep_until).strftime(words.moment)))
    parts += [words.somebody_else, given.shop_name]
    return PassText(words.subject.format(**about), "\n\n".join(parts))


def in_threes(spoken_code: str) -> str:
    """As it is said."""
    return f"{spoken_code[:3]} {spoken_code[3:]}"


def no_pass_words(why: NoPass) -> str:
    """Why there is no code to show, and what to do."""
    return {
        NoPass.UNKNOWN_ORDER: tr("No order answers to this. Look it up with: comptoir orders --find NAME"),
        NoPass.CANCELLED: tr("This order was cancelled: it has no code any more."),
        NoPass.ALREADY_HANDED_OVER: tr("This order was handed over: it has no code any more."),
        NoPass.NO_KEY: tr("This till has no pickup key. Link it to the marketplace in the settings."),
        NoPass.NO_REFERENCE: tr("The marketplace’s copy of this order has no reference: hand it over by name."),
    }[why]
