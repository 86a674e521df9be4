"""The `report.xml` of a Cellebrite UFDR becomes facts of the device, its files with digests, and decoded records.

Tried: reports written here after the element and item names that two public readers of UFED Physical Analyzer 7.24 and
later use (namespace http://pa.cellebrite.com/report/2.0); no report of the maker was at hand. Not supported: Cellebrite
Reader's own index files, reports of Inseyets in another schema, `extraInfos` (which database row a record came from:
the locator holds the model's id, by which report.xml itself answers that). Messages of conversations come as other
chats do; of any other text only the length is kept; models of passwords are counted and passed over, and so is every
field named like one. A day written with slashes is not guessed: the time is None, the text stays a fact.
Sources: casework/CASE-Implementation-UFED-XML, SEilers/UFEDLib; formats.md section 4.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats._tree import parse_xml
from kaval.engine.formats._xml import prolog
from kaval.engine.formats._xmlrecords import Bounded, local
from kaval.engine.formats.device._extraction import DeviceFact, ExtractionRecord, secret
from kaval.engine.formats.device._ufdr_records import (
    Model,
    chat_message,
    conversation,
    decoded,
    facts_of,
    stated,
)
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="ufdr", version="1", kind="device", title="Cellebrite UFDR (report.xml)")

_NAMESPACE = b"pa.cellebrite.com/report/"
_MOST_TEXT = 64 * 1024
_ALONE = frozenset(("InstantMessage", "Email", "SMS", "MMS", "Call"))
_PASSED_OVER = frozenset(("Password", "Credential", "CreditCard", "Key"))
_DEVICE = {
    "DeviceInfoDetectedPhoneVendor": "make",
    "DeviceInfoSelectedManufacturer": "make",
    "DeviceInfoDetectedPhoneModel": "model",
    "DeviceInfoSelectedDeviceName": "model",
    "DeviceInfoOSType": "os",
    "DeviceInfoOSVersion": "os_version",
    "DeviceInfoAndroidID": "android_id",
    "DeviceInfoAppleID": "apple_id",
    "DeviceInfoSerialNumber": "serial",
    "Serial": "serial",
    "Serial Number": "serial",
    "IMEI": "imei",
    "IMSI": "imsi",
    "ICCID": "iccid",
    "MSISDN": "phone_number",
    "LastUsedMSISDN": "phone_number",
    "Mac Address": "wifi_mac",
    "DeviceInfoWiFiMACAddress": "wifi_mac",
    "Bluetooth MAC Address": "bluetooth_mac",
    "DeviceInfoBluetoothDeviceAddress": "bluetooth_mac",
    "DeviceInfoBluetoothDeviceName": "device_name",
    "DeviceInfoExtractionStartDateTime": "extraction_started",
    "DeviceInfoExtractionEndDateTime": "extraction_ended",
    "UFED_PA_Version": "tool_version",
}


def claims(file: ReceivedFile) -> bool:
    """True for an XML whose root is `project` in Cellebrite's report namespace."""
    head = file.head(4096)
    return prolog(head).root == "project" and _NAMESPACE in head.replace(b"\0", b"")


def read(file: ReceivedFile) -> Reading[ExtractionRecord]:
    """Everything of a report that fits into memory.

    Raises:
        ReaderError: not this report, not well-formed, out of bounds, or with a DOCTYPE.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[ExtractionRecord | ReadWarning]:
    """The records in the order of the report; a file of gigabytes costs no memory.

    Raises:
        ReaderError: as `read`; what came before stands.
    """
    if not claims(file):
        raise ReaderError("not a UFDR report", file=file.name, mend="Give the report.xml of the extraction")
    walk = _Walk(file.name)
    for _ in parse_xml(file, walk):
        while walk.done:
            yield walk.done.popleft()
    if walk.secrets:
        yield ReadWarning("", "secrets-passed-over", f"{walk.secrets} records of passwords were not read")


class _Walk(Bounded):
    """The report as it passes by."""

    def __init__(self, file_name: str) -> None:
        super().__init__(file_name)
        self.done: deque[ExtractionRecord] = deque()
        self.secrets = 0
        self._sections: list[str] = []
        self._key = ""
        self._text: list[str] | None = None
        self._length = 0
        self._file: dict[str, Any] | None = None
        self._models: list[Model] = []
        self._fields: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        super().start(tag, attributes)
        name = local(tag)
        if name == "model":
            self._models.append(Model(attributes, self._models[-1].field if self._models else ""))
        elif name in ("field", "multiField", "modelField", "multiModelField"):
            self._enter_field(attributes.get("name", ""))
        elif name == "value":
            self._gather(self._key)
        elif name == "metadata":
            self._sections.append(attributes.get("section", ""))
        elif name in ("item", "timestamp"):
            self._gather(attributes.get("name", ""))
        elif name == "file":
            self._file = {"attributes": dict(attributes)}
        elif name == "project":
            self._project(attributes)

    def data(self, text: str) -> None:
        if self._text is not None and self._length < _MOST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def end(self, tag: str) -> None:
        super().end(tag)
        name = local(tag)
        if name == "model":
            self._end_model()
        elif name in ("field", "multiField", "modelField", "multiModelField"):
            self._leave_field()
        elif name == "value" and self._models:
            self._models[-1].put(self._models[-1].field, self._taken())
        elif name == "metadata":
            self._sections.pop()
        elif name in ("item", "timestamp"):
            self._item(self._taken())
        elif name == "file" and self._file is not None:
            self.done.append(stated(self._file))
            self._file = None

    def _gather(self, key: str) -> None:
        self._key, self._text, self._length = key, [], 0

    def _taken(self) -> str:
        text, self._text = "".join(self._text or ()).strip(), None
        return text

    def _enter_field(self, name: str) -> None:
        self._fields.append(name)
        if self._models:
            self._models[-1].field = name
        else:
            self._gather(name)  # a field of the case's own information

    def _leave_field(self) -> None:
        self._fields.pop()
        if self._models:
            self._models[-1].field = ""
        elif self._text is not None:
            self._fact(self._key, self._taken(), section="Case Information")

    def _project(self, attributes: Mapping[str, str]) -> None:
        for name, ours in (
            ("name", "project"),
            ("reportVersion", "report_version"),
            ("extractionType", "extraction"),
        ):
            self._fact(ours, attributes.get(name, ""), section="project")

    def _item(self, value: str) -> None:
        if self._file is not None:
            self._file.setdefault(self._key, value)
        elif self._sections and self._sections[-1] != "Hashes" and not self._models:
            self._fact(_DEVICE.get(self._key, self._key), value, section=self._sections[-1])

    def _fact(self, name: str, value: str, *, section: str) -> None:
        if value and name and not secret(name):
            self.done.append(DeviceFact(name, value[:_MOST_TEXT], section, f"{section}/{name}"))

    def _end_model(self) -> None:
        model = self._models.pop()
        kind = model.attributes.get("type", "")
        above = self._models[-1] if self._models else None
        if kind in _PASSED_OVER:
            self.secrets += 1
        elif kind == "Chat":
            self.done.append(conversation(model))
        elif kind == "InstantMessage" and above is not None:
            self.done.append(chat_message(model, above))
        elif above is None or kind in _ALONE:
            self.done.append(decoded(model, kind))
        else:
            folded = facts_of(model.values)
            if folded:
                above.put(above.field or kind, folded)
