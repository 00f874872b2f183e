"""Owns the road from the French fragments to the compiled catalogue, and the check that no text was left out.

`python resources/locale/translations.py compile` merges `resources/locale/fr/parts/*.po` into `comptoir.mo`;
`python resources/locale/translations.py check` fails if a text of the source has no French, or one whose `{names}`
differ.
Never part of the running program.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parents[2]
FRENCH = ROOT / "resources" / "locale" / "fr"
KEYWORDS = {"tr": None, "msgid": None, "trn": (1, 2)}
TEXTS_OF = {"tr": 1, "msgid": 1, "trn": 2}
"""How many of a call's first arguments are texts."""
TEMPLATES = [("**.html", "jinja2")]

_NAMES = re.compile(r"\{(\w*)[^}]*\}")


class TranslationsError(Exception):
    """The fragments cannot be made into one catalogue; the text says which lines are at fault."""


def fragments(folder: Path) -> list[Path]:
    return sorted((folder / "parts").glob("*.po"))


def merged(folder: Path) -> Catalog:
    """All fragments as one catalogue. Raises TranslationsError if two give one msgid different translations."""
    whole = Catalog(locale=folder.name, domain="comptoir", fuzzy=False)
    faults: list[str] = []
    for path in fragments(folder):
        for message in _read(path, folder.name):
            known = whole.get(message.id)
            if known is not None and known.string != message.string:
                faults.append(f"{path.name}: {message.id!r} is {message.string!r} here, {known.string!r} elsewhere")
            elif not message.fuzzy:
                whole.add(message.id, message.string)
    if faults:
        raise TranslationsError("\n".join(faults))
    return whole


def _read(path: Path, language: str) -> Iterator[Message]:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, charset="utf-8", abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise TranslationsError(f"{path}: {error}") from error
    return (message for message in catalogue if message.id)


def is_stale(folder: Path) -> bool:
    """Whether a fragment, or the list of them, is newer than the compiled catalogue."""
    target = compiled_path(folder)
    sources = [folder / "parts", *fragments(folder)]
    return not target.exists() or any(s.stat().st_mtime_ns > target.stat().st_mtime_ns for s in sources if s.exists())


def compiled_path(folder: Path) -> Path:
    return folder / "LC_MESSAGES" / "comptoir.mo"


def compile_catalogue(folder: Path) -> int:
    """Write the compiled catalogue in one step, so that a running till reads the old one or the new one."""
    whole = merged(folder)
    target = compiled_path(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".new")
    with draft.open("wb") as file:
        write_mo(file, whole)
    draft.replace(target)
    return len(whole)


def texts_in_source(source: Path) -> dict[str | tuple[str, ...], str]:
    """Every text given to `tr`, `trn` or `msgid`, and where it stands first."""
    found: dict[str | tuple[str, ...], str] = {}
    for path in sorted(source.rglob("*.py")):
        for line, text in _texts_of(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            found.setdefault(text, f"{source.name}/{path.relative_to(source).as_posix()}:{line}")
    for name, line, text, _, _ in extract_from_dir(source, TEMPLATES, keywords=KEYWORDS):
        found.setdefault(text, f"{source.name}/{name}:{line}")
    return found


def _texts_of(module: ast.Module) -> Iterator[tuple[int, str | tuple[str, ...]]]:
    """By the syntax tree, not by tokens: before Python 3.12 an f-string is one token, and its calls are not seen."""
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        count = TEXTS_OF.get(_name_called(call), 0)
        given = [arg.value for arg in call.args[:count] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if count and len(given) == count and all(given):
            yield call.lineno, given[0] if count == 1 else tuple(given)


def _name_called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def faults_of(folder: Path, source: Path) -> list[str]:
    """What keeps the source from being wholly in French: texts missing, and translations with other `{names}`."""
    whole = merged(folder)
    return [
        f"{where}: {fault}: {text!r}"
        for text, where in texts_in_source(source).items()
        if (fault := _fault(text, whole.get(text)))
    ]


def _fault(text: str | tuple[str, ...], message: Message | None) -> str:
    forms = _as_forms(message.string or "") if message is not None else []
    if not forms or not all(forms):
        return "no French"
    wanted = _names(_as_forms(text))
    # the singular may say "one" in a word where the plural gives the number
    return "" if all(_names([form]) <= wanted for form in forms) and _names(forms) == wanted else "other {names}"


def _as_forms(text: str | Iterable[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _names(forms: Iterable[str]) -> set[str]:
    return {name for form in forms for name in _NAMES.findall(form)}


def unused(folder: Path, source: Path) -> list[str]:
    """Translations of texts that the source no longer has, or that reach `tr` without being marked by `msgid`."""
    known = {_key(text) for text in texts_in_source(source)}
    return [repr(message.id) for message in merged(folder) if message.id and _key(message.id) not in known]


def _key(text: str | Iterable[str]) -> str:
    return _as_forms(text)[0]


def main(argv: list[str]) -> int:
    try:
        if argv == ["compile"]:
            if is_stale(FRENCH):
                print(f"translations: {compile_catalogue(FRENCH)} texts in French")
            return 0
        if argv == ["check"]:
            faults = faults_of(FRENCH, ROOT / "app")
            print("\n".join([*faults, *(f"note: not in the source: {text}" for text in unused(FRENCH, ROOT / "app"))]))
            print(f"translations: {len(faults)} faults")
            return 1 if faults else 0
    except TranslationsError as error:
        print(error, file=sys.stderr)
        return 1
    print("usage: translations.py compile|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
