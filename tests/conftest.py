"""Loads the guards every test runs under; see tests/plugins. Never holds fixtures of one part of the program."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

pytest_plugins = [
    "pytester",
    "tests.plugins.isolation",
    "tests.plugins.leaks",
    "tests.plugins.secrets",
    "tests.plugins.distribution",
    "tests.plugins.turns",
]

# A busy machine is no fault of a rule: no time limits here. CI tries the same examples each time; people try new ones.
settings.register_profile(
    "comptoir",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("comptoir")
