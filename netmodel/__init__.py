"""Rail-network disruption: from documents that report incidents to what stayed connected."""

import lazy_loader

from netmodel.forms import wire

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

wire(
    {
        ("Network", "html"): "netmodel.report.notebook:network_html",
        ("Network", "pandas"): "netmodel.network.rows:network_frames",
        ("Network", "of pandas"): "netmodel.network.from_frames:network_from_frames",
        ("Network", "plot"): "netmodel.plot.network_map:draw_network",
        ("Network", "networkx"): "netmodel.network.rows:build_multigraph",
        ("Incident", "html"): "netmodel.report.notebook:incident_html",
        ("Document", "html"): "netmodel.report.notebook:document_html",
        ("Catalogue", "html"): "netmodel.report.notebook:catalogue_html",
        ("Catalogue", "pandas"): "netmodel.evidence.frames:catalogue_frames",
        ("Scenario", "html"): "netmodel.report.notebook:scenario_html",
        ("State", "html"): "netmodel.report.notebook:state_html",
        ("Timeline", "html"): "netmodel.report.notebook:timeline_html",
        ("Comparison", "html"): "netmodel.report.notebook_runs:comparison_html",
        ("Comparison", "page"): "netmodel.report.compare:write_comparison",
        ("Run", "folder"): "netmodel.report.run_folder:write_run",
        ("RunRecord", "geopandas"): "netmodel.runs.moment:to_geopandas",
        ("Run", "html"): "netmodel.report.notebook_runs:run_html",
        ("Run", "plot"): "netmodel.plot.figures_of_runs:RunPlots",
    }
)
