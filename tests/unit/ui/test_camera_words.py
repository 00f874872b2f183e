"""Whatever the camera or its coach has to say has words of its own, in both languages."""

from __future__ import annotations

import pytest

from app.i18n import set_language
from app.scanning.frames import Advice
from app.ui.camera.frame_source import CameraState
from app.ui.camera.words import advice_sentence, chip_words, state_sentence
from app.ui.device_words import has_words
from app.usecases.device_book import Device


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_advice_has_a_sentence_of_its_own(language):
    set_language(language)
    said = [advice_sentence(advice) for advice in Advice]
    assert len(set(said)) == len(said)
    assert all(sentence.endswith(".") for sentence in said)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("state", [state for state in CameraState if state.is_wrong])
def test_each_thing_that_can_be_wrong_is_said_with_its_remedy(language, state):
    set_language(language)
    assert has_words(Device.CAMERA, str(state))
    assert len(state_sentence(state)) > 40
    assert chip_words(state)[0]


def test_nothing_is_said_while_it_reads_or_is_off():
    assert state_sentence(CameraState.LIVE) == state_sentence(CameraState.OFF) == ""
