"""Signatures of publications: pure, so that they can be checked with nothing but the file."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.late import Late
from app.publication.canonical import NotCanonical, canonical, read

_ED25519 = Late("cryptography.hazmat.primitives.asymmetric.ed25519")
_SERIALIZATION = Late("cryptography.hazmat.primitives.serialization")
_EXCEPTIONS = Late("cryptography.exceptions")

FORMAT = "eskm-publication/1"
ALGORITHM = "Ed25519"
KEY_ID_CHARACTERS = 16
_HEX = {"sha256": 64, "public_key": 64, "value": 128}


class NotAPublication(ValueError):
    """A file is not a signed publication, or of a later kind. The message says what is missing."""


class Altered(ValueError):
    """A publication is not what was signed. The message says what shows it."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A publication as it is handed out: what was signed, its digest, and who signed it, all hex."""

    document: Mapping[str, Any]
    sha256: str
    key_id: str
    public_key: str
    signature: str

    def file(self) -> dict[str, Any]:
        """The JSON of the file."""
        return {
            "document": self.document,
            "sha256": self.sha256,
            "signature": {
                "algorithm": ALGORITHM,
                "key_id": self.key_id,
                "public_key": self.public_key,
                "value": self.signature,
            },
        }


def new_key() -> tuple[str, bytes]:
    """A fresh key: its public part (hex) and its private part (32 bytes)."""
    private = _ED25519.Ed25519PrivateKey.generate()
    return private.public_key().public_bytes_raw().hex(), private.private_bytes_raw()


def key_id_of(public_key: str) -> str:
    """By what a key is called: the beginning of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:KEY_ID_CHARACTERS]


def pem(public_key: str) -> str:
    """A public key as other programs read it."""
    key = _ED25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    text: bytes = key.public_bytes(
        _SERIALIZATION.Encoding.PEM, _SERIALIZATION.PublicFormat.SubjectPublicKeyInfo
    )
    return text.decode()


def sign(document: Mapping[str, Any], private_key: bytes, public_key: str) -> Signed:
    """The document signed. Raises `NotCanonical` for one that has no canonical form."""
    content = canonical(document)
    signature = _ED25519.Ed25519PrivateKey.from_private_bytes(private_key).sign(content).hex()
    return Signed(document, hashlib.sha256(content).hexdigest(), key_id_of(public_key), public_key, signature)


def parse(content: bytes | str) -> Signed:
    """The publication in a file, not yet checked. Raises `NotAPublication`; nothing beside it is accepted."""
    try:
        found = read(content)
    except NotCanonical as error:
        raise NotAPublication(f"not a signed JSON file: {error}") from error
    signature = found.get("signature")
    document = found.get("document")
    if not isinstance(signature, dict) or not isinstance(document, dict):
        raise NotAPublication("document and signature are missing")
    if found.keys() != {"document", "sha256", "signature"} or signature.keys() != {
        *("algorithm", "key_id", "public_key", "value")
    }:
        raise NotAPublication("there is something beside document, sha256 and signature")
    if document.get("format") != FORMAT or signature["algorithm"] != ALGORITHM:
        raise NotAPublication("another format")
    for name, length in _HEX.items():
        value = found[name] if name == "sha256" else signature[name]
        if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{length}}}", value):
            raise NotAPublication(f"{name} is not {length} hexadecimal digits")
    return Signed(
        document, found["sha256"], str(signature["key_id"]), signature["public_key"], signature["value"]
    )


def check(signed: Signed) -> None:
    """Raises `Altered` unless digest, key and signature fit the document."""
    try:
        content = canonical(signed.document)
    except NotCanonical as error:
        raise Altered(str(error)) from error
    if hashlib.sha256(content).hexdigest() != signed.sha256:
        raise Altered("SHA-256")
    if key_id_of(signed.public_key) != signed.key_id or signed.document.get("key_id") != signed.key_id:
        raise Altered("key_id")
    try:
        key = _ED25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed.public_key))
        key.verify(bytes.fromhex(signed.signature), content)
    except (_EXCEPTIONS.InvalidSignature, ValueError) as error:
        raise Altered("Ed25519") from error
