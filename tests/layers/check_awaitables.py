#!/usr/bin/env python3
"""Checks what crosses an awaitable boundary in the public headers.

g++ 12 destroys aggregate temporaries twice inside a co_await expression, and what a coroutine refers to may be gone when it
resumes. So a function that returns an awaitable takes its arguments by value, none of them a view, a range of initialisers or
something to call, and each class of ours that it takes or gives has `static_assert(!std::is_aggregate_v<T>)` beside it.

usage: check_awaitables.py ROOT         the tree to read
       check_awaitables.py --self-test  wrong headers, each of which must be found out
"""

import re
import sys
import tempfile
from pathlib import Path

# awaitable<...> name(parameters), up to one more level of brackets in each
DECLARATION = re.compile(
    r"\bawaitable<(?P<result>[^;{}()]*?)>\s+(?P<name>\w+)\s*\((?P<parameters>(?:[^()]|\([^()]*\))*)\)", re.DOTALL
)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
ASSERTED = re.compile(r"static_assert\(\s*!\s*std::is_aggregate_v<\s*(?:pentimento::)?([\w:]+)\s*>")
OURS = re.compile(r"(?<![\w:])(?:(?:\w+)::)*([A-Z]\w*)\b")
HELD = re.compile(r"\b(?:shared_ptr|unique_ptr|weak_ptr)<(?:[^<>]|<[^<>]*>)*>")
DEFINITION = re.compile(r"^\s*(?:class|struct)\s+([A-Z]\w*)\b[^;(]*\{", re.MULTILINE)

LENT = {
    "a reference": re.compile(r"&"),
    "a view": re.compile(r"\b(?:string_view|span|initializer_list|const_buffer|mutable_buffer)\b"),
    "something to call": re.compile(r"\b(?:function|move_only_function|any_completion_handler)\s*<"),
}
# `offload` is no coroutine: it copies its job at once, and takes it by reference so that a temporary does not compile.
EXEMPT = {("offload", "a reference")}


def check(root: Path) -> list[str]:
    texts = {}
    for file in sorted((root / "include").rglob("*.[hi]pp")):
        texts[file.relative_to(root)] = COMMENT.sub("", file.read_text(encoding="utf-8"))
    defined = {name for text in texts.values() for name in DEFINITION.findall(text)}
    asserted = {name.split("::")[-1] for text in texts.values() for name in ASSERTED.findall(text)}

    complaints = []
    for file, text in texts.items():
        for declaration in DECLARATION.finditer(text):
            name, parameters = declaration["name"], declaration["parameters"]
            where = f"{file}:{text.count(chr(10), 0, declaration.start()) + 1}: {name}"
            for what, pattern in LENT.items():
                if pattern.search(parameters) and (name, what) not in EXEMPT:
                    complaints.append(f"{where} takes {what}: ({' '.join(parameters.split())})")
            crossing = set(OURS.findall(HELD.sub("", f"{declaration['result']} {parameters}")))
            for type_name in sorted(crossing & defined - asserted):
                complaints.append(f"{where} passes {type_name}, which has no static_assert(!std::is_aggregate_v<{type_name}>)")
    return complaints


SOUND = """
class Wish {
 public:
  Wish() = default;
};
static_assert(!std::is_aggregate_v<Wish>);
struct Loose {
  int a;
};
class Genie {
 public:
  boost::asio::awaitable<Result<Wish>> grant(Wish wish, std::string how = std::string("well"));
  asio::awaitable<void> keep(std::shared_ptr<Loose> loose, std::shared_ptr<Loose<int>> one);
  virtual asio::awaitable<void> rest() = 0;  // asio::awaitable<void> rest(const Wish& comments)
};
"""

WRONG = [
    "asio::awaitable<void> f(const Wish& wish);",
    "asio::awaitable<Result<Wish>> f(int n,\n    std::string_view text);",
    "asio::awaitable<void> f(std::span<const std::byte> bytes);",
    "asio::awaitable<void> f(std::initializer_list<int> numbers) {",
    "asio::awaitable<void> f(std::function<void()> then);",
    "asio::awaitable<void> f(Loose loose);",
    "asio::awaitable<void> f(std::vector<Loose> loose);",
    "boost::asio::awaitable<Result<Loose>> f();",
]


def self_test() -> int:
    failures = 0
    for text in ["", *WRONG]:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory, "include/wish.hpp")
            file.parent.mkdir()
            file.write_text(SOUND + text + "\n", encoding="utf-8")
            complaints = check(Path(directory))
        if bool(complaints) != bool(text):
            failures += 1
            print(f"not found out: {text}" if text else "; ".join(complaints))
    return failures


def main(arguments: list[str]) -> int:
    if arguments == ["--self-test"]:
        return 1 if self_test() else 0
    if len(arguments) != 1 or not Path(arguments[0], "include").is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    complaints = check(Path(arguments[0]))
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
