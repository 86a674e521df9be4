"""The one audit writer: every act, with its ledger entry, in the transaction of the act itself.

    with acting("seize_item", by=officer, at=at, key=key, request={...}) as act:
        if act.repeated:
            return Exhibit.objects.get(id=act.subject)
        ...
        act.about("exhibit", exhibit.id)
        act.ledger("seized", {...})

Permission is checked before anything else; a refusal is kept although the transaction ends. The same key with the same
request finds the first result; with another request it is refused and kept aside. Inside `one_transaction()`
several acts
share a transaction, and their ledger entries are appended together while the head is locked once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, models, transaction

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import KeyConflict, NotPermitted, RefusedError
from kaval.engine.kernel.instant import iso_utc, require_aware
from kaval.engine.rules.custody import Head, entry_bytes, next_head
from kaval.engine.rules.custody.ledger import leaf_hash
from kaval.station import roles
from kaval.station.ids import derive
from kaval.station.models import Act, LedgerEntry, LedgerHead, Officer, Refusal


@dataclass
class Acting:
    """An act being done. `repeated` is true when it was done before; `subject` is then what it was about."""

    name: str
    by: Officer
    at: datetime
    key: str
    digest: str
    repeated: bool = False
    subject_kind: str = ""
    subject: uuid.UUID | None = None
    note: str = ""
    facts: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    @property
    def earlier(self) -> uuid.UUID:
        """The row a repeated act was about.

        Raises:
            LookupError: the act was about no row.
        """
        if self.subject is None:
            raise LookupError(f"{self.key} was about no row")
        return self.subject

    def about(self, kind: str, subject: uuid.UUID) -> None:
        """Names the row the act is about."""
        self.subject_kind, self.subject = kind, subject

    def ledger(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Adds an entry to the ledger: numbers, digests and references only, never a name or an address."""
        self.facts.append((kind, facts))


Seen = TypeVar("Seen")
_Earlier = tuple[str, str, uuid.UUID | None]


@dataclass
class _Group:
    """Acts of one transaction whose audit, ledger and postponed rows are written together, before it commits."""

    acts: list[Acting] = field(default_factory=list)
    keys: dict[str, _Earlier | None] = field(default_factory=dict)
    rows: dict[type[models.Model], list[models.Model]] = field(default_factory=dict)
    changed: dict[models.Model, set[str]] = field(default_factory=dict)
    seen: dict[Hashable, Any] = field(default_factory=dict)
    failed: str = ""


_EARLIER = ("request_digest", "subject_kind", "subject")
_group: ContextVar[_Group | None] = ContextVar("kaval_act_group", default=None)


@contextmanager
def one_transaction(*, keys: Iterable[str] = ()) -> Iterator[None]:
    """Several acts commit together or not at all; nesting joins the outer transaction.

    `keys` (`name:key`) are looked up at once, where the caller knows which acts are coming.

    Raises:
        RuntimeError: the caller caught what an act inside raised and went on; nothing is committed.
    """
    if _group.get() is not None:
        yield
        return
    group = _Group()
    token = _group.set(group)
    try:
        with transaction.atomic():
            wanted = list(keys)
            group.keys = dict.fromkeys(wanted)
            for key, *earlier in (
                Act.objects.filter(key__in=wanted).values_list("key", *_EARLIER) if wanted else ()
            ):
                group.keys[key] = (earlier[0], earlier[1], earlier[2])
            yield
            if group.failed:
                # Rows that the act wrote before it failed are in this transaction, without an audit row.
                raise RuntimeError(f"{group.failed} failed in this transaction: it cannot be committed")
            write_postponed()
            _write(group.acts)
    finally:
        _group.reset(token)


def postpone(*rows: models.Model) -> None:
    """Inserts rows when the transaction ends, many at once; a row that is there already (same identifier) is
    left alone.

    For rows nobody reads before the end; foreign keys are checked at commit. Outside a transaction of acts it is
    an error.
    """
    group = _group.get()
    if group is None:
        raise RuntimeError("rows can be postponed inside an act only")
    for row in rows:
        group.rows.setdefault(type(row), []).append(row)


def change_later(row: models.Model, *columns: str) -> None:
    """Writes these columns of a row, which the transaction holds locked, when it ends."""
    group = _group.get()
    if group is None:
        raise RuntimeError("a row can be changed inside an act only")
    group.changed.setdefault(row, set()).update(columns)


