"""Owns what the gallery's widgets say: words as they stand at the counter, in the language of now. No real data."""

from __future__ import annotations

from app.i18n import tr
from app.ui.components.buttons import Kind
from app.ui.style.tokens import Role, Shape
from app.ui.totals_words import FigureRow, Section


def verb(kind: Kind) -> str:
    return {
        Kind.MAIN: tr("Hand over"),
        Kind.PLAIN: tr("Print"),
        Kind.QUIET: tr("Close"),
        Kind.GRAVE: tr("Hand over all the same"),
    }[kind]


def key(kind: Kind) -> str:
    return {Kind.MAIN: tr("Enter"), Kind.PLAIN: "P", Kind.QUIET: "", Kind.GRAVE: "A"}[kind]


def icon(kind: Kind) -> str:
    return {Kind.MAIN: "package-check", Kind.PLAIN: "printer", Kind.QUIET: "", Kind.GRAVE: "triangle-alert"}[kind]


def choices() -> list[tuple[str, str]]:
    return [("to_prepare", tr("To prepare")), ("ready", tr("Ready")), ("today", tr("Today"))]


def name() -> str:
    return "Mme L. Delattre"


def amount() -> str:
    return "1 234,50 €"


def sentence() -> str:
    return tr("The printer has no paper. Put a roll in, then print again.")


def refusal() -> str:
    return tr("Type the printer's address, for example 192.168.1.50.")


def field_title() -> str:
    return tr("Address")


def placeholder() -> str:
    return "192.168.1.50"


def hint() -> str:
    return tr("It stands on the printer's own test page.")


def typed() -> str:
    return "192.168.1.60"


def chip(role: Role) -> str:
    return {
        Role.SUCCESS: tr("Ready"),
        Role.WARNING: tr("To finish"),
        Role.DANGER: tr("Cannot print"),
        Role.OFFLINE: tr("Off line"),
        Role.INFO: tr("Checking…"),
        Role.PRIMARY: tr("New order"),
    }.get(role, tr("Till"))


def verdict(shape: Shape) -> str:
    return {
        Shape.TICK: tr("Ready"),
        Shape.DOUBLE_BAR: tr("Already handed over"),
        Shape.HOURGLASS: tr("Not ready yet"),
        Shape.OCTAGON: tr("Do not hand over"),
        Shape.QUESTION: tr("Cannot tell"),
    }[shape]


def empty_title() -> str:
    return tr("No order waits")


def empty_how() -> str:
    return tr("Orders appear here as soon as a customer places one.")


def rows() -> list[str]:
    return ["Mme L. Delattre · A-1042", "M. K. Benali · A-1043", "Mme O. Petit · A-1044"]


def sections() -> list[Section]:
    figures = (FigureRow("20 %", ("100,00 €", "20,00 €")), FigureRow("5,5 %", ("200,00 €", "11,00 €"), strong=True))
    return [Section(tr("VAT"), figures, (tr("Without VAT"), tr("VAT")))]


def work() -> str:
    return tr("Import under way")


def unknown() -> str:
    return tr("of unknown length")


def one_of_them() -> str:
    return tr("one of them")


def low() -> str:
    return tr("low")


def choice() -> str:
    return tr("No sound at all")
