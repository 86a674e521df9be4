"""Tiger of many messages of one length at a time, and the Merkle tree over it (TTH).

Messages lie side by side in NumPy arrays, so that a thousand leaves cost what one costs in plain Python. The four
S-boxes are generated as the authors generated them, from one sentence and the cipher itself, instead of being copied
as 1024 constants; the published vectors prove them. Sources: Anderson and Biham, "Tiger: A Fast New Hash Function"
(reference code `gen.c`); THEX draft (leaf prefix 0, node prefix 1, a node without a sister is promoted).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAF_BYTES = 1024
DIGEST_BYTES = 24
_BATCH_BYTES = 1024 * LEAF_BYTES  # a power of two of leaves, so that every full batch is a whole subtree
_BLOCK, _MASK = 64, (1 << 64) - 1
_START = (0x0123456789ABCDEF, 0xFEDCBA9876543210, 0xF096A5B4C3B2E187)
_SENTENCE = b"Tiger - A Fast New Hash Function, by Ross Anderson and Eli Biham"
_PASSES = 5

Bytes2D = NDArray[np.uint8]


def _scheduled(x: list[Any]) -> list[Any]:
    """The key schedule of eight words: plain integers or arrays of them."""
    x0, x1, x2, x3, x4, x5, x6, x7 = x
    x0 = (x0 - (x7 ^ 0xA5A5A5A5A5A5A5A5)) & _MASK
    x1 = x1 ^ x0
    x2 = (x2 + x1) & _MASK
    x3 = (x3 - (x2 ^ (((x1 ^ _MASK) << 19) & _MASK))) & _MASK
    x4 = x4 ^ x3
    x5 = (x5 + x4) & _MASK
    x6 = (x6 - (x5 ^ ((x4 ^ _MASK) >> 23))) & _MASK
    x7 = x7 ^ x6
    x0 = (x0 + x7) & _MASK
    x1 = (x1 - (x0 ^ (((x7 ^ _MASK) << 19) & _MASK))) & _MASK
    x2 = x2 ^ x1
    x3 = (x3 + x2) & _MASK
    x4 = (x4 - (x3 ^ ((x2 ^ _MASK) >> 23))) & _MASK
    x5 = x5 ^ x4
    x6 = (x6 + x5) & _MASK
    x7 = (x7 - (x6 ^ 0x0123456789ABCDEF)) & _MASK
    return [x0, x1, x2, x3, x4, x5, x6, x7]


def _byte_columns(word: Any) -> Any:
    """The eight bytes of a word, least first: eight numbers, or eight columns of them."""
    if isinstance(word, int):
        return word.to_bytes(8, "little")
    return np.ascontiguousarray(word.astype("<u8").view(np.uint8).reshape(-1, 8).T).astype(np.intp)


def _compress(words: list[Any], state: tuple[Any, Any, Any], boxes: Any) -> tuple[Any, Any, Any]:
    """One block of eight words into the state, with `boxes` of four times 256 words."""
    t1, t2, t3, t4 = boxes
    a, b, c = state
    for factor in (5, 7, 9):
        for word in words:
            c = c ^ word
            n0, n1, n2, n3, n4, n5, n6, n7 = _byte_columns(c)
            even = t1[n0] ^ t2[n2] ^ t3[n4] ^ t4[n6]
            odd = t4[n1] ^ t3[n3] ^ t2[n5] ^ t1[n7]
            a, b, c = (((b + odd) & _MASK) * factor) & _MASK, c, (a - even) & _MASK
        words = _scheduled(words) if factor != 9 else words
    first, second, third = state
    # Three times eight rounds turn the three registers by a multiple of three: each is in its place again.
    return a ^ first, (b - second) & _MASK, (c + third) & _MASK


@cache
def _boxes() -> NDArray[np.uint64]:
    """The four S-boxes: byte columns of a counting table, shuffled by the cipher's own output."""
    boxes = [[0x0101010101010101 * row for row in range(256)] for _ in range(4)]
    sentence = [int.from_bytes(_SENTENCE[at : at + 8], "little") for at in range(0, _BLOCK, 8)]
    state, register = _START, 2
    for _ in range(_PASSES):
        for row in range(256):
            for box in boxes:
                register += 1
                if register == 3:
                    register, state = 0, _compress(sentence, state, boxes)
                _shuffle(box, row, state[register].to_bytes(8, "little"))
    return np.array(boxes, dtype=np.uint64)


