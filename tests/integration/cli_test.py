#!/usr/bin/env python3
"""Runs the command line program as a person or a script would.

usage: cli_test.py PROGRAM [unittest arguments]
"""

import base64
import contextlib
import fcntl
import hashlib
import html.parser
import json
import os
import pty
import re
import resource
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib
from pathlib import Path
from urllib.parse import quote

PROGRAM = ""
NODE = shutil.which("node")  # runs the script of a report
ESCAPE = "\x1b"
RUNS = ".local/share/pentimento/runs"
BRIEF = "three red mugs on a plain white table, bright"


def png(width, height, rgb=(200, 30, 30)):
    """A PNG of one colour, made without any of the code under test."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + bytes(rgb) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def recorded(folder):
    """The events of a run folder as lines of JSON, read without any of the code under test; nothing before the first."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(folder / 'run.sqlite'))}?mode=ro", uri=True)) as record:
            return "".join(json + "\n" for json, in record.execute("SELECT json FROM events ORDER BY sequence"))
    except sqlite3.OperationalError:
        return ""


def events_of(folder):
    return [json.loads(line) for line in recorded(folder).splitlines()]


def image_of(folder, candidate):
    """The file of the first image that was made for a candidate."""
    for event in events_of(folder):
        if event.get("id") == candidate and event["type"] in ("generation_finished", "image_given"):
            image = event["image"] if "image" in event else event["generation"]["images"][0]
            return next((folder / "images").glob(image["sha256"] + ".*"))


