"""The reader of `.env` files against python-dotenv, whose grammar it has: usage: dotenv_test.py READER

Random texts out of the pieces that the grammar is made of. Where python-dotenv skips a line that it does not understand, the
reader has to refuse the file and name that place; everywhere else both have to find the same names and values.
"""

import io
import json
import logging
import os
import random
import subprocess
import sys

try:
    from dotenv.parser import parse_stream
except ImportError:
    # Debian's package is for Debian's interpreter, which need not be the first one.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    sys.exit("dotenv_test.py needs python-dotenv: apt-get install python3-dotenv")

PIECES = ["A", "b_2", "export", "export ", " ", "\t", "\n", "\n", "\n", "\r\n", "\r", "=", "=", "=", "'", "'", '"', '"',
          "#", " #", "\\", "\\n", "\\'", '\\"', "\\\\", "\\t", "\\x", "$", "${A}", ".", "-", "é", "1", ",", "\f", "\v"]
TEXTS = 60_000
SEED = 20261123


def lines_of(text):
    return len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def expected(text):
    """What python-dotenv finds: a list as the reader writes it, or, where it skips something, the lines of that. A name in
    quotes that goes over lines counts as skipped: the reader takes it for a quote that is not closed."""
    pairs = []
    for binding in parse_stream(io.StringIO(text, newline="")):
        if binding.error or any(end in (binding.key or "") for end in "\r\n"):
            first = binding.original.line
            return range(first, first + lines_of(binding.original.string))
        if binding.key is not None:
            pair = [binding.key]
            if binding.value is not None:
                pair.append(binding.value.replace("\r\n", "\n").replace("\r", "\n"))
            pairs.append(pair)
    return pairs


def differs_by_design(text):
    """An escaped quote that no other follows: python-dotenv takes it for the end, the reader for half a value."""
    return "\\'" in text or '\\"' in text


def main():
    logging.disable(logging.CRITICAL)
    reader = sys.argv[1]
    choose = random.Random(SEED)
    texts = ["".join(choose.choice(PIECES) for _ in range(choose.randint(1, 14))) for _ in range(TEXTS)]
    output = subprocess.run([reader], input="".join(text + "\0" for text in texts).encode(), capture_output=True, check=True)
    lines = output.stdout.decode().splitlines()
    assert len(lines) == len(texts), f"{len(texts)} texts were given and {len(lines)} lines came"
    same = refused = by_design = 0
    wrong = []
    for text, line in zip(texts, lines):
        found = json.loads(line)
        wanted = expected(text)
        if isinstance(wanted, range) and isinstance(found, str):
            if int(found.removeprefix("line ").split(":")[0]) in wanted:
                refused += 1
                continue
        elif wanted == found:
            same += 1
            continue
        if differs_by_design(text):
            by_design += 1
            continue
        wrong.append((text, wanted, found))
    for text, wanted, found in wrong[:20]:
        print(f"{text!r}: python-dotenv {wanted!r}, here {found!r}")
    print(f"{TEXTS} texts: {same} read alike, {refused} refused at that line, {by_design} with an escaped quote differ, "
          f"{len(wrong)} are wrong")
    if wrong or same < TEXTS // 10 or refused < TEXTS // 10 or by_design > TEXTS // 20:
        sys.exit(1)


main()
