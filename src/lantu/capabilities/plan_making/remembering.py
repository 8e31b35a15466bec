"""What an earlier run came to, so that the next looks only at what changed · 复用上次结果."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu import __version__
from lantu.capabilities.plan_making.fingerprints import fingerprint
from lantu.capabilities.plan_making.kept_deliveries import write_json
from lantu.engines.checking.card import EVERY_LAYER
from lantu.engines.checking.run import CheckResult, Previous
from lantu.vocabulary.errors import LimitUnknown
from lantu.vocabulary.feature_hash import feature_hashes
from lantu.vocabulary.findings import Finding, Outcome, Severity
from lantu.vocabulary.layer import IDENTIFIER, Layer
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from lantu.capabilities.plan_making.open_memory import OpenMemory
    from lantu.engines.checking.card import Card
    from lantu.engines.checking.run import Subject
    from lantu.engines.overlay.products import Products

# Tolerances, conflicts, covering and the like: what a check says depends on them as on itself.
_SHARED = re.compile(r"^\s*from (lantu\.catalogue(?:\.\w+)+) import ", re.MULTILINE)


class LazyLayers(Mapping[str, Any]):
    """Layers by name, each read only when a check asks for it; versions are known before · 按需读取的图层.

    Parameters
    ----------
    versions
        Content hash, or the hash of all that the layer is derived from, by name.
    loaders
        How each is read, by name.
    """

    def __init__(self, versions: Mapping[str, str], loaders: Mapping[str, Callable[[], Any]]) -> None:
        self.versions = dict(versions)
        self._loaders = dict(loaders)
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  # a layer, or layers by unit
        """Read the layer if it was not read before · 取图层."""
        if name not in self._loaded:
            self._loaded[name] = self._loaders[name]()
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a layer, without reading it · 是否有该图层."""
        return name in self._loaders

    def __iter__(self) -> Iterator[str]:
        """Name the layers · 图层名."""
        return iter(self._loaders)

    def __len__(self) -> int:
        """Count the layers · 图层数."""
        return len(self._loaders)

    def version(self, name: str) -> str:
        """Give the version of a layer without reading it, where it is known · 图层版本.

        Parameters
        ----------
        name
            Name with role.

        Returns
        -------
        str
            A hash that is the same for the same content.
        """
        if name not in self.versions:
            layer = self[name]
            self.versions[name] = (
                layer.content_hash if isinstance(layer, Layer) else fingerprint({k: v.content_hash for k, v in layer.items()})
            )
        return self.versions[name]


@dataclass(frozen=True)
class ValuesMemory:
    """Plain values by the hash of everything they depend on · 汇总值存档.

    Parameters
    ----------
    folder
        Where they rest; None to keep nothing.
    memory
        What this process knows of them already.
    """

    folder: Path | None
    memory: OpenMemory | None = None

    def get(self, parts: Any, compute: Callable[[], Any]) -> Any:  # noqa: ANN401  # plain JSON values
        """Give a value that was kept, or compute and keep it · 取值或计算.

        Parameters
        ----------
        parts
            Everything the value depends on.
        compute
            Computes it; the result must be plain JSON.

        Returns
        -------
        object
            The same whether it was kept or computed.
        """
        if self.folder is None:
            return compute()
        key = fingerprint([__version__, parts])
        path = self.folder / f"{key}.json"

        def kept() -> Any:  # noqa: ANN401  # plain JSON values
            if path.is_file():
                return json.loads(path.read_text(encoding="utf-8"))["value"]
            value = compute()
            write_json(path, {"value": value})
            return value

        return kept() if self.memory is None else self.memory.value(key, kept)


