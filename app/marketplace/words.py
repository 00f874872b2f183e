"""Owns what the server says to people, in French and in English, by reason. Never decides anything."""

from __future__ import annotations

FRENCH, ENGLISH = "fr", "en"

_SENTENCES: dict[str, tuple[str, str]] = {
    # facts
    "already_handed_over": (
        "Cette commande avait déjà été remise par une autre caisse. Les deux remises sont gardées, "
        "et le stock compte les deux sorties. Vérifiez ce qui est parti, puis comptez ces articles.",
        "Another till had already handed this order over. Both handovers are kept, and the stock counts the goods of "
        "both. Check what has left, then count these articles.",
    ),
    "cancelled_before": (
        "Cette commande avait été annulée avant la remise. La remise est gardée et le stock est à jour ; "
        "voyez le paiement avec le client.",
        "This order had been cancelled before it was handed over. The handover is kept and the stock is right; "
        "settle the payment with the customer.",
    ),
    "cancelled_meanwhile": (
        "Cette commande a été annulée entre-temps : remettez les articles en rayon.",
        "This order has been cancelled meanwhile: put the goods back.",
    ),
    "already_undone": (
        "Cette remise avait déjà été annulée ; le stock n’est rendu qu’une fois.",
        "This handover had already been undone; the stock is given back once.",
    ),
    "edited_before": (
        "Le client avait modifié cette commande avant la remise. Ce qui est parti est parti ; "
        "voyez avec lui ce qui manque ou ce qui est en trop.",
        "The customer had changed this order before it was handed over. What left has left; settle with them what is "
        "missing or too much.",
    ),
    "product_newer": (
        "Cet article a été modifié ailleurs entre-temps. Rien n’a été écrasé : choisissez ce qui vaut.",
        "This article was changed elsewhere meanwhile. Nothing was overwritten: choose what counts.",
    ),
    "oversold": (
        "Il reste moins de cet article que ce qui est promis en ligne.",
        "Less of this article is left than was promised on line.",
    ),
    "return_unknown": (
        "Le marché n’a jamais vu la vente de ce retour. Le retour est gardé.",
        "The marketplace never saw the sale that this return is of. The return is kept.",
    ),
    "id_reused": (
        "Ce numéro d’envoi sert déjà à un autre événement. Appelez l’assistance.",
        "This fact's id already stands for something else. Call support.",
    ),
    "seq_reused": (
        "Ce numéro d’ordre de la caisse sert déjà à un autre événement : la base de la caisse est sans doute une "
        "ancienne copie. Appelez l’assistance.",
        "This till's sequence number already stands for something else: the till's database may be an old copy. "
        "Call support.",
    ),
    "unknown_kind": (
        "Le marché ne connaît pas encore ce type d’événement.",
        "The marketplace does not know this kind of fact yet.",
    ),
    "bad_payload": (
        "Cet événement est incomplet ou mal formé : le marché ne peut pas le lire.",
        "This fact is incomplete or malformed: the marketplace cannot read it.",
    ),
    "order_forgotten": (
        "Le marché ne connaît plus cette commande : il a été remis à une copie plus ancienne. La remise est gardée et "
        "le stock compte ce qui est parti. Prévenez ceux qui tiennent le marché : le client l’a peut-être payée.",
        "The marketplace does not know this order any more: it was set back to an older copy. The handover is kept, "
        "and the stock counts what left. Tell those who run the marketplace: its customer may have paid.",
    ),
    "line_forgotten": (
        "Le marché ne connaît plus un article de cette commande, changée avant qu’il soit remis à une copie plus "
        "ancienne. La remise est gardée et le stock compte ce qui est parti. Voyez le paiement avec le client.",
        "The marketplace does not know an article of this order any more: it was changed before the marketplace was "
        "set back to an older copy. The handover is kept, and the stock counts what left. See the payment with the "
        "customer.",
    ),
    "unknown_handover": (
        "Le marché ne connaît pas la remise à annuler.",
        "The marketplace does not know the handover to undo.",
    ),
    "handover_known": (
        "Cette remise est déjà enregistrée sous un autre envoi.",
        "This handover is already recorded under another fact.",
    ),
    "sale_known": (
        "Cette vente est déjà enregistrée sous un autre envoi.",
        "This sale is already recorded under another fact.",
    ),
    "movement_reused": (
        "Un mouvement de stock porte un numéro déjà pris par un autre.",
        "A stock movement bears an id that already stands for another.",
    ),
    # problems
    "not_paired": (
        "Cette caisse n’est pas reconnue. Associez-la de nouveau avec un code de votre compte.",
        "This till is not known. Pair it again with a code of your account.",
    ),
    "revoked": (
        "Cette caisse a été retirée de la boutique. Associez-la de nouveau si c’est une erreur.",
        "This till has been removed from the shop. Pair it again if that is a mistake.",
    ),
    "wrong_code": (
        "Ce code d’association est faux, déjà utilisé ou expiré. Demandez-en un nouveau dans votre compte.",
        "This pairing code is wrong, used or expired. Ask for a new one in your account.",
    ),
    "too_many_tries": (
        "Trop d’essais. Attendez une minute, puis recommencez.",
        "Too many tries. Wait a minute, then try again.",
    ),
    "rate_limited": (
        "Trop de demandes à la fois. Recommencez dans un instant.",
        "Too many requests at once. Try again in a moment.",
    ),
    "not_found": ("Il n’y a rien à cette adresse.", "There is nothing at this address."),
    "no_such_record": (
        "Il n’y a rien de tel dans votre boutique.",
        "There is no such thing in your shop.",
    ),
    "no_such_order": (
        "Cette commande n’existe pas dans votre boutique.",
        "There is no such order in your shop.",
    ),
    "method_not_allowed": (
        "Cette adresse ne prend pas ce genre de demande.",
        "This address does not take this kind of request.",
    ),
    "bad_request": ("La demande n’a pas pu être lue.", "The request could not be read."),
    "wrong_shape": (
        "La demande ne respecte pas le contrat ; voyez « errors ».",
        "The request does not keep the contract; see “errors”.",
    ),
    "bad_cursor": (
        "Ce curseur ne vient pas de ce marché. Recommencez avec un curseur vide.",
        "This cursor does not come from this marketplace. Start again with an empty one.",
    ),
    "cursor_gone": (
        "Le marché est revenu à une copie plus ancienne de ses données. Recommencez avec un curseur vide.",
        "The marketplace was set back to an older copy of its data. Start again with an empty cursor.",
    ),
    "unknown_encoding": (
        "Le contenu est compressé d’une façon que le marché ne lit pas : envoyez-le avec gzip, ou tel quel.",
        "The body is compressed in a way that the marketplace does not read: send it with gzip, or as it is.",
    ),
    "bad_encoding": (
        "Le contenu compressé est abîmé ou incomplet : envoyez-le de nouveau.",
        "The compressed body is damaged or incomplete: send it again.",
    ),
    "too_large": (
        "La demande est trop grande. Envoyez-la en plusieurs parties.",
        "The request is too large. Send it in several parts.",
    ),
    "busy": (
        "Le marché est occupé. Recommencez dans un instant.",
        "The marketplace is busy. Try again in a moment.",
    ),
    "broken": (
        "Le marché a rencontré une panne. Recommencez plus tard.",
        "The marketplace has failed. Try again later.",
    ),
    "wrong_admin_token": ("Ce jeton d’administration est faux.", "This administration token is wrong."),
    # rescue files
    "other_ledger_key": (
        "Cette caisse signe avec une autre clé que celle qui est connue. Associez-la de nouveau.",
        "This till signs with another key than the one that is known. Pair it again.",
    ),
    "rescue_not_a_rescue_file": (
        "Ce n’est pas un fichier de secours d’une caisse.",
        "This is no rescue file of a till.",
    ),
    "rescue_newer_format": (
        "Ce fichier de secours vient d’une version plus récente. Importez-le sur une caisse à jour.",
        "This rescue file comes from a newer version. Import it at a till that is up to date.",
    ),
    "rescue_altered": (
        "Ce fichier de secours a été modifié ou coupé. Reprenez celui qui est resté sur la clé, ou refaites-le.",
        "This rescue file was changed or cut. Take the one that is still on the stick, or write it again.",
    ),
    "rescue_bad_signature": (
        "La signature de ce fichier de secours est fausse : son contenu a été modifié. Refaites-le.",
        "This rescue file's signature is wrong: its content was changed. Write it again.",
    ),
    "rescue_other_shop": (
        "Ce fichier de secours vient d’une autre boutique.",
        "This rescue file is of another shop.",
    ),
    "rescue_unknown_till": (
        "Le marché ne connaît pas la caisse de ce fichier de secours.",
        "The marketplace does not know the till of this rescue file.",
    ),
    "rescue_unknown_key": (
        "Le marché ne connaît pas la clé qui a signé ce fichier de secours. Appelez l’assistance.",
        "The marketplace does not know the key that signed this rescue file. Call support.",
    ),
    # placing an order
    "nothing_ordered": ("La commande est vide.", "The order is empty."),
    "not_on_sale": (
        "Un article n’est plus en vente. Retirez-le du panier.",
        "An article is no longer on sale. Take it out of the basket.",
    ),
    "not_enough": (
        "Il ne reste pas assez d’un article. Réduisez la quantité.",
        "Not enough is left of an article. Reduce the quantity.",
    ),
    "amount_too_large": ("Le montant de la commande est trop grand.", "The amount of the order is too large."),
    "already_ready": (
        "Cette commande est déjà prête : voyez avec la boutique.",
        "This order is ready already: ask the shop.",
    ),
    "already_settled": (
        "Cette commande est déjà remise ou annulée.",
        "This order is already handed over or cancelled.",
    ),
}


def sentence(reason: str, language: str) -> str:
    """What to tell people; "" for no reason."""
    if not reason:
        return ""
    french, english = _SENTENCES[reason]
    return english if language == ENGLISH else french


def first_language(accept_language: str) -> str:
    """The two letters of the language a browser asks for first; "" if it does not say."""
    letters = accept_language.strip().lower()[:2]
    return letters if len(letters) == 2 and letters.isascii() and letters.isalpha() else ""


def language_of(accept_language: str) -> str:
    """French unless the first language asked for is English."""
    return ENGLISH if accept_language.strip().lower().startswith(ENGLISH) else FRENCH
