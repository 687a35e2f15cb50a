"""What a run says is of all its pairs, whichever rows it keeps."""

import re
from dataclasses import replace

import pytest

import netmodel as nm
from netmodel.report.markdown import render_markdown
from netmodel.report.page.figures import view_figures
from netmodel.report.page.headline import write_headline
from netmodel.report.page.opening import write_opening
from netmodel.report.page.payload import build_payload
from netmodel.runs.moment import pairs_in_base, unreached_at_worst
from netmodel.runs.pair_table import KEEPS
from netmodel.words.strings import Phrases
from tests.own_network import INCIDENTS, SCENARIO, write_own

LINE = "id,from,to,length_km\nab,aton,beton,15\nbc,beton,ceton,15\ncd,ceton,deton,15\n"
CLOSED = INCIDENTS.replace("[Beton, Ceton]", "[Ceton, Deton]")
ALL_PAIRS = "from,to,trips\n" + "".join(
    f"{a},{b},1\n" for n, a in enumerate("ABCD") for b in "ABCD"[n + 1 :]
).replace("A", "aton").replace("B", "beton").replace("C", "ceton").replace("D", "deton")
SOME_PAIRS = "from,to,trips\nbeton,deton,1\naton,ceton,9\n"


def run_line(folder, demand, more=""):
    """Run a line of four places whose last section is closed."""
    table = SCENARIO.replace("{hubs: [aton, beton, ceton]}", "{kind: table, file: dem.csv}")
    path = write_own(folder, links=LINE, incidents=CLOSED, scenario=table + more)
    (folder / "dem.csv").write_text(demand)
    return nm.run(path)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_sentences_and_cards_are_the_same_with_every_keep(tmp_path, language):
    done, phrases = (
        run_line(tmp_path, ALL_PAIRS, "traffic: [passenger, freight]\n"),
        Phrases(language),
    )
    told = []
    for keep in KEEPS:
        record = done.lay_out(keep_pairs=keep)
        told.append(
            (
                write_opening(record, phrases), write_headline(record, phrases),
                view_figures(record, phrases, {"i1": 0}), replace(record.summary, pairs_kept="all"),
            )
        )  # fmt: skip
    assert told[0] == told[1] == told[2]


def test_hubs_are_the_same_with_all_pairs_and_the_affected_ones(tmp_path):
    done = run_line(tmp_path, ALL_PAIRS)
    every = nm.runs.hub_states(done.lay_out(keep_pairs="all"))
    kept = nm.runs.hub_states(done.lay_out(keep_pairs="affected"))
    assert every.equals(kept)
    assert every["access"].to_dict() == {
        "aton": "some", "beton": "some", "ceton": "some", "deton": "none",
    }  # fmt: skip
    assert nm.runs.hub_states(done.lay_out(keep_pairs="none")).empty


def test_the_page_holds_where_no_path_led_whichever_rows_are_kept(tmp_path):
    done, phrases = run_line(tmp_path, ALL_PAIRS), Phrases("en")
    of_keep = {}
    for keep in ("all", "affected"):
        record = done.lay_out(keep_pairs=keep)
        [run] = build_payload([record], phrases, ["T"], {})["runs"]
        assert run["kept"] == keep
        of_keep[keep] = run["cut_off"]["passenger"]
    assert of_keep["all"] == of_keep["affected"]
    assert [*of_keep["all"]] == ["3"]


def test_the_report_in_words_says_that_no_rows_were_kept(tmp_path):
    record = run_line(tmp_path, ALL_PAIRS).lay_out(keep_pairs="none")
    text = render_markdown(record)
    assert Phrases("en")("pair.kept_none") in text
    assert "longer route" not in text


def test_a_run_written_earlier_does_not_count_the_rows_that_it_kept(tmp_path):
    done = run_line(tmp_path, ALL_PAIRS)
    for keep in KEEPS:
        record = done.lay_out(keep_pairs=keep)
        columns = [name for name in record.hubs if name.endswith("pairs_in_base")]
        earlier = replace(
            record,
            hubs=record.hubs.drop(columns=columns),
            summary=replace(record.summary, pairs_in_base={}, unreached=None),
        )
        if keep == "all":
            assert pairs_in_base(earlier, "passenger") == 6
            assert unreached_at_worst(earlier) == record.summary.unreached
        else:
            assert pairs_in_base(earlier, "passenger") is None
            assert not re.search(r"\b0 pairs", " ".join(write_headline(earlier, Phrases("en"))))
            assert not nm.runs.hub_states(earlier)["access"].eq("none").any()


@pytest.mark.parametrize(
    ("demand", "more", "whence"),
    [(ALL_PAIRS, "", "it has demand with"), (SOME_PAIRS, "", "they have demand with"),
     (ALL_PAIRS, "anchors: [aton]\n", "from Aton"),
     (ALL_PAIRS, "anchors: [aton, beton]\n", "anchor")],
)  # fmt: skip
def test_whence_a_place_could_not_be_reached_is_said(tmp_path, demand, more, whence):
    record = run_line(tmp_path, demand, more).record
    told = write_opening(record, Phrases("en"))[-1]
    assert "Deton" in told
    assert whence in told
    assert ("Beton and" in told) == (demand == SOME_PAIRS)
