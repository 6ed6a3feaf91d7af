"""Runs in an event loop."""

import asyncio
import gc
import time
import unittest

import support
from support import AsyncStrict, Counting, Sleeping, Strict, ptm

SHEET = "a red sheet of paper"


class Case(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        # unittest turns the debugging of asyncio on, which takes most of the time of a thousand runs.
        asyncio.get_running_loop().set_debug(False)
        self.engine = await ptm.Engine().__aenter__()
        self.addAsyncCleanup(self.engine.aclose)


class InALoop(Case):
    async def test_events_in_order(self):
        run = self.engine.refine(SHEET, generator="sketch", critic="measure", until="rounds(2)")
        events = [event async for event in run]
        self.assertEqual([event.sequence for event in events], list(range(len(events))))
        self.assertEqual(events[-1].type, "run_stopped")
        self.assertEqual([event async for event in run], [])
        self.assertEqual(run.outcome.reason.kind, "rounds")

    async def test_await_leaves_the_events(self):
        run = self.engine.refine(SHEET, until="rounds(1)")
        outcome = await run
        self.assertEqual(outcome.reason.kind, "rounds")
        self.assertEqual((await run).reason, outcome.reason)
        self.assertEqual([event async for event in run][0].type, "run_started")

    async def test_async_methods_on_the_loop_of_the_engine(self):
        generator = Sleeping()
        outcome = await self.engine.refine(SHEET, generator=generator, critic=AsyncStrict(8))
        self.assertEqual(outcome.reason.kind, "satisfied")
        self.assertEqual(generator.loops, {asyncio.get_running_loop()})

    async def test_plain_methods_do_not_block_the_loop(self):
        class Slow(Counting):
            def generate(self, request):
                time.sleep(1.0)
                return super().generate(request)

        run = asyncio.ensure_future(self.engine.refine(SHEET, generator=Slow(), critic=Strict(8)))
        longest, last = 0.0, time.monotonic()
        while not run.done():
            await asyncio.sleep(0.005)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        self.assertEqual(run.result().reason.kind, "satisfied")
        self.assertLess(longest, 0.75)

    async def test_rejects_blocking_the_loop(self):
        run = self.engine.refine(SHEET, generator=Sleeping(), critic=Strict(8))
        for attempt in (lambda: next(run), run.wait):
            with self.assertRaisesRegex(RuntimeError, "async for"):
                attempt()
        await run

    async def test_two_tasks_await_one_run(self):
        run = self.engine.refine(SHEET, generator=Sleeping(0.05), critic=Strict(8))

        async def outcome():
            return await run

        first, second = await asyncio.gather(outcome(), outcome())
        self.assertEqual(first.reason, second.reason)

    async def test_iteration_can_be_resumed(self):
        run = self.engine.refine(SHEET, until="rounds(1)")
        async for event in run:
            if event.type == "generation_started":
                break
        self.assertEqual([event async for event in run][-1].type, "run_stopped")

    async def test_ask_in_a_loop(self):
        async def ask(event):
            await asyncio.sleep(0)
            return "words of mine"

        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(9), ask=ask)
        self.assertEqual((await run).best.request.prompt, "words of mine")
        self.assertIn("revision_proposed", [event.type async for event in run])
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(9), ask=lambda event: {"action": "stop"})
        self.assertEqual([event async for event in run][-1]["reason"]["kind"], "reviser")

    async def test_ask_raises(self):
        async def ask(event):
            raise KeyError("hands off")

        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(99), ask=ask)
        with self.assertRaises(KeyError):
            await run
        self.assertEqual(self.engine.refine(SHEET, until="rounds(1)").done, False)

    async def test_rejects_an_async_stop_policy(self):
        outcome = await self.engine.refine(
            SHEET, generator=Sleeping(), critic=Strict(99), until="never", stop=lambda run: len(run.rounds) == 2)
        self.assertEqual(outcome.reason.kind, "custom")


