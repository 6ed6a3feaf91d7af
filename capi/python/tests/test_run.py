"""Runs with the offline backends: events, outcomes, images, errors."""

import gc
import json
import tempfile
import unittest
from pathlib import Path

import support
from support import png, ptm
from pentimento.image import as_image

MUGS = "two red mugs"


class Events(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = ptm.Engine()
        cls.addClassCleanup(cls.engine.close)
        cls.mugs = cls.engine.refine(MUGS, generator="sketch", critic="measure", until="rounds(2)", seed=8)
        cls.events = list(cls.mugs)

    def test_order(self):
        self.assertEqual([event.sequence for event in self.events], list(range(len(self.events))))
        self.assertEqual(self.events[0].type, "run_started")
        self.assertEqual(self.events[-1].type, "run_stopped")
        self.assertEqual(self.events[0]["brief"]["goal"], MUGS)
        self.assertEqual(sorted(event.time for event in self.events), [event.time for event in self.events])

    def test_text(self):
        lines = [str(event) for event in self.events]
        self.assertEqual(lines[0], "run started: two red mugs")
        self.assertIn("0a: generated 768x768", lines)
        self.assertIn("0a: kept: the first", lines)
        self.assertEqual(lines[-1], "stopped: rounds(2): after 2 rounds")
        for line in lines:
            self.assertTrue(line)
            self.assertNotIn("\n", line)

    def test_images(self):
        made = next(event for event in self.events if event.type == "generation_finished")
        self.assertEqual(len(made.images), 1)
        image = made.images[0]
        self.assertEqual(image.size, (768, 768))
        self.assertTrue(image.has_bytes)
        self.assertEqual(len(image.data), image.byte_count)
        self.assertEqual(bytes(image), bytes(self.mugs.image(image.sha256)))
        self.assertEqual(self.events[0].images, [])

    def test_fold(self):
        transcript = ptm.fold("\n".join(event.record for event in self.events))
        self.assertEqual(transcript.json, self.mugs.outcome.transcript.json)
        self.assertFalse(next(transcript.candidates).image.has_bytes)

    def test_iteration_after_the_end(self):
        self.assertEqual(list(self.mugs), [])

    def test_outcome(self):
        outcome = self.mugs.outcome
        self.assertEqual(outcome.reason.kind, "rounds")
        self.assertEqual(str(outcome.reason), "rounds(2): after 2 rounds")
        self.assertIsNone(outcome.error)
        self.assertTrue(outcome.has_best)
        self.assertEqual(outcome.best.id, outcome.transcript.incumbent.id)
        self.assertEqual(outcome.score, outcome.best.score)
        self.assertEqual(len(outcome.transcript.rounds), 2)
        self.assertEqual(outcome.transcript.settings["seed"], 8)
        self.assertEqual([item.owner for item in outcome.transcript.checklist], ["measure", "measure"])
        self.assertEqual(outcome.transcript.spent_micros, 0)
        candidate = outcome.transcript.candidate("0a")
        self.assertEqual(candidate.critique.verdict("count-mug"), "pass")
        self.assertEqual(candidate.critique.verdict("nothing"), "unknown")
        self.assertTrue(candidate.accepted)
        self.assertEqual(candidate.request.prompt, MUGS)

    def test_progress(self):
        self.assertIn("round 1, 2 images, best 0a: 100 %", repr(self.mugs))
        bundle = self.mugs._repr_mimebundle_()
        self.assertIn("image/png", bundle)
        self.assertIn("stopped", bundle["text/plain"])


class Runs(unittest.TestCase):
    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)

    def test_wait_leaves_the_events(self):
        run = self.engine.refine(MUGS, until="rounds(1)")
        outcome = run.wait()
        self.assertTrue(run.done)
        self.assertEqual(outcome.reason.kind, "rounds")
        self.assertEqual([event.type for event in run][-1], "run_stopped")

    def test_wait_times_out(self):
        run = self.engine.refine(MUGS, generator=support.Sleeping(30), until="never")
        with self.assertRaises(TimeoutError):
            run.wait(timeout=0.15)
        self.assertFalse(run.done)
        run.cancel()
        self.assertEqual(run.wait(support.PATIENCE).reason.kind, "cancelled")

    def test_outcome_before_the_end(self):
        run = self.engine.refine(MUGS, generator=support.Sleeping(30), until="never")
        with self.assertRaises(ptm.errors.BadState) as caught:
            run.outcome
        self.assertEqual(caught.exception.code, ptm.Code.STATE)
        next(run)
        self.assertEqual(run.transcript.settings["policy"], "never")

    def test_defaults(self):
        run = self.engine.refine(MUGS)
        settings = next(run)["settings"]
        self.assertEqual((settings["generator"], settings["critic"]), ("sketch", "measure"))
        self.assertEqual(settings["policy"], "satisfied || rounds(6) || plateau(3)")
        self.assertTrue(run.wait().score.satisfied)

    def test_settings(self):
        run = self.engine.refine(
            ptm.Brief(
                "a red mug",
                requirements=["plain white background", ptm.Requirement("b", "bright", "should", weight=2.0)],
                avoid=["a shadow"],
                size=(320, 256),
            ),
            generator={"name": "sketch"},
            critic={"name": "measure", "profile": "marketplace-main"},
            until="rounds(1)",
            drafts=2,
            seed=3,
            on_satisfied="keep",
            on_error="stop",
            on_refusal="rephrase",
            max_edit_depth=1,
        )
        events = list(run)
        self.assertEqual(events[0]["brief"]["size"], {"width": 320, "height": 256})
        self.assertEqual(events[0]["settings"]["drafts"], 2)
        self.assertEqual(events[0]["settings"]["on_satisfied"], "keep")
        self.assertEqual(run.outcome.best.image.size, (320, 256))
        brief = run.outcome.transcript.brief
        self.assertEqual(brief.requirements[0].text, "plain white background")
        self.assertEqual(brief.requirements[1].weight, 2.0)

    def test_sides_as_text(self):
        for size in ("320x256", "320X256", (320, 256), [320, 256]):
            brief = ptm.Brief("a red sheet", size=size)
            self.assertEqual(brief.size, (320, 256))
            self.assertEqual(next(self.engine.refine(brief))["brief"]["size"], {"width": 320, "height": 256})
        for shape in ("16:9", (16, 9)):
            brief = ptm.Brief("a red sheet", aspect_ratio=shape)
            self.assertEqual(brief.aspect_ratio, (16, 9))
            self.assertEqual(next(self.engine.refine(brief))["brief"]["aspect_ratio"], {"width": 16, "height": 9})
        brief = ptm.Brief("a red sheet")
        brief.size = "64x128"
        self.assertEqual(brief.to_json()["size"], {"width": 64, "height": 128})

    def test_init_image_is_round_zero(self):
        start = png(32, 32)
        brief = ptm.Brief("a red sheet", init_image=start)
        run = self.engine.refine(brief, critic=support.Strict(8), until="rounds(1)")
        events = list(run)
        given = next(event for event in events if event.type == "image_given")
        self.assertEqual(bytes(given.images[0]), start)
        self.assertEqual(bytes(run.outcome.best.image), start)

    def test_brief_as_json(self):
        image = ptm.Image(png(16, 16))
        run = self.engine.refine({"goal": "a red sheet", "reference_images": [image]}, until="rounds(1)")
        reference = next(run)["brief"]["reference_images"][0]
        self.assertEqual(reference["sha256"], image.sha256)
        self.assertEqual(bytes(run.wait().transcript.brief.reference_images[0]), png(16, 16))

    def test_init_image_without_bytes(self):
        record = ptm.Image.recorded(ptm.Image(png()).record)
        with self.assertRaises(ptm.PentimentoError) as caught:
            self.engine.refine(ptm.Brief("a red sheet", init_image=record))
        self.assertEqual(caught.exception.code, ptm.Code.INVALID_ARGUMENT)

    def test_backends(self):
        backends = self.engine.backends()
        self.assertIn("sketch", [entry["name"] for entry in backends["generators"]])
        self.assertIn("measure", [entry["name"] for entry in backends["critics"]])
        self.assertIn("ask", [entry["name"] for entry in backends["revisers"]])

    def test_close_cancels_the_run(self):
        generator = support.Sleeping(30)
        with self.engine.refine(MUGS, generator=generator, until="never") as run:
            self.assertTrue(support.eventually(lambda: generator.begun == 1))
        self.assertTrue(support.eventually(lambda: generator.cancelled == 1))
        with self.assertRaises(ptm.errors.BadHandle):
            next(run)

    def test_two_runs(self):
        first, second = (self.engine.refine(MUGS, until="rounds(2)", seed=seed) for seed in (1, 1))
        kinds = [[event.type for event in run] for run in (first, second)]
        self.assertEqual(kinds[0], kinds[1])


