"""The end of engines and runs: collected, closed, forked, interrupted, or at the end of the program."""

import ctypes
import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import weakref
from pathlib import Path

import support
from support import Counting, Sleeping, Strict, eventually, ptm, python, run_python

SHEET = "a red sheet of paper"


class Collecting(unittest.TestCase):
    def test_dropped_run_is_cancelled(self):
        with ptm.Engine() as engine:
            generator = Sleeping(60)
            run = engine.refine(SHEET, generator=generator, critic=Strict())
            self.assertTrue(eventually(lambda: generator.begun))
            seen = weakref.ref(run)
            del run
            gc.collect()
            self.assertIsNone(seen())
            self.assertTrue(eventually(lambda: generator.cancelled))

    def test_dropped_engine_is_closed(self):
        generator = Sleeping(60)
        run = ptm.Engine().refine(SHEET, generator=generator, critic=Strict())  # the run keeps its engine
        gc.collect()
        self.assertTrue(eventually(lambda: generator.begun))
        engine = weakref.ref(run._engine)
        closer = run._engine._closer
        del run
        gc.collect()
        self.assertIsNone(engine())
        closer.wait()
        self.assertTrue(eventually(lambda: generator.cancelled))

    def test_backend_lives_until_the_engine_is_closed(self):
        engine = ptm.Engine()
        seen = weakref.ref(generator := Counting())
        name = engine.add_generator(generator)
        del generator
        gc.collect()
        self.assertTrue(engine.refine(SHEET, generator=name, critic=Strict(8)).wait().has_best)
        engine.close()
        del engine

        def is_gone():
            gc.collect()
            return seen() is None

        self.assertTrue(eventually(is_gone))

    def test_nothing_is_kept_after_the_end(self):
        from pentimento import _native

        def is_empty():  # also of what is left from other tests
            gc.collect()
            return not _native.kept

        self.assertTrue(eventually(is_empty), _native.kept)
        with ptm.Engine() as engine:
            for _ in range(20):
                engine.refine(SHEET, generator="sketch", until="rounds(1)", stop=lambda run: True).wait()
            with self.assertRaises(ptm.PentimentoError):
                engine.refine(SHEET, generator="nosuch", stop=lambda run: True)
        self.assertTrue(eventually(is_empty), _native.kept)

    def test_collected_within_callbacks(self):
        class Litter:
            """A cycle that only the garbage collection frees, with a run in progress."""

            def __init__(self):
                self.engine = ptm.Engine()
                self.generator = Sleeping(60)
                self.going = self.engine.refine(SHEET, generator=self.generator, critic=Strict())
                self.itself = self

        collected = []

        def stop(transcript):
            weakref.finalize(Litter(), collected.append, True)
            gc.collect()
            return len(transcript.rounds) == 3

        class Collecting(Counting):
            def generate(self, request):
                weakref.finalize(Litter(), collected.append, True)
                gc.collect()
                return super().generate(request)

        with ptm.Engine() as engine:
            run = engine.refine(SHEET, generator=Collecting(), critic=Strict(99), until="never", stop=stop)
            self.assertEqual(run.wait(support.PATIENCE).reason.kind, "custom")
        self.assertGreaterEqual(len(collected), 6)

    def test_closes_a_run_within_its_callback(self):
        held = []

        def stop(transcript):
            if eventually(lambda: held):
                held[0].close()
            return False

        with ptm.Engine() as engine:
            held.append(engine.refine(SHEET, generator=Counting(), critic=Strict(99), until="never", stop=stop))
            with self.assertRaises(ptm.errors.BadHandle):
                held[0].wait(support.PATIENCE)

    def test_close_does_not_wait_for_unread_events(self):
        engine = ptm.Engine()
        runs = [engine.refine("three red mugs", until="never") for _ in range(5)]
        self.assertEqual(next(runs[0]).type, "run_started")
        engine.close()
        for run in runs:
            with self.assertRaises(ptm.errors.BadHandle):
                list(run)


