"""Making the demo city on disk · 生成示例城市目录."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantu.examples.city import RESIDENTS_2020, DemoCity, draw_city
from lantu.examples.filing import MANNERS, Filing, Manner, file_package, settings_file
from lantu.examples.layers import INVENTED
from lantu.examples.statements import UnitStatements, lay_down, state, state_as_measured
from lantu.standards.cities import load_city

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lantu.examples.answers import Expected
    from lantu.examples.statements import Statements
    from lantu.vocabulary.text import Text

    Progress = Callable[[str, int, int], None]

PROFILE = "suzhou"


@dataclass
class Draft:
    """The city before it is written, so that faults can be planted · 写出前的示例城市.

    Parameters
    ----------
    city
        The city as drawn.
    statements
        What its plans state.
    filings
        Package of each unit by code.
    municipal
        The plan above them.
    sealed
        The three lines as sealed.
    base
        What is common to all units.
    previous
        Earlier plan versions by unit code.
    strays
        Packages of units that the city does not have.
    """

    city: DemoCity
    statements: Statements
    filings: dict[str, Filing]
    municipal: Filing
    sealed: Filing
    base: Filing
    previous: dict[str, Filing] = field(default_factory=dict)
    strays: list[Filing] = field(default_factory=list)


@dataclass(frozen=True)
class MadeCity:
    """What was made, and where · 生成结果.

    Parameters
    ----------
    directory
        The city's folder.
    packages
        The packages, one of each unit and those that no unit filed.
    units
        How many units filed one.
    parcels
        Parcels of present land use.
    key
        Every finding that checking must report, and no other.
    not_planted
        Codes of checks that no fault was planted for, with the reason.
    """

    directory: Path
    packages: tuple[Path, ...]
    units: int
    parcels: int
    key: tuple[Expected, ...]
    not_planted: dict[str, Text] = field(default_factory=dict)

    @property
    def strays(self) -> int:
        """Packages under a code that no unit has, planted as a fault · 不明单元的成果包数."""
        return len(self.packages) - self.units


def make_city(directory: Path, *, parcels: int = 20_000, seed: int = 1, faults: bool = True, progress: Progress | None = None) -> MadeCity:
    """Make the demo city: plans, the plan above, sealed lines, base data and the answer key · 生成示例城市.

    Parameters
    ----------
    directory
        Folder to make it in; files of the same name are replaced.
    parcels
        Parcels of present land use, 30 to 1,000,000.
    seed
        Seed of everything that looks random; the same seed gives the same city.
    faults
        Whether to plant faults.
    progress
        Told what is being done, how much is done, and how much there is.

    Returns
    -------
    MadeCity
        With the key to every planted fault.
    """
    draft = prepare_city(parcels=parcels, seed=seed, progress=progress)
    key: tuple[Expected, ...] = ()
    not_planted: dict[str, Text] = {}
    if faults:
        from lantu.examples.faults import plant_faults  # noqa: PLC0415  # brings the whole catalogue, which a clean city never needs

        key, not_planted = plant_faults(draft)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "city.yaml").write_text(settings_file(PROFILE), encoding="utf-8")
    (directory / "README.md").write_text(_READ_ME, encoding="utf-8")
    parts = [(draft.municipal, directory), (draft.sealed, directory), (draft.base, directory)]
    parts += [(filing, directory / "previous") for _, filing in sorted(draft.previous.items())]
    parts += [(filing, directory / "packages") for filing in draft.strays]
    parts += [(filing, directory / "packages") for _, filing in sorted(draft.filings.items())]
    paths = []
    for done, (filing, folder) in enumerate(parts):
        if progress is not None:
            progress(f"writing {filing.name} · 写出{filing.name}", done, len(parts))
        paths.append(file_package(filing, folder))
    answer = [
        {"code": item.code, "unit": item.unit, "layer": item.layer, "features": list(item.features), "what": item.what.as_json()}
        for item in key
    ]
    record = {"invented": INVENTED, "findings": answer, "not_planted": {code: why.as_json() for code, why in sorted(not_planted.items())}}
    (directory / "answer_key.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    packages = tuple(paths[-len(draft.filings) - len(draft.strays) :])
    return MadeCity(directory, packages, len(draft.filings), len(draft.city.fabric), key, not_planted)


def prepare_city(*, parcels: int, seed: int, progress: Progress | None = None) -> Draft:
    """Draw the city and lay out how it will be filed, without a fault · 准备无误的示例城市.

    Parameters
    ----------
    parcels
        Parcels of present land use.
    seed
        Seed.
    progress
        As in `make_city`.

    Returns
    -------
    Draft
        Nothing is written yet.
    """
    profile = load_city(PROFILE)
    city = draw_city(profile, parcels=parcels, seed=seed, progress=progress)
    statements = state(city, RESIDENTS_2020)
    filings = {
        code: Filing(
            f"{code}{profile.units[code].name.zh}国土空间总体规划",
            MANNERS[number % len(MANNERS)],
            dict(city.units[code]),
            statements.units[code],
        )
        for number, code in enumerate(city.fabric.codes)
    }
    for code, filing in filings.items():
        state_as_measured(statements.units[code], filing.layers)
    statements.clauses = lay_down(city, statements)
    plain = Manner("gpkg", city.profile.crs)
    above = UnitStatements([], [], [], statements.municipal_metadata)
    municipal = Filing("municipal", plain, city.municipal, above, clauses=statements.clauses)
    return Draft(city, statements, filings, municipal, Filing("sealed", plain, city.sealed), Filing("base", plain, city.base))


_READ_ME = """# Demo city · 示例城市

Everything here is invented data over a public, schematic outline; it describes no real plan, parcel or control line.
本目录全部为虚构数据，仅借用公开的示意性板块范围；不反映任何真实的规划、地块或控制线，不得作为地图发布。

- `packages/` plan packages as units file them, of ten units; with planted faults an eleventh of an unknown unit, 320599
  · 十个板块的规划成果；预置问题时另有一个代码不明（320599）的成果包
- `municipal/` the plan above them with its requirements · 市级总体规划与传导要求
- `sealed/` the three control lines as sealed · 封库三条控制线
- `base/` units, districts, base-year land use, approvals, parcels, buildings, residents · 公共与管理数据
- `answer_key.json` every fault that was planted · 预置问题清单
"""
