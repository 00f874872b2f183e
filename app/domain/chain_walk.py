"""Owns the walk along one chain: numbers, links, and signatures wherever no later link covers them. Never looks into
what a row says, apart from its number where a link is broken.

A row's signature covers everything before it, through the links. So as long as the links hold, the signature of the
last row is enough; before each break, each recorded gap and each change of key the last row's signature is checked, and
if it is wrong the first wrong one is searched by halves. What is read may have been changed by anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from app.domain.fiscal import HASH_BYTES, SIGNATURE_BYTES
from app.domain.ledger_check import Finding, FindingKind, Gap, RawRow, RowCheck, chain_digest, content_or_none

MOST_FINDINGS = 200
"""A whole ledger of another till would otherwise be told row by row."""

RowAt = Callable[[int], RawRow | None]


class ChainWalk:
    """Takes the rows of a chain in order, page by page, then `finish`.

    Attributes:
        findings: what was found so far, `MOST_FINDINGS` at most; `left_out`: how many more.
        signatures: how many were checked.
    """

    def __init__(
        self,
        till_letter: str,
        series: str,
        *,
        check: RowCheck,
        row_at: RowAt,
        gaps: Sequence[Gap] = (),
        every_signature: bool = False,
    ) -> None:
        """Args: gaps: recorded ones, by their first number; row_at: reads one row of this chain again."""
        self.findings: list[Finding] = []
        self.left_out = 0
        self.signatures = 0
        self._till_letter, self._series = till_letter, series
        self._check, self._row_at = check, row_at
        self._gaps = {gap.first: gap for gap in gaps}
        self._gaps_by_end = {gap.last: gap for gap in gaps}
        self._every_signature = every_signature
        self._number = 0
        self._hash: bytes = bytes(HASH_BYTES)
        self._signature: bytes = bytes(SIGNATURE_BYTES)
        self._key_id: object = None
        self._last: RawRow | None = None
        self._sound_from = 1

    def take(self, rows: Sequence[RawRow]) -> None:
        """The next rows, in the order of their numbers."""
        place = 0
        while place < len(rows):
            place = self._follow(rows, place)
            if place < len(rows):
                self._turn(rows[place])
                place += 1
        if self._every_signature:
            for row in rows:
                self._check_one(row)

    def finish(self) -> None:
        """Nothing comes after the last row: its signature, and a gap that no row has followed yet."""
        self._end_segment()
        gap = self._gaps.get(self._number + 1)
        if gap is not None:
            self._pass_gap(gap)

    def _follow(self, rows: Sequence[RawRow], place: int) -> int:
        """Go on as long as each row follows the one before it. Returns the place of the first that does not."""
        sha256 = hashlib.sha256
        number, digest, signature, key_id = self._number, self._hash, self._signature, self._key_id
        row = self._last
        for here in range(place, len(rows)):
            at = rows[here]
            try:
                next_digest = sha256(digest + signature + at[7]).digest()
            except TypeError:
                break
            if next_digest != at[8] or at[2] != number + 1 or at[10] != key_id:
                break
            row, number, digest, signature = at, number + 1, next_digest, at[9]
        else:
            here = len(rows)
        self._last, self._number, self._hash, self._signature = row, number, digest, signature
        return here

    # --- where a row does not simply follow ---

    def _turn(self, row: RawRow) -> None:
        """A row that does not simply follow: another key, a gap, or something that was done to the ledger."""
        if not isinstance(row.number, int) or row.number <= self._number:
            self._found(FindingKind.ROW_ADDED, row.number)
            return
        end_is_sound = self._end_segment()
        if row.number > self._number + 1:
            self._pass_missing(row.number)
            end_is_sound = True
            if self._digest_of(row) != row.hash:  # what is before it is lost, so it can only stand for itself
                self._judge_alone(row)
                self._begin_segment(row, row.hash)
                return
        digest = self._digest_of(row)
        if digest is not None and digest == row.hash:
            self._begin_segment(row, digest)
        else:
            self._judge(row, digest, end_is_sound)

    def _digest_of(self, row: RawRow) -> bytes | None:
        return chain_digest(self._hash, self._signature, row.canonical)

    def _judge(self, row: RawRow, digest: bytes | None, end_is_sound: bool) -> None:
        """A broken link: is it this row's content, its digest, its signature, or what is before it?"""
        own = self._is_signed(row, row.hash)
        if own and end_is_sound:
            self._content_or_place(row)
        elif not own and digest is not None and self._is_signed(row, digest):
            self._found(FindingKind.HASH_CHANGED, row.number)
            self._begin_segment(row, digest)
            return
        elif not own:
            self._found(FindingKind.SIGNATURE_WRONG, row.number)
        self._begin_segment(row, row.hash)

    def _judge_alone(self, row: RawRow) -> None:
        if not self._is_signed(row, row.hash):
            self._found(FindingKind.SIGNATURE_WRONG, row.number)

    def _content_or_place(self, row: RawRow) -> None:
        """Signed by this till, but not as what stands here: rewritten, or sealed under another number."""
        content = content_or_none(row)
        said = content.get("number") if content else None
        if isinstance(said, int) and said != row.number:
            self._found(FindingKind.ROW_MOVED, row.number, sealed_as=said)
        else:
            self._found(FindingKind.CONTENT_CHANGED, row.number)

    def _pass_missing(self, next_number: int) -> None:
        """Numbers are missing before a row: recorded as lost by the program itself, or taken out."""
        first, last = self._number + 1, next_number - 1
        gap = self._gaps.get(first)
        if gap is not None and gap.last <= last:
            self._pass_gap(gap)
            if gap.last < last:
                self._pass_missing(next_number)
            return
        gap = self._gaps_by_end.get(last)
        if gap is not None and gap.first > first:
            self._found(FindingKind.ROWS_MISSING, first, first=first, last=gap.first - 1)
            self._number = gap.first - 1
            self._pass_gap(gap)
            return
        self._found(FindingKind.ROWS_MISSING, first, first=first, last=last)
        self._number = last

    def _pass_gap(self, gap: Gap) -> None:
        self._found(FindingKind.GAP_RECORDED, gap.first, first=gap.first, last=gap.last, event=gap.event)
        self._number, self._hash, self._signature, self._last = gap.last, gap.hash, gap.signature, None

    def _begin_segment(self, row: RawRow, digest: object) -> None:
        self._number, self._last, self._key_id = row.number, row, row.key_id
        self._hash = digest if isinstance(digest, bytes) else b""
        self._signature = row.signature if isinstance(row.signature, bytes) else b""
        self._sound_from = row.number

    # --- signatures ---

    def _end_segment(self) -> bool:
        """Check the signature that vouches for the rows since the last break; name the first wrong one."""
        last = self._last
        if last is None or self._already_named(last.number) or self._is_signed(last, self._hash):
            return True
        first = self._first_wrong(self._sound_from, last.number)
        if first == last.number:
            self._found(FindingKind.SIGNATURE_WRONG, first)
        else:
            self._found(FindingKind.SIGNATURE_WRONG, first, first=first, last=last.number)
        return False

    def _first_wrong(self, low: int, high: int) -> int:
        """The first row of low..high whose signature is wrong; that of `high` is known to be."""
        while low < high:
            middle = (low + high) // 2
            row = self._row_at(middle)
            if row is not None and self._is_signed(row, row.hash):
                low = middle + 1
            else:
                high = middle
        return high

    def _check_one(self, row: RawRow) -> None:
        if not self._already_named(row.number) and not self._is_signed(row, row.hash):
            self._found(FindingKind.SIGNATURE_WRONG, row.number)

    def _already_named(self, number: object) -> bool:
        wrong = (FindingKind.SIGNATURE_WRONG, FindingKind.HASH_CHANGED)
        return any(
            found.kind in wrong
            and found.details.get("first", found.number) <= number <= found.details.get("last", found.number)  # type: ignore[operator]  # numbers, all of them
            for found in self.findings
        )

    def _is_signed(self, row: RawRow, digest: object) -> bool:
        self.signatures += 1
        return isinstance(digest, bytes) and self._check(row, digest)

    def _found(self, kind: FindingKind, number: object, **details: int) -> None:
        if len(self.findings) >= MOST_FINDINGS:
            self.left_out += 1
            return
        named = number if isinstance(number, int) else 0
        self.findings.append(Finding(kind, self._till_letter, self._series, named, details))
