"""The catalogue as tables: nothing left out, bounds as resolved."""

import numpy as np
import pandas as pd

from netmodel.evidence.catalogue_file import built_in_catalogue
from netmodel.evidence.incident import Catalogue
from netmodel.evidence.resolution import resolve_incident


def test_tables_of_the_catalogue_say_what_it_holds():
    catalogue = built_in_catalogue()
    incidents, claims, documents = catalogue.to_pandas()
    assert list(incidents.index) == list(catalogue.incidents)
    assert list(documents.index) == list(catalogue.documents)
    assert len(claims) == sum(len(each.claims) for each in catalogue.incidents.values())
    assert incidents["claims"].sum() == documents["claims"].sum() == len(claims)
    for name, incident in catalogue.incidents.items():
        resolution = resolve_incident(incident)
        for side in ("earliest", "latest"):
            told, known = incidents.loc[name, f"start_{side}"], getattr(resolution.start, side)
            assert (told is pd.NaT and known is None) or told == known
            told = list(claims.loc[name, side])
            known = [getattr(each.at, side) if each.at else None for each in incident.claims]
            assert [None if pd.isna(each) else each for each in told] == known
        assert list(np.flatnonzero(claims.loc[name, "used"])) == sorted(resolution.used)


def test_catalogue_shows_its_kinds_in_a_notebook():
    catalogue = built_in_catalogue()
    shown = catalogue._repr_html_()
    assert f"{len(catalogue.incidents)} incidents" in shown
    assert "derailment" in shown


def test_an_empty_catalogue_gives_empty_tables():
    tables = Catalogue(documents={}, incidents={}).to_pandas()
    assert [len(table) for table in tables] == [0, 0, 0]
    assert "start_latest" in tables[0]
