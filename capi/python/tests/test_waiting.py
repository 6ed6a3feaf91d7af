"""Waiting with a timeout, and what is closed."""

import asyncio
import threading
import time
import unittest

import support
from support import Counting, Sleeping, Strict, Told, eventually, ptm

SHEET = "a red sheet of paper"


class Timeouts(unittest.TestCase):
    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)

    def test_wait(self):
        run = self.engine.refine(SHEET, generator=Sleeping(60))
        begun = time.monotonic()
        with self.assertRaises(TimeoutError):
            run.wait(timeout=0.15)
        self.assertLess(time.monotonic() - begun, 5)
        self.assertFalse(run.done)

    def test_events(self):
        generator = Sleeping(0.3)
        run = self.engine.refine(SHEET, generator=generator, critic=Strict(8))
        seen = []
        with self.assertRaises(TimeoutError):
            for event in run.events(timeout=0.05):
                seen.append(event.type)
        self.assertEqual(seen[-1], "generation_started")
        seen += [event.type for event in run.events(timeout=support.PATIENCE)]
        self.assertEqual(seen[-1], "run_stopped")
        self.assertEqual(generator.begun, 1)
        self.assertEqual(list(run.events(timeout=0)), [])

    def test_close(self):
        may_go = threading.Event()
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(99), stop=lambda run: may_go.wait(60))
        self.addCleanup(may_go.set)
        next(run)
        time.sleep(0.1)
        with self.assertRaises(TimeoutError):
            self.engine.close(timeout=0.1)
        may_go.set()
        self.engine.close(timeout=support.PATIENCE)

    def test_invalid_timeouts(self):
        run = self.engine.refine(SHEET, generator=Sleeping(60))
        for wait in (run.wait, run.events, self.engine.close):
            for value, kind in ((-1, ValueError), (float("nan"), ValueError), ("1", TypeError), (True, TypeError)):
                with self.assertRaises(kind):
                    wait(timeout=value)
        self.assertFalse(run.done)


class TimeoutsInALoop(unittest.IsolatedAsyncioTestCase):
    async def check(self, engine):
        generator = Sleeping(0.4)
        run = engine.refine(SHEET, generator=generator, critic=Strict(8))
        with self.assertRaises(TimeoutError):
            await run.wait_async(timeout=0.05)
        seen = []
        with self.assertRaises(TimeoutError):
            async for event in run.events(timeout=0.05):
                seen.append(event.type)
        self.assertEqual(seen[-1], "generation_started")
        async for event in run.events(timeout=support.PATIENCE):
            seen.append(event.type)
        self.assertEqual(seen[-1], "run_stopped")
        self.assertEqual((await run.wait_async(timeout=support.PATIENCE)).reason.kind, "satisfied")
        self.assertEqual(generator.cancelled, 0)
        self.assertEqual(len(run._watch.event_waiters) + len(run._watch.end_waiters), 0)

    async def test_of_the_loop(self):
        async with ptm.Engine() as engine:
            await self.check(engine)

    async def test_of_a_plain_engine(self):
        engine = ptm.Engine()
        await self.check(engine)
        await engine.aclose(timeout=support.PATIENCE)

    async def test_with_questions(self):
        async with ptm.Engine() as engine:
            run = engine.refine(SHEET, generator=Sleeping(0.2), critic=Told([ptm.Finding("wide", False)]),
                                ask=lambda event: {"action": "stop"})
            with self.assertRaises(TimeoutError):
                await run.wait_async(timeout=0.05)
            self.assertEqual((await run).reason.kind, "reviser")
            self.assertEqual([event.type async for event in run][0], "run_started")


class Closing(unittest.TestCase):
    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)
        self.run_ = self.engine.refine(SHEET, generator=Sleeping(60))
        self.seen = self.engine.refine(SHEET, generator=Counting(), critic=Strict(8))
        self.seen.wait(support.PATIENCE)

    def reject(self, words, *attempts):
        for attempt in attempts:
            with self.assertRaises(ptm.errors.BadHandle) as caught:
                attempt()
            self.assertEqual(caught.exception.message, words)

    def of(self, run):
        """Every call that a run has."""
        return (
            lambda: next(run),
            lambda: next(run.events(timeout=1)),
            lambda: run.wait(),
            lambda: asyncio.run(run.wait_async()),
            lambda: asyncio.run(run.__anext__()),
            lambda: run.cancel(),
            lambda: run.transcript,
            lambda: run.image("0" * 64),
            lambda: run.answer(1),
            lambda: run.report_html(),
            lambda: run.contact_sheet(),
        )

    def check_what_was_seen(self):
        self.assertTrue(self.seen.done)
        self.assertEqual(self.seen.outcome.reason.kind, "satisfied")
        self.assertTrue(bytes(self.seen.outcome.best.image).startswith(b"\x89PNG"))
        self.assertIn("satisfied", self.seen.progress)

    def test_run(self):
        next(self.run_)
        for run in (self.run_, self.seen):
            run.close()
            run.close()
            self.reject("the run is closed", *self.of(run))
        self.reject("the run is closed", lambda: self.run_.done, lambda: self.run_.outcome)
        self.assertEqual(repr(self.run_), "<run: closed>")
        self.check_what_was_seen()
        self.engine.backends()

    def test_engine(self):
        self.engine.close()
        self.engine.close()
        self.reject(
            "the engine is closed",
            lambda: self.engine.refine(SHEET),
            lambda: self.engine.refine(SHEET, generator=Sleeping()),
            lambda: self.engine.refine(SHEET, sink=print),
            lambda: self.engine.backends(),
            lambda: self.engine.add_generator(Counting()),
            lambda: self.engine.add_generator(Sleeping()),
            lambda: self.engine.add_critic(Strict()),
        )
        for run in (self.run_, self.seen):
            self.reject("the run is closed, because its engine is", *self.of(run))
        self.assertEqual(repr(self.run_), "<run: closed>")
        self.check_what_was_seen()

    def test_engine_while_a_thread_waits(self):
        caught = []

        def wait():
            try:
                self.run_.wait()
            except ptm.errors.BadHandle as error:
                caught.append(error.message)

        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.1)
        self.engine.close()
        thread.join(support.PATIENCE)
        self.assertEqual(caught, ["the run is closed, because its engine is"])

    def test_image_of_a_closed_run(self):
        image = self.seen.transcript.incumbent.image
        self.seen.close()
        with self.assertRaisesRegex(ptm.errors.BadHandle, "the run is closed"):
            image.data

    def test_unread_events(self):
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(8))
        self.assertTrue(eventually(lambda: run.done))
        next(run)
        run.close()
        self.reject("the run is closed", lambda: next(run))


if __name__ == "__main__":
    unittest.main()
