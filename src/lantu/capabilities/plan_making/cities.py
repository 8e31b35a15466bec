"""A city folder opened: profile, store, the plan above, what is common to all units · 打开城市目录."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
import yaml

from lantu.capabilities.plan_making.fingerprints import fingerprint
from lantu.capabilities.plan_making.kept_packages import Package, PackageReader, held_package, keep_package
from lantu.capabilities.plan_making.open_memory import OpenMemory
from lantu.capabilities.plan_making.packages import read_package
from lantu.capabilities.plan_making.remembering import LazyLayers
from lantu.engines.overlay.projecting import outline_in
from lantu.standards.cities import load_city
from lantu.standards.classifications import load_classifications
from lantu.standards.limits import Limits, limits_with
from lantu.stores.formats.diagnosis import IntakeProfile
from lantu.stores.layers.store import LayerStore
from lantu.vocabulary.errors import InputUnreadable, ProfileInvalid
from lantu.vocabulary.layer import layer_from_shapes
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from lantu.engines.overlay.products import Products
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.plans import CityProfile, Unit


# What features belong to units is kept by this: raise it with `_owners`.
_OWNER_RULE = "1"


@dataclass(frozen=True)
class City:
    """Everything that the checks of a city need besides the packages themselves · 城市.

    Parameters
    ----------
    profile
        What is particular to the city.
    folder
        Where it lies; None for a profile without data.
    today
        The day on which limits and plans in force are asked for.
    settings
        The folder's ``city.yaml``.
    """

    profile: CityProfile
    folder: Path | None
    today: dt.date
    settings: Mapping[str, Any]

    @cached_property
    def limits(self) -> Limits:
        """Limits of the standards under those of the city · 限值."""
        return limits_with(self.profile.limits, Text(f"city profile {self.profile.code}", f"城市配置{self.profile.code}"))

    @cached_property
    def classifications(self) -> Mapping[str, Classification]:
        """Classifications of the standards and those of the profile · 用地分类."""
        return {**load_classifications(), **self.profile.classifications}

    @cached_property
    def intake(self) -> IntakeProfile:
        """What intake may expect of a delivery · 入库依据."""
        return IntakeProfile(
            crs=self.profile.accepted_crs,
            extent=self.profile.extent,
            outline=shapely.union_all(list(self._outlines.values())) if self._outlines else None,
            classification=self.profile.default_classification,
            # Plain dictionaries: intake hands them to a guarded process, and read-only views cannot travel.
            table_aliases=dict(self.profile.table_aliases),
            field_aliases={name: dict(fields) for name, fields in self.profile.field_aliases.items()},
        )

    @property
    def store_folder(self) -> Path:
        """Folder of the store, of what was read and of earlier results · 库目录."""
        return (self.folder or Path()) / str(self.settings.get("store", "store"))

    @cached_property
    def store(self) -> LayerStore | None:
        """The city's layer store, None for a profile without data · 图层库."""
        return None if self.folder is None else LayerStore(self.store_folder / "layers")

    @cached_property
    def memory(self) -> OpenMemory:
        """What this process need not read again as long as the city stays open · 进程内存档."""
        return OpenMemory()

    @cached_property
    def profile_print(self) -> str:
        """What reading depends on in the profile: its outlines by their content, wherever the file lies · 配置指纹."""
        outlines = {code: shapely.to_wkb(shape).hex() for code, shape in self._outlines.items()}
        return fingerprint([replace(self.profile, outline_path=""), outlines])

    @cached_property
    def _reader(self) -> PackageReader | None:
        if self.store is None:
            return None
        return PackageReader(self.profile, self.profile_print, self.intake, self.store, self.store_folder / "packages", self.memory)

    @property
    def invented(self) -> bool:
        """Whether the data are invented, by the folder's word or else the profile's: then everything shown must say so · 是否虚构数据."""
        return bool(self.settings.get("invented", self.profile.invented))

    @property
    def zone(self) -> ZoneInfo:
        """Zone in which the city's days begin · 城市时区."""
        return ZoneInfo(self.profile.time_zone)

    @property
    def day_is_fixed(self) -> bool:
        """Whether the folder says which day it is, as that of a demonstration does · 是否固定日期."""
        return bool(self.settings.get("today"))

    def on(self, day: dt.date) -> City:
        """Give the same city on another day; whatever was read stays read · 换日.

        Parameters
        ----------
        day
            The day.

        Returns
        -------
        City
            Shares store, memory and packages with this one: none of them asks which day it is.
        """
        other = replace(self, today=day)
        kept = {name: value for name, value in vars(self).items() if name not in {part.name for part in fields(self)}}
        vars(other).update(kept)
        return other

    def look_again(self) -> None:
        """Forget which plan above, sealed lines and common layers there are, as files may have changed · 重新查看公共成果."""
        for name in ("parent", "sealed", "base"):
            vars(self).pop(name, None)

    @cached_property
    def parent(self) -> Package | None:
        """The municipal plan above all units · 市级总体规划."""
        return self._part("parent", "municipal")

    @cached_property
    def sealed(self) -> Package | None:
        """The control lines as sealed · 封库版控制线."""
        return self._part("sealed", "sealed")

    @cached_property
    def base(self) -> Package | None:
        """What is common to all units: their outlines, districts, management data · 全市公共图层."""
        return self._part("base", "base")

    @cached_property
    def _outlines(self) -> dict[str, Any]:
        path = Path(self.profile.outline_path) if self.profile.outline_path else None
        if path is None or not path.exists():
            return {}
        import json  # noqa: PLC0415  # a small file, read once

        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return {str(item["properties"]["unit_code"]): shapely.geometry.shape(item["geometry"]) for item in features}

    def unit_outline(self, unit: Unit) -> Layer | None:
        """Give the outline of one unit as a layer of one feature · 板块范围.

        Parameters
        ----------
        unit
            The unit.

        Returns
        -------
        Layer or None
            From the city's own data, else from the profile; None where neither has it.
        """
        if self.base is not None and "local_unit" in self.base.versions:
            base, version = self.base, self.base.versions["local_unit"]
            layer: Layer | None = self.memory.value(f"outline {unit.code} {version}", partial(_outline_of, base, unit.code))
            return layer
        outline = self._outlines.get(unit.code)
        if outline is None:
            return None
        shape = outline_in(outline, "EPSG:4490", self.profile.crs)
        return layer_from_shapes("local_unit", {unit.code: shape}, crs=self.profile.crs, unit_code=[unit.code], unit_name=[unit.name.zh])

    @cached_property
    def _unit_outlines(self) -> Layer:
        """Outlines of all units, a feature each with its code."""
        if self.base is not None and "local_unit" in self.base.versions:
            return self.base.layer("local_unit")
        units = [self.profile.units[code] for code in self._outlines if code in self.profile.units]
        shapes = {unit.code: outline_in(self._outlines[unit.code], "EPSG:4490", self.profile.crs) for unit in units}
        return layer_from_shapes("local_unit", shapes, crs=self.profile.crs, unit_code=[unit.code for unit in units])

    def package(self, path: Path, owner: str = "") -> Package:
        """Read a package, or take it from the store if the very same was read before · 读取成果包.

        Parameters
        ----------
        path
            Folder or archive.
        owner
            Prefix of its layers in the store; its own unit's code where empty.

        Returns
        -------
        Package
            Layers are read when they are asked for.
        """
        if self._reader is None:
            return held_package(read_package(path, self.profile, self.intake))
        return keep_package(path, owner, self._reader)

    def layers_for(self, unit: Unit, package: Package, products: Products) -> LazyLayers:
        """Lay what is common to all units beside a unit's own layers · 某板块的全部图层.

        Base layers come with the features that belong to the unit: each belongs to one, that of the largest share.
        Sealed lines and layers of the parent plan come with all that touch it, so that a feature spread over several
        units is looked at in each. None is cut through. Everything is read when a check asks for it.

        Parameters
        ----------
        unit
            The unit.
        package
            What it submitted; its layers go before those of the city.
        products
            Where areas are computed and remembered.

        Returns
        -------
        LazyLayers
            By name with role.
        """
        versions, loaders = self._common_layers(unit, products)
        previous = self._previous_of(unit)
        for part, role in ((previous, "previous_"), (package, "")):
            if part is not None:
                versions |= {f"{role}{name}": version for name, version in part.versions.items()}
                loaders |= {f"{role}{name}": partial(part.layer, name) for name in part.versions}
        held = {name: partial(self.memory.layer, unit.code, name, versions[name], load) for name, load in loaders.items()}
        return LazyLayers(versions, held)

    def _common_layers(self, unit: Unit, products: Products) -> tuple[dict[str, str], dict[str, Callable[[], Layer]]]:
        outline = self.unit_outline(unit)
        if outline is None:
            return {}, {}
        cuts: list[tuple[str, Package, str, Callable[[Layer], Layer]]] = []
        if self.base is not None:
            for name in self.base.versions:
                if name == "administrative_district":
                    cuts.append((name, self.base, name, partial(of_districts, unit=unit)))
                elif name != "local_unit":
                    cuts.append((name, self.base, name, partial(belonging_to, unit=unit, outlines=self._unit_outlines, products=products)))
        if self.sealed is not None:
            cuts += [(f"sealed_{name}", self.sealed, name, partial(touching, outline=outline)) for name in self.sealed.versions]
        if self.parent is not None:
            cuts += [(f"parent_{name}", self.parent, name, partial(touching, outline=outline)) for name in self.parent.versions]
        versions = {"local_unit": outline.content_hash}
        loaders: dict[str, Callable[[], Layer]] = {"local_unit": partial(_as_it_is, outline)}
        for name, part, source, cut in cuts:
            shared = self._unit_outlines.content_hash if part is self.base else outline.content_hash
            versions[name] = fingerprint([part.versions[source], shared, unit.code, unit.district_codes, name])
            loaders[name] = partial(_cut_part, part, source, cut)
        return versions, loaders

    def _previous_of(self, unit: Unit) -> Package | None:
        if self.folder is None:
            return None
        path = self.folder / str(self.settings.get("previous", "previous")) / unit.code
        return self.package(path, f"previous-{unit.code}") if path.exists() else None

    def package_paths(self) -> list[Path]:
        """List the packages that lie in the city's folder · 列出成果包.

        Returns
        -------
        list of Path
            In order of name.
        """
        if self.folder is None:
            return []
        folder = self.folder / str(self.settings.get("packages", "packages"))
        return sorted(item for item in folder.iterdir() if not item.name.startswith(".")) if folder.is_dir() else []

    def _part(self, key: str, default: str) -> Package | None:
        if self.folder is None:
            return None
        path = self.folder / str(self.settings.get(key, default))
        return self.package(path, key) if path.exists() else None