class Errors(unittest.TestCase):
    def setUp(self):
        self.engine = ptm.Engine()
        self.addCleanup(self.engine.close)

    def test_unknown_backend(self):
        with self.assertRaises(ptm.errors.InvalidArgument) as caught:
            self.engine.refine(MUGS, generator="nosuch")
        self.assertEqual(caught.exception.code, ptm.Code.INVALID_ARGUMENT)
        self.assertIn("nosuch", caught.exception.message)
        self.assertIn("sketch", str(caught.exception))
        self.assertFalse(caught.exception.maybe_billed)
        self.assertEqual(caught.exception.request_id, "")
        self.assertEqual(caught.exception.charge, ptm.Charge())
        self.assertIsInstance(caught.exception, ValueError)

    def test_invalid_policy(self):
        for attempt in (lambda: self.engine.refine(MUGS, until="rounds("), lambda: ptm.parse_policy("rounds(")):
            with self.assertRaises(ptm.errors.ParseFailed) as caught:
                attempt()
            self.assertEqual(caught.exception.code, ptm.Code.PARSE_FAILED)
            self.assertIn("rounds", caught.exception.message)

    def test_normal_form_of_a_policy(self):
        self.assertEqual(ptm.parse_policy("satisfied||(rounds( 6 ))"), "satisfied || rounds(6)")

    def test_unknown_member(self):
        with self.assertRaises(ptm.errors.ParseFailed) as caught:
            self.engine.refine({"goal": MUGS, "sise": 3})
        self.assertIn("sise", caught.exception.message)
        with self.assertRaises(ptm.errors.InvalidArgument) as caught:
            self.engine.refine(MUGS, critic={"name": "measure", "profil": "x"})
        self.assertIn("profil", caught.exception.message)

    def test_setting_out_of_range(self):
        with self.assertRaises(ptm.PentimentoError):
            self.engine.refine(MUGS, drafts=65)
        with self.assertRaises(ptm.PentimentoError):
            ptm.Engine(threads=65)

    def test_arguments_of_a_wrong_type(self):
        for brief, name in ((3, "int"), (b"x", "bytes"), (None, "NoneType"), (["x"], "list")):
            with self.assertRaises(TypeError) as caught:
                self.engine.refine(brief)
            self.assertEqual(str(caught.exception), f"a brief is a str, a Brief or a dict, not {name}")
        for until in (lambda run: True, 6):
            with self.assertRaisesRegex(TypeError, "until is a text such as .*; a function goes to stop=, not "):
                self.engine.refine(MUGS, until=until)
        for what in ("stop", "ask"):
            with self.assertRaisesRegex(TypeError, f"^{what} is a function, not 'rounds"):
                self.engine.refine(MUGS, **{what: "rounds(3)"})

    def test_invalid_values(self):
        importance = 'the importance of a requirement is "must" or "should", not \'maybe\''
        empty = "the text of a requirement is empty; say what holds in a good image"
        size = 'the size of a brief is (WIDTH, HEIGHT) or "WIDTHxHEIGHT" in pixels, not '
        shape = 'the aspect_ratio of a brief is (W, H) or "W:H", as in "16:9", not '
        for kind, make, message in (
            (ValueError, lambda: ptm.Requirement("a", "x", "maybe"), importance),
            (ValueError, lambda: ptm.Requirement("", ""), empty),
            (ValueError, lambda: ptm.Brief(MUGS, requirements=[" "]).to_json(), empty),
            (TypeError, lambda: ptm.Requirement(1, "x"), "a requirement is Requirement(id, text), not (1, 'x')"),
            (ValueError, lambda: ptm.Finding("a", "yes"),
             'a verdict is True, False, None, "pass", "fail" or "unknown", not \'yes\''),
            (TypeError, lambda: ptm.Finding(3, True), "a finding names the id of its requirement, a text, not 3"),
            (ValueError, lambda: ptm.Comparison("both"),
             'a preference is "first", "second" or "neither", not \'both\''),
            (ValueError, lambda: ptm.Brief(MUGS, size="512"), size + "'512'"),
            (ValueError, lambda: ptm.Brief(MUGS, size="0x512"), size + "'0x512'"),
            (ValueError, lambda: ptm.Brief(MUGS, size=512), size + "512"),
            (ValueError, lambda: ptm.Brief(MUGS, size=(512.0, 512)), size + "(512.0, 512)"),
            (ValueError, lambda: ptm.Brief(MUGS, aspect_ratio="16x9"), shape + "'16x9'"),
            (ValueError, lambda: ptm.Brief(MUGS, aspect_ratio=(16, True)), shape + "(16, True)"),
            (TypeError, lambda: ptm.Brief(MUGS, requirements="bright"),
             "the requirements of a brief are a list, of Requirement or texts, not 'bright'"),
            (TypeError, lambda: ptm.Brief(MUGS, avoid="a shadow"), "what to avoid is a list of texts, not 'a shadow'"),
            (TypeError, lambda: ptm.Brief(MUGS, requirements=[3]).to_json(),
             "a requirement is a Requirement or a text, not 3"),
        ):
            with self.assertRaises(kind) as caught:
                make()
            self.assertEqual(str(caught.exception), message)

    def test_rejects_other_objects(self):
        with self.assertRaises(TypeError):
            self.engine.refine(MUGS, generator=support.Strict())
        with self.assertRaises(TypeError):
            self.engine.refine(MUGS, critic=3)
        with self.assertRaises(TypeError):
            self.engine.refine(MUGS, reviser=support.Strict())
        with self.assertRaises(TypeError):
            self.engine.refine(MUGS, sink=3)

    def test_fold_rejects_an_invalid_event(self):
        with self.assertRaises(ptm.errors.ParseFailed):
            ptm.fold('{"sequence": 0}')

    def test_exception_of_each_code(self):
        for code in ptm.Code:
            error = ptm.errors.from_status(code, "words", {"request_id": "r-1"})
            self.assertEqual((error.code, error.message, error.request_id), (code, "words", "r-1"))
        self.assertEqual(ptm.errors.from_status(77, "").code, ptm.Code.INTERNAL)
        self.assertEqual(ptm.errors.from_json({"code": "refused", "message": "no"}).code, ptm.Code.REFUSED)
        self.assertEqual(ptm.errors.from_json({"code": "of_tomorrow"}).code, ptm.Code.BACKEND_FAILED)

    def test_error_as_json(self):
        error = ptm.errors.OutcomeUnknown(
            "no reply", provider_message="?", request_id="r-2", charge=ptm.Charge.maybe_billed(ptm.usd("0.04")))
        again = ptm.errors.from_json(json.loads(json.dumps(error.to_json())))
        self.assertEqual(again.to_json(), error.to_json())
        self.assertTrue(again.maybe_billed)
        self.assertEqual(str(again.charge), "$0.04 maybe billed")


