"""The built-in record, or incidents of one's own, checked against all that is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from netmodel.arguments import refuse_wrong_kinds
from netmodel.evidence.catalogue_file import read_catalogue
from netmodel.evidence.train_reports import built_in_train_reports, read_train_reports
from netmodel.files.shipped import documents_file, shipped_folder
from netmodel.network.formats import built_in_network, read_network
from netmodel.network.review import Review, read_accepted
from netmodel.outages.record_check import RECORD_RULES, check_record
from netmodel.runs.checking import pool_documents
from netmodel.scenario.train_choice import SERVICES_FILE, service_documents
from netmodel.trains.services_file import built_in_timetable, read_trains
from netmodel.validation.comparison import load_observations
from netmodel.validation.observations import list_observed_running


@refuse_wrong_kinds
def review_record(
    files: Sequence[Path] = (),
    *,
    documents: Sequence[Path] = (),
    network: Path | None = None,
    accepted: Path | None = None,
    rules: Sequence[str] = RECORD_RULES,
) -> Review:
    """Check whether the entries of a record contradict each other: see `check_record`.

    Parameters
    ----------
    files
        Files of incidents, taken together; none for the built-in record, with the trains that
        its observations show and its accepted exceptions.
    documents
        Files of documents that they name, beside the built-in ones.
    network
        On which the incidents are placed; the built-in one by default.
    accepted
        A table ``rule, id, reason`` of exceptions.
    rules
        Names of the rules to ask; all by default.

    Raises
    ------
    InputError
        With every problem of the files.

    Examples
    --------
    >>> import netmodel as nm
    >>> nm.validation.review_record().passed
    True
    """
    railway = built_in_network() if network is None else read_network(network)
    if files:
        known = set(read_catalogue([documents_file()]).documents)
        catalogue = read_catalogue([*pool_documents(documents), *files])
        exceptions = read_accepted(accepted, RECORD_RULES) if accepted else ()
        known |= _cited_by_trains(network)
        return check_record(catalogue, railway, cited=known, accepted=exceptions, rules=rules)
    observations, catalogue = load_observations()
    catalogue = replace(catalogue, documents={**service_documents(), **catalogue.documents})
    named = {each.incident: f"observation {each.id}" for each in observations.delays}
    named.pop("", None)
    cited = {report.document for report in observations.timetables}
    cited |= {report.document for report in observations.delays}
    trains = built_in_timetable()
    cited |= {document for train in trains.trains for document in train.documents}
    told = read_train_reports(
        built_in_train_reports(), incidents=catalogue.incidents, documents=catalogue.documents
    )
    cited |= {report.document for report in told}
    return check_record(
        catalogue,
        railway,
        running=list_observed_running(observations),
        named=named,
        cited=cited,
        trains=trains,
        accepted=read_accepted(accepted or shipped_folder("seeds"), RECORD_RULES),
        rules=rules,
    )


def _cited_by_trains(network: Path | None) -> set[str]:
    """Return the documents that the trains in the folder of a network cite."""
    table = None if network is None else Path(network) / SERVICES_FILE
    if table is None or not table.is_file():
        return set()
    return {document for train in read_trains(table).trains for document in train.documents}