def open_city(path: Path) -> City:
    """Open a city folder · 打开城市目录.

    Parameters
    ----------
    path
        A folder with ``city.yaml``.

    Returns
    -------
    City
        Its parts are read when they are first asked for.

    Raises
    ------
    InputUnreadable
        If there is no ``city.yaml``.
    ProfileInvalid
        If it is not a mapping that names a profile.
    """
    file = path / "city.yaml"
    if not file.is_file():
        raise InputUnreadable(
            Text(f"{path} is no city folder: it has no city.yaml.", f"{path}不是城市目录：缺少city.yaml。"),
            Text(
                "Make one with `lantu demo DIR`, or write a city.yaml that names a profile.",
                "可用`lantu demo 目录`生成，或编写指明配置的city.yaml。",
            ),
        )
    try:
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ProfileInvalid(
            Text(f"{file} is no readable YAML: {error}.", f"{file}不是可读取的YAML：{error}。"),
            Text("Correct the line it names.", "请更正所指的行。"),
        ) from error
    if not isinstance(settings, dict) or "profile" not in settings:
        raise ProfileInvalid(
            Text(f"{file} names no profile.", f"{file}未指明城市配置。"),
            Text("Add a line `profile: suzhou`.", "请增加一行`profile: suzhou`。"),
        )
    profile = load_city(settings["profile"])
    today = settings.get("today") or present_day(profile.time_zone)
    if not isinstance(today, dt.date):
        raise ProfileInvalid(
            Text(f"{file}: today is {today!r}, which is no date.", f"{file}：today为{today!r}，不是日期。"),
            Text("Write it as 2026-01-01.", "请写作2026-01-01。"),
        )
    return City(profile, path, today, settings)


