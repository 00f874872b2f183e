"""Owns the notice in French that goes with every archive: what it holds, what each column is, how to check it with and
without Comptoir (R15). Never translated: the tax office reads it, in France."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.domain.archive_tables import ArchiveTable, ColumnKind

_KINDS = {
    ColumnKind.TEXT: "texte",
    ColumnKind.INTEGER: "entier",
    ColumnKind.AMOUNT: "euros, virgule décimale",
    ColumnKind.PERCENT: "pour cent, virgule décimale",
    ColumnKind.JSON: "JSON",
}

_FIRST = """\
ARCHIVE DE CAISSE
=================

Commerce            : {shop}
Raison sociale      : {legal_name}
SIRET               : {siret}
Caisse              : {till} ({till_id})
Période archivée    : du {first_day} au {last_day} (journées d'exploitation comprises)
Archive établie le  : {made_at}
Par                 : {made_by}
Logiciel            : {software}, noyau fiscal {fiscal}
Documents de vente  : {documents}, dont {open_documents} dans aucune clôture au moment de l'archive

Cette archive contient toutes les données de caisse de la période, telles qu'elles ont été enregistrées et signées
au moment des faits (article 286, I, 3° bis du code général des impôts ; BOI-TVA-DECLA-30-10-30). Elle se lit sans le
logiciel : des tableaux CSV, un manifeste JSON, cette notice.


1. VÉRIFIER
-----------

Avec Python 3.8 ou plus récent, sans rien installer :

    python3 verifier.py ARCHIVE.zip

ou, dans le dossier où l'archive a été décompressée : python3 verifier.py

    python3 verifier.py ARCHIVE.zip ARCHIVE_PRECEDENTE.zip   vérifie aussi que les deux archives se suivent
    python3 verifier.py ARCHIVE.zip --toutes-les-signatures  vérifie chaque signature, pas seulement celles des
                                                             clôtures, des archives et de la fin de chaque chaîne
    python3 verifier.py ARCHIVE.zip --cle EMPREINTE          exige cette clé publique (empreinte SHA-256 que le
                                                             commerçant ou la place de marché a notée)

Réponse : 0 tout est conforme ; 1 au moins une anomalie, chacune nommée avec son fichier et sa ligne ; 2 mauvaise
utilisation. Le programme verifier.py est joint pour être lu ; un vérificateur venu d'ailleurs vaut mieux que celui de
l'archive que l'on contrôle. Avec Comptoir : comptoir verify ARCHIVE.zip

Sans Python :

    sha256sum CHAQUE_FICHIER                                 comparer avec « files » dans manifest.json
    openssl dgst -sha256 -verify cle_publique.pem -signature manifest.sig manifest.json


2. COMMENT LES DONNÉES SONT SCELLÉES
------------------------------------

Le registre (registre.csv) est fait de chaînes : une par caisse et par série (sales : ventes ; training : école ;
events : journal technique ; closures : clôtures ; archives ; invoices : factures). Dans une chaîne les numéros se
suivent sans trou depuis la mise en service.

    empreinte(n) = SHA-256( empreinte(n-1) || signature(n-1) || contenu(n) )
    signature(n) = ECDSA P-256 de cette empreinte (RFC 6979), r puis s, 32 octets chacun

« contenu » est le texte UTF-8 exact de la colonne du même nom ; avant la première ligne, l'empreinte précédente vaut
32 octets nuls et la signature 64 octets nuls. Le manifeste donne pour chaque chaîne la tête d'avant la période
(« before ») et celle de la fin (« last »). Changer un caractère d'une ligne, en ôter, en ajouter ou en déplacer une
rompt la chaîne ; la recalculer demanderait la clé privée, qui n'est ni dans l'archive ni dans la base de données. Les
clés publiques sont dans cles.csv : une clé est nommée par les 16 premiers chiffres hexadécimaux du SHA-256 de sa
forme DER.

Les totaux perpétuels (perpetuel, perpetuel_absolu) courent depuis la mise en service et ne reviennent jamais à zéro.
La TVA se calcule une fois par document et par taux : HT = TTC / (1 + taux) arrondi au centime, TVA = TTC - HT. Une
clôture est la somme de ses documents.


3. FICHIERS
-----------

Tableaux CSV : UTF-8, séparateur « ; », guillemets doubles, fin de ligne CR LF, une ligne d'en-tête. schema.json décrit
les mêmes colonnes pour un programme, avec leur provenance dans le contenu signé.

manifest.json      période, caisse, SIRET, versions, chaînes, sommes, taille et SHA-256 de chaque fichier
manifest.sig       signature du manifeste (ECDSA P-256, SHA-256, forme DER)
cle_publique.pem   clé publique qui vérifie manifest.sig
schema.json        description des tableaux
verifier.py        vérificateur autonome
LISEZ-MOI.txt      cette notice
cles.csv           clés publiques : cle (identifiant), cree_le, cle_publique_der_base64
"""

_LAST = """

4. CONSERVATION
---------------

À conserver dix ans au moins, sur un support extérieur à la caisse. Aucune donnée fiscale n'est retirée de la caisse
par l'archivage. L'archive ne contient aucune donnée personnelle de client ; elle contient le nom des personnes à la
caisse.
"""


def notice_of(about: Mapping[str, str], tables: Sequence[ArchiveTable], documents: int, open_documents: int) -> str:
    """The notice of one archive; `about` is the head of its manifest."""
    unknown = {name: value or "(non renseigné)" for name, value in about.items()}
    first = _FIRST.format_map({**unknown, "documents": documents, "open_documents": open_documents})
    return first + "".join("\n" + part for table in tables for part in _about_table(table)) + _LAST


def _about_table(table: ArchiveTable) -> Iterable[str]:
    yield f"\n{table.file} : {table.french}.\n"
    width = max(len(column.name) for column in table.columns)
    for column in table.columns:
        yield f"    {column.name.ljust(width)}  {column.french} [{_KINDS[column.kind]}]"
