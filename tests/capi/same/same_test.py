"""The same run leaves the same transcript in several languages, except for times: usage: same_test.py NAME=COMMAND...

The words of a command are joined by '|'.
"""

import json
import re
import subprocess
import sys

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_times(item) for item in value]
    return "a time" if isinstance(value, str) and TIME.fullmatch(value) else value


def first_difference(one, other, path="$"):
    if type(one) is type(other) and isinstance(one, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            if key not in one or key not in other:
                return f"{path}.{key} is in one only"
            if one[key] != other[key]:
                return first_difference(one[key], other[key], f"{path}.{key}")
    if type(one) is type(other) and isinstance(one, list) and len(one) == len(other):
        for i, (left, right) in enumerate(zip(one, other)):
            if left != right:
                return first_difference(left, right, f"{path}[{i}]")
    return f"{path}: {one!r} and {other!r}"


def main():
    transcripts = {}
    for argument in sys.argv[1:]:
        name, command = argument.split("=", 1)
        output = subprocess.run(command.split("|"), stdout=subprocess.PIPE, check=True, timeout=300).stdout
        transcripts[name] = without_times(json.loads(output))
    (reference, expected), *others = transcripts.items()
    rounds = len(expected["rounds"])
    if not others or rounds < 2:
        sys.exit(f"{rounds} rounds in {len(transcripts)} languages compare nothing")
    for name, transcript in others:
        if transcript != expected:
            sys.exit(f"{reference} and {name} differ at {first_difference(expected, transcript)}")
    print(f"{', '.join(transcripts)}: the same {rounds} rounds")


main()
