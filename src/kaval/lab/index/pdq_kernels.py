"""The inner loops of the PDQ index, compiled by numba when first called; nothing here opens a file.

A value is 256 bits, their order changed as the index says, cut into `CHUNKS` chunks of 16 bits. Sixteen tables hold
the entries by one chunk each, and beside every entry the 32 bits of the two chunks that follow in the ring (its
*print*).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

CHUNKS = 16
LANES = 16  # prints compared by one step; tables are padded by as many, so that the last step reads nothing foreign
FAR = 2  # the farthest ball of keys that one table is asked for
_PROBE_COST = (
    40  # what looking into one bucket costs, in prints compared: measured, it only steers the choice
)
_PLAIN_COST = 3  # what comparing one whole value costs, in prints compared
_AHEAD = 6  # buckets that are asked for before they are needed
_KEYS = 1 << 16
F = TypeVar("F", bound=Callable[..., Any])
_function: Any = cgutils.get_or_insert_function
_unpacked: Any = cgutils.unpack_tuple


def _compiled(function: F) -> F:
    """Compiled when first called and kept on disk; other threads run while it does."""
    done: Any = njit(cache=True, nogil=True)(function)
    return done  # type: ignore[no-any-return]  # called as the function is


def _instruction(code: Callable[..., Any]) -> Any:
    return intrinsic(code)


def _flips() -> Any:
    single = [1 << bit for bit in range(16)]
    double = [a | b for number, a in enumerate(single) for b in single[number + 1 :]]
    return np.array([0, *single, *double], dtype=np.int64)


FLIPS = _flips()  # what to change in a key to reach every key within FAR, the nearest first
_WITHIN = np.array([0, 1, 17, 137], dtype=np.int64)  # how many of them lie within radius -1, 0, 1, 2


@_instruction
def _near(typing: Any, prints: Any, asked: Any) -> Any:
    """`asked`: at, probe, limit. A bit for each of the 16 prints from `at` on: set when it is within the limit."""

    def code(*given: Any) -> Any:
        context, builder, signature, arguments = given
        wide, number = ir.VectorType(ir.IntType(32), LANES), ir.IntType(32)
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        at, *compared = _unpacked(builder, arguments[1])
        place = builder.bitcast(builder.gep(array.data, [at]), wide.as_pointer())
        read = builder.load(place)
        read.align = 4
        spread = [_splat(builder, builder.trunc(value, number), wide) for value in compared]
        kind = ir.FunctionType(wide, [wide])
        ones = _function(builder.module, kind, f"llvm.ctpop.v{LANES}i32")
        count = builder.call(ones, [builder.xor(read, spread[0])])
        found = builder.icmp_unsigned("<=", count, spread[1])
        return builder.zext(builder.bitcast(found, ir.IntType(LANES)), ir.IntType(64))

    return types.int64(prints, asked), code


def _splat(builder: Any, value: Any, wide: Any) -> Any:
    one = builder.insert_element(ir.Constant(wide, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(wide, ir.Undefined), mask)


@_instruction
def _prefetch(typing: Any, array: Any, at: Any) -> Any:
    """Asks for the line of memory that holds `array[at]`, without waiting for it."""

    def code(*given: Any) -> Any:
        context, builder, signature, arguments = given
        # `at` counts elements of memory, whatever the shape.
        held = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = builder.bitcast(builder.gep(held.data, [arguments[1]]), ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, number, number, number])
        ask = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], kind)
        builder.call(ask, [pointer, *(ir.Constant(number, value) for value in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(array, types.int64), code


@_instruction
def _apart(typing: Any, values: Any, asked: Any) -> Any:
    """`asked`: row and four words. How many bits of that value differ; no call, because one would count references."""

    def code(*given: Any) -> Any:
        context, builder, signature, arguments = given
        wide, number = ir.VectorType(ir.IntType(64), 4), ir.IntType(64)
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        row, *words = _unpacked(builder, arguments[1])
        at = builder.mul(row, ir.Constant(number, 4))
        held = builder.load(builder.bitcast(builder.gep(array.data, [at]), wide.as_pointer()))
        held.align = 8
        wanted = ir.Constant(wide, ir.Undefined)
        for place, word in enumerate(words):
            wanted = builder.insert_element(wanted, word, ir.Constant(ir.IntType(32), place))
        ones = _function(builder.module, ir.FunctionType(wide, [wide]), "llvm.ctpop.v4i64")
        added = _function(builder.module, ir.FunctionType(number, [wide]), "llvm.vector.reduce.add.v4i64")
        return builder.call(added, [builder.call(ones, [builder.xor(held, wanted)])])

    return types.int64(values, asked), code


@_compiled
def permuted(values: Any, spread: Any, out: Any) -> None:
    """Every value with its bits in the index's order; `spread[byte, content]` is where a byte's bits go."""
    for row in range(values.shape[0]):
        for byte in range(32):
            content = values[row, byte]
            for word in range(4):
                out[row, word] |= spread[byte, content, word]


@_compiled
def table(chunks: Any, number: int, room: Any) -> None:
    """Fills one table (`room`: offsets, prints, ids): entries by their chunk `number`, in the order of their rows."""
    offsets, prints, ids = room
    for row in range(chunks.shape[0]):
        offsets[np.int64(chunks[row, number]) + 1] += 1
    for key in range(_KEYS):
        offsets[key + 1] += offsets[key]
    place = offsets[:_KEYS].copy()
    second, third = (number + 1) % CHUNKS, (number + 2) % CHUNKS
    for row in range(chunks.shape[0]):
        own = np.int64(chunks[row, number])
        at = place[own]
        place[own] += 1
        prints[at] = np.uint32(np.int64(chunks[row, second]) | (np.int64(chunks[row, third]) << 16))
        ids[at] = row


@_compiled
def balls(offsets: Any, costs: Any) -> None:
    """What asking one table for all keys within radius 0, 1 and 2 of a key costs, for each key."""
    for key in range(_KEYS):
        cost: Any = np.int64(0)
        radius = 0
        for flip in range(FLIPS.shape[0]):
            if flip == _WITHIN[radius + 1]:
                costs[key, radius] = cost
                radius += 1
            other = key ^ FLIPS[flip]
            cost += np.int64(offsets[other + 1]) - np.int64(offsets[other]) + _PROBE_COST
        costs[key, FAR] = cost


@_compiled
def _allotted(query: Any, within: int, room: Any) -> Any:
    """Shares the distance out among the tables where it costs least; the radii add up to `within - 15`. The cost.

    If the radii of all chunks, each plus one, add up to more than the distance, a value within it lies within the
    radius of at least one chunk: -1 (a table not asked) to FAR each.
    """
    costs, radii = room
    total: Any = np.int64(0)
    radii[:] = -1
    for _ in range(within + 1):
        best, cheapest = -1, np.int64(0)
        for chunk in range(CHUNKS):
            radius = radii[chunk]
            if radius == FAR:
                continue
            key = np.int64(query[chunk])
            extra = np.int64(costs[chunk, key, radius + 1])
            if radius >= 0:
                extra -= np.int64(costs[chunk, key, radius])
            if best < 0 or extra < cheapest:
                best, cheapest = chunk, extra
        if best < 0:
            return -1
        radii[best] += 1
        total += cheapest
    return total


@_compiled
def _plain(asked: Any, values: Any, hits: Any) -> Any:
    """Every value compared: the answer of the tables, without them; counts on where `hits` has no room."""
    words, within = asked
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    count = 0
    for row in range(values.shape[0]):
        distance = _apart(values, (row, first, second, third, fourth))
        if distance <= within:
            if count < hits.shape[0]:
                hits[count] = (distance << 32) | row
            count += 1
    return count


@_compiled
def _probes(asked: Any, tables: Any, probes: Any) -> Any:
    """The buckets to look into: from, to (in all prints), what to compare with, by how many bits it may differ."""
    (query, radii), (offsets, stride) = asked, tables
    count = 0
    for chunk in range(CHUNKS):
        if radii[chunk] < 0:
            continue
        second, third = (chunk + 1) % CHUNKS, (chunk + 2) % CHUNKS
        probe = np.int64(query[second]) | (np.int64(query[third]) << 16)
        # The ring: started at the right chunk, the distance of the first l chunks stays under their radii plus l.
        bound = radii[chunk] + radii[second] + radii[third] + 2
        for flip in range(_WITHIN[radii[chunk] + 1]):
            key = np.int64(query[chunk]) ^ FLIPS[flip]
            begin, end = np.int64(offsets[chunk, key]), np.int64(offsets[chunk, key + 1])
            limit = bound - (0 if flip == 0 else 1 if flip < 17 else 2)
            if begin == end or limit < 0:
                continue
            probes[count, 0] = chunk * stride + begin
            probes[count, 1] = chunk * stride + end
            probes[count, 2] = probe
            probes[count, 3] = limit
            count += 1
    return count


@_compiled
def _gathered(probes: Any, tables: Any, rows: Any) -> Any:
    """The values whose print is near, each once; counts on where `rows` has no room.

    `seen` has a bit for each value: small enough to stay near the processor, where the values themselves do not.
    """
    prints, ids, seen = tables
    found, count = 0, probes.shape[0]
    for number in range(count):
        if number + _AHEAD < count:
            ahead = probes[number + _AHEAD, 0]
            while ahead < probes[number + _AHEAD, 1]:
                _prefetch(prints, ahead)
                ahead += LANES
        begin, end, probe, limit = probes[number, 0], probes[number, 1], probes[number, 2], probes[number, 3]
        for at in range(begin, end, LANES):
            mask = _near(prints, (at, probe, limit))
            lane = at
            while mask and lane < end:
                if mask & 1:
                    row = np.int64(ids[lane])
                    bit = np.uint8(1 << (row & 7))
                    if not seen[row >> 3] & bit:
                        seen[row >> 3] |= bit
                        if found < rows.shape[0]:
                            rows[found] = row
                        found += 1
                mask >>= 1
                lane += 1
    return found


@_compiled
def _verified(rows: Any, asked: Any, held: Any) -> Any:
    """Keeps of the rows those within the distance, as `distance << 32 | row`, and forgets what was seen; how many."""
    (words, within), (values, seen) = asked, held
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    kept, count = 0, rows.shape[0]
    for number in range(count):
        if number + 2 * _AHEAD < count:
            _prefetch(values, 4 * rows[number + 2 * _AHEAD])
        row = rows[number]
        seen[row >> 3] = 0
        distance = _apart(values, (row, first, second, third, fourth))
        if distance <= within:
            rows[kept] = (distance << 32) | row
            kept += 1
    return kept


@_compiled
def search(queries: Any, within: int, tables: Any) -> Any:
    """For each query the values within the distance, as `distance << 32 | row`, and how many each query has.

    `queries` (m, 4) words in the index's order. `tables`: values, offsets, costs, prints, ids, the length of one table;
    with no offsets (a small index) every value is compared. A value is told once, in no order.
    """
    values, offsets, costs, prints, ids, stride = tables
    counts = np.zeros(queries.shape[0], np.int64)
    out = np.empty(1024, np.int64)
    total: Any = 0
    radii = np.empty(CHUNKS, np.int64)
    probes = np.empty((CHUNKS * FLIPS.shape[0], 4), np.int64)
    seen = np.zeros(1 + (values.shape[0] >> 3), np.uint8)
    chunks = queries.view(np.uint16)
    for number in range(queries.shape[0]):
        words, query = queries[number], chunks[number]
        cost: Any = np.int64(-1)
        if offsets.shape[0]:
            cost = _allotted(query, within, (costs, radii))
        plain = cost < 0 or cost > _PLAIN_COST * values.shape[0]
        asked = 0 if plain else _probes((query, radii), (offsets, stride), probes)
        while True:
            room = out[total:]
            if plain:
                count = _plain((words, within), values, room)
            else:
                count = _gathered(probes[:asked], (prints, ids, seen), room)
            if count <= room.shape[0]:
                break
            seen[:] = 0
            larger = np.empty(2 * (total + count), np.int64)
            larger[:total] = out[:total]
            out = larger
        if not plain:
            count = _verified(room[:count], (words, within), (values, seen))
        counts[number] = count
        total += count
    return out[:total], counts
