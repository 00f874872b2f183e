"""Owns the wording of disagreements and refused facts, for the screen and the command line: what happened, what may be
answered, what a refusal means. No Qt, no decision."""

from __future__ import annotations

from app.domain.catalogue import Unit
from app.domain.disagreements import NUMBER_DISBELIEVED, Answer, LineChange, LineChangeKind
from app.domain.facts import FactKind
from app.i18n import tr
from app.ui import formats
from app.usecases.ask_again import AskedAgain
from app.usecases.exception_queries import ExceptionRow
from app.usecases.repair_fact import RepairRefused, WhyNotRepaired
from app.usecases.set_aside_fact import SettingAside
from app.usecases.settle_exception import Settling


def fact_title(kind: str, title: str) -> str:
    """What a fact is, in a line; `title` is what people know its record by."""
    known = {
        FactKind.ORDER_PREPARED: tr("Preparation of order {title}"),
        FactKind.ORDER_READY: tr("Order {title} ready"),
        FactKind.ORDER_HANDED_OVER: tr("Order {title} handed over"),
        FactKind.HANDOVER_UNDONE: tr("Handover of order {title} undone"),
        FactKind.SALE_RECORDED: tr("Ticket {title}"),
        FactKind.STOCK_MOVED: tr("Stock of {title}"),
        FactKind.PRODUCT_CHANGED: tr("Article {title}"),
        FactKind.EXCEPTION_SETTLED: tr("Answer to a disagreement {title}"),
    }
    found = next((words for fact_kind, words in known.items() if fact_kind == kind), "{title}")
    return found.format(title=title).strip()


def exception_title(row: ExceptionRow) -> str:
    """What is disagreed on, in a line."""
    if row.reason == NUMBER_DISBELIEVED:
        return tr("The marketplace tells a number of this till that cannot be")
    if row.order_number:
        return {
            "handed_over_twice": tr("Order {number} was handed over twice"),
            "handed_over_after_cancel": tr("Order {number}, cancelled, was handed over"),
            "cancelled_after_handover": tr("Order {number} was cancelled after it was handed over"),
            "order_edited": tr("Order {number} was changed by its customer"),
        }.get(row.kind, tr("The marketplace disagrees about order {number}")).format(number=row.order_number)
    if row.kind == "oversold":
        return tr("{article}: less is left than was promised").format(article=_article(row))
    if row.kind == "price_changed":
        return tr("{article} was changed at two places").format(article=_article(row))
    if row.kind == "return_unknown":
        return tr("Ticket {number} returns what was never seen sold").format(number=row.view.get("number", ""))
    return {
        "handed_over_twice": tr("An order was handed over twice"),
        "handed_over_after_cancel": tr("A cancelled order was handed over"),
        "cancelled_after_handover": tr("An order was cancelled after it was handed over"),
        "order_edited": tr("An order was changed by its customer"),
        "ledger_forked": tr("Two copies of one till are at work"),
        "older_copy": tr("This till works on an older copy of its data"),
    }.get(row.kind, tr("The marketplace disagrees"))


def _article(row: ExceptionRow) -> str:
    return row.product_name or str(row.view.get("label", "")) or tr("An article")


def exception_explanation(row: ExceptionRow) -> str:
    """What happened and what stands, in sentences; the marketplace's own where it gave one."""
    if row.reason == NUMBER_DISBELIEVED:
        return tr(
            "It says that this till told it fact number {told}; the last one drawn here is {drawn}. It is not "
            "believed: selling and sending go on as before. Tell those who run the marketplace."
        ).format(told=row.view.get("told", ""), drawn=row.view.get("drawn", ""))
    return row.message or {
        "handed_over_twice": tr("Two tills handed the same order over. Both handovers are kept, and both count."),
        "handed_over_after_cancel": tr("The order had been cancelled. What left has left: the stock says so."),
        "cancelled_after_handover": tr(
            "Somebody cancelled the order on the site after its goods had left, and the site counts them as back in "
            "the shop. Count these articles; if money was given back, see it with the customer."
        ),
        "oversold": _oversold(row),
        "price_changed": tr("Nothing was overwritten. Choose which of the two counts."),
        "order_edited": tr("What was prepared stays as it is until you decide."),
        "return_unknown": tr("The return is kept. If the sale comes later, this closes by itself."),
        "ledger_forked": tr("The same till was copied to two computers. Stop one of them before it sells again."),
        "older_copy": tr(
            "The marketplace knows things of this till that are not in this database: an older copy was put back, or "
            "the same till runs twice. What waited was sent under new numbers, nothing is told twice, and what the "
            "marketplace knows comes down. Look whether another computer runs this till, and count the cash and the "
            "goods of the lost hours."
        ),
    }.get(row.kind, tr("What happened here is kept. Compare it with the marketplace's page of the order."))


def _oversold(row: ExceptionRow) -> str:
    unit, physical, promised = row.view.get("unit"), row.view.get("physical"), row.view.get("promised")
    if unit not in set(Unit) or not (isinstance(physical, int) and isinstance(promised, int)):
        return tr("Customers wait for more of it than is left.")
    text = tr("{physical} left, {promised} promised on line.")
    return text.format(physical=_quantity(physical, str(unit)), promised=_quantity(promised, str(unit)))