def once(key: Hashable, make: Callable[[], Seen]) -> Seen:
    """What `make` gives, made once in a transaction of acts; for rows that are locked or cannot change within it."""
    group = _group.get()
    if group is None:
        return make()
    if key not in group.seen:
        group.seen[key] = make()
    found: Seen = group.seen[key]
    return found


def write_postponed() -> None:
    """Writes what was postponed so far, for an act that must read it."""
    group = _group.get()
    if group is None:
        return
    changed, group.changed = group.changed, {}
    for row, columns in changed.items():
        row.save(update_fields=sorted(columns))
    postponed, group.rows = group.rows, {}
    for model, rows in postponed.items():
        model._default_manager.bulk_create(rows, batch_size=500, ignore_conflicts=True)


@contextmanager
def acting(name: str, *, by: Officer, at: datetime, key: str, request: Mapping[str, Any]) -> Iterator[Acting]:
    """One act of one officer at one instant.

    Raises:
        NotPermitted: none of the officer's roles permits the act.
        KeyConflict: the key was used before for another request.
        RefusedError: whatever the act's own rules refuse; all three are kept as refusals.
    """
    moment = require_aware(at)
    # Who acts is part of the request: with another's key nobody finds, or is taken for the author of, another's act.
    digest = content_digest({"request": request, "by": by.number})
    act = Acting(name, by, moment, f"{name}:{key}", digest)
    try:
        if not roles.permits(by.roles, name):
            raise NotPermitted(
                "ROLE",
                f"{name.replace('_', ' ')} needs one of: "
                f"{', '.join(sorted(roles.MAY_DO.get(name, frozenset())))}",
            )
        with one_transaction():
            with _failing_together(act):
                _find_earlier(act)
                yield act
            group = _group.get()
            if group is not None and not act.repeated:
                group.acts.append(act)
                group.keys[act.key] = (act.digest, act.subject_kind, act.subject)
    except RefusedError as refused:
        keep_refusal(name, by=by, at=moment, refused=refused)
        raise


@contextmanager
def _failing_together(act: Acting) -> Iterator[None]:
    done = False
    try:
        yield
        done = True
    finally:
        group = _group.get()
        if group is not None and not done:
            group.failed = act.key


def keep_refusal(name: str, *, by: Officer | None, at: datetime, refused: RefusedError) -> None:
    """Keeps a refusal in a transaction of its own; inside an outer transaction it lives or dies with that one."""
    if connection.in_atomic_block and connection.needs_rollback:
        return
    Refusal.objects.create(name=name, by=by, at=at, code=refused.code, text=refused.text)


def _find_earlier(act: Acting) -> None:
    group = _group.get()
    if group is not None and act.key in group.keys:
        found = group.keys[act.key]
    else:
        found = Act.objects.filter(key=act.key).values_list(*_EARLIER).first()
    if found is None:
        return
    earlier_digest, act.subject_kind, act.subject = found
    if earlier_digest != act.digest:
        raise KeyConflict("KEY", f"{act.key} was used before for another request")
    act.repeated = True


def _write(acts: list[Acting]) -> None:
    if not acts:
        return
    rows = [
        Act(
            id=derive("act", act.key),
            key=act.key,
            name=act.name,
            by=act.by,
            at=act.at,
            subject_kind=act.subject_kind,
            subject=act.subject,
            request_digest=act.digest,
            note=act.note,
        )
        for act in acts
    ]
    Act.objects.bulk_create(rows, batch_size=500)
    head_row = LedgerHead.objects.select_for_update().get(id=1)
    head = Head(head_row.size, tuple(head_row.peaks))
    entries: list[LedgerEntry] = []
    for act, row in zip(acts, rows, strict=True):
        for kind, facts in act.facts or [(act.name, {})]:
            content = entry_bytes(
                {
                    "index": head.size,
                    "act": act.name,
                    "at": iso_utc(act.at),
                    "by": act.by.number,
                    "kind": kind,
                    "facts": facts,
                    "key": act.key,
                    "request": act.digest,
                    "subject": f"{act.subject_kind}:{act.subject}" if act.subject else "",
                }
            )
            leaf = leaf_hash(content)
            entries.append(LedgerEntry(index=head.size, content=content, leaf=leaf, act=row))
            head = next_head(head, leaf)
    LedgerEntry.objects.bulk_create(entries, batch_size=500)
    head_row.size, head_row.peaks = head.size, list(head.peaks)
    head_row.save()
