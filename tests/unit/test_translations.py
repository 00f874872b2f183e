from __future__ import annotations

import os
from pathlib import Path

import pytest

from resources.locale.translations import (
    FRENCH,
    ROOT,
    TranslationsError,
    compile_catalogue,
    compiled_path,
    faults_of,
    is_stale,
    main,
    merged,
    unused,
)


@pytest.fixture
def french(tmp_path: Path) -> Path:
    (tmp_path / "fr" / "parts").mkdir(parents=True)
    return tmp_path / "fr"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    return tmp_path / "app"


def part(french: Path, name: str, *entries: tuple[str, str]) -> None:
    body = "\n".join(f'msgid "{text}"\nmsgstr "{translation}"\n' for text, translation in entries)
    (french / "parts" / name).write_text(body, encoding="utf-8")


def test_fragments_become_one_catalogue(french: Path) -> None:
    part(french, "a.po", ("Ready", "Prête"), ("Order", "Commande"))
    part(french, "b.po", ("Order", "Commande"), ("Sale", "Vente"))

    assert compile_catalogue(french) == 3
    assert {m.id: m.string for m in merged(french) if m.id} == {"Ready": "Prête", "Order": "Commande", "Sale": "Vente"}


def test_two_translations_of_one_text_are_refused(french: Path) -> None:
    part(french, "a.po", ("Order", "Commande"))
    part(french, "b.po", ("Order", "Ordre"))

    with pytest.raises(TranslationsError, match=r"b\.po: 'Order' is 'Ordre' here, 'Commande' elsewhere"):
        merged(french)
    assert not compiled_path(french).exists()


def test_a_fragment_that_is_no_catalogue_is_refused_by_name(french: Path) -> None:
    (french / "parts" / "a.po").write_text('msgid "Order"\nCommande\n', encoding="utf-8")

    with pytest.raises(TranslationsError, match=r"a\.po"):
        merged(french)


def test_the_catalogue_is_compiled_again_only_when_a_fragment_is_newer(french: Path) -> None:
    part(french, "a.po", ("Order", "Commande"))
    assert is_stale(french)
    compile_catalogue(french)
    target = compiled_path(french)
    newest = max(path.stat().st_mtime_ns for path in (french / "parts", *(french / "parts").iterdir()))
    os.utime(target, ns=(newest + 1, newest + 1))
    assert not is_stale(french)
    os.utime(target, ns=(newest - 1, newest - 1))
    assert is_stale(french)


def test_a_text_without_french_is_found_where_it_stands(french: Path, source: Path) -> None:
    part(french, "a.po", ("Order", "Commande"), ("Sale", ""))
    (source / "a.py").write_text(
        'from app.i18n import msgid, tr\ntr("Order")\ntr("Sale")\nTITLE = msgid("Stock")\n', encoding="utf-8"
    )

    assert faults_of(french, source) == ["app/a.py:3: no French: 'Sale'", "app/a.py:4: no French: 'Stock'"]


def test_a_text_within_another_is_found_too(french: Path, source: Path) -> None:
    (source / "a.py").write_text(
        "f\"{tr('Order')}: {i18n.trn('{n} bag', '{n} bags', 2)}\"\ntr(\"In two\"\n   \" parts\")\ntr(order.title)\n",
        encoding="utf-8",
    )

    assert faults_of(french, source) == [
        "app/a.py:1: no French: 'Order'",
        "app/a.py:1: no French: ('{n} bag', '{n} bags')",
        "app/a.py:2: no French: 'In two parts'",
    ]


def test_plurals_need_both_forms(french: Path, source: Path) -> None:
    (source / "a.py").write_text('trn("{n} order", "{n} orders", 2)\n', encoding="utf-8")
    plural = 'msgid "{n} order"\nmsgid_plural "{n} orders"\nmsgstr[0] "{n} commande"\nmsgstr[1] "%s"\n'

    (french / "parts" / "a.po").write_text(plural % "", encoding="utf-8")
    assert faults_of(french, source) == ["app/a.py:1: no French: ('{n} order', '{n} orders')"]

    (french / "parts" / "a.po").write_text(plural % "{n} commandes", encoding="utf-8")
    assert faults_of(french, source) == []


@pytest.mark.parametrize("translation", ["Reste {montant}", "Reste à payer", "{amount} pour {name}"])
def test_a_translation_must_keep_the_names(french: Path, source: Path, translation: str) -> None:
    part(french, "a.po", ("{amount} due", translation))
    (source / "a.py").write_text('tr("{amount} due")\n', encoding="utf-8")

    assert faults_of(french, source) == ["app/a.py:1: other {names}: '{amount} due'"]


def test_what_the_source_no_longer_says_is_named(french: Path, source: Path) -> None:
    part(french, "a.po", ("Order", "Commande"), ("Gone", "Parti"))
    (source / "a.py").write_text('tr("Order")\n', encoding="utf-8")

    assert unused(french, source) == ["'Gone'"]


def test_every_text_of_the_program_has_its_french() -> None:
    assert faults_of(FRENCH, ROOT / "app") == []


def test_wrong_use_is_told() -> None:
    assert main(["translate"]) == 2
