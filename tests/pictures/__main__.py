"""Makes the pictures, holds them against the approved ones, or approves them.

python -m tests.pictures make                 all into build/pictures, with index.html and a contact sheet per stage
python -m tests.pictures check [--share]      against tests/pictures/approved; faults side by side under build/
python -m tests.pictures approve [--stage S]  those of now are the approved ones from here on
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.pictures import plan
from tests.pictures.plan import APPROVED, FAULTS, MADE, ROOT, THEMES, Dress, Picture


def main(arguments: list[str] | None = None) -> int:
    told = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    told.add_argument("what", choices=("make", "check", "approve"))
    told.add_argument("--share", action="store_true", help="only what every run of the tests looks at")
    told.add_argument("--stage", action="append", default=[], help="only this one; may be said again")
    told.add_argument("--theme", action="append", default=[], help="only this one; may be said again")
    told.add_argument("--at-once", type=int, default=2, help="processes at the same time")
    told.add_argument("--studio", action="store_true", help=argparse.SUPPRESS)
    asked = told.parse_args(arguments)
    if asked.studio:
        return _in_studio(asked)
    shutil.rmtree(FAULTS, ignore_errors=True)
    themes, groups = asked.theme or list(THEMES), 1 if asked.share else asked.at_once
    with tempfile.TemporaryDirectory() as folder:
        told_back = _children(asked, [themes[each::groups] for each in range(min(groups, len(themes)))], Path(folder))
    return _finish(asked, told_back)


def _children(asked: argparse.Namespace, shares: list[list[str]], folder: Path) -> list[dict[str, Any]]:
    """Each share of the themes in a studio of its own; what they told, together."""
    from tests.pictures.studio import environment

    running = []
    for number, themes in enumerate(shares):
        command = [sys.executable, "-m", "tests.pictures", asked.what, "--studio"]
        command += [f"--theme={theme}" for theme in themes] + [f"--stage={stage}" for stage in asked.stage]
        command += ["--share"] if asked.share else []
        told = folder / f"told-{number}"  # no pipe: whoever is read last would wait when it is full
        with told.open("w") as output:
            running.append((subprocess.Popen(command, cwd=ROOT, env=environment(folder), stdout=output), told))
    codes = [child.wait() for child, _told in running]
    if any(codes):
        raise SystemExit("a picture could not be taken")
    lines = [line for _child, told in running for line in told.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.startswith("{")]


def _in_studio(asked: argparse.Namespace) -> int:
    from tests.pictures.studio import take

    choose = plan.every if asked.what == "make" else plan.share if asked.share else plan.wanted
    take(asked.theme, asked.stage, choose, {"make": _write, "check": _check, "approve": _approve}[asked.what])
    return 0


def _tell(picture: Picture, fault: str = "") -> None:
    print(json.dumps({**asdict(picture), "fault": fault}), flush=True)


def _write(picture: Picture, image: Any) -> None:
    file = MADE / f"{picture.file}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(file), "PNG", 80):
        raise OSError(f"could not write {file}")
    _tell(picture)


def _check(picture: Picture, image: Any) -> None:
    from tests.pictures import compare

    small, file = compare.reduced(_as_pillow(image)), APPROVED / f"{picture.file}.webp"
    approved = compare.kept(file) if file.exists() else None
    if approved is not None and not compare.differs(approved, small):
        _tell(picture)
        return
    beside = FAULTS / f"{picture.file}.png"
    beside.parent.mkdir(parents=True, exist_ok=True)
    compare.side_by_side(approved, small).save(beside)
    _tell(picture, f"{'not approved yet' if approved is None else 'looks different'}: {beside.relative_to(ROOT)}")


def _approve(picture: Picture, image: Any) -> None:
    """One that looks the same is left as it is: what nobody changed makes no change in the repository either."""
    from tests.pictures import compare

    small, file = compare.reduced(_as_pillow(image)), APPROVED / f"{picture.file}.webp"
    if not file.exists() or compare.differs(compare.kept(file), small):
        compare.keep(small, file)
    _tell(picture)


def _as_pillow(image: Any) -> Any:
    from PIL import Image
    from PySide6.QtGui import QImage

    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    return Image.frombuffer(
        "RGB", (rgb.width(), rgb.height()), bytes(rgb.constBits()), "raw", "RGB", rgb.bytesPerLine(), 1
    )


# --- at the end ---


def _finish(asked: argparse.Namespace, told: list[dict[str, Any]]) -> int:
    pictures = [_picture(each) for each in told]
    if asked.what == "make":
        from tests.pictures.contact import write_sheets

        print(f"{len(pictures)} pictures: {write_sheets(MADE, pictures).relative_to(ROOT)}")
        return 0
    whole = not (asked.share or asked.stage or asked.theme)
    gone = sorted(_without_a_scene(pictures)) if whole else []
    if asked.what == "approve":
        for file in gone:
            file.unlink()
        size = sum(file.stat().st_size for file in APPROVED.rglob("*.webp"))
        print(f"{len(pictures)} pictures approved; all of them take {size / 1e6:.1f} MB")
        return 0
    faults = [f"{each['stage']}, {each['scene']}: {each['fault']}" for each in told if each["fault"]]
    faults += [f"approved, but no scene makes it: {file.relative_to(ROOT)}" for file in gone]
    print("\n".join(faults) or f"{len(pictures)} pictures look as they were approved")
    if faults:
        print(f"{len(faults)} of {len(pictures)}. If that is as it should be: make pictures-approve")
    return 1 if faults else 0


def _picture(told: dict[str, Any]) -> Picture:
    dress = told["dress"]
    return Picture(
        told["stage"],
        told["number"],
        told["scene"],
        Dress(dress["theme"], dress["language"], tuple(dress["size"])),
    )


def _without_a_scene(pictures: list[Picture]) -> Iterator[Path]:
    known = {APPROVED / f"{picture.file}.webp" for picture in pictures}
    yield from set(APPROVED.rglob("*.webp")) - known


if __name__ == "__main__":
    sys.exit(main())
