#!/usr/bin/env python3
"""A generator and a critic of one's own, in an event loop: the generator paints a sheet, the critic measures it.

The generator states the worst-case cost of a call before it and the cost after it; the stop policy is a function.
"""

import asyncio
import re
import struct
import zlib

import pentimento as ptm


class Painter(ptm.Generator):
    """Paints a sheet of grey paper, a lighter one each time."""

    seed = True
    max_side = 512
    estimate_micros = ptm.usd(0.002)

    def __init__(self):
        self.sheets = 0

    async def generate(self, request):
        await asyncio.sleep(0.05)  # a service would be called here
        self.sheets += 1
        width, height = request.size or (64, 64)
        image = png(width, height, min(255, 80 * self.sheets))
        return ptm.Generation(image, seed=request.seed, charge=ptm.Charge.paid(ptm.usd(0.002)))


class Light(ptm.Critic):
    """Judges whether the sheet is light. Its plain methods are called on a thread and may take long."""

    def plan(self, brief):
        return [ptm.Requirement("light", "a light sheet"), ptm.Requirement("small", "at most 1 kB", "should")]

    def critique(self, candidate, checklist):
        grey = first_pixel(candidate.image.data)
        size = len(candidate.image.data)
        return [
            ptm.Finding("light", grey >= 200, observed=f"{grey} of 255", wanted="200 or more"),
            ptm.Finding("small", size <= 1000, observed=f"{size} bytes"),
        ]


def png(width, height, grey):
    """A PNG of one shade of grey."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([grey]) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def first_pixel(data):
    """The shade of the first pixel of such a PNG."""
    start = re.search(b"IDAT", data).end()
    return zlib.decompressobj().decompress(bytes(data[start:]))[1]


def too_dear(transcript):
    """A stop policy. The text is the reason."""
    return "a cent is enough" if transcript.spent_micros >= ptm.usd(0.01) else None


async def main():
    async with ptm.Engine() as engine:
        run = engine.refine("a light sheet of paper", generator=Painter(), critic=Light(), stop=too_dear)
        async for event in run:
            print(event)
        outcome = await run
        print(f"{outcome.reason}; spent {ptm.dollars(outcome.transcript.spent_micros)}")


if __name__ == "__main__":
    asyncio.run(main())
