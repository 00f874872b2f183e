"""Every paper has a name."""

from __future__ import annotations

import pytest

from app.domain.receipt import PrintKind
from app.ui.paper_words import paper_name, paper_title


@pytest.mark.parametrize("kind", PrintKind)
def test_every_paper_has_a_name(kind: PrintKind) -> None:
    assert paper_name(kind)


def test_a_paper_is_known_by_its_number() -> None:
    assert paper_title(PrintKind.SALE_RECEIPT, "A-000042").endswith(" A-000042")
    assert paper_title(PrintKind.COUNTER_NOTICE, "") == paper_name(PrintKind.COUNTER_NOTICE)
