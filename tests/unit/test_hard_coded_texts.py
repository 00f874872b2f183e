"""No text a person reads is written into the source past the catalogue: looked for in the syntax tree of app/ui and
app/bootstrap. Words are found wherever they stand; a single letter or small word where it is given to what shows it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOOKED_AT = ("app/ui", "app/bootstrap")

TRANSLATES = {"tr", "trn", "msgid"}
LOGS = {"debug", "info", "warning", "error", "exception"}
SHOWS = {
    **dict.fromkeys(("label", "check_box", "titled", "NameLabel", "Words", "QLabel", "QCheckBox"), (0,)),
    **dict.fromkeys(("setText", "set_text", "setToolTip", "setPlaceholderText", "setWindowTitle", "show_notice"), (0,)),
    **dict.fromkeys(("setAccessibleName", "setAccessibleDescription", "set_state", "setPlainText"), (0,)),
    **dict.fromkeys(("ActionButton", "Chip"), (1,)),
    "Field": (0, 1, 2),
}
"""What shows a text, and which of its arguments are texts."""

_LETTER = re.compile(r"[^\W\d_]")
_WORDS = re.compile(r"[^\W\d_]{2,}.*\s.*[^\W\d_]{2,}|^\s*\(?[A-ZÀ-Ý][a-zà-ÿ]{2,}", re.DOTALL)
_KEY = re.compile(r"(Ctrl\+|Alt\+)?(\w|←|→|Left|Right|PgUp|PgDn|PgDown|Esc|Enter|Del|Tab)?( (PgDn|\+))?")
_FILES = re.compile(r"[\w ]*\(?\*[^()]*\)?(;;\* \(\*\))?|[\w-]+\.(otf|ttf)")

NO_TEXTS = ("app/ui/style/sheet.py", "app/ui/camera/frames.py")
"""Wholly in Qt's own terms: its style sheet, its names of pixel formats."""

MEANT = {
    "the name of the program, of a maker, of a face of letters, of a style of Qt": {
        ("app/bootstrap/core.py", "Comptoir "),
        ("app/bootstrap/window.py", "Comptoir"),
        ("app/ui/crash_dialog.py", "Comptoir"),
        ("app/ui/customer_screen.py", "Comptoir"),
        ("app/ui/main_window.py", "Comptoir"),
        ("app/ui/main_window.py", " - Comptoir"),
        ("app/ui/restore_sheet.py", "Comptoir"),
        ("app/ui/link_words.py", "Vendure"),
        ("app/ui/link_words.py", "WooCommerce"),
        ("app/ui/settings/counter_sheet.py", "Mettler-Toledo (MT-SICS)"),
        ("app/ui/settings/counter_sheet.py", "Toledo 8217"),
        ("app/ui/style/look.py", "Fusion"),
        ("app/ui/style/tokens.py", "Inter"),
        ("app/ui/style/tokens.py", "DejaVu Sans Mono"),
    },
    "sealed with the document, or on the customer's paper: French whatever the screen speaks": {
        ("app/ui/checkout/lines.py", " (poids calculé)"),
        ("app/ui/checkout/lines.py", " (quantité calculée)"),
        ("app/ui/checkout/payment.py", "pièce d'identité vue"),
        ("app/ui/checkout/presenter.py", "Caisse"),
        ("app/ui/checkout/words.py", "Divers"),
        ("app/ui/settings/chart_pictures.py", "4. Papier coupé ici ?"),
        ("app/ui/components/training_banner.py", "FACTICE"),
        *(
            ("app/ui/checkout/reasons.py", kept)
            for kept in (
                *("Geste commercial", "Date courte", "Article abîmé", "Fidélité", "Promotion"),
                *("Ticket perdu", "Article défectueux", "Cadeau échangé", "Erreur de prix"),
                *("Erreur de saisie", "Client parti sans acheter"),
            )
        ),
    },
    "each language in its own words, whichever is spoken": {
        ("app/ui/settings/display_sheet.py", "Français"),
        ("app/ui/settings/display_sheet.py", "English"),
    },
    "the name of a French register or number, and examples of what is typed": {
        ("app/ui/books/invoice_sheet.py", "A-000042"),
        ("app/ui/books/invoice_sheet.py", "FR44 732829320"),
        ("app/ui/books/invoice_sheet.py", "SIREN"),
        ("app/ui/first_run/view.py", "ABCD 2345"),
        ("app/ui/first_run/view.py", "https://"),
        ("app/ui/settings/merchant_sheet.py", "FR44 732829320"),
        ("app/ui/settings/merchant_sheet.py", "RCS Lille"),
        ("app/ui/settings/merchant_sheet.py", "SARL, EI, SAS…"),
        ("app/ui/settings/merchant_sheet.py", "SIRET"),
        ("app/ui/settings/printer_by_hand.py", "/dev/usb/lp0"),
        ("app/ui/settings/printer_by_hand.py", "Caisse"),
        ("app/ui/settings/sheets.py", "ABCD 2345"),
        ("app/ui/settings/sheets.py", "https://"),
        ("app/ui/settings/site_sheet.py", "A"),
        ("app/ui/settings/site_sheet.py", "CJ1…"),
        ("app/ui/settings/site_sheet.py", "https://"),
    },
    "made-up people of the gallery, which only developers open, and a state of Qt": {
        ("app/ui/gallery/exhibits.py", "Léa"),
        ("app/ui/gallery/samples.py", "Mme L. Delattre"),
        ("app/ui/gallery/samples.py", "Mme L. Delattre · A-1042"),
        ("app/ui/gallery/samples.py", "Mme O. Petit · A-1044"),
        ("app/ui/gallery/shown_states.py", "Focused"),
    },
    "names of drawing steps of a paper": {
        ("app/ui/onscreen_printer.py", "Logo"),
        ("app/ui/onscreen_printer.py", "Rule"),
    },
}
LETTER_TO_THE_CUSTOMER = "app/ui/pickup_pass_words.py"
"""In the customer's language, not the screen's: it holds both side by side."""


