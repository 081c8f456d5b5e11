"""Counter-based chance: the n-th number of a named stream depends on seed, name and n alone, not on what was read before.

Each stream has a key made of seed, purpose and name; number n is the BLAKE2b hash of n under that key. So a device read
ten times or not at all has the same noise at its update n, and a plant is reproduced from its seed and its commands.
"""

from __future__ import annotations

from hashlib import blake2b
from statistics import NormalDist

_STANDARD_NORMAL = NormalDist()


class Stream:
    """Independent numbers by index; `purpose` and `name` tell one stream of a seed from another."""

    __slots__ = ("_key",)

    def __init__(self, seed: int, purpose: str, name: str) -> None:
        self._key = blake2b(f"{seed}\0{purpose}\0{name}".encode(), digest_size=32).digest()

    def uniform(self, index: int) -> float:
        """Number `index`, rectangular on the open interval (0, 1), in steps of 2^-52."""
        digest = blake2b(index.to_bytes(8, "little"), digest_size=8, key=self._key).digest()
        return ((int.from_bytes(digest, "little") >> 12) + 0.5) * 2.0**-52

    def normal(self, index: int) -> float:
        """Number `index`, normal with mean 0 and standard deviation 1 (inverse distribution function of `uniform`)."""
        return _STANDARD_NORMAL.inv_cdf(self.uniform(index))
