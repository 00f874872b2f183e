"""Makes the counter's sounds: `python resources/sounds/make_sounds.py`. Each under 200 ms, none like another.

ready     two rising notes          the goods may go
done      one bright short note     handed over
already   the same low note twice   was handed over before
wait      one middle note, long     not ready, not here yet
question  falling, then rising      cannot tell
stop      one low rough note        the goods stay
sale      two falling bright notes   paid
new_order three quick high notes    an order has come in
"""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

RATE_HZ = 22_050
LOUDNESS = 0.55
Note = tuple[float, float]
"""Pitch in Hz (0 is silence) and length in seconds."""

SOUNDS: dict[str, list[Note]] = {
    "ready": [(784.0, 0.07), (1175.0, 0.11)],
    "done": [(1319.0, 0.09)],
    "already": [(294.0, 0.07), (0.0, 0.04), (294.0, 0.08)],
    "wait": [(440.0, 0.18)],
    "question": [(587.0, 0.07), (0.0, 0.02), (740.0, 0.09)],
    "stop": [(165.0, 0.19)],
    "sale": [(1568.0, 0.05), (0.0, 0.01), (1175.0, 0.08)],
    "new_order": [(988.0, 0.045), (0.0, 0.015), (988.0, 0.045), (0.0, 0.015), (1319.0, 0.07)],
}


def samples(notes: list[Note]) -> list[int]:
    """16-bit samples; each note fades in and out so that no loudspeaker clicks."""
    made: list[int] = []
    for pitch_hz, length_s in notes:
        count = int(RATE_HZ * length_s)
        for number in range(count):
            fade = min(1.0, number / 120, (count - number) / 400)
            turn = 2 * math.pi * pitch_hz * number / RATE_HZ
            tone = (math.sin(turn) + 0.3 * math.sin(2 * turn) + 0.15 * math.sin(3 * turn)) / 1.45 if pitch_hz else 0.0
            made.append(int(32_767 * LOUDNESS * fade * tone))
    return made


def main() -> None:
    for name, notes in SOUNDS.items():
        data = samples(notes)
        with wave.open(str(Path(__file__).with_name(f"{name}.wav")), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(struct.pack(f"<{len(data)}h", *data))


if __name__ == "__main__":
    main()
