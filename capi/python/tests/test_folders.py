"""Runs that are recorded in a folder, resumed and read."""

import tempfile
import unittest
from pathlib import Path

import support
from support import Counting, Strict, png, ptm

SHEET = "a red sheet of paper"

# A program that is killed as its second image is generated.
KILLED = """
import os, signal, sys
from support import Counting, Strict, ptm

class Last(Counting):
    estimate_micros = {estimate}

    def generate(self, request):
        if self.requests:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().generate(request)

with ptm.Engine() as engine:
    engine.refine({brief!r}, generator=Last(), critic=Strict(9), until="satisfied || rounds(5)", folder={folder!r}).wait()
"""


class Last(Counting):
    """Goes on where the killed one ended."""

    def __init__(self, estimate=0):
        super().__init__()
        self.estimate_micros = estimate

    def generate(self, request):
        super().generate(request)
        return png(8 + len(self.requests), 8)


class Folders(unittest.TestCase):
    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name, "runs", "sheet")

    def killed(self, estimate=0):
        code = KILLED.format(estimate=estimate, brief=SHEET, folder=str(self.folder))
        status, _, err = support.run_python(code)
        self.assertEqual(status, -9, err)

    def test_recorded(self):
        taken = []
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(9), sink=taken.append, folder=self.folder)
        outcome = run.wait(support.PATIENCE)
        read = ptm.read_run(self.folder)
        self.assertEqual(read.json, outcome.transcript.json)
        self.assertEqual(ptm.fold(taken).json, read.json)
        self.assertEqual([bytes(each.image) for each in read.candidates], [png(8, 8), png(9, 8)])
        self.assertEqual(read.report_html(), run.report_html())
        self.assertEqual(read.contact_sheet().sha256, run.contact_sheet().sha256)

    def test_replayed(self):
        taken = []
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(9), sink=taken.append, until="rounds(4)")
        outcome = run.wait(support.PATIENCE)
        same = ptm.replay(taken)
        self.assertEqual(same.transcript.json, outcome.transcript.json)
        self.assertEqual((same.ended, same.saved_micros), (True, 0))
        sooner = ptm.replay(taken, "rounds(1)")
        self.assertEqual(len(sooner.transcript.rounds), 1)
        self.assertEqual(sooner.transcript.stop_reason.kind, "rounds")
        self.assertEqual(bytes(sooner.transcript.incumbent.image), png(8, 8))
        self.assertFalse(ptm.replay(taken, "rounds(9)").ended)
        with self.assertRaises(ptm.errors.ParseFailed):
            ptm.replay(taken, "rounds(")
        with self.assertRaises(TypeError):
            ptm.replay(taken, 3)

    def test_resumed(self):
        self.killed()
        before = ptm.read_run(str(self.folder))
        self.assertIsNone(before.stop_reason)
        self.assertEqual(bytes(before.incumbent.image), png(8, 8))
        generator, critic = Last(), Strict(9)
        run = self.engine.resume(self.folder, generator=generator, critic=critic)
        outcome = run.wait(support.PATIENCE)
        self.assertEqual(outcome.reason.kind, "satisfied", outcome.error)
        self.assertEqual(len(generator.requests), 1)
        self.assertEqual([bytes(each.image) for each in outcome.transcript.candidates], [png(8, 8), png(9, 8)])
        self.assertEqual([event.type for event in run][0], "generation_finished")
        self.assertEqual(ptm.read_run(self.folder).json, outcome.transcript.json)
        again = self.engine.resume(self.folder, generator=generator, critic=critic).wait(support.PATIENCE)
        self.assertEqual(again.json, outcome.json)

    def test_consent(self):
        self.killed(ptm.usd(0.04))
        generator, critic = Last(ptm.usd(0.04)), Strict(9)

        def resume(**settings):
            return self.engine.resume(self.folder, generator=generator, critic=critic, **settings)

        run = resume()
        self.assertIsInstance(run.wait(support.PATIENCE).error, ptm.errors.OutcomeUnknown)
        self.assertEqual((list(run), generator.requests), ([], []))
        outcome = resume(ask_again=True).wait(support.PATIENCE)
        self.assertEqual(outcome.reason.kind, "satisfied", outcome.error)
        self.assertEqual(len(generator.requests), 1)

    def test_abandoned(self):
        self.killed(ptm.usd(0.04))
        run = self.engine.resume(self.folder, generator=Last(ptm.usd(0.04)), critic=Strict(9), ask_again=False)
        self.assertEqual(next(run).type, "call_failed")
        run.wait(support.PATIENCE)

    def test_rejected(self):
        with self.assertRaises(ptm.errors.InvalidArgument):
            ptm.read_run(self.folder)
        with self.assertRaises(ptm.errors.InvalidArgument):
            self.engine.resume(self.folder)
        for wrong in (3, None):
            with self.assertRaises(TypeError):
                ptm.read_run(wrong)
            with self.assertRaises(TypeError):
                self.engine.resume(wrong)
        with self.assertRaises(TypeError):
            self.engine.refine(SHEET, folder=3)
        with self.assertRaises(ValueError):
            self.engine.refine(SHEET, folder="")
        with self.assertRaises(TypeError):
            self.engine.resume(self.folder, ask_again="yes")
        self.engine.refine(SHEET, generator=Counting(), critic=Strict(9), folder=self.folder).wait(support.PATIENCE)
        with self.assertRaises(ptm.errors.InvalidArgument):
            self.engine.refine(SHEET, folder=self.folder)

    def test_held(self):
        run = self.engine.refine(SHEET, generator=support.Sleeping(60), critic=Strict(9), folder=self.folder)
        next(event for event in run if event.type == "generation_started")
        with self.assertRaisesRegex(ptm.errors.IoFailed, "held"):
            self.engine.resume(self.folder, generator=support.Sleeping(), critic=Strict(9))
        run.close()


if __name__ == "__main__":
    unittest.main()
