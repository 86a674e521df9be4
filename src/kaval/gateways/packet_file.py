"""A sealed packet as one HTML file that opens without a network: ciphertext, an opener, and nothing that says whose.

The opener and its style are inside and named by their digests in the file's own policy, which forbids everything else:
no other script runs in it and nothing in it asks anybody for anything.
"""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from kaval.engine.kernel.errors import ConfigurationError
from kaval.gateways.packet_seal import NotOpened, header_of

_PACKAGE = Path(__file__).resolve().parent
_SHELL = _PACKAGE / "packet" / "packet.html"
_STATIC = _PACKAGE.parent / "station" / "static"
_FONT = _STATIC / "bundle" / "fonts" / "NotoSansMalayalam_400Regular.ttf"
_FACE = (
    '@font-face {{ font-family: "Kaval Malayalam"; src: url("data:font/ttf;base64,{}"); '
    "unicode-range: U+0D00-0D7F, U+200C-200D, U+25CC; }}"
)
_SEALED = re.compile(rb'<script type="application/json" id="sealed">([^<]*)</script>')
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def packet_file(packet: Mapping[str, str]) -> bytes:
    """The file of a sealed packet.

    Raises:
        ConfigurationError: the opener was not built; names the command that builds it.
    """
    style, script, policy = _opener()
    inside = {
        "number": html.escape(header_of(packet)["number"]),
        "policy": html.escape(policy),
        "style": style,
        "script": script,
        "sealed": json.dumps(dict(packet), sort_keys=True).replace("<", "\\u003c"),
    }
    return _PLACE.sub(lambda place: inside[place[1]], _SHELL.read_text("utf-8")).encode()


def packet_in(content: bytes) -> dict[str, str]:
    """The sealed packet in a file.

    Raises:
        NotOpened: there is none.
    """
    found = _SEALED.search(content)
    if found is None:
        raise NotOpened("PACKET", "this file holds no packet of Kaval")
    try:
        return {str(key): str(value) for key, value in json.loads(found[1]).items()}
    except (ValueError, AttributeError) as wrong:
        raise NotOpened("PACKET", "the packet in this file is damaged") from wrong


@lru_cache(maxsize=1)
def _opener() -> tuple[str, str, str]:
    style, script = _STATIC / "console" / "packet.css", _STATIC / "bundle" / "packet.js"
    missing = [str(one) for one in (script, _FONT) if not one.is_file()]
    if missing:
        raise ConfigurationError(f"{', '.join(missing)} missing: run ./dev setup")
    # A phone bought elsewhere may have no Malayalam letters.
    face = _FACE.format(b64encode(_FONT.read_bytes()).decode())
    words = (face + style.read_text("utf-8"), script.read_text("utf-8"))
    if "</script" in words[1] or "</style" in words[0]:
        raise ConfigurationError(f"{script} cannot stand inside a page")
    kinds = ("style-src", "script-src")
    allowed = (
        f"{kind} 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
        for kind, text in zip(kinds, words, strict=True)
    )
    return (
        *words,
        f"default-src 'none'; {'; '.join(allowed)}; font-src data:; base-uri 'none'; form-action 'none'",
    )
