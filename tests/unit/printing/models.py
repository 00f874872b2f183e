"""Owns the printer models that python-escpos knows, as an oracle: which page each has under which number, how wide it
prints, what it can do. And a person who reads a paper that one of them printed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from tests.fakes.socket_printer import command_length


@dataclass(frozen=True)
class Model:
    """One printer model. `pages`: the 128 upper characters of each page, by number."""

    name: str
    pages: dict[int, str]
    columns: int
    has_native_qr: bool
    has_cutter: bool

    def read(self, job: bytes) -> list[str]:
        """The lines of text on paper. A number this model does not know leaves the page as it was, as on real ones."""
        return [part for line in self.read_whole(job) for part in self._wrapped(line)]

    def read_whole(self, job: bytes) -> list[str]:
        """The same, each line as it was sent, however narrow the paper."""
        text, page = "", 0
        while job:
            length = command_length(job)
            assert length is not None
            command, job = job[:length], job[length:]
            if command == b"\x1b@":
                page = 0
            elif command[:2] == b"\x1bt":
                page = command[2] if command[2] in self.pages else page
            elif length == 1:
                text += self._character(command[0], page)
        return text.split("\n")

    def _character(self, byte: int, page: int) -> str:
        return chr(byte) if byte < 128 else self.pages.get(page, " " * 128)[byte - 128]

    def _wrapped(self, line: str) -> list[str]:
        return [line[at : at + self.columns] for at in range(0, len(line), self.columns)] or [""]


def known_models() -> list[Model]:
    """All of python-escpos' models; two of them are displays, and one is said to have 12 columns by mistake."""
    known = json.loads(files("escpos").joinpath("capabilities.json").read_text(encoding="utf-8"))
    return [_model(name, raw, known["encodings"]) for name, raw in known["profiles"].items()]


def _model(name: str, raw: dict[str, Any], encodings: dict[str, Any]) -> Model:
    pages = {int(number): _upper_half(encodings.get(page, {})) for number, page in raw["codePages"].items()}
    features = raw["features"]
    cuts = features["paperFullCut"] or features["paperPartCut"]
    return Model(name, pages, raw["fonts"]["0"]["columns"], features["qrCode"], cuts)


def _upper_half(encoding: dict[str, Any]) -> str:
    if "data" in encoding:
        return "".join(encoding["data"]).ljust(128)[:128]
    codec = encoding.get("python_encode", "")
    return bytes(range(128, 256)).decode(codec, errors="replace") if codec else "\ufffd" * 128
