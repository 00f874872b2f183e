"""Owns the invoice as a file: a page for people (A4, PDF/A-3B) with the same invoice for programs inside (Factur-X).
Never decides what an invoice says, never numbers one.

The libraries are loaded when the first invoice is written: most shops write none on most days.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.invoice import Invoice, InvoiceKind, sale_day_of
from app.paths import resources_dir
from app.printing.fiscal_words import TRAINING_MARK, TRAINING_MENTION
from app.printing.invoice_words import (
    OPERATIONS,
    TITLES,
    day_text,
    in_threes,
    legal_mentions,
    price_text,
    sums,
    ticket_reference,
)
from app.printing.invoice_xml import invoice_xml
from app.printing.parts import siret_in_groups
from app.printing.words import FRENCH, amount, bare_amount, quantity_text, rate

if TYPE_CHECKING:
    from fpdf import FPDF

_TEXT, _TABLE, _SMALL, _TITLE = 9.5, 9, 8, 20
_LINE_MM = 4.8
_MARGIN_MM, _BUYER_X_MM, _BUYER_Y_MM = 18, 112, 54
_PRACTICE_Y_MM = 5
_TOTALS_MM = 70
"""Totals and mentions stay together on one page."""
_INK, _GREY, _RULE = (26, 29, 33), (92, 98, 106), (205, 209, 214)
_FAMILY, _SPARE = "inter", "dejavu"
_FONTS = (
    (_FAMILY, "", "Inter-Regular.otf"),
    (_FAMILY, "B", "Inter-SemiBold.otf"),
    (_SPARE, "", "DejaVuSansMono.ttf"),
    (_SPARE, "B", "DejaVuSansMono-Bold.ttf"),
)


class FacturXWriter:
    """Implements `fiscal_ports.InvoiceWriter`."""

    def __init__(self, fonts: Path | None = None, *, practice: bool = False) -> None:
        """
        Args:
            fonts: the folder of the bundled fonts, which are embedded in every file.
            practice: whether people on each page, and programs, are to be told that nothing of it is real (R12).
        """
        self._fonts = fonts or resources_dir() / "fonts"
        self._practice = practice

    def __call__(self, invoice: Invoice) -> bytes:
        return _with_xml(_page(invoice, self._fonts, self._practice), invoice, self._practice)


def _with_xml(page: bytes, invoice: Invoice, practice: bool) -> bytes:
    """Checks the XML against the schema of the standard and puts it into the page."""
    from facturx import generate_from_file

    title = _title(invoice, practice)
    metadata = {
        "author": invoice.merchant.legal_name,
        "keywords": "Factur-X",
        "title": title,
        "subject": f"{title} du {day_text(invoice.issue_day)}",
    }
    file = _Replaced(page)
    generate_from_file(
        file,
        invoice_xml(invoice, practice=practice),
        flavor="factur-x",
        level="en16931",
        pdf_metadata=metadata,
        lang="fr-FR",
    )
    return file.getvalue()


class _Replaced(BytesIO):
    """WORKAROUND: factur-x 7.8 writes the new document behind the one it has read; here it takes its place, in memory,
    because a buyer's name has no business in a temporary file."""

    def __init__(self, page: bytes) -> None:
        super().__init__(page)
        self._emptied = False

    def write(self, data: Any) -> int:
        if not self._emptied:
            self._emptied = True
            self.seek(0)
            self.truncate()
        return super().write(data)


def _title(invoice: Invoice, practice: bool) -> str:
    title = f"{TITLES[invoice.kind]} {invoice.display_number}"
    return f"{TRAINING_MARK} · {title}" if practice else title


def _page(invoice: Invoice, fonts: Path, practice: bool) -> bytes:
    sheet = _Sheet(_new_document(invoice, fonts, practice))
    _seller(sheet, invoice)
    _buyer(sheet, invoice)
    _references(sheet, invoice, practice)
    _lines(sheet, invoice)
    _totals(sheet, invoice)
    _mentions(sheet, invoice)
    return bytes(sheet.pdf.output())


