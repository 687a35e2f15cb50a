"""The figures by their public names: on an axis of one's own or a new one, with clear errors."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import netmodel as nm
from netmodel.errors import InputError, UnknownNameError
from netmodel.network.railway import Hub, Link, Network
from netmodel.plot.ground import PlacedLabels
from netmodel.plot.restoration_curve import restoration, save_restoration_figure
from netmodel.plot.style import new_figure
from netmodel.restoration.durations import Durations
from netmodel.restoration.survival import fit_turnbull
from tests.effort import counted_calls
from tests.report_records import shipped_run

FIGURES = ("map", "curve", "bands", "timeline", "matrix")


@pytest.fixture(scope="module")
def run():
    return shipped_run()


@pytest.fixture(autouse=True)
def close_figures():
    yield
    from matplotlib import pyplot as plt

    plt.close("all")


def axis():
    figure = Figure(figsize=(7.2, 4))
    FigureCanvasAgg(figure)
    return figure.subplots()


def pixels(ax) -> bytes:
    ax.figure.canvas.draw()
    return bytes(ax.figure.canvas.buffer_rgba())


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_the_same_by_each_of_its_names(run, name):
    ours = axis()
    assert getattr(nm.plot, name)(run, ours) is ours
    by_accessor, by_record = axis(), axis()
    getattr(run.plot, name)(by_accessor)
    getattr(nm.plot, name)(run.record, by_record)
    assert pixels(ours) == pixels(by_accessor) == pixels(by_record)
    assert len(set(pixels(ours))) > 8


@pytest.mark.parametrize("name", FIGURES)
def test_without_an_axis_there_is_a_new_one(run, name):
    first, second = getattr(run.plot, name)(), getattr(run.plot, name)()
    assert first.figure is not second.figure
    assert first.figure.get_figwidth() == pytest.approx(7.2)


@pytest.mark.parametrize("name", FIGURES)
def test_every_argument_of_the_wrong_kind_is_named(run, name):
    draw = getattr(nm.plot, name)
    with pytest.raises(InputError) as error:
        draw("crimea-may-2023", language="fr")
    assert [problem.where for problem in error.value.problems] == ["run", "language"]
    with pytest.raises(InputError) as error:
        draw(run, "an axis")
    assert [problem.where for problem in error.value.problems] == ["ax"]


@pytest.mark.parametrize("state", ["3", 3.0, True, [3]])
def test_a_state_is_a_whole_number(run, state):
    for draw in (run.plot.map, run.plot.matrix):
        with pytest.raises(InputError) as error:
            draw(axis(), state=state)
        assert error.value.problems[0].where == "state"


def test_names_that_a_run_does_not_have(run):
    for name in ("map", "curve", "bands", "matrix"):
        with pytest.raises(UnknownNameError, match="freight"):
            getattr(run.plot, name)(axis(), traffic="fright")
    for state in (-1, 7, 10**9):
        with pytest.raises(UnknownNameError):
            run.plot.map(axis(), state=state)
    with pytest.raises(UnknownNameError, match="connected_share"):
        run.plot.curve(axis(), metric="conected_share")
    with pytest.raises(InputError):
        run.plot.curve(axis(), metric=3)


def test_a_number_of_numpy_is_a_state(run):
    assert run.plot.map(axis(), state=np.int64(0)).get_title("left")


def test_the_tables_of_a_state(run):
    pytest.importorskip("geopandas")
    _, links = run.to_geopandas(3)
    assert links.loc["simferopol--bakhchysarai", "effect"] == "closed"


# Networks


def test_a_network_is_drawn_with_all_its_links():
    network = nm.built_in_network()
    ax = network.plot(axis())
    drawn = [
        len(each.get_segments())
        for each in ax.collections
        if str(each.get_gid()).startswith("links-")
    ]
    assert sum(drawn) == len(network.links)
    (hubs,) = (line for line in ax.lines if line.get_gid() == "hubs")
    assert len(hubs.get_xdata()) == len(network.hubs)
    ax.figure.canvas.draw()
    (labels,) = (each for each in ax.artists if isinstance(each, PlacedLabels))
    placed = labels.place(ax.figure.canvas.get_renderer())
    assert "Kyiv" in {label.text for label, _ in placed}


def test_small_and_odd_networks_are_drawn():
    hubs = (Hub(id="a", name="$A$\u202e", lon=0, lat=0), Hub(id="b", name="B", lon=1, lat=0))
    links = (Link(id="1", from_hub="a", to_hub="b", length_km=112),)
    for network in (
        Network(hubs=hubs, links=links),
        Network(hubs=hubs[:1], links=()),
        Network(hubs=(), links=()),
    ):
        assert len(set(pixels(network.plot(axis())))) > 3
    with pytest.raises(InputError) as error:
        nm.built_in_network().plot("axis")
    assert error.value.problems[0].where == "ax"


# In a cell


def test_a_run_a_network_and_a_name_are_explored(run, tmp_path):
    page = nm.explore(run).html
    assert page == nm.explore("crimea-may-2023").html == nm.explore(run.record).html
    run.write(tmp_path / "run")
    assert nm.explore(tmp_path / "run").html == page
    network = nm.explore(nm.built_in_network(), height=300)
    assert network.html.count("<svg") == 1
    assert f"{len(nm.built_in_network().links)} links" in network.html
    assert "height:300px" in network._repr_html_()


def test_what_cannot_be_explored_is_named(run):
    with pytest.raises(InputError) as error:
        nm.explore(3, height="tall")
    assert {problem.where for problem in error.value.problems} == {"subject", "height"}
    with pytest.raises(InputError):
        nm.explore(run, language="fr")
    with pytest.raises(UnknownNameError, match="crimea-may-2023"):
        nm.explore("crimea-may-2032")


# Restoration


def bounds_drawn(ax):
    (lines,) = (each for each in ax.collections if each.get_gid() == "bounds")
    return [segment[:, 0].tolist() for segment in lines.get_segments()]


def test_short_and_long_durations_are_drawn_where_they_are():
    minutes = (2, 4, 5, 14)
    rows = [(str(each), "technical", each / 60, each / 60) for each in minutes]
    rows.append(("long", "technical", 50_000.0, 60_000.0))
    sample = Durations.from_bounds(rows)
    ax = restoration(fit_turnbull(sample), sample, axis())
    drawn = bounds_drawn(ax)
    np.testing.assert_allclose([low for low, _ in drawn[:-1]], np.array(minutes) / 60)
    assert drawn[-1] == [50_000.0, 60_000.0]
    left, right = ax.get_xlim()
    assert left <= 2 / 60
    assert right >= 60_000


def test_the_axis_of_usual_durations_begins_at_a_quarter_of_an_hour():
    bounds = [("a", "power", 2, 3), ("b", "power", 0, 1), ("c", "power", 9, float("inf"))]
    sample = Durations.from_bounds(bounds)
    ax = restoration(fit_turnbull(sample), sample, axis())
    assert ax.get_xlim()[0] == 0.25
    (start,) = (line for line in ax.lines if line.get_gid() == "open-start")
    (end,) = (line for line in ax.lines if line.get_gid() == "open-end")
    assert len(start.get_xdata()) == len(end.get_xdata()) == 1


def test_thousands_of_durations_draw_with_few_calls():
    hours = np.random.default_rng(1).lognormal(1.0, 1.5, 5427)
    calls, artists = [], []
    for count in (200, len(hours)):
        rows = [(str(n), "power", h, h) for n, h in enumerate(hours[:count])]
        sample = Durations.from_bounds(rows)
        turnbull = fit_turnbull(Durations.from_bounds(rows[:50]))
        figure = new_figure(4.6)
        with counted_calls() as effort:
            restoration(turnbull, sample, figure.axes[0])
            figure.canvas.draw()
        calls.append(effort.calls)
        artists.append(len(figure.findobj()))
        assert len(bounds_drawn(figure.axes[0])) == count
    # One artist holds all bounds; one for each would take hundreds of calls each.
    assert artists[1] <= artists[0] + 10
    assert calls[1] - calls[0] < 100 * (len(hours) - 200)


def test_a_figure_of_restoration_is_saved_by_its_suffix(tmp_path):
    sample = Durations.from_bounds([("a", "power", 2, 3), ("b", "power", 9, 9)])
    turnbull = fit_turnbull(sample)
    save_restoration_figure(tmp_path / "fit.svg", turnbull, sample, {})
    assert (tmp_path / "fit.svg").read_text().count("<svg") == 1
    with pytest.raises(InputError, match="svg"):
        save_restoration_figure(tmp_path / "fit.gif", turnbull, sample, {})
    with pytest.raises(InputError) as error:
        restoration(sample, turnbull, axis())
    assert [problem.where for problem in error.value.problems] == ["turnbull", "durations"]
