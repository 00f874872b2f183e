"""The documents say what there is: every command with its options, every dependency, modules and files that exist."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

import pytest

from app.cli.parser import build_parser

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
COMMON_OPTIONS = {"--help", "--json", "--database", "--operator"}
GUIDE = sorted((DOCS / "guide").rglob("*.md"))
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *GUIDE]


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("no commands")


@pytest.mark.parametrize("name", commands())
def test_every_command_and_option_is_documented(name: str) -> None:
    rows = [line.split(" | ")[0] for line in text_of("commands.md").splitlines() if re.match(rf"\| `{name}\b", line)]
    assert rows, f"docs/commands.md has no row for {name}"
    said = set(re.findall(r"--[a-z][a-z-]*", " ".join(rows)))
    options = {option for action in commands()[name]._actions for option in action.option_strings}
    assert {option for option in options if option.startswith("--")} - COMMON_OPTIONS == said - COMMON_OPTIONS


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["postgres"], *extras["build"], *extras["dev"]]
    first_cells = " ".join(
        line.split("|")[1] for line in text_of("dependencies.md").splitlines() if line.startswith("| ")
    )
    names = {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted} - {"comptoir"}
    assert [
        name for name in sorted(names) if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", first_cells)
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
    paths = re.findall(r"`((?:app|tests|docs|resources|bench)/[\w./-]+\.\w+)(?:::\w+)?`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    "contents", [page for page in GUIDE if page.name == "README.md"], ids=lambda page: page.parent.name
)
def test_the_contents_of_a_guide_lead_to_every_chapter(contents: Path) -> None:
    text = contents.read_text(encoding="utf-8")
    linked = {(contents.parent / link).resolve() for link in re.findall(r"\]\(([^)#]+)\)", text)}
    assert [page.name for page in contents.parent.glob("*.md") if page not in linked and page != contents] == []


def test_every_picture_in_the_documents_is_made_by_the_tour() -> None:
    made = set(re.search(r"for name in (.+?); do", (ROOT / "Makefile").read_text(encoding="utf-8"))[1].split())  # type: ignore[index]  # no match fails the test
    shown = {name for page in GUIDE for name in re.findall(r"pictures/([\w-]+)\.png", page.read_text(encoding="utf-8"))}
    assert {name for name in shown - made if not name.startswith("paper-")} == set()


def test_every_rule_module_and_every_folder_has_its_place_in_the_architecture() -> None:
    text = text_of("architecture.md")
    rules = [path.stem for path in (ROOT / "app" / "domain").glob("*.py") if path.stem != "__init__"]
    assert [name for name in sorted(rules) if not re.search(rf"\b{name}\b", text)] == []
    screens = [path.name for path in (ROOT / "app" / "ui").iterdir() if (path / "__init__.py").exists()]
    assert [name for name in sorted(screens) if f"`{name}/`" not in text] == []


def test_what_the_architecture_names_exists() -> None:
    named = set(re.findall(r"`([a-z_]+)\.py`", text_of("architecture.md")))
    modules = {path.stem for path in (ROOT / "app").rglob("*.py")}
    assert named - modules == set()
