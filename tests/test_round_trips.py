"""What is written reads back equal, whatever letters it has; what no file can carry is refused."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from netmodel.errors import InputError
from netmodel.files.yaml import parse_yaml, to_yaml
from netmodel.network import Hub, Link, Network, Station, read_network, write_network
from netmodel.trains import Timetable, Train, read_trains, write_trains
from netmodel.trains.train import KINDS, StopTime

LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
NAMES = st.text(LETTERS, min_size=1, max_size=9).map(str.strip).filter(bool)
"""Any letters that a name may have: quotes, separators, right to left, beyond the first plane."""
TEXTS = st.one_of(st.just(""), NAMES, st.just("two\nlines"))
PARTS = NAMES.map(lambda text: text.replace(";", ",")).map(str.strip).filter(bool)
FORMATS = ["n", "n.geojson", "n.graphml", "n.gpkg"]


def made(what, /, **fields):
    """Return a value of any letters; those that it refuses are not drawn."""
    try:
        return what(**fields)
    except InputError:
        assume(False)
        raise


@st.composite
def networks(draw):
    names = draw(st.lists(NAMES, min_size=2, max_size=3, unique=True))
    column = draw(NAMES)
    hubs = tuple(
        made(Hub, id=name, name=draw(NAMES), lon=draw(st.floats(-180, 180)), lat=1.5,
             region=draw(TEXTS), source=draw(TEXTS),
             aliases=tuple(draw(st.lists(PARTS, max_size=2))),
             extra={column: draw(TEXTS)})
        for name in names
    )  # fmt: skip
    link = made(
        Link, id=draw(NAMES), from_hub=names[0], to_hub=names[1], source=draw(TEXTS),
        length_km=draw(st.floats(1e-3, 20_000)), extra={column: draw(TEXTS)},
    )  # fmt: skip
    halt = made(Station, name=draw(NAMES), link=link.id, km=0.0)
    return made(Network, hubs=hubs, links=(link,), stations=(halt,), name="n")


@pytest.mark.parametrize("place", FORMATS)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(network=networks())
def test_any_network_reads_back_equal(tmp_path_factory, place, network):
    if place.endswith(".gpkg"):
        pytest.importorskip("pyogrio")
    path = tmp_path_factory.mktemp("trip") / place
    assert read_network(write_network(network, path)) == network


@st.composite
def timetables(draw):
    count = draw(st.integers(2, 4))
    starts = sorted(draw(st.lists(st.integers(0, 4000), min_size=count, max_size=count)))
    times = tuple(
        StopTime(arrival=None if n == 0 else minute, departure=None if n == count - 1 else minute)
        for n, minute in enumerate(starts)
    )
    assume(starts[0] < 1440)
    train = made(
        Train, id=draw(NAMES), number=draw(NAMES), kind=draw(st.sampled_from(KINDS)),
        name=draw(TEXTS), stops=tuple(draw(st.lists(PARTS, min_size=count, max_size=count))),
        times=draw(st.sampled_from([(), times])),
    )  # fmt: skip
    return made(Timetable, trains=(train,))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(timetable=timetables())
def test_any_timetable_reads_back_equal_or_is_refused(tmp_path_factory, timetable):
    path = tmp_path_factory.mktemp("trip") / "services.csv"
    try:
        write_trains(timetable, path)
    except InputError:
        assume(False)
    assert read_trains(path).trains == timetable.trains


@pytest.mark.parametrize("field", ["id", "number", "name", "stops"])
def test_a_train_refuses_what_its_table_cannot_carry(field):
    given = {"id": "a", "number": "85", "kind": "intercity", "stops": ("Lviv", "Kyiv")}
    odd = ("Lviv", "Ky\x00iv") if field == "stops" else "8\x1b5"
    with pytest.raises(InputError, match="control character"):
        Train(**{**given, field: odd})


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS,
    st.sampled_from([
        "no", "on", "Null", "a - b", "- a", "a, b", "a #b", "key: v", "it's", "12:30", "1e5",
        "2026-01-01", "2026-01-01-place", "word " * 40 + "end", "it's " * 40 + "end",
        "a -b " * 40 + "end", "a\u2028b",
    ]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.just("no"), inner),
    max_leaves=12,
)


@given(value=VALUES.filter(lambda value: value is not None))
def test_values_written_as_yaml_read_back(value):
    text = to_yaml(value)
    assert parse_yaml(text, name="made").value == value
