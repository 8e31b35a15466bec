"""Plans in force onto the one map, version by version, without a moment in which the map is half of something · 一张图发布."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from lantu.capabilities.one_map.generalising import public_version
from lantu.capabilities.one_map.legends import style_of
from lantu.capabilities.one_map.tile_building import LayerPart, TileOrder, build_tiles, highest_zoom_of
from lantu.standards.map_layers import load_map_rules
from lantu.stores.records.models import MapLayer, PlanRecord, PlanVersion
from lantu.stores.records.querying import select
from lantu.vocabulary.layer_definitions import load_layers
from lantu.vocabulary.people import Actor
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from lantu.standards.map_layers import MapRules, MapSymbols
    from lantu.stores.layers import LayerStore
    from lantu.stores.records import Database, RecordSession
    from lantu.vocabulary.land_use import Classification
    from lantu.vocabulary.plans import CityProfile

    Progress = Callable[[str, int, int], None]

PUBLIC_SUFFIX = "_public"
PUBLIC, INTERNAL, BUILT = "public", "internal", "built"
_PARTS = (("base", ""), ("sealed", "sealed_"), ("parent", "parent_"))
_PREFIX_TITLES = {"sealed_": Text("as sealed", "封库版"), "parent_": Text("municipal plan", "市级规划")}
_IN_FORCE_STATES = frozenset({"in_force", "superseded"})
_DAY = dt.timedelta(days=1)
_FORM = 2
_MAP_FIELDS = 4
_WHOLE_MAP = (-180.0, -85.0, 180.0, 85.0)
_ACTOR = Actor.system("publishing")


class PlanPart(Protocol):
    """A package as publishing needs it · 成果包."""

    versions: Mapping[str, str]
    owner: str


class CityOfPlans(Protocol):
    """A city as publishing needs it · 城市."""

    @property
    def profile(self) -> CityProfile:
        """What is particular to the city · 城市配置."""

    @property
    def today(self) -> dt.date:
        """The day that is asked about · 当前日期."""

    @property
    def store(self) -> LayerStore | None:
        """Where layers rest · 图层库."""

    @property
    def parent(self) -> Any:  # noqa: ANN401  # a package of plan making, which this room does not import
        """The municipal plan · 市级规划."""

    @property
    def sealed(self) -> Any:  # noqa: ANN401  # as above
        """The control lines as sealed · 封库控制线."""

    @property
    def base(self) -> Any:  # noqa: ANN401  # as above
        """What is common to all units · 公共图层."""

    @property
    def classifications(self) -> Mapping[str, Classification]:
        """Land-use classifications · 用地分类."""


class OfficeFolders(Protocol):
    """Folders as publishing needs them · 办公目录."""

    @property
    def tiles(self) -> Path:
        """Archives of tiles · 瓦片目录."""


@dataclass(frozen=True, slots=True)
class _Holding:
    """A layer of one owner and the days on which it holds."""

    name: str
    owner: str
    layer: str
    version: str
    begins: dt.date | None
    ends: dt.date | None


@dataclass(frozen=True, slots=True)
class _Edition:
    """A citywide layer between two days."""

    name: str
    canonical: str
    parts: tuple[LayerPart, ...]
    begins: dt.date | None
    ends: dt.date | None
    unit_code: str | None
    visibility: str


def publish_city(city: CityOfPlans, records: Database, folders: OfficeFolders, progress: Progress | None = None) -> list[str]:
    """Bring everything in force onto the map · 全市上图.

    What is on the map already stays as it is, so this may be repeated. Tiles are made first, under names of their own; only when
    they are whole does one transaction put the version on the map. Killed before that, the version before stays in force.

    Parameters
    ----------
    city
        The city.
    records
        Where the map's layers are written down.
    folders
        Where tiles go.
    progress
        Told what is being done, how much is done, and how much there is.

    Returns
    -------
    list of str
        Names of the layers that got a new version.
    """
    return _publish(city, records, folders, None, progress)


def publish_plan_version(
    city: CityOfPlans, records: Database, folders: OfficeFolders, unit_code: str | None, progress: Progress | None = None
) -> list[str]:
    """Bring onto the map what changed with a plan version of one unit · 规划版本上图.

    Only the tiles in which the unit's layers show, or showed, are made anew.

    Parameters
    ----------
    city
        The city.
    records
        Where the map's layers are written down; the plan version is in force there already.
    folders
        Where tiles go.
    unit_code
        The unit; None for the municipality.
    progress
        As in `publish_city`.

    Returns
    -------
    list of str
        Names of the layers that got a new version.
    """
    return _publish(city, records, folders, unit_code, progress)


def _publish(city: CityOfPlans, records: Database, folders: OfficeFolders, unit_code: str | None, progress: Progress | None) -> list[str]:
    if city.store is None:
        return []
    with records.reading() as session:
        holdings = [*_of_units(city, session), *_of_city(city)]
    # A layer that nobody laid down how to draw (such as the tables of a change) stays off the map.
    drawn = load_map_rules().layers.keys()
    concerned = {item.name for item in holdings if _canonical(item.name) in drawn and (unit_code is None or item.owner == unit_code)}
    editions = [
        edition for name in sorted(concerned) for edition in _newest_first(city, name, [item for item in holdings if item.name == name])
    ]
    made = []
    for done, edition in enumerate(editions):
        if progress is not None:
            progress(f"publishing {edition.name} · 发布{edition.name}", done, len(editions))
        if _publish_edition(city, records, folders, edition):
            made.append(edition.name)
    if progress is not None:
        progress("published · 发布完成", len(editions), len(editions))
    return made


def _of_city(city: CityOfPlans) -> Iterable[_Holding]:
    for owner, prefix in _PARTS:
        part: PlanPart | None = getattr(city, owner)
        if part is not None:
            for name, version in part.versions.items():
                yield _Holding(f"{prefix}{name}", owner, f"{part.owner}.{name}", version, None, None)


def _of_units(city: CityOfPlans, session: RecordSession) -> Iterable[_Holding]:
    store = city.store
    plans = session.scalars(select(PlanRecord).where(PlanRecord.owner_unit.is_not(None))).all()
    for plan in plans:
        for version in session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id)).all():
            if version.state not in _IN_FORCE_STATES or plan.owner_unit is None:
                continue
            for name, content in version.layers.items():
                stored = next(
                    (
                        layer
                        for owner in (plan.owner_unit, f"previous-{plan.owner_unit}")
                        if store is not None and store.has(layer := f"{owner}.{name}", content)
                    ),
                    None,
                )
                if stored is not None:
                    yield _Holding(name, plan.owner_unit, stored, content, version.in_force_from, version.in_force_until)


def _newest_first(city: CityOfPlans, name: str, holdings: Sequence[_Holding]) -> list[_Edition]:
    """Lay the holdings of a layer out in time: one edition between any two days on which something changes."""
    canonical = _canonical(name)
    numbers = {code: number for number, code in enumerate(sorted(city.profile.units), start=1)}
    days: set[dt.date | None] = {item.begins for item in holdings} | {item.ends + _DAY for item in holdings if item.ends is not None}
    ordered = sorted(days, key=lambda day: day or dt.date.min)
    units = sorted({item.owner for item in holdings} & set(numbers))
    groups: list[tuple[str, str | None, list[_Holding]]] = [(name, None, list(holdings))]
    if units:
        groups += [(f"{name}.{code}", code, [item for item in holdings if item.owner == code]) for code in units]
    found: list[_Edition] = []
    symbols = load_map_rules().of(canonical)
    for group_name, unit, own in groups:
        forms = [(group_name, INTERNAL)]
        if unit is None and symbols.public is not None:
            forms.append((f"{group_name}{PUBLIC_SUFFIX}", PUBLIC))
        for form_name, visibility in forms:
            found += _timeline(form_name, canonical, own, ordered, (unit, visibility), numbers)
    # Should this be killed half-way, the latest stands and what came before it has ended: never the other way round.
    return found[::-1]


def _canonical(name: str) -> str:
    return name.removeprefix("sealed_").removeprefix("parent_")


def _timeline(  # noqa: PLR0913, PLR0917  # what a timeline is made of
    name: str,
    canonical: str,
    holdings: Sequence[_Holding],
    days: Sequence[dt.date | None],
    audience: tuple[str | None, str],
    numbers: Mapping[str, int],
) -> list[_Edition]:
    found: list[_Edition] = []
    for place, day in enumerate(days):
        following = days[place + 1] if place + 1 < len(days) else None
        until = None if following is None else following - _DAY
        held = [item for item in holdings if _holds(item, day)]
        parts = tuple(
            LayerPart(item.owner, item.layer, item.version, numbers.get(item.owner, 0))
            for item in sorted(held, key=lambda item: item.owner)
        )
        if found and found[-1].parts == parts:
            last = found.pop()
            found.append(_Edition(name, canonical, parts, last.begins, until, *audience))
        elif parts:
            found.append(_Edition(name, canonical, parts, day, until, *audience))
    return found


def _holds(item: _Holding, day: dt.date | None) -> bool:
    moment = day or dt.date.min
    return (item.begins or dt.date.min) <= moment and (item.ends is None or moment <= item.ends)


def _publish_edition(city: CityOfPlans, records: Database, folders: OfficeFolders, edition: _Edition) -> bool:
    store = city.store
    if store is None:
        return False
    rules = load_map_rules()
    symbols = rules.of(edition.canonical)
    public = symbols.public if edition.visibility == PUBLIC else None
    parts = edition.parts
    if public is not None:
        parts = tuple(
            LayerPart(part.owner, *public_version(store, part.layer, part.version, edition.canonical, public), part.number)
            for part in parts
        )
    marks = [_FORM, edition.name, [(part.owner, part.layer, part.version) for part in parts], repr(symbols)]
    version = hashlib.sha256(json.dumps(marks).encode()).hexdigest()[:16]
    with records.reading() as session:
        rows = session.scalars(select(MapLayer).where(MapLayer.name == edition.name)).all()
        known = next((row for row in rows if row.version == version), None)
        if known is not None and (known.valid_from, known.valid_until) == (edition.begins, edition.ends):
            return False
        latest = max(rows, key=lambda row: (row.valid_from or dt.date.min, row.created_at), default=None)
        earlier = latest.tile_archive or "" if latest is not None else ""
    if known is not None:
        with records.writing(_ACTOR, "other days of validity") as session:
            row = session.find(MapLayer, known.id)
            row.valid_from, row.valid_until = edition.begins, edition.ends
        return False
    described = _describe(city, store, edition, parts, rules)
    order = TileOrder(
        edition.name,
        version,
        parts,
        _tile_fields(symbols),
        symbols.field,
        described["legend"],
        city.profile.extent or _WHOLE_MAP,
        (public.maxzoom if public is not None else None) or highest_zoom_of(store, parts),
    )
    built = build_tiles(store, folders.tiles, order, earlier)
    title = _title(city, edition)
    with records.writing(_ACTOR, f"published {edition.name}") as session:
        for row in session.scalars(select(MapLayer).where(MapLayer.name == edition.name)).all():
            # What begins on the same day was put on the map before it was known better, and holds on no day now.
            if (row.valid_from or dt.date.min) < (edition.begins or dt.date.min) and (
                row.valid_until is None or edition.begins is None or row.valid_until >= edition.begins
            ):
                row.valid_until = edition.begins - _DAY if edition.begins else row.valid_until
            elif row.valid_from == edition.begins:
                session.delete(row)
        session.flush()
        session.add(
            MapLayer(
                name=edition.name,
                version=version,
                title_en=title.en,
                title_zh=title.zh,
                family=_family(edition.canonical),
                unit_code=edition.unit_code,
                visibility=edition.visibility,
                generalised=public is not None,
                parts={part.owner: {"layer": part.layer, "version": part.version} for part in parts},
                valid_from=edition.begins,
                valid_until=edition.ends,
                features=built.features,
                geometry_type=described["geometry_type"],
                bounds=list(built.bounds) if built.bounds else None,
                tile_state=BUILT,
                tile_archive=built.archive or None,
                overview_archive=built.overview or None,
                minzoom=built.minzoom,
                maxzoom=built.maxzoom,
                style={key: described[key] for key in ("legend", "legend_field", "label_field", "fields", "canonical", "classification")},
            )
        )
    return True


def _tile_fields(symbols: MapSymbols) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field for field in ("identifier", symbols.field, symbols.label) if field))[:_MAP_FIELDS]


def _describe(city: CityOfPlans, store: LayerStore, edition: _Edition, parts: Sequence[LayerPart], rules: MapRules) -> dict[str, Any]:
    stored = [(part.layer, part.version) for part in parts]
    return style_of(edition.canonical, _title(city, edition), store, stored, city.classifications, rules)


def _family(canonical: str) -> str:
    known = load_layers().layers
    return known[canonical].family if canonical in known else "management"


def _title(city: CityOfPlans, edition: _Edition) -> Text:
    known = load_layers().layers
    title = known[edition.canonical].text if edition.canonical in known else Text(edition.canonical, edition.canonical)
    prefix = next((words for prefix, words in _PREFIX_TITLES.items() if edition.name.startswith(prefix)), None)
    if prefix is not None:
        title = Text(f"{title.en} ({prefix.en})", f"{title.zh}（{prefix.zh}）")
    if edition.unit_code is not None:
        unit = city.profile.units[edition.unit_code].name
        title = Text(f"{title.en}, {unit.en}", f"{unit.zh}{title.zh}")
    return title