def _new_document(invoice: Invoice, fonts: Path, practice: bool) -> FPDF:
    from fpdf import FPDF

    title = _title(invoice, practice)

    class Document(FPDF):
        def header(self) -> None:
            if practice:
                self.set_y(_PRACTICE_Y_MM)
                self.set_font(_FAMILY, "B", _TITLE)
                self.set_text_color(*_INK)
                self.cell(w=0, h=_TITLE * 0.4, text=TRAINING_MARK, align="C", new_x="LMARGIN", new_y="NEXT")
                self.set_font(_FAMILY, "B", _SMALL)
                self.cell(w=0, h=_LINE_MM, text=TRAINING_MENTION, align="C", new_x="LMARGIN", new_y="NEXT")
                self.set_y(max(self.get_y(), _MARGIN_MM))

        def footer(self) -> None:
            self.set_y(-14)
            self.set_font(_FAMILY, size=_SMALL)
            self.set_text_color(*_GREY)
            text = f"{title} · page {self.page_no()}/{{nb}} · {invoice.software} · Factur-X (EN 16931)"
            self.cell(w=0, h=_LINE_MM, text=text, align="C")

    pdf = Document(format="A4", enforce_compliance="PDF/A-3B")
    for family, style, file in _FONTS:
        pdf.add_font(family, style, fonts / file)
    pdf.set_fallback_fonts([_SPARE])
    pdf.set_lang("fr-FR")
    pdf.set_title(title)
    pdf.set_creation_date(invoice.issued_at)
    pdf.set_margins(_MARGIN_MM, _MARGIN_MM)
    pdf.set_auto_page_break(True, margin=20)
    pdf.add_page()
    return pdf


