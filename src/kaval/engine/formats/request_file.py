"""The machine-readable copy of a request: one CSV a provider's system can take, so that nobody retypes an address.

UTF-8, comma, every cell quoted, lines end in CRLF (RFC 4180). Times carry their offset; UTC and IST of a row are the
same instant. `check` are the two digits the printed order shows over address, port and times (ISO 7064 MOD 97-10), and
the last sign of `reference` is a digit over the reference itself. An IPv6 address is asked for with the /64 it lies in:
providers keep prefixes, and the lower half changes by design (A-26). The same rows give the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network

from kaval.engine.kernel.instant import IST, iso_utc
from kaval.engine.rules.attribution.request import RequestRow
from kaval.engine.rules.court.check_digit import check_digits

COLUMNS = (
    "reference", "check", "address", "prefix", "port", "protocol", "utc", "ist", "utc_from", "utc_to", "ist_from",
    "ist_to",
)  # fmt: skip
ACCOUNT_COLUMNS = ("reference", "identifier_kind", "identifier", "asked", "report", "report_received_utc")
_PREFIX = 64


def prefix_asked(ip: str) -> str:
    """The IPv6 /64 an address lies in, in CIDR form; empty for IPv4."""
    address = ip_address(ip)
    return "" if address.version == 4 else str(ip_network((address, _PREFIX), strict=False))


def request_csv(rows: Iterable[RequestRow]) -> bytes:
    """The rows of a request for addresses, in the order given."""
    return _csv(COLUMNS, map(_cells, rows))


def account_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows of a request for accounts, each as the texts of ACCOUNT_COLUMNS."""
    return _csv(ACCOUNT_COLUMNS, rows)


def _cells(row: RequestRow) -> tuple[str, ...]:
    check = check_digits(row.ip, row.port, first_at=row.from_at, last_at=row.to_at)
    port = "" if row.port is None else str(row.port)
    span = (row.from_at, row.to_at)
    utc, ist = (
        tuple(map(iso_utc, span)),
        tuple(at.astimezone(IST).isoformat(timespec="seconds") for at in span),
    )
    stated = (iso_utc(row.utc), row.utc.astimezone(IST).isoformat(timespec="seconds"))
    return (row.reference, check, row.ip, prefix_asked(row.ip), port, row.transport, *stated, *utc, *ist)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
