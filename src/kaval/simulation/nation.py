"""An operation folder of any size for `kaval plan`: square districts side by side, their officers and places."""

from __future__ import annotations

import math
import os
import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

from kaval.simulation.figures import DRAWS_VERSION, FIGURES
from kaval.simulation.folder import Folder
from kaval.simulation.geography import District, draw_map, point_near
from kaval.simulation.ownfiles import Roster
from kaval.simulation.planning import FILES, Ground, draw_folder
from kaval.simulation.quotas import share
from kaval.simulation.world import ForeignFolder, only_writer, sync_folder

MOST_DISTRICTS = 400
# The south-west corner and the side of a district in degrees: the sun is up before seven over the whole square.
_WEST, _SOUTH, _SIDE = 75.0, 8.5, 0.5
_LAND = ("plain", "plain", "city", "coast", "hill")


def write_operation(*, places: int, teams: int, districts: int, seed: int, out: Path) -> Path:
    """The folder at `out`, whole or not at all; same arguments, same bytes.

    Raises:
        ValueError: districts are not 1 to 400, or there are fewer places than teams or teams than districts.
        ForeignFolder: `out` holds something else than an operation folder.
    """
    if not 1 <= districts <= MOST_DISTRICTS or not districts <= teams <= places:
        raise ValueError(f"at most {MOST_DISTRICTS} districts, a team in each, a place for each team")
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    with only_writer(out.parent):
        if out.exists() and (not out.is_dir() or {entry.name for entry in out.iterdir()} - FILES):
            raise ForeignFolder(f"{out} holds other files than an operation: choose another folder")
        partial = out.with_name(f".{out.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        rng = Random(f"kaval:{DRAWS_VERSION}:nation:{places}:{teams}:{districts}:{seed}")
        _draw(Folder(partial), rng, counts=(places, teams, districts))
        shutil.rmtree(out, ignore_errors=True)
        os.sync()
        partial.rename(out)
        sync_folder(out.parent)
    return out


def _draw(folder: Folder, rng: Random, *, counts: tuple[int, int, int]) -> None:
    places, teams, districts = counts
    figures = replace(FIGURES["23.1"], operation=f"nation-{places}")
    land = _districts(districts)
    side = math.ceil(math.sqrt(districts))
    east, north = _WEST + side * _SIDE, _SOUTH + side * _SIDE
    outline = ((_WEST, _SOUTH), (east, _SOUTH), (east, north), (_WEST, north))
    map_ = draw_map(rng, stations=(5, 8), outline=outline, districts=land)
    shares = share(teams, {one.district_id: rng.randint(2, 5) for one in land}, at_least=1)
    grounds = []
    for district_id, count in share(places, shares, at_least=1).items():
        for _ in range(count):
            station = rng.choice(map_.stations[district_id])
            longitude, latitude = point_near(rng, station, spread=0.06)
            village = rng.choice((station.name, f"{station.name} East", f"{station.name} Junction"))
            grounds.append(Ground(station, longitude, latitude, village))
    draw_folder(
        folder,
        figures,
        map_=map_,
        roster=Roster(figures, map_, rng, teams=shares),
        grounds=grounds,
        rng=rng,
        terrains={one.district_id: _LAND[number % len(_LAND)] for number, one in enumerate(land)},
    )


def _districts(count: int) -> tuple[District, ...]:
    """Districts in rows from the south-west."""
    side = math.ceil(math.sqrt(count))
    return tuple(
        District(
            f"N{number + 1:03d}",
            f"District {number + 1}",
            f"ജില്ല {number + 1}",
            (_WEST + (number % side + 0.5) * _SIDE, _SOUTH + (number // side + 0.5) * _SIDE),
            1,
            600,
        )
        for number in range(count)
    )