def _shuffle(box: list[int], row: int, others: bytes) -> None:
    """Exchanges each byte of a row with the byte of the same column in the row the cipher chose."""
    for column, other in enumerate(others):
        differs = (box[row] ^ box[other]) & (0xFF << 8 * column)
        box[row] ^= differs
        if other != row:
            box[other] ^= differs


def tiger(messages: Bytes2D) -> Bytes2D:
    """The digest (24 bytes) of each row; all messages have the length of a row."""
    count, length = messages.shape
    blocks = (length + 9 + _BLOCK - 1) // _BLOCK
    padded = np.zeros((count, blocks * _BLOCK), dtype=np.uint8)
    padded[:, :length] = messages
    padded[:, length] = 1
    padded[:, -8:] = np.frombuffer((8 * length).to_bytes(8, "little"), dtype=np.uint8)
    words = np.ascontiguousarray(padded.view("<u8").T)
    state = tuple(np.full(count, word, dtype=np.uint64) for word in _START)
    for block in range(blocks):
        state = _compress(list(words[8 * block : 8 * block + 8]), (state[0], state[1], state[2]), _boxes())
    return np.ascontiguousarray(np.stack(state, axis=1)).astype("<u8").view(np.uint8)


def _leaves(content: bytes) -> Bytes2D:
    """Digests of the leaves of a content; only the last may be short; an empty content is one empty leaf."""
    whole = len(content) // LEAF_BYTES
    rows = np.zeros((whole, LEAF_BYTES + 1), dtype=np.uint8)
    rows[:, 1:] = np.frombuffer(content, dtype=np.uint8, count=whole * LEAF_BYTES).reshape(whole, LEAF_BYTES)
    rest = content[whole * LEAF_BYTES :]
    if not rest and whole:
        return tiger(rows)
    last = tiger(np.frombuffer(b"\0" + rest, dtype=np.uint8).reshape(1, -1))
    return np.concatenate((tiger(rows), last)) if whole else last


def _root(nodes: Bytes2D) -> bytes:
    """The root over nodes in order, level by level; one without a sister goes up as it is."""
    while len(nodes) > 1:
        pairs = len(nodes) // 2
        joined = np.ones((pairs, 1 + 2 * DIGEST_BYTES), dtype=np.uint8)
        joined[:, 1:] = nodes[: 2 * pairs].reshape(pairs, -1)
        nodes = np.concatenate((tiger(joined), nodes[2 * pairs :]))
    root: bytes = nodes[0].tobytes()
    return root


class TreeHash:
    """The Tiger tree hash of a stream given piece by piece; memory grows with the logarithm of its length."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._roots: list[tuple[int, bytes]] = []  # (batches under it, root), largest first: a binary counter

    def update(self, chunk: bytes | memoryview) -> None:
        """Takes the next bytes."""
        self._pending += chunk
        while len(self._pending) >= _BATCH_BYTES:
            self._push(_root(_leaves(bytes(self._pending[:_BATCH_BYTES]))))
            del self._pending[:_BATCH_BYTES]

    def _push(self, root: bytes) -> None:
        size = 1
        while self._roots and self._roots[-1][0] == size:
            root, size = _pair(self._roots.pop()[1], root), 2 * size
        self._roots.append((size, root))

    def digest(self) -> bytes:
        """The root (24 bytes) over everything given so far."""
        parts = [root for _, root in self._roots]
        if self._pending or not parts:
            parts.append(_root(_leaves(bytes(self._pending))))
        root = parts.pop()
        while parts:
            root = _pair(parts.pop(), root)
        return root


def _pair(left: bytes, right: bytes) -> bytes:
    return _root(np.frombuffer(left + right, dtype=np.uint8).reshape(2, DIGEST_BYTES))
