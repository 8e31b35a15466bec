"""Which layers count for a sheet: those of the plan versions in force · 审查依据的现行版本."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lantu.capabilities.plan_making.kept_packages import stored_name
from lantu.capabilities.plan_making.sheet_sources import SheetData, SheetSource, data_of_city
from lantu.capabilities.plan_making.submissions.plan_base import is_in_force
from lantu.stores.records.models import PlanRecord, PlanVersion
from lantu.stores.records.querying import select

if TYPE_CHECKING:
    import datetime as dt

    from lantu.capabilities.plan_making.cities import City
    from lantu.stores.layers.store import LayerStore
    from lantu.stores.records import RecordSession


def versions_in_force(session: RecordSession, day: dt.date) -> list[tuple[str, PlanVersion]]:
    """List the plan versions of units that are in force on a day · 当日现行版本.

    Parameters
    ----------
    session
        Any session.
    day
        The day.

    Returns
    -------
    list of tuple
        Unit and version, in order of unit.
    """
    query = select(PlanRecord.owner_unit, PlanVersion).join(PlanVersion, PlanVersion.plan_id == PlanRecord.id)
    found = session.execute(query.where(PlanRecord.owner_unit.is_not(None)).order_by(PlanRecord.owner_unit, PlanVersion.number))
    return [(str(unit), version) for unit, version in found if is_in_force(version, day) and version.layers]


def signature_of(session: RecordSession, day: dt.date) -> tuple[tuple[str, str], ...]:
    """Say what is in force, to tell whether opened data still hold · 现行版本标识.

    Parameters
    ----------
    session
        Any session.
    day
        The day.

    Returns
    -------
    tuple
        Unit and id of the version.
    """
    return tuple((unit, version.id) for unit, version in versions_in_force(session, day))


def data_in_force(session: RecordSession, city: City) -> SheetData:
    """Draw sheets from the city, its units' layers as they are in force on the city's day · 按现行版本取数.

    Parameters
    ----------
    session
        Any session.
    city
        An opened city.

    Returns
    -------
    SheetData
        For units without an accepted version, what lies in the city's folder.
    """
    data = data_of_city(city)
    accepted = {unit: version.layers for unit, version in versions_in_force(session, city.today)}
    sources = {
        layer: tuple(_in_force(data.store, source, accepted.get(source.unit, {})) for source in own) for layer, own in data.sources.items()
    }
    return replace(data, sources=sources)


def _in_force(store: LayerStore, source: SheetSource, layers: dict[str, str]) -> SheetSource:
    version = layers.get(source.layer, "")
    name = stored_name(source.unit, source.layer)
    # A run also names layers that are common to all units; only what the unit itself delivered stands under its name.
    if not source.unit or not version or version == source.version or not store.has(name, version):
        return source
    return SheetSource.of(source.layer, store.find(name, version), source.unit)
