"""The counter's sounds: volume, mute, one for each verdict, and what is said where there is no loudspeaker."""

from __future__ import annotations

import wave
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from app.domain.order import VerdictKind
from app.paths import resources_dir
from app.ui.pickup.card_words import look_of, sound_of
from app.ui.screen import PlaceName
from app.ui.settings.display_sheet import DisplaySheet
from app.ui.settings.presenter import Section
from app.ui.settings.sounds_choice import SoundsChoice
from app.ui.sounds import SOUND_NAMES, Heard, Sounds
from app.ui.style.tokens import Shape
from tests.ui.till import open_till


class Speaker:
    """Stands in for Qt's sound library: what was played, how loud."""

    def __init__(self, plugged: bool = True) -> None:
        self.played: list[tuple[str, float]] = []
        speaker = self

        class Effect:
            def __init__(self, _parent) -> None:
                self._name, self._volume = "", 1.0

            def setSource(self, url) -> None:  # noqa: N802  # Qt's name
                self._name = url.fileName().removesuffix(".wav")

            def setVolume(self, volume: float) -> None:  # noqa: N802  # Qt's name
                self._volume = volume

            def play(self) -> None:
                speaker.played.append((self._name, self._volume))

        self.library = SimpleNamespace(
            QSoundEffect=Effect,
            QMediaDevices=SimpleNamespace(defaultAudioOutput=lambda: SimpleNamespace(isNull=lambda: not plugged)),
        )


def test_the_volume_counts_at_once_and_mute_silences_all_but_what_is_tried(qapp):
    speaker = Speaker()
    sounds = Sounds(volume_percent=60, load=lambda: speaker.library)
    sounds.play("ready")
    sounds.use(20, muted=False)
    sounds.play("ready")
    sounds.use(20, muted=True)
    sounds.play("ready")
    assert sounds.try_out("stop") is Heard.PLAYED
    assert speaker.played == [("ready", 0.6), ("ready", 0.2), ("stop", 0.2)]


def test_made_ready_behind_the_counter_the_first_sound_waits_for_nothing(qapp):
    speaker, asked = Speaker(), []

    def load():
        asked.append(True)
        return speaker.library

    sounds = Sounds(load=load)
    sounds.get_ready()
    assert not asked, "not before somebody has loaded the library off the main thread"
    sounds.load_library()
    sounds.get_ready()
    sounds.play("ready")
    assert asked == [True]
    assert speaker.played == [("ready", 1.0)]
    silent = Sounds(on=False, load=load)
    silent.load_library()
    assert asked == [True]


def test_without_a_loudspeaker_or_a_library_it_is_said_and_nothing_fails(qapp):
    def missing():
        raise ImportError("libpulse")

    assert Sounds(load=lambda: Speaker(plugged=False).library).try_out("ready") is Heard.NO_DEVICE
    bare = Sounds(load=missing)
    bare.play("ready")
    assert bare.try_out("ready") is Heard.NO_LIBRARY
    assert Sounds(load=lambda: Speaker().library).try_out("no such") is Heard.NO_FILE


def test_every_verdict_sounds_as_it_looks():
    """One shape, one sound: what the ear hears is what the eye sees."""
    heard: dict[Shape, set[str]] = {}
    for kind in VerdictKind:
        heard.setdefault(look_of(kind)[0], set()).add(sound_of(kind))
    assert {shape: sorted(names) for shape, names in heard.items()} == {
        Shape.TICK: ["ready"],
        Shape.DOUBLE_BAR: ["already"],
        Shape.HOURGLASS: ["wait"],
        Shape.OCTAGON: ["stop"],
        Shape.QUESTION: ["question"],
    }


@pytest.mark.parametrize("name", SOUND_NAMES)
def test_every_sound_is_there_short_and_like_no_other(name):
    def read(of: str) -> bytes:
        with wave.open(str(resources_dir() / "sounds" / f"{of}.wav"), "rb") as file:
            assert file.getnframes() / file.getframerate() < 0.2, of
            return file.readframes(file.getnframes())

    assert all(read(name) != read(other) for other in SOUND_NAMES if other != name)


def test_volume_and_mute_are_chosen_in_the_settings(qtbot, look):
    with open_till(qtbot, look, PlaceName.SETTINGS) as till:
        till.set_up.presenter.choose_section(Section.DISPLAY)
        sheet = next(each for each in till.set_up.sheets if isinstance(each, DisplaySheet))
        QTest.keyClick(sheet.sounds.volume, Qt.Key.Key_Left)
        assert till.settings.sound_volume_percent == 60
        sheet.sounds.mute.click()
        assert till.settings.sounds_muted
        sheet.sounds.mute.click()
        assert not till.settings.sounds_muted


@pytest.mark.parametrize(
    ("heard", "word"), [(Heard.PLAYED, "Joué"), (Heard.NO_DEVICE, "haut-parleur"), (Heard.NO_LIBRARY, "manque")]
)
def test_each_sound_can_be_tried_and_what_came_of_it_is_said(qtbot, look, heard: Heard, word: str):
    tried: list[str] = []

    def try_sound(name: str) -> Heard:
        tried.append(name)
        return heard

    choice = SoundsChoice(look, try_sound)
    qtbot.addWidget(choice)
    choice.show()
    for name in SOUND_NAMES:
        button = choice.findChild(QAbstractButton, f"try-sound-{name}")
        assert button is not None, name
        button.click()
        assert word in choice.said.text()
    assert tried == list(SOUND_NAMES)
