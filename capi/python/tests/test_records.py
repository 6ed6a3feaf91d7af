"""Transcripts: decisions, judged images, recorded events with their images, report and contact sheet."""

import unittest

import support
from support import Counting, Strict, Told, png, ptm

SHEET = "a red sheet of paper"
IN_PAGE = "data:image/png;base64,"


class Records(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = ptm.Engine()
        cls.addClassCleanup(cls.engine.close)
        cls.run_ = cls.engine.refine(SHEET, generator=Counting(), critic=Strict(9), until="satisfied || rounds(3)")
        cls.events = list(cls.run_)
        cls.lines = "\n".join(event.record for event in cls.events)
        cls.images = [image for event in cls.events for image in event.images]

    def test_decision(self):
        first, second = self.run_.transcript.candidates
        self.assertEqual(first.decision, ptm.Decision("first", True))
        self.assertEqual((second.decision.reason, second.decision.against), ("more_musts", "0a"))
        self.assertEqual(second.decision.gained, ("wide",))
        self.assertEqual(str(second.decision), "kept: more musts")
        self.assertIsNone(ptm.Candidate({"id": "0a"}).decision)

    def test_judged(self):
        shown = ptm.Image(png(4, 4))
        told = Told(ptm.Critique([ptm.Finding("wide", True)], judged=shown))
        outcome = self.engine.refine(SHEET, generator=Counting(), critic=told).wait(support.PATIENCE)
        self.assertEqual(outcome.reason.kind, "satisfied", outcome.error)
        judged = outcome.best.critique.judged
        self.assertEqual((judged.sha256, bytes(judged)), (shown.sha256, png(4, 4)))
        self.assertIsNone(self.run_.outcome.best.critique.judged)

    def test_fold_with_images(self):
        folded = ptm.fold(self.lines, self.images)
        self.assertEqual([bytes(candidate.image) for candidate in folded.candidates], [png(8, 8), png(9, 8)])
        self.assertEqual(bytes(ptm.fold(self.lines, [png(9, 8)]).incumbent.image), png(9, 8))
        candidate = ptm.fold(self.lines).incumbent
        self.assertFalse(candidate.image.has_bytes)
        with self.assertRaises(ptm.errors.NotFound):
            candidate.image.data
        whole = ptm.fold(self.events)
        self.assertEqual(whole.json, folded.json)
        self.assertEqual(bytes(whole.incumbent.image), png(9, 8))
        with self.assertRaises(TypeError):
            ptm.fold(self.lines, png())
        with self.assertRaises(TypeError):
            ptm.fold(self.lines, ["0a.png"])

    def test_report(self):
        page = self.run_.report_html()
        self.assertTrue(page.startswith("<!doctype html>"))
        self.assertIn(SHEET, page)
        self.assertIn(IN_PAGE, page)
        self.assertEqual(self.run_.outcome.transcript.report_html(), page)
        self.assertEqual(ptm.fold(self.lines, self.images).report_html(), page)
        self.assertNotIn(IN_PAGE, ptm.fold(self.lines).report_html())

    def test_contact_sheet(self):
        sheet = self.run_.contact_sheet()
        self.assertEqual(sheet.media_type, "image/png")
        self.assertGreater(sheet.width, 64)
        self.assertEqual(ptm.fold(self.lines, self.images).contact_sheet().sha256, sheet.sha256)
        self.assertNotEqual(ptm.fold(self.lines).contact_sheet().sha256, sheet.sha256)
        with self.assertRaises(ptm.errors.InvalidArgument):
            ptm.fold(self.events[0].record).contact_sheet()

    def test_transcripts_without_events(self):
        with self.assertRaises(ptm.errors.BadState):
            ptm.Transcript(self.run_.transcript.json).report_html()


if __name__ == "__main__":
    unittest.main()