@dataclass(frozen=True)
class ResultsMemory:
    """Results of checks by the hash of everything they depend on · 结果存档.

    Parameters
    ----------
    folder
        Where they rest; made when first written to.
    """

    folder: Path

    def get(self, key: str) -> CheckResult | None:
        """Give a result that was kept · 取结果.

        Parameters
        ----------
        key
            From `key_of`.

        Returns
        -------
        CheckResult or None
            None where it was never kept.
        """
        path = self.folder / key[:2] / f"{key}.json"
        return _read_result(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def put(self, key: str, result: CheckResult) -> None:
        """Keep a result, whole or not at all · 存结果.

        Parameters
        ----------
        key
            From `key_of`.
        result
            What the check said.
        """
        write_json(self.folder / key[:2] / f"{key}.json", _result_record(result))

    def latest(self, unit: str) -> dict[str, Any] | None:
        """Say what the last run of a unit saw · 上次运行的输入.

        Parameters
        ----------
        unit
            Code of the unit.

        Returns
        -------
        dict or None
            Versions of its layers, keys of its results and the rules they were reached by.
        """
        path = self.folder / f"latest-{unit}.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None

    def set_latest(self, unit: str, record: Mapping[str, Any]) -> None:
        """Note what this run saw · 记录本次输入.

        Parameters
        ----------
        unit
            Code of the unit.
        record
            As `latest` gives it.
        """
        write_json(self.folder / f"latest-{unit}.json", record)


@lru_cache(maxsize=4096)
def source_print(module: Any) -> str:  # noqa: ANN401  # a module
    """Hash the source of a check with all that it shares with other checks in the catalogue · 规则源码指纹.

    Parameters
    ----------
    module
        In which the check is written.

    Returns
    -------
    str
        SHA-256 in hex, of the module and of those of the catalogue that it imports, directly or not.
    """
    sources: dict[str, str] = {}
    waiting = [module]
    while waiting:
        one = waiting.pop()
        if one.__name__ not in sources:
            sources[one.__name__] = inspect.getsource(one)
            waiting += [import_module(name) for name in _SHARED.findall(sources[one.__name__])]
    return fingerprint(sorted(sources.items()))


def key_of(card: Card, subject: Subject, program_version: str, rules: str = "") -> str:
    """Hash everything that a check's result depends on · 结果的键.

    Parameters
    ----------
    card
        The check.
    subject
        What it is run on; its layers must be `LazyLayers`.
    program_version
        Version of the program, for the engines beneath.
    rules
        What `rules_key_of` gives, where it is known already.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    layers = subject.layers
    names = set(card.layers) - {EVERY_LAYER}
    if EVERY_LAYER in card.layers:
        names |= set(subject.delivered if subject.delivered is not None else layers)
    versions = {name: layers.version(name) for name in sorted(names) if name in layers} if isinstance(layers, LazyLayers) else {}
    return fingerprint([rules or rules_key_of(card, subject, program_version), versions])


def rules_key_of(card: Card, subject: Subject, program_version: str) -> str:
    """Hash everything that a check's result depends on, but for the layers · 结果的规则键.

    Only where it is the same as in an earlier run may findings of that run stand for features that did not change.

    Parameters
    ----------
    card
        The check.
    subject
        What it is run on.
    program_version
        Version of the program, for the engines beneath.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    facts = {name: fact_print(subject.facts.get(name)) for name in card.facts if name != "products"}
    limits = {}
    for name in card.limits:
        try:
            limits[name] = subject.limit(name)
        except LimitUnknown:
            continue
    absences = {name: text.en for name, text in subject.absences.items() if name in card.layers}
    return fingerprint([program_version, card.code, source_print(inspect.getmodule(card.function)), facts, limits, absences])


def seen_print(subject: Subject, cards: Iterable[Card], layer_names: Mapping[str, Text]) -> str:
    """Hash everything that all checks see of a subject, itself included · 受检内容指纹.

    Parameters
    ----------
    subject
        What is checked; its layers must be `LazyLayers`.
    cards
        The checks.
    layer_names
        Names of layers as findings say them.

    Returns
    -------
    str
        SHA-256 in hex; where it is the same, so are all results.
    """
    layers = subject.layers
    versions = {name: layers.version(name) for name in layers} if isinstance(layers, LazyLayers) else {}
    limits: dict[str, float | None] = {}
    asked = list(cards)
    for name in {name for card in asked for name in card.limits}:
        try:
            limits[name] = subject.limit(name)
        except LimitUnknown:
            limits[name] = None
    facts = {name: fact_print(value) for name, value in subject.facts.items() if name != "products"}
    rules = [[card.code, source_print(inspect.getmodule(card.function))] for card in asked]
    delivered = None if subject.delivered is None else sorted(subject.delivered)
    return fingerprint([__version__, rules, versions, limits, facts, subject.absences, delivered, layer_names])


_FACT_PRINTS: dict[int, tuple[Any, str]] = {}
_MOST_PRINTS = 50_000


def fact_print(value: Any) -> str:  # noqa: ANN401  # whichever fact it is
    """Hash a fact, working out each of its parts once a process · 事实指纹.

    Parameters
    ----------
    value
        The fact; it is not to be changed.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    if type(value) is tuple:
        return fingerprint([_known_print(item) for item in value])
    if type(value) is dict:
        return fingerprint({str(key): _known_print(item) for key, item in value.items()})
    return _known_print(value)


def _known_print(value: Any) -> str:  # noqa: ANN401  # as above
    kept = _FACT_PRINTS.get(id(value))
    if kept is None or kept[0] is not value:
        if len(_FACT_PRINTS) > _MOST_PRINTS:
            _FACT_PRINTS.clear()
        _FACT_PRINTS[id(value)] = kept = (value, fingerprint(value))
    return kept[1]


def previous_of(
    record: Mapping[str, Any],
    result_of: Callable[[str], CheckResult | None],
    layers: LazyLayers,
    read_old: Callable[[str, str], Layer | None],
    products: Products,
) -> Previous | None:
    """Say what has changed since the last run of a unit · 与上次运行相比的变化.

    Parameters
    ----------
    record
        What the last run of the unit saw, empty where there is none.
    result_of
        Gives a result by its key.
    layers
        Its layers now.
    read_old
        Reads an earlier version of a layer by name and version, None where it is gone.
    products
        Told which layer follows which, so that overlays are updated and not computed again.

    Returns
    -------
    Previous or None
        None where there is no earlier run, or nothing of it can be used.
    """
    if not record:
        return None
    changed_rows: dict[str, np.ndarray[Any, np.dtype[np.int64]]] = {}
    stale: dict[str, frozenset[str]] = {}
    for name, version in record["layers"].items():
        if name not in layers or layers.version(name) == version:
            continue
        old = read_old(name, version)
        if old is None:
            return None
        new = layers[name]
        products.follows(new, old)
        changed_rows[name], stale[name] = changes_between(old, new)
    if set(layers) - set(record["layers"]):
        return None
    results = {code: result for code, key in record["results"].items() if (result := result_of(key)) is not None}
    return Previous(results, changed_rows, stale)


def changes_between(old: Layer, new: Layer) -> tuple[np.ndarray[Any, np.dtype[np.int64]], frozenset[str]]:
    """Tell the rows that are new or different, and the ids whose findings no longer hold · 变化的行与失效的标识.

    Parameters
    ----------
    old
        Earlier version.
    new
        Later version.

    Returns
    -------
    tuple
        Row numbers of `new`; ids that were changed or removed.
    """
    before, after = _marks(old), _marks(new)
    rows = np.flatnonzero(~np.isin(after, before))
    gone = np.flatnonzero(~np.isin(before, after))
    return rows, frozenset([*map(str, old.ids[gone]), *map(str, new.ids[rows])])


def _marks(layer: Layer) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Give one number for id and content of each feature; a layer without ids is told apart by row numbers."""
    hashes = feature_hashes(layer)
    if layer.has(IDENTIFIER) and not layer.column(IDENTIFIER).null_count:
        # The id is among the attributes, and so in the hash.
        return hashes
    return hashes + np.arange(len(hashes), dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def _result_record(result: CheckResult) -> dict[str, Any]:
    return {
        "code": result.code,
        "outcome": result.outcome.value,
        "reason": result.reason.as_json() if result.reason else None,
        "limits": dict(result.limits),
        "findings": [
            {
                "features": list(finding.features),
                "measured": _plain(finding.measured),
                "limit": _plain(finding.limit),
                "unit": finding.unit,
                "place": None if finding.place is None else shapely.to_wkb(finding.place, hex=True),
                "layer": finding.layer,
                "values": {key: _plain(value) for key, value in finding.values.items()},
                "severity": finding.severity.value if finding.severity else None,
            }
            for finding in result.findings
        ],
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  # scalars and texts
    if isinstance(value, Text):
        return {"text": value.as_json()}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return float(value) if isinstance(value, np.floating | np.integer) else str(value)


def _read_result(record: Mapping[str, Any]) -> CheckResult:
    findings = tuple(
        Finding(
            features=tuple(item["features"]),
            measured=item["measured"],
            limit=item["limit"],
            unit=item["unit"],
            place=None if item["place"] is None else shapely.from_wkb(item["place"]),
            layer=item["layer"],
            values={key: Text(**value["text"]) if isinstance(value, dict) else value for key, value in item["values"].items()},
            severity=Severity(item["severity"]) if item["severity"] else None,
        )
        for item in record["findings"]
    )
    reason = Text(**record["reason"]) if record["reason"] else None
    return CheckResult(record["code"], Outcome(record["outcome"]), findings, reason, record["limits"])


def renamed(layer: Layer, name: str) -> Layer:
    """Give the same content under another name · 更名.

    Parameters
    ----------
    layer
        A layer as the store keeps it.
    name
        Canonical name.

    Returns
    -------
    Layer
        Its version is kept, as the content is the same.
    """
    return replace(layer, name=name)