class _Sheet:
    """The page being written, line under line."""

    def __init__(self, pdf: FPDF) -> None:
        self.pdf = pdf
        fonts: Any = pdf.fonts
        self._drawable = {point for name in (_FAMILY, _SPARE) for point in fonts[name].cmap}

    def shown(self, text: str) -> str:
        """With question marks for what no bundled font can draw: a page with holes in it is no PDF/A."""
        return "".join(sign if ord(sign) in self._drawable else "?" for sign in text)

    def text(
        self, text: str, *, bold: bool = False, size: float = _TEXT, grey: bool = False, x_mm: float = _MARGIN_MM
    ) -> None:
        self.pdf.set_font(_FAMILY, "B" if bold else "", size)
        self.pdf.set_text_color(*(_GREY if grey else _INK))
        self.pdf.set_x(x_mm)
        self.pdf.multi_cell(w=0, h=size * 0.5, text=self.shown(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def gap(self, mm: float) -> None:
        self.pdf.ln(mm)

    def table(
        self, rows: Sequence[Sequence[str]], widths: Sequence[int], left: int, *, x_mm: float | None = None
    ) -> None:
        """The first row is the heading; the first `left` columns are texts, the others figures."""
        from fpdf.fonts import FontFace

        pdf = self.pdf
        pdf.set_font(_FAMILY, size=_TABLE)
        pdf.set_text_color(*_INK)
        pdf.set_draw_color(*_RULE)
        if x_mm is not None:
            pdf.set_left_margin(x_mm)
        with pdf.table(
            col_widths=tuple(widths),
            width=pdf.epw,
            align="L",
            text_align=tuple("L" if column < left else "R" for column in range(len(widths))),
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD", color=_GREY),
            line_height=_LINE_MM,
            padding=(1, 0.6),
        ) as table:
            for row in rows:
                table.row([self.shown(cell) for cell in row])
        pdf.set_left_margin(_MARGIN_MM)


def _seller(sheet: _Sheet, invoice: Invoice) -> None:
    merchant = invoice.merchant
    sheet.text(" ".join(part for part in (merchant.legal_form, merchant.legal_name) if part), bold=True, size=12)
    for line in merchant.address_lines:
        sheet.text(line)
    sheet.text(f"SIRET {siret_in_groups(merchant.siret)}", grey=True, size=_SMALL)
    if merchant.rcs:
        sheet.text(merchant.rcs, grey=True, size=_SMALL)
    if invoice.charges_vat:
        sheet.text(f"TVA {merchant.vat_number}", grey=True, size=_SMALL)


def _buyer(sheet: _Sheet, invoice: Invoice) -> None:
    buyer = invoice.buyer
    sheet.pdf.set_y(max(sheet.pdf.get_y() + 4, _BUYER_Y_MM))
    sheet.text("Facturé à", grey=True, size=_SMALL, x_mm=_BUYER_X_MM)
    sheet.text(buyer.name, bold=True, x_mm=_BUYER_X_MM)
    for line in buyer.address_lines:
        sheet.text(line, x_mm=_BUYER_X_MM)
    sheet.text(f"SIREN {in_threes(buyer.siren)}", grey=True, size=_SMALL, x_mm=_BUYER_X_MM)
    if buyer.vat_number:
        sheet.text(f"TVA {buyer.vat_number}", grey=True, size=_SMALL, x_mm=_BUYER_X_MM)
    if buyer.delivery_lines:
        sheet.gap(1.5)
        sheet.text("Livré à", grey=True, size=_SMALL, x_mm=_BUYER_X_MM)
        for line in buyer.delivery_lines:
            sheet.text(line, x_mm=_BUYER_X_MM)


def _references(sheet: _Sheet, invoice: Invoice, practice: bool) -> None:
    sheet.gap(8)
    sheet.text(_title(invoice, practice), bold=True, size=_TITLE)
    sheet.gap(2)
    sheet.text(
        f"Émise le {day_text(invoice.issue_day)}" if _is_invoice(invoice) else f"Émis le {day_text(invoice.issue_day)}"
    )
    sheet.text(ticket_reference(invoice))
    for earlier in invoice.corrects:
        sheet.text(f"Se rapporte à la facture {earlier.display_number} du {day_text(earlier.issue_day)}")
    sheet.text(f"{OPERATIONS[invoice.operation]}, le {day_text(sale_day_of(invoice.sale))}")
    sheet.gap(5)


def _is_invoice(invoice: Invoice) -> bool:
    return invoice.kind is InvoiceKind.INVOICE


def _lines(sheet: _Sheet, invoice: Invoice) -> None:
    if invoice.charges_vat:
        heading: tuple[str, ...] = ("Désignation", "Quantité", "Prix unitaire HT", "Remise HT", "TVA", "Total HT")
        widths: tuple[int, ...] = (40, 13, 15, 12, 8, 12)
    else:
        heading = ("Désignation", "Quantité", "Prix unitaire", "Remise", "Total")
        widths = (46, 14, 16, 12, 12)
    rows = [heading]
    for line in invoice.lines:
        discount = bare_amount(FRENCH, line.discount) if line.discount else ""
        vat = (rate(FRENCH, line.vat_rate_bp),) if invoice.charges_vat else ()
        quantity = quantity_text(FRENCH, line.quantity, line.unit)
        rows.append((line.label, quantity, price_text(line.price), discount, *vat, bare_amount(FRENCH, line.net)))
    sheet.table(rows, widths, left=1)
    sheet.gap(5)


def _totals(sheet: _Sheet, invoice: Invoice) -> None:
    if sheet.pdf.will_page_break(_TOTALS_MM):
        sheet.pdf.add_page()
    if invoice.charges_vat:
        rows: list[tuple[str, ...]] = [("TVA", "Base HT", "Montant TVA", "TTC")]
        rows += [
            (rate(FRENCH, part.rate_bp), *(bare_amount(FRENCH, value) for value in (part.net, part.vat, part.gross)))
            for part in invoice.vat
        ]
        sheet.table(rows, (18, 26, 30, 26), left=1, x_mm=_BUYER_X_MM - 10)
        sheet.gap(4)
    for name, value in sums(invoice):
        _sum(sheet, name, amount(FRENCH, value), bold=name in ("Total TTC", "Net à payer", "Total"))
    sheet.gap(6)


def _sum(sheet: _Sheet, name: str, value: str, *, bold: bool) -> None:
    pdf = sheet.pdf
    pdf.set_font(_FAMILY, "B" if bold else "", _TEXT + 1 if bold else _TEXT)
    pdf.set_text_color(*_INK)
    pdf.set_x(_MARGIN_MM)
    pdf.cell(w=pdf.epw - 32, h=_LINE_MM + 1, text=sheet.shown(name), align="R")
    pdf.cell(w=32, h=_LINE_MM + 1, text=sheet.shown(value), align="R", new_x="LMARGIN", new_y="NEXT")


def _mentions(sheet: _Sheet, invoice: Invoice) -> None:
    for number, text in enumerate(legal_mentions(invoice)):
        if number == 0 and not invoice.charges_vat:
            sheet.text(text, bold=True)
        else:
            sheet.text(text, size=_SMALL, grey=True)
