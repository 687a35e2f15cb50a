"""Figures for papers: each drawn on an axis of one's own, or all saved at once."""

from netmodel.report.figures.incident_timeline import draw_incident_timeline
from netmodel.report.figures.reachability_matrix import draw_reachability_matrix
from netmodel.report.figures.resilience_curve import draw_resilience_curve
from netmodel.report.figures.save import save_figures
from netmodel.report.figures.state_map import draw_state_map
from netmodel.report.figures.style import use_style

__all__ = [
    "draw_incident_timeline",
    "draw_reachability_matrix",
    "draw_resilience_curve",
    "draw_state_map",
    "save_figures",
    "use_style",
]
