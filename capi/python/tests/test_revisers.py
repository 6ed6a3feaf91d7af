"""Revisers of one's own."""

import asyncio
import unittest

import support
from support import Counting, Strict, eventually, png, ptm

SHEET = "a red sheet of paper"


class Telling(ptm.Reviser):
    """Returns the given results, and keeps its arguments."""

    name = "house"

    def __init__(self, *results):
        self.results = list(results)
        self.runs = []
        self.capabilities = None
        self.briefs = []

    def revise(self, run, capabilities):
        self.runs.append(run)
        self.capabilities = capabilities
        self.briefs.append(ptm.current_call().brief)
        result = self.results[min(len(self.runs), len(self.results)) - 1]
        return result(run) if callable(result) else result


class Revising(unittest.TestCase):
    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)

    def refine(self, reviser, generator=None, brief=SHEET, until="rounds(2)", **settings):
        run = self.engine.refine(
            brief, generator=generator or Counting(), critic=Strict(99), reviser=reviser, until=until, **settings)
        outcome = run.wait(support.PATIENCE)
        revised = [event.revision for event in run if event.type == "revision_finished"]
        return outcome, revised

    def test_prompt(self):
        reviser = Telling("a wide red sheet")
        generator = Counting()
        brief = ptm.Brief(SHEET, avoid=["text"], size=(64, 32))
        outcome, revised = self.refine(reviser, generator, brief)
        self.assertEqual(outcome.reason.kind, "rounds", outcome.error)
        found = revised[0]["action"], revised[0]["author"], revised[0]["parent"]
        self.assertEqual(found, ("reprompt", "house", "0a"))
        self.assertTrue(generator.requests[1].prompt.startswith("a wide red sheet"))
        self.assertIn("text", generator.requests[1].prompt)  # to avoid, for a generator without negative prompts
        self.assertEqual(generator.requests[1].size, (64, 32))
        self.assertEqual(len(reviser.runs), 1)
        self.assertEqual(reviser.runs[0].incumbent.id, "0a")
        self.assertEqual((reviser.capabilities["name"], reviser.capabilities["seed"]), ("counting", True))
        self.assertEqual(reviser.briefs[0].goal, SHEET)

    def test_revision(self):
        _, revised = self.refine(Telling(ptm.Revision("reseed", why="try again", targets=["wide"],
                                                      charge=ptm.Charge.paid(ptm.usd(0.01)))))
        self.assertEqual(revised[0]["why"], "try again")
        self.assertEqual(revised[0]["targets"], ["wide"])
        self.assertEqual(revised[0]["charge"]["micros"], 10_000)
        self.assertIn(SHEET, revised[0]["request"]["prompt"])

    def test_json(self):
        _, revised = self.refine(Telling({"action": "reprompt", "request": {"prompt": "blue"}}))
        self.assertEqual(revised[0]["request"]["prompt"], "blue")

    def test_stop(self):
        outcome, _ = self.refine(Telling(ptm.Revision("stop", why="good enough")))
        self.assertEqual(outcome.reason.kind, "reviser")
        self.assertEqual(outcome.transcript.images_requested, 1)

    def test_edit(self):
        class Editor(Counting):
            image_to_image = mask = True

        mask = ptm.Image(png(7, 9))

        def with_mask(run):
            return ptm.GenerationRequest("wider", init_image=run.incumbent.image, mask=mask, strength=0.3)

        editor = Editor()
        outcome, _ = self.refine(
            Telling(ptm.Revision("edit", "wider"), lambda run: ptm.Revision("edit", with_mask(run))),
            editor, until="rounds(3)")
        self.assertEqual(outcome.reason.kind, "rounds", outcome.error)
        first, second = editor.requests[1:]
        candidates = list(outcome.transcript.candidates)
        self.assertEqual(first.init_image.sha256, candidates[0].image.sha256)
        self.assertEqual(second.mask.sha256, mask.sha256)
        self.assertEqual(second.strength, 0.3)
        self.assertEqual(bytes(second.mask), png(7, 9))

    def test_images_of_the_run(self):
        sizes = []

        def look(run):
            sizes.extend(len(candidate.image.data) for candidate in run.candidates)
            return "again"

        self.refine(Telling(look))
        self.assertEqual(sizes, [len(png(8, 8))])

    def test_async(self):
        class Later(ptm.Reviser):
            async def revise(self, run, capabilities):
                await asyncio.sleep(0)
                return "later"

        _, revised = self.refine(Later())
        self.assertEqual((revised[0]["request"]["prompt"], revised[0]["author"]), ("later", "later"))

    def test_estimate_is_reserved(self):
        class Dear(Telling):
            estimate_micros = ptm.usd(0.02)

        _, revised = self.refine(Dear("again"))
        self.assertEqual(revised[0]["charge"], {"billing": "estimated", "micros": 20_000})
        Dear.estimate_micros = 0.02
        with self.assertRaisesRegex(TypeError, "micro-dollars"):
            self.refine(Dear("again"))

    def test_failure(self):
        def fail(run):
            raise ptm.errors.Refused("no idea")

        outcome, _ = self.refine(Telling(fail))
        self.assertEqual(outcome.reason.kind, "failed")
        self.assertIn("no idea", str(outcome.error))

    def test_invalid_results(self):
        for result in (None, 3, ["again"], {"prompt": "again"}):
            with self.assertLogs("pentimento"):
                outcome, _ = self.refine(Telling(result))
            self.assertIn("revise gives back a Revision", outcome.error.message)
        outcome, _ = self.refine(Telling({"action": "paint", "request": {"prompt": "again"}}))
        self.assertIsInstance(outcome.error, ptm.errors.UnusableReply)
        with self.assertRaisesRegex(ValueError, '"reseed"'):
            ptm.Revision("paint")
        with self.assertRaisesRegex(TypeError, "GenerationRequest"):
            ptm.Revision("reprompt", 3)

    def test_cancelled_with_its_run(self):
        class Slow(ptm.Reviser):
            begun = cancelled = False

            async def revise(self, run, capabilities):
                self.begun = True
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    self.cancelled = True
                    raise

        slow = Slow()
        run = self.engine.refine(SHEET, generator=Counting(), critic=Strict(99), reviser=slow)
        self.assertTrue(eventually(lambda: slow.begun))
        run.cancel()
        self.assertEqual(run.wait(support.PATIENCE).reason.kind, "cancelled")
        self.assertTrue(eventually(lambda: slow.cancelled))

    def test_proposes_to_a_person(self):
        proposed = []

        def ask(event):
            proposed.append(event.revision["request"]["prompt"])

        self.refine(Telling("a wide one"), ask=ask)
        self.assertEqual(proposed, ["a wide one"])

    def test_by_name(self):
        self.assertEqual(self.engine.add_reviser(Telling("again"), "mine"), "mine")
        self.assertIn("mine", [entry["name"] for entry in self.engine.backends()["revisers"]])
        _, revised = self.refine("mine")
        self.assertEqual(revised[0]["author"], "mine")
        with self.assertRaises(ptm.errors.ParseFailed):
            self.engine.add_reviser(Telling("again"), "ask")
        with self.assertRaises(TypeError):
            self.engine.add_reviser(Strict())
        with self.assertRaises(TypeError):
            ptm.Reviser()


if __name__ == "__main__":
    unittest.main()
