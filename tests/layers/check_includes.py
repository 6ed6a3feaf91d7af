#!/usr/bin/env python3
"""Checks the include directions of the source tree.

The folder is the layer: FOLDERS names them from the bottom up, and an include may only point down or stay in its folder. What
lies in include/pentimento/ itself, or in a folder detail/, has no place in that table. It may include anything, as long as
following the includes never leads back: so a header of a role cannot include one of the loop, which is made of roles.
include/pentimento/http/ and src/http/ are one folder, http, and so are their sub-folders.

usage: check_includes.py ROOT         the tree to read
       check_includes.py --self-test  wrong trees, each of which must be found out
"""

import re
import sys
import tempfile
from pathlib import Path

# From the bottom up. Those of one line do not know each other.
FOLDERS = [
    ["stop", "revise"],
    ["loop"],
    ["json"],
    ["report"],
    ["secrets"],
    ["http"],
    ["providers"],
    ["vision"],
    ["compose", "store", "offline"],
    ["registry"],
    ["emulator"],
    ["cli", "studio"],
]
RANK = {name: rank for rank, names in enumerate(FOLDERS) for name in names}

# Programs: they see the public headers and their own folder, nothing else.
PROGRAMS = {"cli", "studio"}

# What no public header may include, because of what it costs whoever includes it.
FORBIDDEN = ["boost/asio.hpp", "boost/asio/ssl", "boost/beast", "openssl/", "sqlite3", "vips/"]

# What core.hpp must not reach besides: it would have to be linked.
FORBIDDEN_IN_CORE = ["boost/json"]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)


class Tree:
    def __init__(self, root: Path):
        self.root = root.resolve()
        self.public = self.root / "include"
        self.private = self.root / "src"
        self.complaints: list[str] = []
        self.files = [f for base in (self.public, self.private) for f in sorted(base.rglob("*.[chi]pp"))]
        self.includes = {file: INCLUDE.findall(file.read_text(encoding="utf-8")) for file in self.files}

    def complain(self, file: Path, text: str) -> None:
        self.complaints.append(f"{file.relative_to(self.root)}: {text}")

    def resolve(self, file: Path, quote: str, target: str) -> Path | None:
        """The file of ours that an include names, if it is one."""
        candidates = [self.public / target, self.private / target]
        if quote == '"':
            candidates.insert(0, file.parent / target)
        return next((c.resolve() for c in candidates if c.is_file()), None)

    def ours(self, file: Path) -> list[Path]:
        found = [self.resolve(file, *include) for include in self.includes.get(file, [])]
        return [target for target in found if target]

    def place(self, file: Path) -> str:
        """The folder of a file, or the file itself (without its ending) where the folder says nothing of its layer."""
        base = self.public / "pentimento" if file.is_relative_to(self.public) else self.private
        relative = file.relative_to(base)
        if len(relative.parts) == 1 or relative.parts[0] == "detail":
            return relative.with_suffix("").as_posix()
        return relative.parts[0]

    def check_folder(self, file: Path) -> None:
        here = self.place(file)
        base = self.public / "pentimento" if file.is_relative_to(self.public) else self.private
        if len(file.relative_to(base).parts) > 1 and not here.startswith("detail/") and here not in RANK:
            self.complain(file, f"is in the folder {here}, which tests/layers/check_includes.py does not know")
        for target in self.ours(file):
            there = self.place(target)
            if here == there or here not in RANK or there not in RANK:
                continue
            if RANK[there] > RANK[here]:
                self.complain(file, f"includes {target.name} of {there}/, which is above {here}/")
            elif RANK[there] == RANK[here]:
                self.complain(file, f"includes {target.name} of {there}/, a neighbour of {here}/")

    def check_circles(self) -> None:
        """No way leads from a folder, or from a header that stands alone, back to it."""
        graph: dict[str, dict[str, Path]] = {}
        for file in self.files:
            for target in self.ours(file):
                if self.place(target) != self.place(file):
                    graph.setdefault(self.place(file), {}).setdefault(self.place(target), file)
        done: set[str] = set()

        def walk(node: str, way: list[str]) -> None:
            if node in way:
                circle = way[way.index(node):] + [node]
                self.complain(graph[way[-1]][node], "closes a circle: " + " -> ".join(circle))
            elif node not in done:
                for target in sorted(graph.get(node, {})):
                    walk(target, [*way, node])
                done.add(node)

        for node in sorted(graph):
            walk(node, [])

    def check_public(self, file: Path) -> None:
        for quote, target in self.includes[file]:
            found = self.resolve(file, quote, target)
            if found and not found.is_relative_to(self.public):
                self.complain(file, f"is public and includes {target} of src/")
            for forbidden in FORBIDDEN:
                if target.startswith(forbidden):
                    self.complain(file, f"is public and includes {target}, which belongs in src/")

    def check_core(self) -> None:
        reached: set[Path] = set()
        waiting = [self.public / "pentimento/core.hpp"]
        while waiting:
            file = waiting.pop()
            if file in reached or file not in self.includes:
                continue
            reached.add(file)
            waiting += self.ours(file)
            for _, target in self.includes[file]:
                for forbidden in FORBIDDEN_IN_CORE:
                    if target.startswith(forbidden):
                        self.complain(file, f"is of pentimento::core and includes {target}, which would have to be linked")

    def check_outside(self, base: Path) -> None:
        for file in sorted(base.rglob("*.[ch]pp")) if base.is_dir() else []:
            for quote, target in INCLUDE.findall(file.read_text(encoding="utf-8")):
                found = self.resolve(file, quote, target)
                if found and found.is_relative_to(self.private) and not found.is_relative_to(base):
                    self.complain(file, f"includes {target} of src/")

    def check(self) -> list[str]:
        for file in self.files:
            self.check_folder(file)
            if file.is_relative_to(self.public):
                self.check_public(file)
            for _, target in self.includes[file]:
                if target.startswith("pentimento/") and not (self.public / target).is_file():
                    self.complain(file, f"includes {target}, which does not exist")
        self.check_circles()
        self.check_core()
        for folder in ["examples", *(f"src/{program}" for program in sorted(PROGRAMS))]:
            self.check_outside(self.root / folder)
        return self.complaints