class AtTheEnd(unittest.TestCase):
    """Programs that end while something is in progress: at once, with their own exit code, and without output."""

    def check(self, code, status=0, expected="ready\n"):
        begun = time.monotonic()
        code = "from support import *\nimport gc, sys, threading\n" + code
        result = run_python(code)
        self.assertEqual(result, (status, expected, ""))
        self.assertLess(time.monotonic() - begun, 30)

    def test_with_a_run_in_progress(self):
        self.check("""
engine = ptm.Engine()
generator = Sleeping(60)
run = engine.refine("a sheet", generator=generator, critic=Strict())
assert eventually(lambda: generator.begun)
print("ready")
""")

    def test_with_runs_of_the_offline_backends(self):
        self.check("""
engine = ptm.Engine(threads=2)
runs = [engine.refine("three red mugs", until="never", stop=lambda run: False) for _ in range(4)]
for _ in range(12): next(runs[0])
print("ready")
""")

    def test_with_a_plain_method_that_sleeps(self):
        self.check("""
class Sleeper(ptm.Generator):
    begun = False
    def generate(self, request):
        self.begun = True
        time.sleep(600)
engine = ptm.Engine()
generator = Sleeper()
run = engine.refine("a sheet", generator=generator, critic=Strict())
assert eventually(lambda: generator.begun)
print("ready")
sys.exit(0)
""")

    def test_with_an_exception(self):
        code = """
engine = ptm.Engine()
run = engine.refine("three red mugs", until="never")
for event in run:
    if event.type == "generation_started": break
print("ready", flush=True)
sys.exit(7)
"""
        self.check(code, status=7)

    def test_in_the_middle_of_an_event_loop(self):
        self.check("""
generator = Sleeping(60)
async def main():
    engine = ptm.Engine()
    await engine.__aenter__()
    global run
    run = engine.refine("a sheet", generator=generator, critic=Strict())
    async for event in run:
        if event.type == "generation_started": break
    while not generator.begun: await asyncio.sleep(0.01)
    print("ready")
asyncio.run(main())
""")

    def test_with_dropped_engines(self):
        self.check("""
for _ in range(20):
    ptm.Engine().refine("three red mugs", until="never")
gc.collect()
print("ready")
""")

    def test_with_daemon_threads_that_wait(self):
        self.check("""
engine = ptm.Engine()
run = engine.refine("a sheet", generator=Sleeping(600), critic=Strict())
other = engine.refine("a sheet", generator=Sleeping(600), critic=Strict())
def wait(): run.wait()
def iterate():
    for event in run: pass
async def wait_async():
    await other
def use():
    while True: run.transcript; time.sleep(0.01)
for target in (wait, iterate, lambda: asyncio.run(wait_async()), use):
    threading.Thread(target=target, daemon=True).start()
time.sleep(0.3)
print("ready")
""")

    def test_with_a_sink(self):
        self.check("""
taken = []
engine = ptm.Engine()
run = engine.refine("a sheet", generator=Sleeping(600), critic=Strict(), sink=lambda event: taken.append(event.type))
assert eventually(lambda: "generation_started" in taken)
print("ready")
""")

    def test_with_an_image_in_use(self):
        self.check("""
with ptm.Engine() as engine:
    data = engine.refine("a red mug", until="rounds(1)").wait().best.image.data
assert bytes(data[:4]) == b"\\x89PNG"
print("ready")
""")


@unittest.skipUnless(hasattr(signal, "SIGINT") and os.name == "posix", "needs signals of POSIX")
class Interrupting(unittest.TestCase):
    def interrupted(self, code):
        """Sends SIGINT to a program that is ready. Returns its result and the seconds until its end."""
        process = python("from support import *\nimport sys\n" + code)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        try:
            self.assertEqual(process.stdout.readline(), "ready\n", process.poll() is not None and process.stderr.read())
            time.sleep(0.2)
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=support.PATIENCE)
            return process.returncode, out, err, time.monotonic() - begun
        finally:
            process.kill()

    def test_in_an_iteration(self):
        status, out, err, seconds = self.interrupted("""
with ptm.Engine() as engine:
    run = engine.refine("a sheet", generator=Sleeping(60), critic=Strict())
    try:
        for event in run:
            if event.type == "generation_started": print("ready", flush=True)
    except KeyboardInterrupt:
        run.cancel()
        print([event.type for event in run][-1], run.outcome.reason.kind)
""")
        self.assertEqual((status, out, err), (0, "run_stopped cancelled\n", ""))
        self.assertLess(seconds, support.PATIENCE / 2)

    def test_in_a_wait(self):
        status, out, err, seconds = self.interrupted("""
engine = ptm.Engine()
run = engine.refine("a sheet", generator=Sleeping(60), critic=Strict())
print("ready", flush=True)
run.wait()
""")
        self.assertEqual(status, -signal.SIGINT)
        self.assertIn("KeyboardInterrupt", err)
        self.assertLess(seconds, support.PATIENCE / 2)

    def test_in_a_loop(self):
        status, out, err, seconds = self.interrupted("""
async def main():
    async with ptm.Engine() as engine:
        run = engine.refine("a sheet", generator=Sleeping(60), critic=Strict())
        print("ready", flush=True)
        try:
            await run
        finally:
            print((await run).reason.kind)
try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted")
""")
        self.assertEqual((status, err), (0, ""))
        # Before Python 3.11 Ctrl-C cancels all tasks at once, and the generator's may be the first.
        self.assertRegex(out, "^(cancelled|failed)\ninterrupted\n$")
        self.assertLess(seconds, support.PATIENCE / 2)

    def test_while_an_engine_closes(self):
        # The policy does not return; the second Ctrl-C ends the program.
        process = python("""
from support import *
engine = ptm.Engine()
asked = threading.Event()
def stop(transcript):
    asked.set()
    time.sleep(600)
run = engine.refine("a sheet", generator=Counting(), critic=Strict(), stop=stop)
asked.wait()
try:
    print("ready", flush=True)
    engine.close()
except KeyboardInterrupt:
    print("interrupted", flush=True)
""")
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.stdout.readline(), "interrupted\n")

        def ends():  # again, if the signal came before the program waited for the engine
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            return process.poll() is not None

        self.assertTrue(eventually(ends))
        self.assertEqual(process.wait(support.PATIENCE), 130)