class Cancelling(Case):
    async def begun(self, generator, **settings):
        run = self.engine.refine(SHEET, generator=generator, critic=Strict(99), until="never", **settings)
        return run

    async def until(self, condition):
        end = time.monotonic() + support.PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end)
            await asyncio.sleep(0.005)

    async def test_cancelling_the_task_that_iterates_cancels_the_run(self):
        generator = Sleeping(60)
        run = await self.begun(generator)

        async def iterate():
            async for _ in run:
                pass

        task = asyncio.create_task(iterate())
        await self.until(lambda: generator.begun)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual((await run).reason.kind, "cancelled")
        await self.until(lambda: generator.cancelled)

    async def test_cancelling_the_task_that_awaits_cancels_the_run(self):
        generator = Sleeping(60)
        run = await self.begun(generator)

        async def outcome():
            return await run

        task = asyncio.create_task(outcome())
        await self.until(lambda: generator.begun)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual((await run).reason.kind, "cancelled")

    async def test_wait_for_cancels_the_run(self):
        run = await self.begun(Sleeping(60))
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(run, 0.1)
        self.assertEqual((await run).reason.kind, "cancelled")

    async def test_close_ends_an_await(self):
        generator = Sleeping(60)
        run = await self.begun(generator)

        async def iterate():
            async for _ in run:
                pass

        async def outcome():
            return await run

        tasks = [asyncio.create_task(iterate()), asyncio.create_task(outcome())]
        await self.until(lambda: generator.begun)
        run.close()
        for task in tasks:
            with self.assertRaises(ptm.errors.BadHandle):
                await asyncio.wait_for(task, support.PATIENCE)

    async def test_closing_the_engine_ends_an_await(self):
        generator = Sleeping(60)
        run = await self.begun(generator)

        async def outcome():
            return await run

        task = asyncio.create_task(outcome())
        await self.until(lambda: generator.begun)
        await self.engine.aclose()
        with self.assertRaises(ptm.errors.BadHandle):
            await asyncio.wait_for(task, support.PATIENCE)


class Many(Case):
    async def test_thousand_runs(self):
        generator, critic = Sleeping(0.2), AsyncStrict(8)

        async def one():
            run = self.engine.refine(SHEET, generator=generator, critic=critic)
            events = [event.type async for event in run]
            self.assertEqual((events[0], events[-1]), ("run_started", "run_stopped"))
            return run.outcome.reason.kind

        begun = time.monotonic()
        ends = await asyncio.gather(*(one() for _ in range(1000)))
        self.assertEqual(set(ends), {"satisfied"})
        # One after the other they would sleep for 200 seconds.
        self.assertLess(time.monotonic() - begun, 60)
        self.assertEqual(generator.begun, 1000)

    async def test_thousand_cancelled_runs(self):
        generator = Sleeping(60)
        runs = [self.engine.refine(SHEET, generator=generator, critic=Strict()) for _ in range(1000)]

        async def one(run):
            return await run

        tasks = [asyncio.create_task(one(run)) for run in runs]
        while generator.begun < 1000:
            await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.assertTrue(all(task.cancelled() for task in tasks))
        kinds = {(await one(run)).reason.kind for run in runs}
        self.assertEqual(kinds, {"cancelled"})
        del runs, tasks
        gc.collect()


class OfAPlainEngine(unittest.TestCase):
    """An engine that is not bound to a loop, within a loop and outside."""

    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)

    def test_run_begun_outside_a_loop(self):
        run = self.engine.refine(SHEET, generator=Sleeping(), critic=Strict(8))

        async def iterate():
            return [event.type async for event in run]

        self.assertEqual(asyncio.run(iterate())[-1], "run_stopped")

        async def outcome():
            return await self.engine.refine(SHEET, generator=Sleeping(), critic=Strict(8))

        self.assertEqual(asyncio.run(outcome()).reason.kind, "satisfied")
        waited = self.engine.refine(SHEET, until="rounds(1)")
        self.assertEqual(asyncio.run(self.awaited(waited)).reason.kind, "rounds")

    async def awaited(self, run):
        return await run

    def test_cancelled_iteration_loses_no_event(self):
        run = self.engine.refine(SHEET, generator=Sleeping(60), critic=Strict(8))

        async def iterate():
            return [event.type async for event in run]

        async def main():
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(iterate(), 0.3)

        asyncio.run(main())
        self.assertEqual([event.type for event in run][-1], "run_stopped")

    def test_run_begun_in_a_loop(self):
        # As in a notebook, whose cells run in a loop.
        async def cell():
            run = self.engine.refine(SHEET, generator=Sleeping(), critic=Strict(8))
            return [event.type for event in run], run.wait().reason.kind

        types, kind = asyncio.run(cell())
        self.assertEqual((types[0], types[-1], kind), ("run_started", "run_stopped", "satisfied"))

    def test_async_methods_on_a_loop_of_their_own(self):
        generator = Sleeping()
        self.engine.refine(SHEET, generator=generator, critic=Strict(8)).wait(support.PATIENCE)
        self.engine.refine(SHEET, generator=generator, critic=Strict(8)).wait(support.PATIENCE)
        self.assertEqual(len(generator.loops), 1)

    def test_calls_fail_after_the_loop_is_closed(self):
        engines = []

        async def main():
            engine = await ptm.Engine().__aenter__()
            engines.append(engine)
            generator = Sleeping()
            await engine.refine(SHEET, generator=generator, critic=Strict(8))
            return generator

        generator = asyncio.run(main())
        run = engines[0].refine(SHEET, generator=generator, critic=Strict(8))
        outcome = run.wait(support.PATIENCE)
        self.assertEqual(outcome.reason.kind, "failed")
        self.assertIn("closed", outcome.error.message)
        engines[0].close()


if __name__ == "__main__":
    unittest.main()