class Case(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.addCleanup(self.temporary.cleanup)

    def environment(self, **changes):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                environment[name] = os.environ[name]
        if "LSAN_OPTIONS" in environment:
            environment["LSAN_OPTIONS"] += ":print_suppressions=0"  # else it writes to the standard error stream
        if "ASAN_OPTIONS" in environment:
            # Leaks of others are told by their library; to name their functions as well takes seconds each time.
            environment["ASAN_OPTIONS"] += ":symbolize=0"
        return {**environment, **changes}

    def run_program(self, *arguments, stdin=None, **environment):
        return subprocess.run(
            [PROGRAM, *arguments], cwd=self.folder, env=self.environment(**environment), capture_output=True,
            stdin=subprocess.DEVNULL if stdin is None else None, input=stdin, text=True, encoding="utf-8", timeout=120)

    def start_on_terminal(self, *arguments, **environment):
        """The program with a terminal for its three streams; gives the process and the terminal's other end."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, env=self.environment(**environment),
                                   stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        self.addCleanup(os.close, ours)
        return process, ours

    def read_terminal(self, process, ours, until=None, seconds=60):
        """What the program writes until it ends, or until a text appears."""
        text = ""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    text += os.read(ours, 65536).decode("utf-8", "replace")
                except OSError:
                    break
            elif process.poll() is not None:
                break
            if until is not None and until in text:
                return text
        self.assertIsNone(until, f"{until!r} did not appear in:\n{text}")
        process.wait(10)
        return text

    def rejects(self, *arguments, says, code=2, **environment):
        """Checks a usage error: one message, the exit code, nothing on stdout and no folder left."""
        before = sorted(self.folder.iterdir())
        result = self.run_program(*arguments, **environment)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertTrue(result.stderr.startswith("pentimento: "), result.stderr)
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, result.stderr)
        self.assertEqual(sorted(self.folder.iterdir()), before)
        return result.stderr


class Usage(Case):
    def test_suggests_the_nearest_name(self):
        self.rejects("refin", BRIEF, says='did you mean "refine"?')
        self.rejects("refine", BRIEF, "--draft=2", says='did you mean "--drafts"?')
        self.rejects("refine", BRIEF, "--untill", "satisfied", says='did you mean "--until"?')
        self.rejects("refine", BRIEF, "--generator", "sketsh", says='did you mean "sketch"?')
        self.rejects("refine", BRIEF, "--critic", "mesure", says='did you mean "measure"?')
        self.rejects("refine", BRIEF, "--reviser", "checklst", says='did you mean "checklist"?')
        self.rejects("refine", BRIEF, "--generator", "dall-e", says="there are stability, openai")
        self.rejects("refine", BRIEF, "--profile", "nowhere", says="there")
        self.rejects("list", "critic", says='did you mean "critics"?')

    def test_rejects_an_empty_brief(self):
        for brief in ("", "  \t"):
            self.rejects("refine", brief, says="the brief is empty")
        self.rejects("refine", says="the brief is empty")

    def test_asks_for_quotes(self):
        self.rejects("refine", "three", "red", "mugs", says="put the brief in quotes")

    def test_points_at_the_error_in_a_policy(self):
        said = self.rejects("refine", BRIEF, "--until", "satisfied || round(6)", says="--until")
        self.assertIn("\n  satisfied || round(6)\n               ^", said)

    def test_says_which_values_are_accepted(self):
        self.rejects("refine", BRIEF, "--drafts", "0", says="a whole number from 1 to 64")
        self.rejects("refine", BRIEF, "--drafts", "many", says="a whole number from 1 to 64")
        self.rejects("refine", BRIEF, "--seed", "-1", says="--seed")
        self.rejects("refine", BRIEF, "--seed", "99999999999999999999", says="--seed")
        self.rejects("refine", BRIEF, "--size", "99999x10", says=["out of range", "64 to 4096"])
        self.rejects("refine", BRIEF, "--size", "big", says="such as 1024x768")
        self.rejects("refine", BRIEF, "--aspect", "16x9", says="such as 16:9")
        self.rejects("refine", BRIEF, "--aspect", "0:9", says="such as 16:9")
        self.rejects("refine", BRIEF, "--size", "640x480", "--aspect", "4:3", says="give one of them")
        self.rejects("refine", BRIEF, "--on-error", "retry", says="go-on or stop")
        self.rejects("refine", BRIEF, "--must", " ", says="--must is empty")
        self.rejects("refine", BRIEF, "--drafts", says="needs a value")
        self.rejects("refine", "mug " * 20000, says="characters")

    def test_rejects_unreadable_images(self):
        (self.folder / "text.png").write_text("not a picture")
        (self.folder / "half.png").write_bytes(png(300, 300)[:200])
        (self.folder / "svg.png").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
        bomb = bytearray(png(1, 1))
        bomb[16:24] = struct.pack(">II", 60000, 60000)
        (self.folder / "bomb.png").write_bytes(bomb)
        for name in ("missing.png", "text.png", "half.png", "svg.png", "bomb.png", "."):
            self.rejects("refine", BRIEF, "--image", name, says=["--image", name])
            self.rejects("critique", name, "--brief", BRIEF, says=name)

    def test_rejects_an_unwritable_folder(self):
        (self.folder / "file").write_text("")
        self.rejects("refine", BRIEF, "--out", "file", says="it is a file", code=4)
        self.rejects("refine", BRIEF, "--out", "file/below", says="file/below", code=4)
        self.rejects("refine", BRIEF, "--out", "/proc/pentimento", says="/proc/pentimento", code=4)

    def test_critique_needs_something_to_judge_by(self):
        (self.folder / "a.png").write_bytes(png(100, 100))
        self.rejects("critique", "a.png", says="nothing to judge by")

    def test_hostile_names_do_not_reach_the_terminal(self):
        said = self.rejects("refine", BRIEF, "--generator", "\x1b[2Jsketch", says="there is no generator")
        self.assertNotIn(ESCAPE, said)


class Help(Case):
    def test_shows_examples_and_exit_codes(self):
        for arguments in (["--help"], ["refine", "--help"], ["critique", "-h"]):
            result = self.run_program(*arguments)
            self.assertEqual(result.returncode, 0)
            self.assertIn("Examples:", result.stdout)
            for code in (" 0 ", " 1 ", " 2 ", " 3 ", " 4 ", " 130 "):
                self.assertIn(code, result.stdout)
        self.assertRegex(self.run_program("--version").stdout, r"^pentimento \d+\.\d+\.\d+\n$")

    def test_needs_a_command(self):
        result = self.run_program()
        self.assertEqual(result.returncode, 2)
        self.assertIn("refine", result.stderr)

    def test_lists_what_can_be_chosen(self):
        result = self.run_program("list")
        self.assertEqual(result.returncode, 0)
        for name in ("sketch", "measure", "checklist", "suggested", "ask", "plateau(2)"):
            self.assertIn(name, result.stdout)
        self.assertNotIn("sketch", self.run_program("list", "policies").stdout)


class Page(html.parser.HTMLParser):
    """What a report must not do, found by parsing the page that its script makes."""

    VOID = {"meta", "img", "input", "link", "br", "hr"}

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.problems, self.images, self.dots, self.values = [], set(), [], [], 0, [], []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in values:
            if values["id"] in self.ids:
                self.problems.append(f"two ids {values['id']}")
            self.ids.add(values["id"])
        for name, value in attributes:
            if name.startswith("on") or name == "style":
                self.problems.append(f"attribute {name} on {tag}")
            if name in ("src", "href") and tag != "a" and not value.startswith("data:"):
                self.problems.append(f"{tag} loads {value[:40]}")
        if tag == "a":
            self.links.append(values.get("href", ""))
        if tag == "img":
            self.images += 1
            if not values.get("alt"):
                self.problems.append("an image without a name")
        if tag == "circle" and "dot" in values["class"]:
            self.dots.append("kept" in values["class"])
        if tag == "text" and values.get("class") == "value":
            self.values.append(float(values["y"]))
        if tag in ("link", "iframe", "object", "form", "script"):
            self.problems.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> does not close what is open")


class Run(Case):
    def refine(self, *arguments, brief=BRIEF, **keywords):
        return self.run_program("refine", brief, "--until", "satisfied || rounds(3)", "--size", "256x256", *arguments, **keywords)

    def check_folder(self, folder):
        events = events_of(folder)
        self.assertEqual([event["sequence"] for event in events], list(range(len(events))))
        self.assertEqual(events[-1]["type"], "run_stopped")
        transcript = json.loads((folder / "transcript.json").read_text())
        made = sum(event["type"] in ("generation_finished", "image_given") for event in events)
        hashes = {image.name.partition(".")[0]: image.read_bytes() for image in (folder / "images").iterdir()}
        self.assertLessEqual(made, len(hashes))
        self.assertEqual(list(hashes), [hashlib.sha256(image).hexdigest() for image in hashes.values()])
        self.assertTrue((folder / "contact-sheet.png").read_bytes().startswith(b"\x89PNG"))
        self.assertEqual(list(folder.rglob("*.part")), [])
        page = self.check_report(folder / "report.html")
        if NODE is not None:
            self.assertGreaterEqual(page.images, made)
        best = list(folder.glob("best.*"))
        self.assertEqual(len(best), 1)
        self.assertIn(best[0].read_bytes(), hashes.values())
        return events, transcript

    def rendered(self, report):
        """The page that the script of a report makes."""
        if NODE is None:
            self.skipTest("node is not installed")
        script = Path(__file__).parent / "render_report.mjs"
        result = subprocess.run([NODE, script, report], capture_output=True, text=True, encoding="utf-8", timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def check_report(self, path):
        text = path.read_text()
        policy = re.search('Content-Security-Policy" content="([^"]*)"', text)[1]
        self.assertIn("default-src 'none'; img-src data:;", policy)
        for name, part in re.findall(r'<(style|script type="module")>(.*?)</(?:style|script)>', text, re.DOTALL):
            digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
            self.assertIn(f"{name.split()[0]}-src 'sha256-{digest}'", policy)
        data = re.search('id="transcript">(.*?)</script>', text, re.DOTALL)[1]
        self.assertEqual(json.loads(data), json.loads((path.parent / "transcript.json").read_text()))
        page = Page()
        if NODE is None:
            return page
        page.feed(self.rendered(path))
        self.assertEqual(page.problems, [])
        self.assertEqual(page.open, [])
        self.assertEqual(page.dots, sorted(page.dots))  # what was kept lies above
        self.assertTrue(all(y >= 14 for y in page.values), page.values)  # within the chart
        for link in page.links:
            if link.startswith("#"):
                self.assertIn(link[1:], page.ids)
            else:
                self.assertTrue((path.parent / link).is_file(), link)
        return page

    def test_keeps_a_run_in_a_folder(self):
        result = self.refine("--drafts", "2", "--seed", "3")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertEqual(result.stderr, "")
        self.assertNotIn(ESCAPE, result.stdout)
        self.assertNotIn("\r", result.stdout)
        for text in (BRIEF, "round 0", "0a", "0b", "stopped", "three-red-mugs/report.html"):
            self.assertIn(text, result.stdout)
        self.assertTrue(all(len(line) <= 100 for line in result.stdout.splitlines() if RUNS not in line), result.stdout)
        events, transcript = self.check_folder(self.folder / RUNS / "three-red-mugs")
        satisfied = events[-1]["reason"]["kind"] == "satisfied"
        self.assertEqual(result.returncode, 0 if satisfied else 1)
        again = self.refine("--quiet")
        self.assertEqual(again.stdout, f"{self.folder / RUNS}/three-red-mugs-2/best.png\n")
        elsewhere = self.refine("--quiet", XDG_DATA_HOME=str(self.folder / "data"))
        self.assertEqual(elsewhere.stdout, f"{self.folder}/data/pentimento/runs/three-red-mugs/best.png\n")
        report = self.run_program("report", "last")
        self.assertEqual(report.stdout, f"{self.folder / RUNS}/three-red-mugs-2/report.html\n", report.stderr)
        self.rejects("report", "three-green-mugs", says=["is no run", "three-red-mugs"])

    def test_keeps_nothing_if_asked(self):
        result = self.refine("--no-store")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertIn("stopped", result.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])
        self.rejects("refine", BRIEF, "--no-store", "--out", "run", says="exclude each other")
        self.assertIn("there is no place for runs", self.run_program("refine", BRIEF, HOME="").stderr)

    def test_same_seed_same_images(self):
        for name in ("one", "two"):
            self.refine("--seed", "11", "--out", name)
        self.assertEqual(*[image_of(self.folder / name, "0a").read_bytes() for name in ("one", "two")])

    def test_json_lines(self):
        result = self.refine("--json", "--out", "run")
        events = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual(events[0]["type"], "run_started")
        self.assertEqual(events[-1]["type"], "run_stopped")
        self.assertEqual(result.stdout, recorded(self.folder / "run"))

    def test_little_address_space_ends_with_an_error(self):
        if b"__asan_init" in Path(PROGRAM).read_bytes():
            self.skipTest("a sanitizer needs terabytes of address space")
        for mebibytes in (150, 200, 300, 500, 700, 900, 1100, 1400):
            with self.subTest(mebibytes):
                limit = mebibytes << 20
                result = subprocess.run(
                    [PROGRAM, "refine", BRIEF, "--until", "rounds(1)", "--size", "256x256", "--yes", "--out", "run"],
                    cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
                self.assertIn(result.returncode, (0, 1, 3, 4), result.stderr)
                if result.returncode > 1:
                    self.assertRegex(result.stdout + result.stderr, "address space|memory")

    def test_a_closed_output_ends_the_run(self):
        process = subprocess.Popen([PROGRAM, "refine", BRIEF, "--json", "--until", "rounds(50)", "--out", "run"], cwd=self.folder,
                                   env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(60), 4, process.stderr.read())
        process.stderr.close()
        self.assertTrue((self.folder / "run/report.html").is_file())

    def start_with_a_slow_reader(self):
        """A run whose standard output is a pipe that is full already; gives the process and the pipe's other end."""
        ours, theirs = os.pipe()
        self.addCleanup(os.close, ours)
        fcntl.fcntl(theirs, getattr(fcntl, "F_SETPIPE_SZ", 1031), 4096)
        process = subprocess.Popen([PROGRAM, "refine", BRIEF, "--json", "--until", "never", "--size", "64x64", "--out", "run"],
                                   cwd=self.folder, env=self.environment(), stdout=theirs, stderr=subprocess.PIPE,
                                   stdin=subprocess.DEVNULL)
        os.close(theirs)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        end, size = time.monotonic() + 60, 0
        while time.monotonic() < end:
            time.sleep(1)
            before, size = size, len(recorded(self.folder / "run"))
            if size > 0 and size == before:
                return process, ours
        self.fail("the run does not wait for its reader")

    def wait_for_file(self, path):
        end = time.monotonic() + 60
        while not path.exists() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertTrue(path.exists(), path)

    def test_ctrl_c_with_a_slow_reader(self):
        process, ours = self.start_with_a_slow_reader()
        process.send_signal(signal.SIGINT)
        self.wait_for_file(self.folder / "run/report.html")
        text = b""
        while piece := os.read(ours, 65536):
            text += piece
        self.assertEqual(process.wait(60), 130)
        self.assertEqual(process.stderr.read(), b"")
        self.assertEqual(text.decode(), recorded(self.folder / "run"))
        self.assertEqual(json.loads(text.splitlines()[-1])["reason"]["kind"], "cancelled")

    def test_ctrl_c_twice_with_a_stuck_reader(self):
        process, _ = self.start_with_a_slow_reader()
        process.send_signal(signal.SIGINT)
        self.wait_for_file(self.folder / "run/report.html")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        self.assertIn(process.wait(10), (130, -signal.SIGINT))  # either is 130 to a shell

    def test_writes_the_other_summaries_after_an_error(self):
        self.refine("--out", "run")
        for name in ("contact-sheet.png", "report.html"):
            (self.folder / "run" / name).unlink()
        (self.folder / "run/contact-sheet.png").mkdir()
        result = self.run_program("report", "run")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("contact-sheet.png", result.stderr)
        self.check_report(self.folder / "run/report.html")

    def test_warns_of_a_must_that_nobody_judges(self):
        result = self.refine("--must", "the mugs feel lonely", "--out", "run")
        self.assertEqual(result.returncode, 1)
        warning = "warning the run cannot be satisfied: nobody judges the must “the mugs feel lonely”"
        before, after = " ".join(result.stdout.split()).split(warning)
        self.assertIn("checklist", before)
        self.assertNotIn("round 0", before)
        self.assertIn("round 0", after)
        self.assertNotIn("warning", self.refine("--out", "other").stdout)
        self.assertIn("nobody judges it", self.rendered(self.folder / "run/report.html"))
        self.assertNotIn("nobody judges", self.rendered(self.folder / "other/report.html"))

    def test_says_what_nobody_judges(self):
        brief = "a red mug with a floral pattern on a plain white background"
        result = self.run_program("refine", brief, "--seed", "7", "--out", "run")
        self.assertEqual(result.returncode, 0, result.stdout)
        text = " ".join(result.stdout.split())
        self.assertIn("not judged a floral pattern", text)
        self.assertIn("satisfied: 2 of 2 judged; not judged: a floral pattern", text)
        events, _ = self.check_folder(self.folder / "run")
        self.assertEqual(events[2]["unjudged"], ["a floral pattern"])
        transcript = json.loads((self.folder / "run/transcript.json").read_text(encoding="utf-8"))
        self.assertEqual(transcript["unjudged"], ["a floral pattern"])
        self.assertIn("<strong>Not judged:</strong> a floral pattern", " ".join(self.rendered(self.folder / "run/report.html").split()))

    def test_ends_before_the_first_image_if_nobody_can_judge(self):
        brief = "an old man reading"
        result = self.run_program("refine", brief, "--must", "he looks kind", "--out", "run")
        self.assertEqual(result.returncode, 2, result.stdout)
        for hint in ("measure", "--must", "--critic", "images(4)"):
            self.assertIn(hint, result.stderr)
        self.assertFalse((self.folder / "run").exists())
        dry = self.run_program("refine", brief, "--dry-run")
        self.assertIn("not judged an old man reading", " ".join(dry.stdout.split()))
        self.assertIn("before the first image: the checklist is empty", " ".join(dry.stdout.split()))
        self.assertEqual(json.loads(self.run_program("refine", brief, "--dry-run", "--json").stdout)["images"], 0)
        unjudged = ("refine", brief, "--until", "images(2)")
        self.assertEqual(json.loads(self.run_program(*unjudged, "--dry-run", "--json").stdout)["images"], 2)
        result = self.run_program(*unjudged, "--out", "run")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("images(2): after 2 images", result.stdout)

    def test_warns_of_another_size(self):
        (self.folder / "red.png").write_bytes(png(300, 300))
        result = self.run_program("refine", "a red mug", "--image", "red.png", "--size", "512x512", "--until", "rounds(2)",
                                  "--out", "run")
        warning = "the image is 300x300 pixels; the brief asks for 512x512"
        self.assertEqual(result.stdout.count(f"0a {warning}"), 1, result.stdout)
        self.assertIn(warning, self.rendered(self.folder / "run/report.html"))

    def test_a_report_is_dark_on_screens_only(self):
        self.refine("--out", "run")
        style = re.search("<style>(.*?)</style>", (self.folder / "run/report.html").read_text(), re.DOTALL)[1]
        self.assertIn("@media print", style)
        # What is left of the style when all that is for screens is taken out.
        printed = re.sub(r"@media screen[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", style)
        self.assertEqual(style.count("color-scheme: dark;"), 2)
        self.assertNotIn("color-scheme: dark;", printed)

    def test_does_not_overwrite_without_yes(self):
        foreign = self.folder / "mine"
        foreign.mkdir()
        (foreign / "thesis.txt").write_text("ten years of work")
        self.rejects("refine", BRIEF, "--out", "mine", says=["mine", "--yes"])
        self.assertEqual(self.refine("--out", "mine", "--yes").stderr, "")
        self.assertEqual((foreign / "thesis.txt").read_text(), "ten years of work")
        self.rejects("refine", BRIEF, "--out", "mine", says="an earlier run")
        earlier = image_of(foreign, "0a")
        self.refine("--out", "mine", "--yes", "--seed", "9")
        self.assertFalse(earlier.exists())
        self.assertEqual((foreign / "thesis.txt").read_text(), "ten years of work")

    def test_starts_from_an_image(self):
        picture = png(300, 200)
        (self.folder / "start.png").write_bytes(picture)
        result = self.run_program("refine", BRIEF, "--image", "start.png", "--until", "rounds(2)", "--out", "run")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertEqual(image_of(self.folder / "run", "0a").read_bytes(), picture)
        self.check_folder(self.folder / "run")

    def test_keeps_the_init_image(self):
        (self.folder / "own.png").write_bytes(png(256, 256, (20, 60, 200)))
        def starts(out, *arguments):
            # Nothing of this fails at once, so that the reviser would make other images if it might.
            result = self.run_program("refine", "a blue box", "--image", "own.png", "--until", "rounds(6)", "--out", out,
                                      *arguments)
            self.assertIn(result.returncode, (0, 1), result.stderr)
            events = events_of(self.folder / out)
            return ["init_image" in event["request"] for event in events if event["type"] == "generation_started"]

        self.assertEqual(starts("kept"), [True] * 5)
        self.assertIn(False, starts("free", "--keep-init-image", "optional"))

    def test_untrusted_text_stays_text(self):
        brief = "three red mugs <script>alert(1)</script> \"'& {{style}} \x1b[31m\u202e plain white background"
        result = self.refine("--must", "<img src=x onerror=alert(1)>", "--avoid", "</style><b>", "--out", "run", brief=brief)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertNotIn(ESCAPE, result.stdout)
        self.assertNotIn("\u202e", result.stdout)
        report = self.folder / "run/report.html"
        self.check_report(report)
        self.assertNotIn("<script>alert", report.read_text())
        self.assertNotIn(ESCAPE, report.read_text())
        page = self.rendered(report)
        self.assertIn("&lt;script&gt;alert(1)", page)
        for text in ("<script", "<img src=x", "</style", ESCAPE, "\u202e"):
            self.assertNotIn(text, page)

    def test_plain_text_without_utf8(self):
        result = self.refine("--drafts", "2", "--out", "run", LC_ALL="C")
        self.assertTrue(result.stdout.isascii(), result.stdout)
        self.assertIn("#", result.stdout)

    def test_keeps_to_the_width(self):
        # A full line would be broken by some terminals.
        for width in (80, 60, 40):
            said = self.refine("--out", f"run{width}", COLUMNS=str(width)).stdout
            said += self.run_program("list", COLUMNS=str(width)).stdout + self.run_program("keys", COLUMNS=str(width)).stdout
            lines = [line for line in said.splitlines() if str(self.folder) not in line]  # a path stays whole
            self.assertEqual([line for line in lines if len(line) >= width], [])
            self.assertIn(" pass", said)

    def test_report_of_a_run_that_was_killed(self):
        process = subprocess.Popen([PROGRAM, "refine", BRIEF, "--until", "rounds(1000)", "--drafts", "2", "--out", "run"], cwd=self.folder,
                                   env=self.environment(), stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        run = self.folder / "run"
        end = time.monotonic() + 60
        while '"id":"1a"' not in recorded(run) and time.monotonic() < end:
            time.sleep(0.02)
        process.kill()
        process.wait()
        made = {event["id"] for event in events_of(run) if event["type"] == "generation_finished"}
        self.assertIn("0a", made)
        for candidate in made:
            self.assertTrue(image_of(run, candidate).read_bytes().startswith(b"\x89PNG"), candidate)
        self.assertFalse((run / "report.html").exists())
        record = recorded(run)
        result = self.run_program("report", "run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.check_report(run / "report.html")
        self.assertEqual(recorded(run), record)
        self.assertIn((run / "best.png").read_bytes(), [image.read_bytes() for image in (run / "images").iterdir()])
        self.rejects("report", "nowhere", says="nowhere")

    def test_asks_a_person(self):
        arguments = ["refine", "seven purple mugs left of a green tree", "--reviser", "ask", "--until", "rounds(4)", "--size", "256x256"]
        result = self.run_program(*arguments, "--out", "run", stdin="\nthree red mugs, my own words\nq\n")
        self.assertEqual(result.stdout.count("your turn"), 3, result.stdout)
        events, _ = self.check_folder(self.folder / "run")
        prompts = [event["revision"]["request"]["prompt"] for event in events if event["type"] == "round_started"]
        self.assertEqual(prompts[2], "three red mugs, my own words")
        self.assertEqual(events[-1]["reason"]["kind"], "reviser")
        long = self.run_program(*arguments, "--out", "long", stdin="mug " * 6000 + "\ntwo mugs\nq\n")
        self.assertIn("your prompt has 23999 characters; sketch accepts at most 16384", " ".join(long.stdout.split()))
        events, _ = self.check_folder(self.folder / "long")
        prompts = [event["revision"]["request"]["prompt"] for event in events if event["type"] == "round_started"]
        self.assertEqual(prompts[1:], ["two mugs"])
        self.assertEqual(events[-1]["reason"]["kind"], "reviser")
        closed = self.run_program(*arguments, "--out", "closed")
        self.assertEqual(closed.stdout.count("your turn"), 1)
        self.assertIn("the input is closed", closed.stdout)
        accepted = self.run_program(*arguments, "--out", "accepted", "--yes")
        self.assertNotIn("your turn", accepted.stdout)


class Critique(Case):
    def test_judges_an_image(self):
        (self.folder / "red.png").write_bytes(png(300, 300))
        result = self.run_program("critique", "red.png", "--brief", "a plain white background")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("✗", result.stdout)
        self.assertEqual(self.run_program("critique", "red.png", "--brief", "a plain white background", "--quiet").stdout, "")

    def test_json(self):
        (self.folder / "white.png").write_bytes(png(300, 300, (255, 255, 255)))
        result = self.run_program("critique", "white.png", "--brief", "a plain white background", "--json")
        judged = json.loads(result.stdout)
        self.assertEqual(set(judged), {"image", "checklist", "unjudged", "planning", "critique", "score"})
        self.assertEqual(judged["image"]["width"], 300)
        self.assertEqual(judged["unjudged"], [])

    def test_says_what_is_not_judged(self):
        (self.folder / "white.png").write_bytes(png(300, 300, (255, 255, 255)))
        arguments = ("critique", "white.png", "--brief", "a floral pattern on a plain white background", "--must", "it looks old",
                     "--profile", "marketplace-main")
        text = " ".join(self.run_program(*arguments).stdout.split())
        self.assertIn("not judged a floral pattern · no text, logo or watermark", text)
        self.assertIn("it looks old: not judged", text)
        judged = json.loads(self.run_program(*arguments, "--json").stdout)
        for part in ("a floral pattern", "no text, logo or watermark", "it looks old"):
            self.assertIn(part, judged["unjudged"])


class Runs(Case):
    def refine(self, brief, *arguments):
        result = self.run_program("refine", brief, "--until", "rounds(2)", "--size", "128x128", "--json", *arguments)
        self.assertIn(result.returncode, (0, 1), result.stderr)

    def listed(self, *arguments):
        result = self.run_program("runs", "--json", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [run["id"] for run in json.loads(result.stdout)]

    def files(self):
        return {path: path.read_bytes() for path in (self.folder / RUNS).rglob("*") if path.is_file() and path.name != "index.sqlite"}

    def test_lists_runs(self):
        self.assertIn("There are no runs", self.run_program("runs").stdout)
        self.refine("three red mugs")
        self.refine("a green bottle")
        self.assertEqual(self.listed(), ["a-green-bottle", "three-red-mugs"])
        self.assertEqual(self.listed("RED"), ["three-red-mugs"])
        self.assertEqual(self.listed("red", "bottle"), [])
        self.assertEqual(self.listed("--state", "interrupted"), [])
        self.assertEqual(self.listed("--state", "stopped", "--since", "2020-01-31", "mugs"), ["three-red-mugs"])
        self.assertEqual(self.listed("--since", "2999-12-31"), [])
        table = self.run_program("runs").stdout.splitlines()
        self.assertEqual(table[0].split(), ["ID", "STATE", "DATE", "BEST", "COST", "ROUNDS", "BRIEF"])
        self.assertRegex(table[2], r"^three-red-mugs +stopped +[-0-9]{10} [0-9:]{5} +\d+ % +\$0\.00 +[12] +three red mugs$")
        self.rejects("runs", "--state", "stoped", says='did you mean "stopped"?')
        self.rejects("runs", "--since", "yesterday", says="such as 2026-11-30")

    def test_lists_damaged_runs(self):
        self.refine("three red mugs")
        (self.folder / RUNS / "three-red-mugs/run.sqlite").write_bytes(b"no database")
        self.assertIn("unreadable", self.run_program("runs").stdout)
        for command in ("show", "sheet", "report"):
            self.rejects(command, "last", says="three-red-mugs")

    def test_looking_changes_nothing(self):
        self.refine("three red mugs")
        self.run_program("report", "last")
        before = self.files()
        for arguments in (["runs"], ["show", "last"], ["show", "three", "--json"], ["diff", "last@0a", "last@0a"],
                          ["sheet", "last", "--out", "sheet.png"]):
            self.assertEqual(self.run_program(*arguments).returncode, 0, arguments)
        self.assertEqual(self.files(), before)
        self.assertTrue((self.folder / "sheet.png").read_bytes().startswith(b"\x89PNG"))

    def test_shows_a_run(self):
        self.refine("three red mugs on a plain white table", "--seed", "7")
        folder = self.folder / RUNS / "three-red-mugs"
        text = self.run_program("show", "three").stdout
        for part in ("three red mugs on a plain white table", "round 0", "0a", "stopped", "exactly three mugs", str(folder)):
            self.assertIn(part, text)
        self.assertIn(str(image_of(folder, "0a").relative_to(folder)), text)
        shown = json.loads(self.run_program("show", str(folder), "--json").stdout)
        self.assertEqual(shown["state"], "stopped")
        self.assertEqual(shown["transcript"], json.loads((folder / "transcript.json").read_text()))

    def test_compares_candidates(self):
        self.refine("three red mugs", "--out", "one")
        self.refine("three blue mugs", "--out", "two")
        result = self.run_program("diff", "one@0a", "two@0a")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("three [-red-] {+blue+} mugs", result.stdout)
        self.assertIn("the mugs are blue: not asked", " ".join(result.stdout.split()))
        self.assertEqual(self.run_program("diff", "one@0a", "one@0a").returncode, 0)
        self.rejects("diff", "one@0a", "two@9z", says='there is no candidate "9z"')
        self.rejects("diff", "one", "two@0a", says="such as last@1a")

    def test_replays_a_run(self):
        self.run_program("refine", BRIEF, "--until", "rounds(3)", "--size", "128x128", "--seed", "62", "--quiet")
        before = self.files()
        self.assertIn("the same, to the last event", self.run_program("replay", "last").stdout)
        other = json.loads(self.run_program("replay", "last", "--until", "rounds(2)", "--json").stdout)
        self.assertEqual((other["ended"], other["same"], len(other["transcript"]["rounds"])), (True, False, 2))
        self.assertIn("goes on after the end", self.run_program("replay", "last", "--until", "rounds(9)").stdout)
        self.assertEqual(self.files(), before)
        self.rejects("replay", "last", "--until", "round(2)", says="--until")

    def test_branches_a_run(self):
        self.run_program("refine", "three red mugs", "--must", "exactly three mugs", "--until", "rounds(2)", "--size", "128x128", "--seed", "62", "--quiet")
        parent = json.loads(self.run_program("show", "last", "--json").stdout)
        result = self.run_program("branch", "last@0a", "three red mugs on a white table", "--should", "bright light", "--until", "rounds(1)")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        child = json.loads(self.run_program("show", "last", "--json").stdout)
        self.assertEqual((child["parent"], child["id"]), ("three-red-mugs@0a", "three-red-mugs-2"))
        brief = child["transcript"]["brief"]
        self.assertEqual(brief["goal"], "three red mugs on a white table")
        self.assertEqual([each["text"] for each in brief["requirements"]], ["exactly three mugs", "bright light"])
        first = [run["transcript"]["rounds"][0]["candidates"][0]["image"]["sha256"] for run in (parent, child)]
        self.assertEqual(first[0], first[1])
        self.assertIn("three-red-mugs@0a", self.run_program("show", "last").stdout)
        # The brief, the policy and the roles are those of the record unless they are given.
        self.run_program("branch", "three-red-mugs@0a", "--out", "again", "--quiet")
        again = json.loads(self.run_program("show", "./again", "--json").stdout)["transcript"]
        self.assertEqual(again["brief"]["goal"], "three red mugs")
        self.assertEqual(again["settings"]["policy"], parent["transcript"]["settings"]["policy"])
        self.rejects("branch", "last@9z", says="9z")
        self.rejects("branch", "last", says="last@1a")
        self.rejects("branch", "last@0a", "--image", "x.png", says="--image")

    def test_removes_runs(self):
        self.refine("three red mugs")
        self.refine("a green bottle")
        self.rejects("rm", "last", says=["nothing was removed", "--yes"])
        self.rejects("rm", "three-red-mugs", "three-green-mugs", "--yes", says=["is no run", "three-red-mugs"])
        self.rejects("rm", says="no run was given")
        self.assertEqual(len(self.listed()), 2)
        self.assertEqual(self.run_program("rm", "last", "--yes").returncode, 0)
        self.assertEqual(self.listed(), ["three-red-mugs"])
        self.refine("two cups", "--out", "elsewhere")
        self.rejects("rm", "./elsewhere", "--yes", says="remove the folder yourself")

    def test_a_run_that_goes_on(self):
        process = subprocess.Popen([PROGRAM, "refine", BRIEF, "--until", "never", "--quiet"], cwd=self.folder,
                                   env=self.environment(), stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        end = time.monotonic() + 60
        while '"id":"0a"' not in recorded(self.folder / RUNS / "three-red-mugs") and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(self.listed("--state", "running"), ["three-red-mugs"])
        self.assertIn(f"held by process {process.pid}", self.run_program("show", "last").stdout)
        self.rejects("rm", "last", "--yes", says=["is held", str(process.pid)], code=4)
        self.rejects("refine", BRIEF, "--out", f"{RUNS}/three-red-mugs", "--yes", says=str(process.pid), code=4)
        process.kill()
        process.wait()
        self.assertEqual(self.listed("--state", "interrupted"), ["three-red-mugs"])

    def test_resumes_a_run(self):
        process = subprocess.Popen([PROGRAM, "refine", BRIEF, "--until", "rounds(8)", "--size", "256x256", "--drafts", "2", "--quiet"],
                                   cwd=self.folder, env=self.environment(), stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        folder = self.folder / RUNS / "three-red-mugs"
        end = time.monotonic() + 60
        while '"id":"1a"' not in recorded(folder) and time.monotonic() < end:
            time.sleep(0.005)
        process.kill()
        process.wait()
        before = recorded(folder)
        result = self.run_program("resume", "last")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        self.assertIn("rounds(8): after 8 rounds", result.stdout)
        self.assertTrue(recorded(folder).startswith(before))
        self.assertEqual(self.listed("--state", "stopped"), ["three-red-mugs"])
        self.assertIn("the same, to the last event", self.run_program("replay", "last").stdout)
        self.rejects("resume", "last", says="has stopped already")
        self.rejects("resume", "last", "--repeat", "--abandon", says="exclude each other")


class OnATerminal(Case):
    def test_live_lines(self):
        process, ours = self.start_on_terminal("refine", BRIEF, "--drafts", "2", "--until", "rounds(2)", "--out", "run", COLUMNS="80")
        text = self.read_terminal(process, ours)
        self.assertIn(process.returncode, (0, 1), text)
        self.assertIn(ESCAPE + "[J", text)
        self.assertIn("generating", text)
        self.assertIn("run/report.html", text)
        self.assertFalse(text.rstrip().endswith("generating"))

    def test_no_escape_codes_if_unwanted(self):
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            process, ours = self.start_on_terminal("refine", BRIEF, "--until", "rounds(1)", "--yes", "--out", "run", **environment)
            text = self.read_terminal(process, ours)
            self.assertNotIn(ESCAPE, text)
            self.assertIn("stopped", text)

    def test_first_output_is_soon(self):
        times = []
        for attempt in range(5):
            started = time.monotonic()
            process, ours = self.start_on_terminal("refine", BRIEF, "--until", "rounds(1)", "--out", f"run{attempt}")
            self.read_terminal(process, ours, until="mugs")
            times.append(time.monotonic() - started)
            self.read_terminal(process, ours)
        # Aimed at 0.1 s; the limit leaves room for sanitizers and busy machines.
        self.assertLess(min(times), 1.0, times)

    def test_ctrl_c_ends_the_run_with_its_outcome(self):
        process, ours = self.start_on_terminal("refine", BRIEF, "--until", "never", "--drafts", "2", "--out", "run")
        self.read_terminal(process, ours, until="round 1")
        os.killpg(process.pid, signal.SIGINT)
        text = self.read_terminal(process, ours)
        self.assertEqual(process.returncode, 130, text)
        self.assertIn("cancelled", text)
        run = self.folder / "run"
        self.assertEqual(events_of(run)[-1]["reason"]["kind"], "cancelled")
        for name in ("best.png", "report.html", "transcript.json", "contact-sheet.png"):
            self.assertTrue((run / name).is_file(), name)

    def test_a_closed_terminal_ends_the_run_with_its_outcome(self):
        process, ours = self.start_on_terminal("refine", BRIEF, "--until", "never", "--drafts", "2", "--out", "run")
        self.read_terminal(process, ours, until="round 1")
        os.killpg(process.pid, signal.SIGHUP)
        self.read_terminal(process, ours)
        self.assertEqual(process.returncode, 130)
        run = self.folder / "run"
        self.assertEqual(events_of(run)[-1]["reason"]["kind"], "cancelled")
        self.assertTrue((run / "report.html").is_file())

    def test_ctrl_c_while_a_person_is_asked(self):
        process, ours = self.start_on_terminal("refine", "nine purple mugs, dark", "--reviser", "ask", "--until", "never", "--out", "run")
        self.read_terminal(process, ours, until="your own prompt replaces it")
        os.killpg(process.pid, signal.SIGINT)
        text = self.read_terminal(process, ours)
        self.assertEqual(process.returncode, 130, text)

    def test_asks_before_it_overwrites(self):
        (self.folder / "mine").mkdir()
        (self.folder / "mine/thesis.txt").write_text("")
        for answer, code in (("n", (2,)), ("y", (0, 1))):
            process, ours = self.start_on_terminal("refine", BRIEF, "--until", "rounds(1)", "--out", "mine")
            self.read_terminal(process, ours, until="[y/N]")
            os.write(ours, (answer + "\n").encode())
            text = self.read_terminal(process, ours)
            self.assertIn(process.returncode, code, text)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    PROGRAM = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
