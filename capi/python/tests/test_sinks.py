"""Sinks that the run waits for at every event."""

import asyncio
import threading
import time
import unittest

import support
from support import Counting, Sleeping, Strict, Told, eventually, png, ptm

SHEET = "a red sheet of paper"


class Sinking(unittest.TestCase):
    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)

    def refine(self, sink, generator=None, **settings):
        return self.engine.refine(SHEET, generator=generator or Counting(), critic=Strict(9), sink=sink, **settings)

    def test_every_event(self):
        taken = []
        run = self.refine(taken.append)
        self.assertEqual(run.wait(support.PATIENCE).reason.kind, "satisfied")
        self.assertEqual([event.record for event in taken], [event.record for event in run])
        self.assertEqual(taken[0].type, "run_started")
        self.assertEqual(ptm.fold("\n".join(event.record for event in taken)).json, run.transcript.json)

    def test_async(self):
        taken = []

        async def sink(event):
            await asyncio.sleep(0)
            taken.append(event.record)
            return "ignored"

        class Object:
            async def __call__(self, event):
                await sink(event)

        for each in (sink, Object(), lambda event: sink(event)):
            taken.clear()
            run = self.refine(each)
            self.assertEqual(run.wait(support.PATIENCE).reason.kind, "satisfied")
            self.assertEqual(taken, [event.record for event in run])

    def test_the_run_waits(self):
        may_go = threading.Event()
        taken = []

        def sink(event):
            taken.append(event.type)
            if event.type == "generation_started":
                may_go.wait(support.PATIENCE)

        generator = Counting()
        run = self.refine(sink, generator)
        self.assertTrue(eventually(lambda: "generation_started" in taken))
        seen = []
        with self.assertRaises(TimeoutError):
            for event in run.events(timeout=0.1):
                seen.append(event.type)
        self.assertEqual(seen, taken[:-1])
        self.assertEqual(generator.requests, [])  # nothing is paid before it is stored
        may_go.set()
        self.assertEqual(run.wait(support.PATIENCE).reason.kind, "satisfied")

    def test_failure(self):
        problem = OSError("the disk is full")

        def fail(event):
            if event.type == "generation_started":
                raise problem

        async def fail_later(event):
            fail(event)

        for sink in (fail, fail_later, lambda event: fail_later(event)):
            generator = Counting()
            with self.assertLogs("pentimento"):
                outcome = self.refine(sink, generator).wait(support.PATIENCE)
            self.assertEqual(outcome.reason.kind, "failed")
            self.assertIsInstance(outcome.error, ptm.errors.ObserverFailed)
            self.assertIn("the disk is full", outcome.error.message)
            self.assertIs(outcome.error.__cause__, problem)
            self.assertEqual(generator.requests, [])

    def test_left_behind_when_the_run_is_cancelled(self):
        cancelled = []

        async def stuck(event):
            if event.type == "round_started":
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    cancelled.append(event)
                    raise

        run = self.refine(stuck)
        with self.assertRaises(TimeoutError):
            run.wait(0.2)
        run.cancel()
        self.assertIsInstance(run.wait(support.PATIENCE).error, ptm.errors.ObserverFailed)
        self.assertTrue(eventually(lambda: cancelled))

    def test_images_and_run(self):
        taken = []
        run = self.refine(taken.append)
        run.wait(support.PATIENCE)
        run.close()
        images = [image for event in taken for image in event.images]
        self.assertEqual([bytes(image) for image in images], [png(8, 8), png(9, 8)])
        with self.assertRaises(ptm.errors.BadState):
            taken[0].run

    def test_current_call(self):
        calls = []
        self.refine(lambda event: calls.append(ptm.current_call())).wait(support.PATIENCE)
        self.assertEqual({call.kind for call in calls}, {"event"})
        self.assertIsNone(calls[0].brief)

    def test_events_after_the_run_is_closed(self):
        taken = []
        run = self.refine(lambda event: taken.append(event.type), Sleeping(60))
        self.assertTrue(eventually(lambda: "generation_started" in taken))
        run.close()
        self.engine.close()
        self.assertEqual(taken[-1], "run_stopped")

    def test_busy_workers(self):
        class Slow(ptm.Generator):
            begun = False

            def generate(self, request):
                self.begun = True
                time.sleep(1)
                return png()

        taken = []
        with ptm.Engine(workers=1) as engine:
            slow = Slow()
            run = engine.refine(SHEET, generator=slow, critic=Told([]), sink=lambda event: taken.append(event.type))
            self.assertTrue(eventually(lambda: slow.begun))
            run.cancel()
            self.assertEqual(run.wait(support.PATIENCE).reason.kind, "cancelled")
        self.assertEqual(taken[-1], "run_stopped")

    def test_nothing_begins_for_an_invalid_request(self):
        before = len(ptm._native.kept)
        with self.assertRaises(ptm.errors.ParseFailed):
            self.refine(print, until="nver")
        with self.assertRaises(ptm.errors.InvalidArgument):
            self.engine.refine(SHEET, generator="nowhere", sink=print)
        self.assertLessEqual(len(ptm._native.kept), before + 2)  # generator and critic


class InALoop(unittest.IsolatedAsyncioTestCase):
    async def test_async_sink_is_called_on_the_loop(self):
        loops = set()

        async def sink(event):
            loops.add(asyncio.get_running_loop())

        async with ptm.Engine() as engine:
            outcome = await engine.refine(SHEET, generator=Sleeping(), critic=Strict(8), sink=sink)
        self.assertEqual(outcome.reason.kind, "satisfied")
        self.assertEqual(loops, {asyncio.get_running_loop()})

    async def test_plain_sink_does_not_block_the_loop(self):
        async with ptm.Engine() as engine:
            run = engine.refine(SHEET, generator=Sleeping(), critic=Strict(8), sink=lambda event: time.sleep(0.02))
            begun = time.monotonic()
            await asyncio.sleep(0)
            self.assertLess(time.monotonic() - begun, 0.02)
            self.assertEqual((await run).reason.kind, "satisfied")


if __name__ == "__main__":
    unittest.main()
