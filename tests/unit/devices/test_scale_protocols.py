from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.scale_dialect import MOST_GRAMS, ScaleDialect
from app.devices.sics import SICS, read_sics
from app.devices.toledo_8217 import TOLEDO_8217, read_toledo_8217, with_even_parity
from app.usecases.counter_devices import ScaleReading, ScaleState

GRAMS = st.integers(1, MOST_GRAMS)
DIALECTS = pytest.mark.parametrize("dialect", [SICS, TOLEDO_8217], ids=["sics", "toledo"])


@pytest.mark.parametrize(
    ("answer", "state", "grams"),
    [
        (b"S S      0.456 kg\r", ScaleState.STABLE, 456),
        (b"S S        456 g\r", ScaleState.STABLE, 456),
        (b"S S      456.0 g", ScaleState.STABLE, 456),
        (b"S S     12.5000 kg", ScaleState.STABLE, 12_500),
        (b"S S      0.000 kg", ScaleState.EMPTY, 0),
        (b"S S     -0.012 kg", ScaleState.UNDERLOAD, 0),
        (b"S S   -  0.012 kg", ScaleState.UNDERLOAD, 0),
        (b"S S     0.4565 kg", ScaleState.FINER, 0),
        (b"S D      0.470 kg", ScaleState.MOVING, 0),
        (b"S I", ScaleState.MOVING, 0),
        (b"S +\r", ScaleState.OVERLOAD, 0),
        (b"S -", ScaleState.UNDERLOAD, 0),
        (b"S S      1.006 lb", ScaleState.NOT_UNDERSTOOD, 0),
        (b"S S        12 PCS", ScaleState.NOT_UNDERSTOOD, 0),
        (b"S S   9999.000 kg", ScaleState.NOT_UNDERSTOOD, 0),
        (b"0.456 kg", ScaleState.NOT_UNDERSTOOD, 0),
        (b"ES", ScaleState.NOT_UNDERSTOOD, 0),
        (b"ET", ScaleState.NOT_UNDERSTOOD, 0),
        (b"EL", ScaleState.NOT_UNDERSTOOD, 0),
        (b"", ScaleState.NOT_UNDERSTOOD, 0),
    ],
)
def test_what_a_sics_answer_says(answer: bytes, state: ScaleState, grams: int) -> None:
    assert read_sics(answer) == ScaleReading(state, grams)


@pytest.mark.parametrize(
    ("answer", "state", "grams"),
    [
        (b"\x0200.456", ScaleState.STABLE, 456),
        (b"\x02 0.456", ScaleState.STABLE, 456),
        (b"\x0200.456N", ScaleState.STABLE, 456),
        (b"\x0200.000", ScaleState.EMPTY, 0),
        (b"\x0200.45", ScaleState.NOT_UNDERSTOOD, 0),
        (b"00.456", ScaleState.NOT_UNDERSTOOD, 0),
        (b"\x0299.999", ScaleState.NOT_UNDERSTOOD, 0),
        (b"\x02?\x01", ScaleState.MOVING, 0),
        (b"\x02?\x09", ScaleState.MOVING, 0),
        (b"\x02?\x02", ScaleState.OVERLOAD, 0),
        (b"\x02?\x04", ScaleState.UNDERLOAD, 0),
        (b"\x02?\x08", ScaleState.FAULT, 0),
        (b"\x02?\x40", ScaleState.NOT_UNDERSTOOD, 0),
        (b"\x02?", ScaleState.NOT_UNDERSTOOD, 0),
        (b"", ScaleState.NOT_UNDERSTOOD, 0),
    ],
)
def test_what_an_8217_answer_says_with_or_without_parity(answer: bytes, state: ScaleState, grams: int) -> None:
    assert read_toledo_8217(answer) == ScaleReading(state, grams)
    assert read_toledo_8217(with_even_parity(answer)) == ScaleReading(state, grams)


@given(GRAMS)
def test_each_weight_comes_through_to_the_gram(grams: int) -> None:
    kilograms = f"{grams // 1000}.{grams % 1000:03d}"
    expected = ScaleReading(ScaleState.STABLE, grams)
    assert read_sics(f"S S {kilograms:>10} kg".encode()) == expected
    assert read_sics(f"S S {grams:>10} g".encode()) == expected
    assert read_toledo_8217(with_even_parity(f"\x02{kilograms:0>6}".encode())) == expected


@DIALECTS
@given(st.binary(max_size=40))
def test_any_answer_whatever_is_read_and_only_a_weight_has_grams(dialect: ScaleDialect, answer: bytes) -> None:
    reading = dialect.read(answer)
    assert (reading.grams > 0) == (reading.state is ScaleState.STABLE)
    assert 0 <= reading.grams <= MOST_GRAMS


@given(GRAMS, st.data())
def test_an_answer_that_lost_its_beginning_is_no_weight(grams: int, data: st.DataObject) -> None:
    kilograms = f"{grams // 1000}.{grams % 1000:03d}"
    whole = data.draw(st.sampled_from([f"S S {kilograms:>10} kg".encode(), f"\x02{kilograms:0>6}".encode()]))
    late = whole[data.draw(st.integers(1, len(whole))) :]
    assert read_sics(late).grams == 0
    assert read_toledo_8217(late).grams == 0


def test_the_8217_is_asked_with_even_parity_first() -> None:
    assert TOLEDO_8217.questions == (b"\xd7", b"W")