def self_test() -> int:
    sound = {
        "include/pentimento/brief.hpp": "#include <string>\n#include <pentimento/detail/words.hpp>\n",
        "include/pentimento/detail/words.hpp": "#include <string_view>\n",
        "include/pentimento/critic.hpp": "#include <pentimento/brief.hpp>\n",
        "include/pentimento/loop/machine.hpp": "#include <pentimento/stop/policy.hpp>\n",
        "include/pentimento/stop/policy.hpp": "#include <pentimento/brief.hpp>\n",
        "include/pentimento/providers/one.hpp": "#include <pentimento/critic.hpp>\n",
        "include/pentimento/json.hpp": "#include <boost/json/value.hpp>\n",
        "include/pentimento/core.hpp": "#include <pentimento/critic.hpp>\n#include <pentimento/loop/machine.hpp>\n",
        "src/providers/one.cpp": '#include <pentimento/providers/one.hpp>\n#include <boost/beast.hpp>\n#include "wire.hpp"\n',
        "src/providers/wire.hpp": "",
        "src/cli/main.cpp": '#include <pentimento/core.hpp>\n#include "words.hpp"\n',
        "src/cli/words.hpp": "",
    }
    wrong = {
        "an include that points up": {"include/pentimento/stop/policy.hpp": "#include <pentimento/loop/machine.hpp>\n"},
        "an include that points up, with spaces": {
            "include/pentimento/stop/policy.hpp": '#  include  "pentimento/loop/machine.hpp"\n'
        },
        "a circle of headers": {"include/pentimento/brief.hpp": "#include <pentimento/critic.hpp>\n"},
        "a circle by way of detail/": {"include/pentimento/detail/words.hpp": "#include <pentimento/critic.hpp>\n"},
        "a circle by way of a folder": {"include/pentimento/critic.hpp": "#include <pentimento/providers/one.hpp>\n"},
        "a circle by way of a source": {"src/brief.cpp": "#include <pentimento/critic.hpp>\n"},
        "a source that points up": {"src/http/client.cpp": "#include <pentimento/providers/one.hpp>\n"},
        "a neighbour": {
            "include/pentimento/offline/two.hpp": "#include <pentimento/store/three.hpp>\n",
            "include/pentimento/store/three.hpp": "",
        },
        "Beast in a public header": {"include/pentimento/providers/one.hpp": "#include <boost/beast/http.hpp>\n"},
        "all of Asio in a public header": {"include/pentimento/critic.hpp": "#include <boost/asio.hpp>\n"},
        "OpenSSL in detail/": {"include/pentimento/detail/words.hpp": "#include <openssl/evp.h>\n"},
        "JSON in core": {"include/pentimento/critic.hpp": "#include <boost/json.hpp>\n"},
        "JSON in core, by way of another header": {"include/pentimento/stop/policy.hpp": "#include <pentimento/json.hpp>\n"},
        "a public header that reaches into src/": {"include/pentimento/providers/one.hpp": '#include "providers/wire.hpp"\n'},
        "an example that reaches into src/": {"examples/one.cpp": '#include "providers/wire.hpp"\n'},
        "a program that reaches into src/": {"src/cli/main.cpp": '#include "providers/wire.hpp"\n'},
        "a folder without a layer": {"include/pentimento/whim/one.hpp": ""},
        "a header that is not there": {"include/pentimento/critic.hpp": "#include <pentimento/gone.hpp>\n"},
    }
    failures = 0
    for name, files in [("a sound tree", {}), *wrong.items()]:
        with tempfile.TemporaryDirectory() as directory:
            for path, text in {**sound, **files}.items():
                file = Path(directory, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            complaints = Tree(Path(directory)).check()
        if bool(complaints) != bool(files):
            failures += 1
            print(f"{name}: " + ("not found out" if files else "; ".join(complaints)))
    return failures


def main(arguments: list[str]) -> int:
    if arguments == ["--self-test"]:
        return 1 if self_test() else 0
    if len(arguments) != 1 or not Path(arguments[0], "include/pentimento").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    complaints = Tree(Path(arguments[0])).check()
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
