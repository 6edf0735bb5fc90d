"""Recomputes the chains in a file of `eskm audit export` with nothing but Python: verify_audit.py FILE"""

import csv
import hashlib
import json
import sys

MEMBERS = ("chain", "sequence", "at", "actor_kind", "actor_id", "actor_name")
MEMBERS += ("action", "unit_id", "subject", "details")
csv.field_size_limit(2**31 - 1)


def read(path):
    """Of every line the hashed members, the hash before it, and its own hash."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        if path.endswith(".csv"):
            separator = ";" if ";" in file.readline() else ","
            file.seek(0)
            for row in csv.DictReader(file, delimiter=separator):
                yield json.loads(row["members"]), row["previous"], row["hash"]
        else:
            for row in map(json.loads, file):
                yield [row[name] for name in MEMBERS], row["previous"], row["hash"]


lines = {(members[0], members[1]): (members, *hashes) for members, *hashes in read(sys.argv[1])}
for (chain, number), (members, previous, digest) in sorted(lines.items()):
    before = lines[chain, number - 1][2] if (chain, number - 1) in lines else previous
    expected = "0" * 64 if number == 1 else before
    text = json.dumps([expected, *members], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if previous != expected or hashlib.sha256(text.encode()).hexdigest() != digest:
        sys.exit(f"chain {chain}: line {number} does not fit the line before it")
    if (chain, number + 1) not in lines:
        sys.stdout.write(f"chain {chain}: whole up to {number}:{digest}\n")
