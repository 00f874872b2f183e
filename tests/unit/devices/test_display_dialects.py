from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.devices.display_dialect import DISPLAY_DIALECTS, laid_out
from app.printing.folding import fold_for
from app.usecases.counter_devices import DisplayRow


def test_the_amount_is_never_cut_and_the_name_is() -> None:
    row = DisplayRow("Tomates cœur de bœuf de Marmande", "1 234,56 €")
    assert laid_out(row, 20, fold_for("cp858")) == "Tomates c 1 234,56 €"


def test_every_space_is_a_plain_one() -> None:
    row = laid_out(DisplayRow("Total", "1\u202f234,56\u00a0€"), 20, fold_for("cp858"))
    assert row == "Total     1 234,56 €"


def test_rows_are_padded_after_folding() -> None:
    assert laid_out(DisplayRow("Œufs", "2,40 €"), 20, fold_for("cp437")) == "OEufs       2,40 EUR"


@given(st.text(max_size=60), st.text(max_size=60), st.integers(16, 40), st.sampled_from(["cp858", "cp437"]))
def test_a_row_has_exactly_the_columns_of_the_display(left: str, right: str, columns: int, page: str) -> None:
    row = laid_out(DisplayRow(left, right), columns, fold_for(page))
    assert len(row) == columns
    assert len(row.encode(page)) == columns
    assert "\x1b" not in row


def test_epson_rows_are_placed_and_overwritten() -> None:
    dialect = DISPLAY_DIALECTS["esc_pos"]
    told = dialect.rows("Pâté".ljust(20), "3,50 €".rjust(20))
    assert dialect.start == b"\x1b@"
    assert told == (
        b"\x1bt\x13\x1f\x01\x1fC\x00"
        + b"\x1f$\x01\x01P\x83t\x82"
        + b" " * 16
        + b"\x1f$\x01\x02"
        + b" " * 14
        + b"3,50 \xd5"
    )


def test_cd5220_rows_go_to_upper_and_lower() -> None:
    told = DISPLAY_DIALECTS["cd5220"].rows("Crème".ljust(20), "TOTAL".ljust(20))
    assert told == b"\x1bQACr\x8ame" + b" " * 15 + b"\r\x1bQBTOTAL" + b" " * 15 + b"\r"
