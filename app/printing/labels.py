"""Owns the papers that are stuck or put up: labels of bags and shelves, and the sheet that goes to the market. None of
them is a ticket.
"""

from __future__ import annotations

from app.domain.receipt import BagLabels, ListedOrder, MarketSheet, ShelfLabel, ShelfLabels
from app.printing.label_words import LabelWords
from app.printing.lines import Size
from app.printing.paper import Paper
from app.printing.parts import LocalTime, counted, title
from app.printing.words import Words, amount, moment_text, unit_price_text

_BOX = "[ ]"


def bag_labels(paper: Paper, words: Words, own: LabelWords, labels: BagLabels, local_time: LocalTime) -> None:
    """One for each bag: the name can be read from across the room."""
    for number in range(1, labels.bags + 1):
        if number > 1:
            paper.cut()
        paper.centred(labels.shop.name)
        paper.centred(labels.customer_name, bold=True, size=Size.DOUBLE)
        paper.centred(words.order_number.format(number=labels.order_number), bold=True, size=Size.TALL)
        if labels.pickup_code:
            paper.qr(labels.pickup_code, small=True)
        if labels.spoken_code:
            paper.centred(_in_two(labels.spoken_code), bold=True, size=Size.DOUBLE)
        paper.row(
            own.shelf.format(shelf=labels.shelf) if labels.shelf else "",
            own.bag.format(number=number, count=labels.bags),
            bold=True,
            size=Size.TALL,
        )
        if labels.keep_until:
            paper.text(words.keep_until.format(moment=moment_text(words, local_time(labels.keep_until))))


def shelf_labels(paper: Paper, words: Words, own: LabelWords, labels: ShelfLabels) -> None:
    """One for each article: name, price, price for the kilogram or litre, bars."""
    for number, label in enumerate(labels.labels):
        if number:
            paper.cut()
        _shelf_label(paper, words, own, label)


def _shelf_label(paper: Paper, words: Words, own: LabelWords, label: ShelfLabel) -> None:
    paper.text(label.name, bold=True, size=Size.TALL)
    paper.centred(unit_price_text(words, label.price, label.unit), bold=True, size=Size.DOUBLE)
    if label.per_price is not None and label.per is not None and label.per is not label.unit:
        paper.row(own.per[label.per], unit_price_text(words, label.per_price, label.per), bold=True)
    if label.code:
        paper.bars(label.code)


def market_sheet(paper: Paper, words: Words, own: LabelWords, sheet: MarketSheet, local_time: LocalTime) -> None:
    """Two papers: the orders to tick, and lines to write sales on."""
    _head(paper, words, sheet, own.market_sheet, local_time)
    paper.text(own.how_to_tick if sheet.orders else own.no_orders)
    for order in sheet.orders:
        paper.rule()
        _order_to_tick(paper, words, own, order)
    paper.rule()
    if sheet.orders:
        paper.text(counted(own.orders, len(sheet.orders)), bold=True)
    paper.cut()
    _head(paper, words, sheet, own.sales_sheet, local_time)
    paper.text(own.how_to_write)
    paper.rule()
    _lines_to_write_on(paper, own, sheet.sale_lines)


def _head(paper: Paper, words: Words, sheet: MarketSheet, text: str, local_time: LocalTime) -> None:
    title(paper, text)
    paper.pair(sheet.shop.name, sheet.till_name)
    paper.text(words.printed.format(moment=moment_text(words, local_time(sheet.printed_at))))


def _order_to_tick(paper: Paper, words: Words, own: LabelWords, order: ListedOrder) -> None:
    paper.row(f"{_BOX} {order.customer_name}", _in_two(order.spoken_code), hang=4, bold=True)
    bags = counted(own.bags, order.bags) if order.bags else own.no_bags
    lines = counted(words.line_count, order.line_count)
    age = own.check_age.format(age=order.age_limit) if order.age_limit else ""
    known = (words.order_number.format(number=order.number), bags, order.shelf, lines, age)
    paper.text(", ".join(part for part in known if part), indent=4)
    if order.amount_due.minor > 0:
        paper.text(own.to_collect.format(amount=amount(words, order.amount_due)), indent=4, bold=True)
    else:
        paper.text(own.paid, indent=4)


def _lines_to_write_on(paper: Paper, own: LabelWords, count: int) -> None:
    article, price, means = own.sale_columns
    paper.row(f"   {article}", f"{price}  {means}")
    for number in range(1, count + 1):
        paper.feed()
        paper.row_to_write_on(f"{number:2d} ", f" ________  {means}")


def _in_two(spoken_code: str) -> str:
    """`7F3 K9X`, as it is said."""
    return f"{spoken_code[:3]} {spoken_code[3:]}".strip()
