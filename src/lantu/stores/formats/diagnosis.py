"""What intake says of a file: format, encoding, CRS, layers, problems, repairs · 入库诊断结果."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.vocabulary.findings import Problem, Repair
    from lantu.vocabulary.layer import Layer
    from lantu.vocabulary.layer_definitions import LayerVocabulary

HowKnown = Literal["declared", "inferred", "unknown", "profile"]


@dataclass(frozen=True, slots=True)
class CrsGuess:
    """A CRS and how it is known · 坐标系及其依据.

    Parameters
    ----------
    code
        Authority and code such as ``EPSG:4528``, or a PROJ-readable definition where no code matches;
        None where it is unknown.
    how
        ``declared`` by the file or its format, ``inferred`` from the size of the coordinates, ``profile``
        where the coordinates fit only one of the CRS of the city profile, or ``unknown``.
    certainty
        From 0 to 1; 1 only for a declaration that the coordinates do not contradict.
    """

    code: str | None = None
    how: HowKnown = "unknown"
    certainty: float = 0.0


@dataclass(frozen=True, slots=True)
class IntakeProfile:
    """What a city profile tells intake to expect · 入库时依据的城市配置.

    Parameters
    ----------
    crs
        CRS codes that a delivery may be in, most usual first; empty accepts every one.
    extent
        West, south, east, north in degrees; None where the profile gives none.
    outline
        Shapely polygon or multipolygon of the units in EPSG:4490, against whose borders a GCJ-02 shift
        can be seen; None where the profile gives none.
    classification
        Land-use classification taken where the codes fit several.
    table_aliases
        Further table names by canonical layer name.
    field_aliases
        Further column names by canonical layer and field name.
    """

    crs: tuple[str, ...] = ()
    extent: tuple[float, float, float, float] | None = None
    outline: Any = None
    classification: str = ""
    table_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    field_aliases: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a file is held against while it is read · 读取时的依据.

    Parameters
    ----------
    vocabulary
        Layers and fields that are known, with the aliases of the profile.
    profile
        What the city expects, None without expectation.
    read
        Whether features are handed back.
    classifications
        Codes by name of land-use classification.
    """

    vocabulary: LayerVocabulary
    profile: IntakeProfile | None
    read: bool
    classifications: Mapping[str, frozenset[str]]


@dataclass(slots=True)
class IntakeLayer:
    """One layer as found in a file · 文件中的一个图层.

    Parameters
    ----------
    name_in_file
        Name of the table, sheet or file.
    recognised_as
        Canonical key of ``layers.yaml``, None where no alias fits.
    layer
        The features, None where they could not be read or were not asked for.
    features
        Number of features.
    geometry_type
        ``Point``, ``LineString``, ``Polygon``, their ``Multi`` forms, ``Mixed``, or ``None`` for a table.
    classification
        Land-use classification that its codes belong to, empty where there are none or they do not tell.
    """

    name_in_file: str
    recognised_as: str | None = None
    layer: Layer | None = None
    features: int = 0
    geometry_type: str = "None"
    classification: str = ""

    def as_json(self) -> dict[str, Any]:
        """Give the layer without its features · 转为字典.

        Returns
        -------
        dict
            Keys ``name``, ``recognised_as``, ``features``, ``geometry_type``, ``classification``.
        """
        return {
            "name": self.name_in_file,
            "recognised_as": self.recognised_as,
            "features": self.features,
            "geometry_type": self.geometry_type,
            "classification": self.classification,
        }


@dataclass(slots=True)
class FileDiagnosis:
    """What one data file is, what is wrong with it, and what was repaired · 一个文件的诊断.

    Parameters
    ----------
    path
        Path as given; inside an archive, the archive's path and the member's, joined by a slash.
    format
        Name of the format, such as ``Shapefile``.
    encoding
        Encoding of its texts, None where it has none.
    crs
        CRS of its first layer with geometry.
    layers
        Layers found.
    problems
        Faults and questions, each with a way out.
    repairs
        Changes made, each with its proof.
    size_bytes
        Size of the file with its parts.
    """

    path: str
    format: str = "unknown"
    encoding: str | None = None
    crs: CrsGuess = field(default_factory=CrsGuess)
    layers: list[IntakeLayer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    size_bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        """Give the diagnosis as ``lantu diagnose --format json`` prints it · 转为字典.

        Returns
        -------
        dict
            Keys ``path, format, encoding, crs, layers, problems, repairs``; texts in both languages.
        """
        return {
            "path": self.path,
            "format": self.format,
            "encoding": self.encoding,
            "crs": {"code": self.crs.code, "how": self.crs.how, "certainty": self.crs.certainty},
            "layers": [layer.as_json() for layer in self.layers],
            "problems": [
                {
                    "code": problem.code,
                    "severity": str(problem.severity),
                    "message": problem.message.as_json(),
                    "remedy": problem.remedy.as_json(),
                    "layer": problem.layer,
                }
                for problem in self.problems
            ],
            "repairs": [
                {"code": repair.code, "message": repair.message.as_json(), "layer": repair.layer, "features": repair.features}
                for repair in self.repairs
            ],
        }