def present_day(zone: str) -> dt.date:
    """Say which day it is · 今天.

    Parameters
    ----------
    zone
        Zone in which the day begins; that of a city for all that is asked there.

    Returns
    -------
    datetime.date
        East of Greenwich a new one begins before it does in UTC, in which all times of the records are.
    """
    return dt.datetime.now(ZoneInfo(zone)).date()


def profile_only(name: str, today: dt.date | None = None) -> City:
    """Give a city that has a profile and no data · 仅有配置的城市.

    Parameters
    ----------
    name
        Name of a profile, or the path of one.
    today
        The day asked for; the present day where None.

    Returns
    -------
    City
        Without folder, store or parent plan.
    """
    profile = load_city(name)
    return City(profile, None, today or present_day(profile.time_zone), {})


def _outline_of(base: Package, code: str) -> Layer | None:
    layer = base.layer("local_unit")
    rows = np.flatnonzero(layer.texts("unit_code") == code)
    return layer.take(rows) if len(rows) else None


def _as_it_is(layer: Layer) -> Layer:
    return layer


def _cut_part(part: Package, source: str, cut: Callable[[Layer], Layer]) -> Layer:
    return cut(part.layer(source))


def of_districts(layer: Layer, unit: Unit) -> Layer:
    """Keep the administrative districts whose codes land of a unit may carry · 取板块对应的行政区.

    Parameters
    ----------
    layer
        Administrative districts.
    unit
        The unit.

    Returns
    -------
    Layer
        In the order of the layer.
    """
    return layer.take(np.flatnonzero(np.isin(layer.texts("district_code").astype(str), unit.district_codes)))


