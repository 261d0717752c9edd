"""Rules that are not saved yet, as a word in an address: packed, and read as strictly as stored ones."""

import base64
import binascii
import json
import zlib

from committees.rules.rule_set import RuleError, Rules

LONGEST = 3500
UNPACKED = 50_000


def pack(rules: Rules) -> str:
    """The rules as one word of an address."""
    text = json.dumps(rules.to_data(), sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(word: str) -> Rules:
    """The rules that `pack` wrote. Raises RuleError."""
    try:
        if len(word) > LONGEST:
            raise ValueError(word[:20])
        packed = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        # What it unpacks to is bounded: the address comes from anybody.
        text = zlib.decompressobj().decompress(packed, UNPACKED)
        data = json.loads(text)
    except (ValueError, binascii.Error, zlib.error, RecursionError) as error:
        raise RuleError(
            "Dieser Entwurf von Verfahrensregeln ist nicht lesbar.", "This draft of rules of procedure cannot be read."
        ) from error
    return Rules.from_data(data)