def hard_coded(source: str) -> list[tuple[int, str]]:
    """The texts of a module that no catalogue knows, with their lines."""
    return sorted(set(_in(ast.parse(source))))


def _in(node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Constant(value=str(text)):
            if _WORDS.search(text) and not _KEY.fullmatch(text) and not _FILES.fullmatch(text.strip()):
                yield node.lineno, text
            return
        case ast.Expr(value=ast.Constant()) | ast.Raise():  # docstrings; what a bug says is for its reader
            return
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.AnnAssign(target=ast.Name(id="__all__")):
            return
        case ast.Dict(values=values):  # keys are looked up, not shown
            yield from _all_in(values)
            return
        case ast.arguments():
            yield from _all_in([*node.defaults, *(each for each in node.kw_defaults if each is not None)])
            return
        case ast.AnnAssign(value=value):
            yield from _all_in([value] if value is not None else [])
            return
        case ast.FunctionDef():
            yield from _all_in([node.args, *node.body])
            return
        case ast.Call():
            if _is_log(node) or _called(node) in TRANSLATES:
                return
            yield from _shown_by(node)
    yield from _all_in(ast.iter_child_nodes(node))


def _all_in(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        yield from _in(node)


def _shown_by(call: ast.Call) -> Iterator[tuple[int, str]]:
    """Even one letter, where it is to be read."""
    for number in SHOWS.get(_called(call), ()):
        for line, text in _pieces(call.args[number]) if number < len(call.args) else ():
            if _LETTER.search(text):
                yield line, text


def _pieces(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The literal parts of an expression: of an f-string, a sum, a choice between two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp):
        below = [node.body, node.orelse] if isinstance(node, ast.IfExp) else ast.iter_child_nodes(node)
        for each in below:
            yield from _pieces(each)


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_log(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=level):
            return level in LOGS and name.strip("_").lower() in ("log", "logger")
    return False


def found_in_the_program() -> set[tuple[str, str]]:
    paths = sorted(path for folder in LOOKED_AT for path in (ROOT / folder).rglob("*.py"))
    named = {path: path.relative_to(ROOT).as_posix() for path in paths}
    return {
        (name, text)
        for path, name in named.items()
        if name not in (*NO_TEXTS, LETTER_TO_THE_CUSTOMER)
        for _line, text in hard_coded(path.read_text(encoding="utf-8"))
    }


def test_every_text_of_the_program_is_in_the_catalogue() -> None:
    meant = set().union(*MEANT.values())
    found = found_in_the_program()
    assert sorted(found - meant) == [], "say it through tr(), trn() or msgid()"
    assert sorted(meant - found) == [], "no longer in the source: take it off the list"


@pytest.mark.parametrize(
    "line",
    [
        'label("Expected")',
        'label("expected")',
        'label(f"Expected {amount}")',
        'label("Expected {}".format(amount))',
        'label(tr("Due") if due else "paid")',
        'label(tr("Due") + " now")',
        'ActionButton(look, "Pay", "P")',
        'Chip(look, "x")',
        'Field(tr("Name"), "name of yours")',
        'box.setText("Gone")',
        'box.setPlaceholderText("search")',
        'box.setAccessibleName(f"list {number}")',
        'show_notice("Nothing was sold.")',
        'TITLE = "Stock on hand"',
        'WORDS = {"due": "Still due"}',
        'def words():\n    return "Not yet"',
        'def words(text="Not yet"):\n    return text',
        'Choice([("a", "By hand")], tr("How"))',
    ],
)
def test_a_text_past_the_catalogue_is_seen(line: str) -> None:
    assert hard_coded(line), line


@pytest.mark.parametrize(
    "line",
    [
        '"""Owns what is said."""',
        'def words():\n    """Says it."""',
        'label(tr("Expected {amount}").format(amount=amount))',
        'label(trn("One bag", "{n} bags", count))',
        'ActionButton(look, tr("Pay"), "P", Kind.MAIN, "arrow-left")',
        'label(f"{amount} - {name}")',
        'label(tr("Due") if kind == "due" else "")',
        '_log.warning("the printer is not there: %s", error)',
        'raise ValueError("no such key")',
        'KeyHint("Ctrl+Z", tr("Undo"))',
        'WORDS = {"Still due": tr("Due")}',
        'ask("CSV (*.csv *.txt);;* (*)")',
        '__all__ = ["SaleScreen"]',
        'def words(place: "Place here") -> "Some words":\n    return tr("Due")',
    ],
)
def test_what_nobody_reads_on_a_screen_is_let_be(line: str) -> None:
    assert not hard_coded(line), line
