"""The map of a table: which of its columns say what of an incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from netmodel.arguments import refuse_wrong_kinds
from netmodel.errors import did_you_mean, nearest_names
from netmodel.evidence.catalogue_forms import DocumentModel, EffectName, KindName
from netmodel.evidence.vocabulary import (
    TRAFFIC_TYPES,
    BasisName,
    ExtentName,
    PartyName,
    TrafficName,
)
from netmodel.files.strict import StrictModel
from netmodel.files.yaml import YamlSource, read_yaml, validate
from netmodel.times import load_zone

Text = Annotated[str, Field(min_length=1)]
Distance = Annotated[float, Field(gt=0, le=50_000, strict=True)]


class SheetModel(StrictModel):
    """How the file of the table is read."""

    sheet: Text | None = None
    header: Annotated[int, Field(ge=1, strict=True)] = 1
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encoding: Text | None = None
    decimal: Annotated[str, Field(pattern="^[.,]$")] = "."
    fill: list[Text] = Field(default_factory=list)


class LinesModel(StrictModel):
    """A column with sections of line, such as ``Utrecht - Gouda, Gouda - Den Haag``."""

    column: Text
    separator: Text = ","
    between: Text = " - "


class StationsModel(StrictModel):
    """A column with the stations of a line, by name or code, in any order."""

    column: Text
    separator: Text = ","


class PointModel(StrictModel):
    """Columns with degrees, and how near a link must pass."""

    lon: Text
    lat: Text
    within_km: Distance = 5.0


class RegionPart(StrictModel):
    """A column with the name of a region."""

    column: Text
    extent: ExtentName = "somewhere"


class PlacePart(StrictModel):
    """Where the table says the place: lines are tried first, then stations, and so on."""

    lines: LinesModel | None = None
    stations: StationsModel | None = None
    ends: Annotated[list[Text], Field(min_length=2)] | None = None
    point: PointModel | None = None
    region: RegionPart | None = None
    names: dict[Text, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_at_least(self) -> PlacePart:
        if not self.kinds:
            raise ValueError("name a column: one of lines, stations, ends, point, region")
        return self

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of place that the table has, in the order in which they are tried."""
        return tuple(name for name in _PLACE_KINDS if getattr(self, name) is not None)


DAY_NUMBER = "day number"
"""As a form of times: how many days after 30 December 1899, as spreadsheets count."""
_PLACE_KINDS = ("lines", "stations", "ends", "point", "region")


class KindPart(StrictModel):
    """Columns with a cause, the broadest first, and what each cause is called here."""

    columns: list[Text] = Field(default_factory=list)
    values: dict[Text, KindName] = Field(default_factory=dict)
    otherwise: KindName = "other"


class EffectPart(StrictModel):
    """A column with the effect, and what each word is called here."""

    column: Text | None = None
    values: dict[Text, EffectName] = Field(default_factory=dict)
    otherwise: EffectName = "closed"


class TableMap(StrictModel):
    """The map of a table of disruptions: which columns say what.

    Examples
    --------
    >>> columns = TableMap.model_validate({
    ...     "document": {"id": "ns", "publisher": "NS"}, "zone": "Europe/Amsterdam",
    ...     "start": "from", "minutes": "minutes",
    ...     "place": {"stations": {"column": "codes"}}})
    >>> columns.place.kinds, columns.effect.otherwise
    (('stations',), 'closed')
    """

    document: DocumentModel
    zone: Text
    start: Text | list[Text]
    end: Text | list[Text] | None = None
    minutes: Text | None = None
    hours: Text | None = None
    format: Text | Annotated[list[Text], Field(min_length=1)] | None = None
    id: Text | None = None
    prefix: str = ""
    place: PlacePart
    kind: KindPart = KindPart()
    effect: EffectPart = EffectPart()
    traffic: list[TrafficName] = Field(default_factory=lambda: list(TRAFFIC_TYPES))
    basis: BasisName = "observed"
    speaker: Text | None = None
    party: PartyName = "operator"
    title: Text | None = None
    says: Text | None = None
    table: SheetModel = SheetModel()
    only: dict[Text, list[str]] = Field(default_factory=dict)

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, value: str) -> str:
        load_zone(value)
        return value

    @field_validator("format")
    @classmethod
    def _formats_can_be_read(cls, value: str | list[str] | None) -> str | list[str] | None:
        for form in () if value is None else (value,) if isinstance(value, str) else value:
            if form != DAY_NUMBER and "%" not in form:
                raise ValueError(f"{form!r} has no sign such as %d; give it, or {DAY_NUMBER!r}")
            try:
                datetime.strptime("", form)
            except ValueError as error:
                if "does not match" not in str(error):
                    raise ValueError(f"{form!r} is no form of a time: {error}") from None
        return value

    @property
    def formats(self) -> tuple[str, ...]:
        """The forms of its times, in the order in which they are tried; none are ISO times."""
        return (self.format,) if isinstance(self.format, str) else tuple(self.format or ())

    @field_validator("basis")
    @classmethod
    def _basis_sets_bounds(cls, value: BasisName) -> BasisName:
        if value not in ("observed", "planned"):
            raise ValueError("a table is observed or planned")
        return value

    @model_validator(mode="after")
    def _one_length(self) -> TableMap:
        if self.minutes is not None and self.hours is not None:
            raise ValueError("give minutes or hours, and not both")
        return self

    def columns(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield where the map names each column, and the column."""
        given = self.model_dump(exclude_none=True)
        for location in _COLUMNS:
            value: object = given
            for key in location:
                value = value.get(key, ()) if isinstance(value, dict) else ()
            for column in (value,) if isinstance(value, str) else value or ():  # type: ignore
                yield location, column


_COLUMNS = (
    ("start",), ("end",), ("minutes",), ("hours",), ("id",), ("place", "lines", "column"),
    ("place", "stations", "column"), ("place", "ends"), ("place", "point", "lon"),
    ("place", "point", "lat"), ("place", "region", "column"), ("kind", "columns"),
    ("effect", "column"), ("table", "fill"), ("only",),
)  # fmt: skip
"""Where a map names columns: one, several, or as keys."""


@refuse_wrong_kinds
def read_table_map(path: Path | str) -> tuple[TableMap, YamlSource]:
    r"""Return the map of a table from a YAML file, and where everything stands in it.

    Raises
    ------
    InputError
        With everything that is wrong, at file:line:column.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "map.yaml"
    >>> _ = path.write_text("document: {id: t, publisher: P}\nzone: UTC\nstart: from\n"
    ...                     "place: {ends: [a, b]}\n", encoding="utf-8")
    >>> columns, source = read_table_map(path)
    >>> columns.start, source.where(("zone",))
    ('from', 'map.yaml:2:1')
    """
    source = read_yaml(Path(path))
    return validate(source, TableMap), source


def fill_in(template: str, cells: dict[str, str], known: list[str]) -> str:
    """Return a text with the columns that it names in braces filled in.

    Raises
    ------
    ValueError
        If it names a column that there is not.

    Examples
    --------
    >>> fill_in("{cause}, {line}", {"cause": "collision", "line": "A - B"}, ["cause", "line"])
    'collision, A - B'
    """
    text = template
    for column in known:
        text = text.replace(f"{{{column}}}", cells.get(column, ""))
    if "{" in text and "}" in text.split("{", 1)[1]:
        name = text.split("{", 1)[1].split("}", 1)[0]
        remedy = did_you_mean(nearest_names(name, known))
        raise ValueError(f"{template!r} names no column {name!r}; {remedy}".rstrip("; "))
    return " ".join(text.split())
