#!/usr/bin/env python3
"""Measures what the binding costs, and prints one line of JSON. Times are in microseconds by default.

usage: bench.py [RUNS]

    pull        an event of `for event in run` that is there already: fetched by ptm_run_next
    sent        an event of `async for event in run` that was sent already
    callback    what the library's thread spends in Python to send one
    read        to read an event's JSON and make its line of text
    at_once     RUNS (1,000) runs at once, over a Python generator that sleeps: "seconds" from the first `refine` to the
                last outcome, of which "slept_seconds" are the least that there can be; "cpu" of the whole process for
                each event, the library's own work and the calls of generator and critic among it
"""

import asyncio
import json
import resource
import struct
import sys
import time
import zlib

import pentimento as ptm
from pentimento import _native
from pentimento import run as binding

SLEEP = 10  # seconds: about what a picture takes


def png():
    """A picture of one pixel."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


class Sleeper(ptm.Generator):
    """Sleeps, and gives back always the same."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.picture = ptm.Image(png())

    async def generate(self, request):
        await asyncio.sleep(self.seconds)
        return self.picture


class Content(ptm.Critic):
    """Finds everything good."""

    async def plan(self, brief):
        return [ptm.Requirement("good", "a good picture")]

    async def critique(self, candidate, checklist):
        return [ptm.Finding("good", True)]


class Never(Content):
    """Finds nothing good."""

    async def critique(self, candidate, checklist):
        return [ptm.Finding("good", False)]


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rounds(engine, count):
    """A run of many rounds that has ended: 9 events each."""
    return engine.refine("a mug", generator=Sleeper(0), critic=Never(), until=f"rounds({count})")


def microseconds(begun, count):
    return round((time.perf_counter() - begun) / count * 1e6, 2)


def pulled():
    with ptm.Engine() as engine:
        run = rounds(engine, 100)
        run.wait()
        begun = time.perf_counter()
        events = list(run)
        pull = microseconds(begun, len(events))
        begun = time.perf_counter()
        for event in events:
            str(event)
        return {"pull": pull, "read": microseconds(begun, len(events))}


async def sent():
    async with ptm.Engine() as engine:
        run = rounds(engine, 100)
        await run
        begun = time.perf_counter()
        events = [event async for event in run]
        return {"sent": microseconds(begun, len(events))}


def called_back():
    """Calls the function that the library calls, as the library does: through its address."""
    count = 20_000
    number = _native.keep(binding.Watch(None, None))
    event = _native.view('{"sequence":4,"time":"2026-11-22T10:00:00.000000Z","type":"critique_started","id":"0a"}')
    begun = time.perf_counter()
    for _ in range(count):
        binding._on_event(number, 1, event)
    del _native.kept[number]
    return {"callback": microseconds(begun, count)}


async def at_once(count):
    async with ptm.Engine() as engine:
        generator, critic = Sleeper(SLEEP), Content()

        async def one():
            events = 0
            run = engine.refine("a mug", generator=generator, critic=critic)
            async for _ in run:
                events += 1
            assert run.outcome.reason.kind == "satisfied"
            return events

        begun, cpu = time.perf_counter(), cpu_seconds()
        events = sum(await asyncio.gather(*(one() for _ in range(count))))
        cpu = cpu_seconds() - cpu
        return {
            "runs": count,
            "events": events,
            "seconds": round(time.perf_counter() - begun, 3),
            "slept_seconds": SLEEP,
            "cpu": round(cpu / events * 1e6, 2),
        }


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    measured = {**pulled(), **asyncio.run(sent()), **called_back(), "at_once": asyncio.run(at_once(count))}
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