class Subinterpreters(unittest.TestCase):
    def test_subinterpreter(self):
        status, out, err = run_python(r"""
import pentimento
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
code = "try:\n  import pentimento\nexcept ImportError as error:\n  print(error, flush=True)"
interpreters.run_string(interpreters.create(), code)
""")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("main interpreter only", out)


@unittest.skipUnless(hasattr(os, "fork"), "needs fork")
class Forking(unittest.TestCase):
    def test_child_of_a_process_with_an_engine(self):
        status, out, err = run_python("""
from support import *
import warnings
warnings.simplefilter("ignore")  # later versions warn of forks with threads
engine = ptm.Engine()
run = engine.refine("a sheet", generator=Sleeping(60), critic=Strict())
async def sent():
    return engine.refine("a sheet", generator=Sleeping(60), critic=Strict())
in_loop = asyncio.run(sent())
image = ptm.Image(png())
data = image.data
sys.stdout.flush()
child = os.fork()
if child == 0:
    for attempt in (lambda: next(run), run.wait, run.cancel, lambda: ptm.Engine(), lambda: ptm.Image(png()),
                    lambda: engine.refine("a sheet"), lambda: ptm.parse_policy("never"), lambda: run.done):
        try:
            attempt()
            print("not refused")
        except ptm.errors.Forked as error:
            assert error.code == ptm.Code.FORKED and "fork" in str(error)
    try:
        for _ in in_loop: pass
    except ptm.errors.Forked:
        print("refused")
    assert bytes(data) == png()
    engine.close()
    sys.exit(0)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
run.cancel()
print(run.wait(60).reason.kind)
""")
        self.assertEqual((status, out, err), (0, "refused\n0\ncancelled\n", ""))

    def test_child_of_a_process_without_an_engine(self):
        status, out, err = run_python("""
from support import *
child = os.fork()
if child == 0:
    with ptm.Engine() as engine:
        print(engine.refine("a sheet", generator=Counting(), critic=Strict()).wait(60).has_best, flush=True)
    os._exit(0)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
""")
        self.assertEqual((status, out, err), (0, "True\n0\n", ""))


class Loading(unittest.TestCase):
    def load(self, library):
        environment = {**os.environ, "PENTIMENTO_LIBRARY": library, "PYTHONPATH": str(support.PACKAGE_FOLDER)}
        command = [sys.executable, "-c", "import pentimento"]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def test_missing_library(self):
        result = self.load("/nowhere/libpentimento.so")
        self.assertEqual(result.returncode, 1)
        self.assertIn("ImportError", result.stderr)
        self.assertIn("/nowhere/libpentimento.so", result.stderr)
        self.assertIn("./examples/python/run", result.stderr)
        self.assertIn("PENTIMENTO_LIBRARY", result.stderr)

    def test_wrong_library(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "libpentimento.so"
            file.write_text("no library")
            self.assertIn("ImportError", self.load(str(file)).stderr)
        other = next((name for name in ("libc.so.6", "libz.so.1") if self.can_load(name)), None)
        if other is not None:
            self.assertIn("ptm_abi_version", self.load(other).stderr)

    def can_load(self, name):
        try:
            return bool(ctypes.CDLL(name))
        except OSError:
            return False

    def test_version(self):
        self.assertRegex(ptm.__version__, r"^\d+\.\d+\.\d+$")


if __name__ == "__main__":
    unittest.main()