class Pictures(unittest.TestCase):
    def test_properties(self):
        image = ptm.Image(png(12, 7))
        self.assertEqual((image.width, image.height, image.size), (12, 7, (12, 7)))
        self.assertEqual(image.media_type, "image/png")
        self.assertEqual(image.byte_count, len(png(12, 7)))
        self.assertEqual(set(image.record), {"media_type", "width", "height", "bytes", "sha256"})
        self.assertIn("image/png 12x7", repr(image))
        for data in (bytearray(png()), memoryview(png())):
            self.assertEqual(bytes(ptm.Image(data)), png())

    def test_bytes_are_shared(self):
        image = ptm.Image(png(100, 100))
        first, second = image.data, image.data
        self.assertTrue(first.readonly)
        self.assertEqual((first.format, first.itemsize, first.nbytes), ("B", 1, len(png(100, 100))))
        # The same memory, seen twice.
        import ctypes

        self.assertEqual(ctypes.addressof(first.obj), ctypes.addressof(second.obj))
        del image, second
        gc.collect()
        self.assertEqual(bytes(first), png(100, 100))
        with self.assertRaises(TypeError):
            first[0] = 1

    def test_images_outlive_run_and_engine(self):
        with ptm.Engine() as engine:
            data = engine.refine(MUGS, until="rounds(1)").wait().best.image.data
        gc.collect()
        self.assertTrue(bytes(data).startswith(b"\x89PNG"))

    def test_images_keep_their_run(self):
        with ptm.Engine() as engine:
            candidates = list(engine.refine(MUGS, until="rounds(2)").wait().transcript.candidates)
            gc.collect()
            for candidate in candidates:
                self.assertTrue(candidate.image.has_bytes)

    def test_save(self):
        with tempfile.TemporaryDirectory() as folder:
            path = ptm.Image(png()).save(Path(folder) / "red.png")
            self.assertEqual(path.read_bytes(), png())
            self.assertEqual(ptm.Image.open(path).sha256, ptm.Image(png()).sha256)
            with self.assertRaises(OSError):
                ptm.Image(png()).save(Path(folder) / "none" / "red.png")

    def test_recorded_image(self):
        image = ptm.Image.recorded(ptm.Image(png()).record)
        self.assertFalse(image.has_bytes)
        self.assertEqual(image.size, (8, 8))
        for attempt in (lambda: image.data, lambda: bytes(image)):
            with self.assertRaises(ptm.errors.NotFound):
                attempt()
        self.assertEqual(set(image._repr_mimebundle_()), {"text/plain"})

    def test_notebook(self):
        image = ptm.Image(png())
        self.assertEqual(image._repr_png_(), png())
        self.assertIsNone(image._repr_jpeg_())
        self.assertEqual(set(image._repr_mimebundle_()), {"text/plain", "image/png"})

    def test_invalid_images(self):
        for data in (b"", b"no picture", png()[:20]):
            with self.assertRaises(ptm.PentimentoError) as caught:
                ptm.Image(data)
            self.assertIn(caught.exception.code, (ptm.Code.UNREADABLE_IMAGE, ptm.Code.INVALID_ARGUMENT))
        with self.assertRaises(ptm.errors.TooLarge):
            ptm.Image(png() + bytes((64 << 20) + 1))

    def test_rejects_a_path(self):
        for data in ("x.png", Path("x.png"), 3, None):
            with self.assertRaises(TypeError) as caught:
                ptm.Image(data)
            words = f"an image is made of bytes, not {data!r}; Image.open(path) reads a file"
            self.assertEqual(str(caught.exception), words)
        with self.assertRaisesRegex(TypeError, r"not str; Image.open\(path\) reads a file"):
            ptm.Brief(MUGS, init_image="x.png").to_json()
        self.assertEqual(bytes(ptm.Image(ptm.Image(png()))), png())

    def test_to_pil(self):
        try:
            import PIL.Image
        except ImportError:
            with self.assertRaises(ImportError):
                ptm.Image(png()).pil()
            return
        self.assertEqual(ptm.Image(png(12, 7)).pil().size, (12, 7))
        self.assertEqual(as_image(PIL.Image.new("RGB", (3, 4))).size, (3, 4))

    def test_from_pil(self):
        class Pil:
            """The methods of PIL.Image.Image that are used."""

            tobytes = None

            def save(self, file, format):
                assert format == "PNG"
                file.write(png(3, 4))

        self.assertEqual(as_image(Pil()).size, (3, 4))
        with self.assertRaises(TypeError):
            as_image("mugs.png")


