"""What an open city keeps from one check to the next in the same process · 进程内存档."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lantu.engines.overlay.products import Products

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from lantu.capabilities.plan_making.run_records import FindingRecord, OutcomeRecord
    from lantu.engines.checking.run import CheckResult
    from lantu.engines.overlay.products import ProductArchive
    from lantu.vocabulary.layer import Layer

# A layer whose geometry was unpacked takes about this many times the memory of its bytes.
_UNPACKED = 8
_MOST_BYTES = 1 << 30
_MOST_RESULTS = 20_000


@dataclass(slots=True)
class UnitMemory:
    """What the checks said of one unit, and of what · 单个板块的上次结论.

    Parameters
    ----------
    seen
        Hash of everything that the checks saw.
    results
        Results by code.
    outcomes
        The same as records.
    findings
        All findings as records.
    keys
        Keys of the results, by code.
    rules
        Keys of the rules they were reached by, by code.
    """

    seen: str
    results: dict[str, CheckResult] = field(default_factory=dict)
    outcomes: list[OutcomeRecord] = field(default_factory=list)
    findings: list[FindingRecord] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)


class OpenMemory:
    """What need not be read or worked out again as long as a city stays open · 打开的城市.

    Everything in it is found by the hash of what it depends on, so that it never stands for something else; layers are
    kept up to a gigabyte, the least recently used go first.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.packages: dict[str, Any] = {}
        self.units: dict[str, UnitMemory] = {}
        self.values: dict[str, Any] = {}
        self.results: dict[str, CheckResult] = {}
        self.products: Products | None = None
        self._layers: OrderedDict[tuple[str, str, str], Layer] = OrderedDict()

    def layer(self, owner: str, name: str, version: str, load: Callable[[], Layer]) -> Layer:
        """Give a layer that was read before, else read it · 取图层.

        Parameters
        ----------
        owner
            Whose it is.
        name
            Name with role.
        version
            Hash of all that it is made from.
        load
            Reads it.

        Returns
        -------
        Layer
            The same in both cases.
        """
        key = (owner, name, version)
        if key not in self._layers:
            self._layers[key] = load()
        self._layers.move_to_end(key)
        return self._layers[key]

    def held(self, owner: str, name: str, version: str) -> Layer | None:
        """Give a layer if it is held · 取已有图层.

        Parameters
        ----------
        owner
            Whose it is.
        name
            Name with role.
        version
            As in `layer`.

        Returns
        -------
        Layer or None
            None where it has to be read.
        """
        return self._layers.get((owner, name, version))

    def value(self, key: str, compute: Callable[[], Any]) -> Any:  # noqa: ANN401  # whatever was computed
        """Give a value that was computed before, else compute it · 取值.

        Parameters
        ----------
        key
            Names the value and everything that it depends on.
        compute
            Computes it.

        Returns
        -------
        object
            The same in both cases; not to be changed.
        """
        if key not in self.values:
            self.values[key] = compute()
        return self.values[key]

    def result(self, key: str, read: Callable[[str], CheckResult | None]) -> CheckResult | None:
        """Give a result that is known here, else read it · 取结论.

        Parameters
        ----------
        key
            Key of the result.
        read
            Reads it, or gives None.

        Returns
        -------
        CheckResult or None
            None where nobody knows it.
        """
        if key not in self.results:
            found = read(key)
            if found is None:
                return None
            self.results[key] = found
        return self.results[key]

    def products_of(self, archive: ProductArchive | None) -> Products:
        """Give what was computed of layers and pairs of layers, to be shared by all checks · 取共享成果.

        Parameters
        ----------
        archive
            Keeps products beyond this process.

        Returns
        -------
        Products
            With what the last run computed, as far as it is small.
        """
        if self.products is None:
            self.products = Products(archive=archive)
        return self.products

    def shrink(self, current: Mapping[str, UnitMemory], versions: Collection[str]) -> None:
        """Note what the last run said, and let go of what is too much · 更新并收缩.

        Parameters
        ----------
        current
            By unit.
        versions
            Versions of the layers that the run looked at.
        """
        if self.products is not None:
            self.products.shrink(versions)
        self.units.update(current)
        if len(self.results) > _MOST_RESULTS:
            self.results.clear()
        if len(self.values) > _MOST_RESULTS:
            self.values.clear()
        taken = sum(map(_bytes_of, self._layers.values()))
        while taken > _MOST_BYTES and self._layers:
            taken -= _bytes_of(self._layers.popitem(last=False)[1])


def _bytes_of(layer: Layer) -> int:
    own = int(layer.wkb.nbytes) + int(layer.table.nbytes)
    return own + (_UNPACKED * int(layer.wkb.nbytes) if "geometry" in vars(layer) else 0)