def belonging_to(layer: Layer, unit: Unit, outlines: Layer, products: Products) -> Layer:
    """Keep the features that belong to a unit, each feature belonging to one · 取归属某板块的要素.

    A polygon belongs to the unit that has the largest part of it, be it more than half or not; a line or point, and a
    polygon whose rings do not say what it encloses, to the unit of a point on it.

    Parameters
    ----------
    layer
        Polygons, lines or points.
    unit
        The unit.
    outlines
        Outlines of all units in the same CRS, with their codes.
    products
        Where areas are computed and remembered.

    Returns
    -------
    Layer
        In the order of the layer; what meets no unit belongs to none.
    """
    if len(layer) == 0:
        return layer
    owner = products.rows(("owner", _OWNER_RULE, layer.content_hash, outlines.content_hash), lambda: _owners(layer, outlines, products))
    wanted = np.flatnonzero(outlines.texts("unit_code").astype(str) == unit.code)
    return layer.take(np.flatnonzero(np.isin(owner, wanted)))


def _owners(layer: Layer, outlines: Layer, products: Products) -> npt.NDArray[np.int64]:
    """Give the row of the outline that each feature belongs to, -1 for none."""
    owner = np.full(len(layer), -1, np.int64)
    geometry = layer.geometry
    by_point = np.arange(len(layer))
    if (shapely.get_dimensions(geometry) == 2).all():  # noqa: PLR2004  # the dimension of a polygon
        product = products.overlay(layer, outlines, undecided="leave out")
        # Ascending by area and, where parts are equal, with the first outline last: the last one written stays.
        order = np.lexsort((-product.right, product.area_m2))
        owner[product.left[order]] = product.right[order]
        by_point = products.unsound_rows(layer)
    points = shapely.point_on_surface(shapely.make_valid(geometry[by_point]))
    feature, outline = shapely.STRtree(outlines.geometry).query(points, predicate="intersects")
    order = np.argsort(-outline, kind="stable")
    owner[by_point[feature[order]]] = outline[order]
    return owner


def touching(layer: Layer, outline: Layer) -> Layer:
    """Keep the features that meet an outline · 保留与范围相交的要素.

    Parameters
    ----------
    layer
        Features of any kind.
    outline
        A layer of one polygon in the same CRS.

    Returns
    -------
    Layer
        In the order of the layer.
    """
    frame = shapely.union_all(outline.geometry)
    shapely.prepare(frame)
    return layer.take(np.flatnonzero(shapely.intersects(frame, layer.geometry)))
