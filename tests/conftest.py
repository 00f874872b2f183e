"""Loads the guards every test runs under; see tests/plugins. Never holds fixtures of one part of the program."""

from __future__ import annotations

pytest_plugins = ["pytester", "tests.plugins.isolation", "tests.plugins.leaks"]