class Money(unittest.TestCase):
    def test_usd(self):
        self.assertEqual(ptm.usd(0.04), 40_000)
        self.assertEqual(ptm.usd("0.0000001"), 1)
        self.assertEqual(ptm.usd(3), 3_000_000)
        self.assertEqual([ptm.dollars(micros) for micros in (0, 40_000, 1_234_500, -20_000)],
                         ["$0.00", "$0.04", "$1.2345", "-$0.02"])

    def test_usd_rejects_negative_amounts(self):
        for amount in (-1, "-0.04", "nan", float("inf"), "much", None, True):
            with self.assertRaises(ValueError):
                ptm.usd(amount)

    def test_charges(self):
        for make in (ptm.Charge.paid, ptm.Charge.estimated, ptm.Charge.maybe_billed):
            self.assertEqual(make(ptm.usd(0.04)).micros, 40_000)
            for value in (0.04, 1.0, "10", True, None):
                with self.assertRaises(TypeError) as caught:
                    make(value)
                words = f"a charge is whole micro-dollars, ptm.usd(0.04), not {value!r}"
                self.assertEqual(str(caught.exception), words)
            with self.assertRaises(ValueError) as caught:
                make(-5)
            self.assertEqual(str(caught.exception), "a charge is -5; 0 or more")
        with self.assertRaisesRegex(ValueError, '"unpaid", "paid", "estimated" or "maybe_billed", not \'free\''):
            ptm.Charge("free", 0)


if __name__ == "__main__":
    unittest.main()
