from __future__ import annotations

from pathlib import Path

import platformdirs

from app import paths


def test_everything_of_a_person_is_under_the_home_that_is_given(tmp_path: Path) -> None:
    environ = {"COMPTOIR_HOME": str(tmp_path)}
    places = [
        paths.data_dir(environ),
        paths.database_path(environ),
        paths.marketplace_database_path(environ),
        paths.settings_path(environ),
        paths.log_path(environ),
        paths.backups_dir(environ),
        paths.secrets_path(environ),
    ]

    assert all(place.is_relative_to(tmp_path) for place in places)
    assert len(set(places)) == len(places)


def test_secrets_are_never_in_the_data_folder(tmp_path: Path) -> None:
    for environ in ({"COMPTOIR_HOME": str(tmp_path)}, {}):
        assert not paths.secrets_path(environ).is_relative_to(paths.data_dir(environ))


def test_without_a_given_home_the_system_says_where() -> None:
    assert paths.data_dir({}) == platformdirs.user_data_path("comptoir", appauthor=False)
    assert paths.data_dir({"COMPTOIR_HOME": ""}) == paths.data_dir({})


def test_a_relative_home_does_not_follow_the_current_folder() -> None:
    assert paths.data_dir({"COMPTOIR_HOME": "here"}).is_absolute()


def test_the_shipped_resources_are_there() -> None:
    assert paths.resources_dir().is_dir()
    assert paths.locale_dir().is_dir()
