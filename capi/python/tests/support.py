"""What the tests share: the package on the path, images, and scripted backends.

The tests need the shared library and the standard library of Python, nothing else:

    python3 -m unittest discover -s capi/python/tests
    pytest capi/python/tests
"""

import asyncio
import os
import struct
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

PACKAGE_FOLDER = Path(__file__).resolve().parent.parent
EXAMPLES = PACKAGE_FOLDER.parents[1] / "examples/python"
sys.path.insert(0, str(PACKAGE_FOLDER))

import pentimento as ptm  # noqa: E402

# Long enough for a slow machine with sanitizers. Nothing waits this long unless something fails.
PATIENCE = 60


def png(width=8, height=8, rgb=(200, 30, 30)):
    """A PNG of one colour, made without the code under test."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(rgb) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Counting(ptm.Generator):
    """Returns an image that is one pixel wider each time, by a plain method."""

    seed = True

    def __init__(self):
        self.requests = []
        self.threads = set()

    def generate(self, request):
        self.requests.append(request)
        self.threads.add(threading.current_thread().name)
        return png(7 + len(self.requests), 8)


class Sleeping(ptm.Generator):
    """Sleeps by asyncio. Counts the calls that were begun and cancelled."""

    def __init__(self, seconds=0.01):
        self.seconds = seconds
        self.begun = 0
        self.cancelled = 0
        self.loops = set()
        self.picture = ptm.Image(png())

    async def generate(self, request):
        self.begun += 1
        self.loops.add(asyncio.get_running_loop())
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.picture


class Strict(ptm.Critic):
    """Plans one requirement, which passes once the image is wide enough. Plain methods."""

    def __init__(self, width=10):
        self.width = width

    def plan(self, brief):
        return [ptm.Requirement("wide", f"at least {self.width} pixels wide")]

    def critique(self, candidate, checklist):
        width = candidate.image.width
        return [ptm.Finding("wide", width >= self.width, observed=str(width), wanted=str(self.width))]


class AsyncStrict(ptm.Critic):
    """The same with async methods."""

    def __init__(self, width=10):
        self.width = width

    async def plan(self, brief):
        return [ptm.Requirement("wide", f"at least {self.width} pixels wide")]

    async def critique(self, candidate, checklist):
        await asyncio.sleep(0)
        width = candidate.image.width
        return ptm.Critique([ptm.Finding("wide", width >= self.width)], remark=ptm.current_call().brief.goal)


class Told(ptm.Critic):
    """Returns what it was told."""

    def __init__(self, critique=(), plan=None, compared="neither"):
        self.result = critique
        self.planned = [ptm.Requirement("wide", "a wide one")] if plan is None else plan
        self.compared = compared

    def plan(self, brief):
        return self.planned

    def critique(self, candidate, checklist):
        return self.result

    def compare(self, first, second, checklist):
        return self.compared


def eventually(condition, seconds=PATIENCE):
    """Waits until a condition is true. False if it is not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def python(code, **options):
    """Starts a Python program that can import the package and this module."""
    folders = [str(PACKAGE_FOLDER), str(Path(__file__).resolve().parent)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(folders), "PYTHONFAULTHANDLER": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environment,
        **options,
    )


def run_python(code, seconds=PATIENCE):
    """Runs one to its end. Returns exit code, standard output and standard error."""
    process = python(code)
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"it did not end; it said: {out} {err}") from None
    return process.returncode, out, err
