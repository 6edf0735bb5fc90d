"""Checks a published SKM result with nothing but the file and the government's public key.

verify_publication.py RESULT.json KEY     KEY: 64 hexadecimal digits, or a file with them, as PEM, or as published.
Needs Python 3.11 and the package `cryptography`.
"""

import hashlib
import json
import pathlib
import re
import sys
from fractions import Fraction

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PEM = re.compile("-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)


def fail(reason):
    sys.exit(f"NOT VALID: {reason}")


def once(pairs):
    return dict(pairs) if len(dict(pairs)) == len(pairs) else fail("a name stands twice")


def public_keys(text):
    """All keys, as hexadecimal digits, that the second argument names."""
    if pathlib.Path(text).is_file():
        text = pathlib.Path(text).read_text(encoding="utf-8")
    pems = [load_pem_public_key(one.encode()) for one in PEM.findall(text.replace("\\n", "\n"))]
    return {one.public_bytes_raw().hex() for one in pems} or set(re.findall(r"\b[0-9a-f]{64}\b", text))


def printed(value, places):
    """Half up, once."""
    whole = (2 * value.numerator * 10**places + value.denominator) // (2 * value.denominator)
    return f"{whole // 10**places}.{whole % 10**places:0{places}}"


def index(counts, elements, low, weight):
    """Sum over the elements asked of the mean of the means of their questions, times the weight of an element."""
    rates = []
    for element in elements:
        means = [
            Fraction(sum((low + place) * count for place, count in enumerate(counts[key])), sum(counts[key]))
            for key in element["questions"]
            if sum(counts.get(key, ()))
        ]
        if means:
            rates.append(sum(means) / len(means))
    each = weight if weight != "exact" else Fraction(1, max(len(rates), 1))
    return sum(rates) * Fraction(each) if rates else None


def recompute(document):
    """The exact IKM from the published counts."""
    instrument, method, units = document["instrument"], document["method"], document["units"]
    for key, counts in document["counts"].items():
        parts = zip(*(unit["counts"][key] for unit in units if key in unit["counts"]), strict=True)
        if counts != [sum(column) for column in parts]:
            fail(f"the counts of {key} are not the sum of the units'")
    groups = [document] if method["rollup"] == "pooled" else units
    low, elements, weight = instrument["scale"][0], instrument["elements"], method["weight"]
    found = [index(group["counts"], elements, low, weight) for group in groups]
    found = [one for one in found if one is not None]
    return instrument["conversion"] * sum(found) / len(found)


def main(path, key):
    try:
        signed = json.loads(pathlib.Path(path).read_bytes(), object_pairs_hook=once, parse_float=fail)
        document, signature = signed["document"], signed["signature"]
        content = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        if hashlib.sha256(content).hexdigest() != signed["sha256"]:
            fail("the content is not what was signed (SHA-256)")
        public, keys = signature["public_key"], public_keys(key)
        name = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]
        if public not in keys or name != signature["key_id"] or name != document["key_id"]:
            fail("signed with another key than this government's")
        if not re.fullmatch("[0-9a-f]{128}", signature["value"]) or signature["algorithm"] != "Ed25519":
            fail("the signature is not written as it should be")
        verifier = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        verifier.verify(bytes.fromhex(signature["value"]), content)
        ikm, bands = recompute(document), document["method"]["categories"]["bands"]
        figure = printed(ikm, 2)
        mutu = next(band["mutu"] for band in bands if Fraction(figure) >= Fraction(band["lower"]))
        stated = (document["printed"]["ikm"], document["printed"]["mutu"])
        exact = Fraction(int(document["exact"]["numerator"]), int(document["exact"]["denominator"]))
        if (figure, mutu) != stated or ikm != exact:
            fail(f"the counts give {figure} {mutu}, and {stated[0]} {stated[1]} is printed")
    except (KeyError, ValueError, TypeError, StopIteration, OSError, InvalidSignature) as error:
        fail(f"{type(error).__name__} {error}")
    sys.stdout.write(f"VALID: {document['number']} IKM {figure} {mutu}, exactly {ikm}\n")


main(*sys.argv[1:]) if len(sys.argv) == 3 else sys.exit(__doc__)
