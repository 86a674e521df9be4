"""Cameras that more than one device of an operation speaks of, by what pictures and videos say of their maker.

A serial number ties pictures to one camera; maker and model alone only to a product that many people own, and any
program can write both. A device's own camera is what it says it is, or what made most pictures of its camera folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kaval.engine.rules.examination._wording import reason
from kaval.engine.rules.examination.evidence import Evidence

Camera = tuple[str, str, str]
_FEW = 3


def own_cameras(evidence: Evidence) -> frozenset[Camera]:
    """The camera or cameras of the device itself; empty when nothing tells."""
    models = {model.lower() for _, model in evidence.device_models}
    said = {camera for camera in evidence.cameras if camera[1].lower() in models}
    if said:
        return frozenset(said)
    total = sum(evidence.own_cameras.values())
    return frozenset(camera for camera, count in evidence.own_cameras.items() if 2 * count > total >= _FEW)


def shared_cameras(devices: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Cameras named on at least two devices: those with graded files first, then those told by a serial number."""
    met: dict[Camera, list[dict[str, Any]]] = {}
    for evidence in sorted(devices, key=lambda one: one.source):
        own = own_cameras(evidence)
        for camera, files in evidence.cameras.items():
            graded = evidence.graded_cameras[camera]
            met.setdefault(camera, []).append(
                {"source": evidence.source, "files": files, "graded": graded, "own": camera in own}
            )
    found = [_match(camera, where) for camera, where in met.items() if len(where) > 1]
    found.sort(
        key=lambda one: (
            -one["graded"],
            one["serial"] is None,
            one["make"],
            one["model"],
            one["serial"] or "",
        )
    )
    return found


def _match(camera: Camera, devices: list[dict[str, Any]]) -> dict[str, Any]:
    make, model, serial = camera
    reasons = [reason("C-SERIAL" if serial else "C-MODEL", files=len(devices))]
    owners = [one["source"] for one in devices if one["own"]]
    elsewhere = sum(one["graded"] for one in devices if not one["own"])
    if owners and elsewhere:
        reasons.append(reason("C-OWN-ELSEWHERE", files=elsewhere))
    return {
        "make": make or None,
        "model": model,
        "serial": serial or None,
        "strength": "strong" if serial else "weak",
        "graded": sum(one["graded"] for one in devices),
        "camera_of": owners,
        "devices": devices,
        "reasons": [{"code": one.code, "text": one.text, "text_ml": one.text_ml} for one in reasons],
    }
