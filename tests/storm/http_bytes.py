"""Owns reading one HTTP/1.1 message off a stream as the bytes it was sent as. Never changes a byte of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

MAX_HEAD = 64 * 1024
_GONE = (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, OSError)


class PeerGone(Exception):
    """The other side closed, or sent no HTTP."""


@dataclass(frozen=True)
class Message:
    """A request or an answer, whole."""

    head: bytes
    body: bytes

    @property
    def bytes(self) -> bytes:
        return self.head + self.body

    @property
    def first_line(self) -> str:
        return self.head.split(b"\r\n", 1)[0].decode("ascii", "replace")

    @property
    def what(self) -> str:
        """Method and path of a request, without its query."""
        return " ".join(self.first_line.split(" ")[:2]).split("?", 1)[0]


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Raises PeerGone, also if nothing comes any more."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = _fields(head)
        if fields.get("transfer-encoding", "").lower() == "chunked":
            body = await _chunks(reader)
        else:
            body = await reader.readexactly(int(fields.get("content-length", "0")))
    except _GONE as error:
        raise PeerGone(type(error).__name__) from error
    return Message(head, body)


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while True:
        size = await reader.readuntil(b"\r\n")
        parts.append(size)
        length = int(size.split(b";")[0], 16)
        parts.append(await reader.readexactly(length + 2))
        if length == 0:
            return b"".join(parts)
