"""The library exports exactly the functions of its header: usage: exports_test.py HEADER LIBRARY NM"""

import re
import subprocess
import sys

header, library, nm = sys.argv[1:]
with open(header, encoding="utf-8") as file:
    declared = set(re.findall(r"^PTM_API [^;(]*?(ptm_\w+)\(", file.read(), re.MULTILINE))
lines = subprocess.run([nm, "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout.splitlines()
exported = {name.split("@")[0] for kind, name in (line.split()[-2:] for line in lines) if kind != "A"}
if len(declared) < 30 or declared != exported:
    print("declared and not exported:", sorted(declared - exported))
    print("exported and not declared:", sorted(exported - declared))
    sys.exit(1)
print(f"{len(declared)} functions, and nothing else")
