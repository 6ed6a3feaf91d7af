#!/usr/bin/env python3
"""Runs the command line program with unexpected arguments, streams and files.

usage: cli_input_test.py PROGRAM [unittest arguments]
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import unittest
from pathlib import Path

import cli_test
from cli_test import BRIEF, ESCAPE, events_of, png

SMALL = ("--until", "rounds(1)", "--size", "128x128")
# What steers a terminal or turns its text: C0 but the line break, DEL, C1, bidirectional controls.
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Case(cli_test.Case):
    def run_bytes(self, *arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **keywords):
        """As run_program, for arguments and output that need not be text, with a short timeout."""
        return subprocess.run([cli_test.PROGRAM, *arguments], cwd=self.folder, env=self.environment(), stdin=stdin,
                              stdout=stdout, stderr=subprocess.PIPE, timeout=60, **keywords)

    def rejects_bytes(self, *arguments, says, code=2):
        """Rejected, with a message without control characters."""
        result = self.run_bytes(*arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        said = result.stderr.decode("utf-8")
        self.assertTrue(said.startswith("pentimento: "), said)
        self.assertIsNone(STEERS.search(said), said)
        self.assertIn(says, said)
        return said

    def picture(self, name="white.png", rgb=(255, 255, 255)):
        (self.folder / name).write_bytes(png(200, 200, rgb))
        return name


class Streams(Case):
    def test_closed_streams_do_not_leak_into_files(self):
        for number, closed in enumerate((">&-", "2>&-", "<&-", "<&- >&- 2>&-")):
            folder = self.folder / f"run{number}"
            command = ["sh", "-c", f'exec "$0" "$@" {closed}', cli_test.PROGRAM, "refine", BRIEF, *SMALL]
            result = subprocess.run([*command, "--out", folder.name], cwd=self.folder, env=self.environment(),
                                    stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
            self.assertIn(result.returncode, (0, 1), result.stderr)
            events = events_of(folder)
            self.assertEqual(events[0]["type"], "run_started", closed)
            self.assertEqual(events[-1]["type"], "run_stopped", closed)
            self.assertTrue((folder / "best.png").read_bytes().startswith(b"\x89PNG"))

    def test_an_unwritable_output_is_an_error(self):
        self.picture()
        self.run_bytes("refine", BRIEF, *SMALL, "--out", "run")
        white = ("critique", "white.png", "--brief", "a plain white background")
        for arguments in (["list"], ["list", "critics"], ["--help"], ["--version"], ["refine", "--help"], white,
                          [*white, "--json"], ["report", "run"], ["refine", BRIEF, *SMALL, "--out", "again", "--quiet"],
                          ["refine", BRIEF, *SMALL, "--out", "third"], ["refine", BRIEF, *SMALL, "--json"]):
            with open("/dev/full", "wb") as full:
                result = self.run_bytes(*arguments, stdout=full)
            self.assertEqual(result.returncode, 4, arguments)
            said = result.stderr.decode()
            self.assertIn("cannot write to the standard output", said, arguments)
            self.assertEqual(said.count("\n"), 1, said)
        self.assertTrue((self.folder / "third/report.html").is_file())  # the run is kept all the same
        # What prints nothing has nothing to complain of, and what was wrong before goes first.
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.run_bytes(*white, "--quiet", stdout=full).returncode, 0)
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.run_bytes("list", "nothing", stdout=full).returncode, 2)

    def test_a_closed_pipe_is_not_an_error(self):
        for restore in (True, False):  # SIGPIPE ends the program, or is ignored as under nohup
            reader, writer = os.pipe()
            os.close(reader)
            result = self.run_bytes("list", stdout=writer, restore_signals=restore)
            os.close(writer)
            self.assertEqual(result.returncode, -signal.SIGPIPE if restore else 0)
            self.assertEqual(result.stderr, b"")


class Hostile(Case):
    def test_control_characters_in_file_names(self):
        self.rejects_bytes("refine", BRIEF, "--image", b"no\x1b[31mfile.png", says="there is no such file")
        self.rejects_bytes("refine", BRIEF, "--image", b"no\x9b31mfile.png", says="there is no such file")
        self.rejects_bytes("critique", b"no\xc2\x9b31mfile.png", "--brief", BRIEF, says="there is no such file")
        self.rejects_bytes("report", "no\u202efolder", says="is no run")
        (self.folder / "a\x1b[31mfile").write_text("")
        self.rejects_bytes("refine", BRIEF, "--out", "a\x1b[31mfile", says="it is a file", code=4)
        self.rejects_bytes("refine", BRIEF, "--on-error", "\x1b[31m", says="go-on or stop")
        self.rejects_bytes("\x1b[31m", says="unknown command")
        self.rejects_bytes("refine", b"--\xc2\x9b31m", says="unknown option")
        self.rejects_bytes("refine", BRIEF, "--profile", "\u2066\x07", says="there is no profile")

    def test_line_breaks_in_file_names(self):
        said = self.rejects_bytes("critique", "a\npentimento: all is well", "--brief", BRIEF, says="no such file")
        self.assertEqual(said.count("\n"), 1)

    def test_the_mark_is_below_the_error_in_a_policy(self):
        for text in (b"\x9b31m", b"\xc2\x9b31m", "\u202e31m".encode(), b"\x1b[31m"):
            said = self.rejects_bytes("refine", BRIEF, "--until", b"satisfied ||\t" + text, says="stop policy")
            lines = said.splitlines()
            self.assertEqual(len(lines), 3, said)
            self.assertEqual(lines[2], "  " + " " * 13 + "^")
            self.assertTrue(lines[1].startswith("  satisfied || "), said)
            self.assertTrue(lines[1].endswith("31m"), said)

    def test_paths_are_exact_for_programs_only(self):
        name = "esc\x1b[31mdir"
        self.run_bytes("refine", BRIEF, *SMALL, "--out", name)
        self.assertEqual(self.run_bytes("report", name).stdout.decode(), name + "/report.html\n")
        process, ours = self.start_on_terminal("report", name)
        text = self.read_terminal(process, ours)
        self.assertEqual(process.returncode, 0, text)
        self.assertNotIn(ESCAPE, text)
        self.assertIn("esc\ufffd[31mdir/report.html", text)


class Files(Case):
    def test_images_are_regular_files(self):
        os.mkfifo(self.folder / "pipe")
        for path in ("pipe", "/dev/zero", "/dev/null", "/dev/tty"):
            self.rejects_bytes("critique", path, "--brief", BRIEF, says="regular file")
            self.rejects_bytes("refine", BRIEF, "--image", path, says="regular file")

    def test_the_record_is_a_regular_file(self):
        for make in (os.mkfifo, lambda path: path.symlink_to("/dev/zero")):
            folder = self.folder / f"run{len(list(self.folder.iterdir()))}"
            folder.mkdir()
            make(folder / "run.sqlite")
            self.rejects_bytes("report", folder.name + "/", says="not a regular file")
            self.rejects_bytes("refine", BRIEF, "--out", folder.name, says="not a run of Pentimento")
            self.rejects_bytes("refine", BRIEF, "--out", folder.name, "--yes", says="not a regular file")
            self.assertEqual(len(list(folder.iterdir())), 1)

    def test_writes_through_no_symbolic_link(self):
        run = self.folder / "run"
        self.assertIn(self.run_bytes("refine", BRIEF, *SMALL, "--out", "run").returncode, (0, 1))
        thesis = self.folder / "thesis.txt"
        thesis.write_text("ten years of work")
        for name in ("run.sqlite", "report.html", "transcript.json", "contact-sheet.png", "best.png"):
            (run / (name + ".part")).symlink_to(thesis)
        self.assertEqual(self.run_bytes("report", "run").returncode, 0)
        for name in ("report.html", "transcript.json", "best.png"):
            (run / name).unlink()
            (run / name).symlink_to(thesis)
        self.assertIn(self.run_bytes("refine", BRIEF, *SMALL, "--out", "run", "--yes").returncode, (0, 1))
        self.assertEqual(thesis.read_text(), "ten years of work")

    def test_one_of_two_programs_takes_a_fresh_folder(self):
        programs = [subprocess.Popen([cli_test.PROGRAM, "refine", BRIEF, *SMALL, "--out", "run", "--quiet"],
                                     cwd=self.folder, env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                    for _ in range(4)]
        ends = [program.communicate(timeout=60)[1] for program in programs]
        codes = sorted(program.returncode for program in programs)
        self.assertEqual(sum(code in (0, 1) for code in codes), 1, (codes, ends))


class Arguments(Case):
    def test_rejects_empty_values(self):
        for option in ("--image", "--size", "--aspect", "--out", "--profile", "--until", "--drafts", "--seed",
                       "--on-error", "--max-edit-depth", "--must", "--should", "--avoid", "--generator", "--critic", "--reviser"):
            self.rejects("refine", BRIEF, option, "", says=option + " is empty")
            self.rejects("refine", BRIEF, option + "=", "--quiet", says=option + " is empty")
            self.rejects("refine", BRIEF, option + "=", says=option)
        self.rejects("refine", BRIEF, "-s", "", says="--seed is empty")
        self.picture()
        for option in ("--brief", "--must", "--should", "--profile", "--critic"):
            self.rejects("critique", "white.png", "--must", "white", option, "", says=option + " is empty")
        self.rejects("critique", "", "--must", "white", says="no image was given")
        self.rejects("list", "", says="the kind is empty")
        self.rejects("report", "", says="no run was given")

    def test_rejects_invalid_utf8(self):
        said = self.rejects_bytes("refine", b"three K\xe4se", says="the brief is not valid UTF-8")
        self.assertIn("from byte offset 7 on (0xE4)", said)
        self.rejects_bytes("refine", "drei Käse".encode() + b"\xc3", says="byte offset 10")
        self.picture()
        for option in ("--must", "--should", "--avoid"):
            self.rejects_bytes("refine", BRIEF, option, b"\xff", says=option + " is not valid UTF-8 from byte offset 0")
        for option in ("--brief", "--must", "--should"):
            said = self.rejects_bytes("critique", "white.png", option, b"red\xed\xa0\x80", says="byte offset 3")
            self.assertIn(option + " is not valid UTF-8", said)
        self.assertEqual(list(self.folder.iterdir()), [self.folder / "white.png"])

    def test_rejects_repeated_options(self):
        self.rejects("refine", BRIEF, "--drafts", "2", "--drafts", "3", says="--drafts is given twice; give it once")
        self.rejects("refine", BRIEF, "-n2", "-n", "3", "--drafts=4", says="--drafts is given 3 times")
        self.rejects("critique", "a.png", "--brief", "a", "--brief", "b", says="--brief is given twice")
        self.rejects("refine", BRIEF, "--drafts", says="--drafts needs a value")

    def test_two_dashes_end_the_options(self):
        for arguments in (["--", BRIEF, "--out", "d"], [BRIEF, "--", "--out", "d"]):
            said = self.rejects("refine", *arguments, says='"--out" follows "--"')
            self.assertNotIn("unknown", said)
        self.rejects("refine", "--", "three", "red", "mugs", says='unexpected word "red"')
        result = self.run_program("refine", *SMALL, "--out", "run", "--", "--three red mugs")
        self.assertIn(result.returncode, (0, 1), result.stderr)
        brief = events_of(self.folder / "run")[0]["brief"]
        self.assertEqual(brief["goal"], "--three red mugs")


class Judged(Case):
    def test_the_examples_of_the_help(self):
        for name in ("mug.jpg", "photo.jpg", "mugs.png", "shoe.jpg", "car.webp"):
            self.picture(name)
        helps = [self.run_program(*arguments, "--help").stdout for arguments in ([], ["refine"], ["critique"])]
        examples = {line.strip() for text in helps for line in text.splitlines() if line.startswith("  pentimento ")}
        commands = [shlex.split(example.partition(" | ")[0])[1:] for example in sorted(examples)]
        commands = [command for command in commands if command[0] in ("refine", "critique")]
        self.assertGreater(len(commands), 8)
        for command in commands:
            if command[0] == "refine":  # by the same critic, without the drawing
                command = ["critique", "mugs.png", "--brief", command[1]]
            result = self.run_program(*command, *([] if "--json" in command else ["--json"]))
            self.assertNotEqual(json.loads(result.stdout)["checklist"], [], command)

    def test_nothing_to_judge(self):
        result = self.run_program("refine", "hello", "--until", "rounds(1)", "--out", "run")
        line = next(line for line in result.stdout.splitlines() if line.startswith("  0a"))
        self.assertIn("–", line)
        self.assertNotIn("%", line)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    cli_test.PROGRAM = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