def _quantity(base_units: int, unit: str) -> str:
    return formats.quantity(base_units, Unit(unit))


def change_words(change: LineChange) -> str:
    """A line of an edited order, as it was and as it is; without quantities if nobody knows of what unit they are."""
    if change.unit not in set(Unit):
        return {
            LineChangeKind.ADDED: tr("added: {label}"),
            LineChangeKind.REMOVED: tr("taken out: {label}"),
            LineChangeKind.QUANTITY: tr("{label}: another quantity"),
        }[change.what].format(label=change.label)
    before, after = _quantity(change.before, change.unit), _quantity(change.after, change.unit)
    return {
        LineChangeKind.ADDED: tr("added: {label}, {after}"),
        LineChangeKind.REMOVED: tr("taken out: {label}, {before}"),
        LineChangeKind.QUANTITY: tr("{label}: {before} before, {after} now"),
    }[change.what].format(label=change.label, before=before, after=after)


def broken_words(reason: str) -> str:
    """Why a record cannot be used; what only a programmer can word is shown as it was noted."""
    return {
        "no lines": tr("The order has no lines."),
        "two lines with one number": tr("Two lines of the order have the same number."),
        "a line with a negative amount or no quantity": tr("A line of the order has a negative amount or no quantity."),
        "a VAT rate that does not exist": tr("It has a VAT rate that does not exist."),
        "lines do not add up to the total": tr("The lines of the order do not add up to its total."),
        "a negative payment": tr("The payment of the order is negative."),
        "moves nothing": tr("The movement moves nothing."),
        "no name": tr("The article has no name."),
        "a negative price": tr("The article’s price is negative."),
        "VAT on what is no turnover": tr("There is VAT on what is no turnover."),
        "meal vouchers for what minors may not buy": tr("Meal vouchers are allowed for what minors may not buy."),
    }.get(reason) or tr("The marketplace sent what this till cannot read ({why}).").format(why=reason)


def answer_words(answer: str) -> str:
    """An answer as on its button."""
    known = {
        Answer.COUNT_STOCK: tr("Count these articles"),
        Answer.GOODS_ARE_GONE: tr("The goods are gone; see the payment with the customer"),
        Answer.GOODS_CAME_BACK: tr("The goods came back"),
        Answer.CALL_CUSTOMER: tr("Call the customer"),
        Answer.GOODS_ARE_COMING: tr("More is on its way"),
        Answer.KEEP_THEIRS: tr("Keep what the marketplace has"),
        Answer.OURS_AGAIN: tr("Ours counts: send it again"),
        Answer.PREPARE_AGAIN: tr("Prepare the changed lines again"),
        Answer.KEEP_AS_PREPARED: tr("Leave it as prepared"),
        Answer.RETURN_STANDS: tr("The return is right"),
        Answer.CAME_LATER: tr("What was missing came later"),
        Answer.ONE_TILL_STOPS: tr("One of the two is stopped"),
        Answer.LOOK_AT_IT: tr("It was looked at"),
    }
    return next((words for keyword, words in known.items() if keyword == answer), answer)


def settling_words(outcome: Settling) -> str:
    return {
        Settling.SETTLED: tr("Noted: it is settled. Nothing of it is erased."),
        Settling.NOT_OPEN: tr(
            "There is nothing to settle under this number: it was settled before, here or elsewhere."
        ),
        Settling.WRONG_ANSWER: tr("This cannot be answered so. Choose one of the answers of the list."),
        Settling.NOT_POSSIBLE: tr("This answer is not possible any more: the article is not here. Choose another."),
    }[outcome]


def repair_words(refused: RepairRefused) -> str:
    return {
        WhyNotRepaired.NOT_REFUSED: tr("There is nothing to mend under this number: it is not refused."),
        WhyNotRepaired.NOT_ITS_WORDS: tr("It was not refused for its wording: send it again, or set it aside."),
        WhyNotRepaired.NO_SUCH_FIELD: tr("“{field}” is never changed. Only words are, never amounts or quantities."),
        WhyNotRepaired.BAD_WORDING: tr("“{field}” is too long, empty, or has characters that cannot be sent."),
        WhyNotRepaired.NOTHING_CHANGED: tr("Nothing was changed."),
    }[refused.why].format(field=refused.field)


def setting_aside_words(outcome: SettingAside) -> str:
    return {
        SettingAside.DONE: tr("Set aside: it is kept, and no longer sent."),
        SettingAside.NOT_REFUSED: tr("Only what was refused can be set aside."),
        SettingAside.NO_REASON: tr("Say why it is set aside: it is kept with your name."),
    }[outcome]


def asked_again_words(outcome: AskedAgain) -> str:
    return {
        AskedAgain.UNDERSTOOD: tr("It came, and could be read this time."),
        AskedAgain.STILL_BROKEN: tr("It came, but cannot be read yet. Tell the marketplace its number."),
        AskedAgain.NOT_THERE: tr("The marketplace no longer has it, or cannot send it alone."),
    }[outcome]
