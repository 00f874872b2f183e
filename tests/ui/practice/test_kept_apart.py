"""The practice shop and the real world: no marketplace but its own, no key store, no folder but its own; what cannot be
used of it begins anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.core import opened_core
from app.bootstrap.practice_door import PracticeStart
from app.bootstrap.site import site_surroundings
from app.practice.exercises import Lesson
from app.practice.home import NoPracticeFolder, PracticeHome, practice_home
from app.practice.opening import open_practice, prepare
from app.settings import Settings, load, save
from app.usecases.ports import MarketplaceRefused, StoreUnavailable
from tests.ui.practice.pupil import Pupil

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def home(tmp_path: Path) -> PracticeHome:
    return practice_home({"COMPTOIR_HOME": str(tmp_path / "practice")})


@pytest.fixture
def pupil(home: PracticeHome, look, qtbot) -> Iterator[Pupil]:
    made = Pupil(home, look, Lesson.SHORT)
    qtbot.addWidget(made.window)
    yield made
    made.close()


def opened(home: PracticeHome) -> bool:
    """Open it, close it; whether it had to begin anew."""
    marketplace, began_anew = open_practice(home, Lesson.SHORT, anew=False, dress=lambda settings: settings)
    marketplace.switch_off()
    return began_anew


def test_it_asks_no_other_marketplace(pupil: Pupil) -> None:
    pupil.lead_when_there()
    with pytest.raises(MarketplaceRefused, match="practice"):
        pupil.assembly.pair("https://place.example", "ABCD2345", "Caisse 1", False)
    core, staff = pupil.assembly.core, pupil.assembly.staff
    assert core is not None
    assert staff is not None
    site = site_surroundings(pupil.assembly, core, staff)
    for ask in (site.test, site.link):
        with pytest.raises(MarketplaceRefused, match="practice"):
            ask(None)  # type: ignore[arg-type]  # nothing of it is read


def test_its_process_finds_no_key_store(tmp_path: Path) -> None:
    told = PracticeStart(tmp_path / "practice", Settings()).environment({"COMPTOIR_HOME": "real", "LANG": "fr"})
    assert told["PYTHON_KEYRING_BACKEND"] == "keyring.backends.null.Keyring"
    assert told["COMPTOIR_HOME"] == str(tmp_path / "practice")


@pytest.mark.parametrize("name", ["settings", "secrets"])
def test_a_folder_with_settings_or_keys_of_a_till_is_none_of_its_own(tmp_path: Path, name: str) -> None:
    environ = {"COMPTOIR_HOME": str(tmp_path)}
    file: Path = getattr(practice_home(environ).places, name)
    file.parent.mkdir(parents=True)
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(NoPracticeFolder):
        practice_home(environ)


@pytest.mark.expected_logs("the practice shop begins anew")
@pytest.mark.parametrize("what", ["till", "marketplace", "settings", "keys"])
def test_what_cannot_be_used_begins_anew(home: PracticeHome, what: str) -> None:
    assert not opened(home)
    assert not opened(home)
    file = {
        "till": home.places.database,
        "marketplace": home.marketplace_database,
        "settings": home.places.settings,
        "keys": home.places.secrets,
    }[what]
    for beside in file.parent.glob(file.name + "-*"):
        beside.unlink()
    file.write_bytes(b"no such thing " * 1000)
    assert opened(home)
    assert not opened(home)
    assert (home.folder / "damaged" / file.name).read_bytes().startswith(b"no such thing")


def test_opened_twice_the_second_changes_nothing_of_the_first(home: PracticeHome) -> None:
    assert not opened(home)
    save(home.places.settings, load(home.places.settings))
    before = (home.places.settings.read_bytes(), home.progress.read())
    with opened_core(home.places.database, home.places.secrets), pytest.raises(StoreUnavailable) as refused:
        open_practice(home, Lesson.WHOLE, anew=True, dress=lambda settings: settings)
    assert refused.value.reason == "locked"
    assert (home.places.settings.read_bytes(), home.progress.read()) == before


def test_it_says_that_it_began_anew(home: PracticeHome, look, qtbot) -> None:
    prepare(home, Lesson.SHORT, anew=False, dress=lambda settings: settings)
    made = Pupil(home, look, Lesson.SHORT)
    qtbot.addWidget(made.window)
    made.shop._began_anew = True
    made.lead_when_there()
    said = made.window.notice.text
    made.close()
    assert "repart de zéro" in said
