#!/usr/bin/env python3
"""Checks the include directions of the source tree against the table in layers.py.

usage: check_includes.py ROOT        the tree to read
       check_includes.py --self-test  wrong trees, each of which must be found out
"""

import re
import sys
import tempfile
from pathlib import Path

import layers

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)


class Tree:
    def __init__(self, root: Path):
        self.root = root
        self.public = root / "include"
        self.private = root / "src"
        self.complaints: list[str] = []
        self.place = {}
        for number, (layer, names) in enumerate(layers.LAYERS):
            for name in names.split():
                self.place[name] = (number, layer)
        self.detail_layers: dict[Path, int] = {}

    def complain(self, file: Path, text: str) -> None:
        self.complaints.append(f"{file.relative_to(self.root)}: {text}")

    @staticmethod
    def includes(file: Path) -> list[tuple[str, str]]:
        return INCLUDE.findall(file.read_text(encoding="utf-8"))

    def resolve(self, file: Path, quote: str, target: str) -> Path | None:
        """The file of ours that an include names, if it is one."""
        candidates = [self.public / target, self.private / target]
        if quote == '"':
            candidates.insert(0, file.parent / target)
        return next((c.resolve() for c in candidates if c.is_file()), None)

    def key(self, file: Path) -> str | None:
        """The name under which a file stands in the table."""
        for base in (self.public / "pentimento", self.private):
            if file.is_relative_to(base):
                relative = file.relative_to(base)
                break
        else:
            return None
        if len(relative.parts) > 1:
            return relative.parts[0] + "/"
        return relative.stem

    def layer(self, file: Path, seen: frozenset[Path] = frozenset()) -> int | None:
        key = self.key(file)
        if key == "detail/":
            return self.layer_of_detail(file, seen)
        return self.place[key][0] if key in self.place else None

    def layer_of_detail(self, file: Path, seen: frozenset[Path]) -> int:
        if file in seen:
            return 0
        if file not in self.detail_layers:
            targets = [self.resolve(file, *include) for include in self.includes(file)]
            found = [self.layer(target, seen | {file}) for target in targets if target]
            self.detail_layers[file] = max((number for number in found if number is not None), default=0)
        return self.detail_layers[file]

    def is_core(self, file: Path) -> bool:
        key = self.key(file)
        number = self.layer(file)
        return number is not None and (layers.LAYERS[number][0] in layers.CORE or key in layers.CORE)

    def check_ours(self, file: Path, target: Path) -> None:
        here, there = self.layer(file), self.layer(target)
        if here is None or there is None:
            return  # complained about where the file itself is checked
        names = [name for name, _ in layers.LAYERS]
        if there > here:
            self.complain(file, f"is in layer '{names[here]}' and includes {target.name} of layer '{names[there]}' above it")
        mine, theirs = self.key(file), self.key(target)
        if mine != theirs and mine in layers.STRANGERS and theirs in layers.STRANGERS:
            self.complain(file, f"includes {target.name} of {theirs}, a neighbour that it should not know of")

    def check_file(self, file: Path) -> None:
        is_public = file.is_relative_to(self.public)
        if self.layer(file) is None:
            self.complain(file, "is in no layer; give it one in tests/layers/layers.py")
        core = is_public and self.is_core(file)
        for quote, target in self.includes(file):
            ours = self.resolve(file, quote, target)
            if ours:
                if is_public and not ours.is_relative_to(self.public):
                    self.complain(file, f"is public and includes {target} of src/")
                self.check_ours(file, ours)
                continue
            if target.startswith("pentimento/"):
                self.complain(file, f"includes {target}, which does not exist")
            for forbidden in layers.FORBIDDEN if is_public else []:
                if target.startswith(forbidden):
                    self.complain(file, f"is public and includes {target}, which belongs in src/")
            for forbidden in layers.FORBIDDEN_IN_CORE if core else []:
                if target.startswith(forbidden):
                    self.complain(file, f"is of pentimento::core and includes {target}, which would have to be linked")

    def check_outside(self, folder: str) -> None:
        """Applications, and whatever else stands on the libraries, see the public headers only."""
        base = self.root / folder
        for file in sorted(base.rglob("*.[ch]pp")) if base.is_dir() else []:
            for quote, target in self.includes(file):
                beside = quote == '"' and (file.parent / target).is_file()
                if not beside and ((self.private / target).is_file() or "src/" in target):
                    self.complain(file, f"includes {target} of src/")

    def check(self) -> list[str]:
        self.root = self.root.resolve()
        self.public, self.private = self.root / "include", self.root / "src"
        for base in (self.public, self.private):
            for file in sorted(base.rglob("*.[ch]pp")):
                self.check_file(file)
        self.check_outside("examples")
        return self.complaints


def self_test() -> int:
    sound = {
        "include/pentimento/brief.hpp": "#include <string>\n#include <pentimento/detail/words.hpp>\n",
        "include/pentimento/detail/words.hpp": "#include <string_view>\n",
        "include/pentimento/critic.hpp": "#include <pentimento/brief.hpp>\n",
        "include/pentimento/providers/one.hpp": "#include <pentimento/critic.hpp>\n",
        "include/pentimento/json.hpp": "#include <boost/json/value.hpp>\n",
        "src/providers/one.cpp": '#include <pentimento/providers/one.hpp>\n#include <boost/beast.hpp>\n#include "wire.hpp"\n',
        "src/providers/wire.hpp": "",
    }
    wrong = {
        "an include that points up": {"include/pentimento/brief.hpp": "#include <pentimento/critic.hpp>\n"},
        "an include that points up, with spaces": {"include/pentimento/brief.hpp": '#  include  "pentimento/critic.hpp"\n'},
        "an include that points up by way of detail/": {
            "include/pentimento/detail/words.hpp": "#include <pentimento/critic.hpp>\n"
        },
        "a source that points up": {"src/brief.cpp": "#include <pentimento/critic.hpp>\n"},
        "a neighbour": {"include/pentimento/offline/two.hpp": "#include <pentimento/providers/one.hpp>\n"},
        "Beast in a public header": {"include/pentimento/providers/one.hpp": "#include <boost/beast/http.hpp>\n"},
        "all of Asio in a public header": {"include/pentimento/critic.hpp": "#include <boost/asio.hpp>\n"},
        "OpenSSL in detail/": {"include/pentimento/detail/words.hpp": "#include <openssl/evp.h>\n"},
        "JSON in core": {"include/pentimento/critic.hpp": "#include <boost/json.hpp>\n"},
        "a public header that reaches into src/": {"include/pentimento/providers/one.hpp": '#include "providers/wire.hpp"\n'},
        "an example that reaches into src/": {"examples/one.cpp": '#include "providers/wire.hpp"\n'},
        "a header without a layer": {"include/pentimento/whim.hpp": ""},
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
