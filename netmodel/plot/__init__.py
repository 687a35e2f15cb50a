"""Figures for papers: each drawn on an axis of one's own, or all saved at once."""

from netmodel.plot.incident_timeline import draw_incident_timeline
from netmodel.plot.reachability_matrix import draw_reachability_matrix
from netmodel.plot.resilience_curve import draw_resilience_curve
from netmodel.plot.save import save_figures
from netmodel.plot.state_map import draw_state_map
from netmodel.plot.style import use_style

__all__ = [
    "draw_incident_timeline",
    "draw_reachability_matrix",
    "draw_resilience_curve",
    "draw_state_map",
    "save_figures",
    "use_style",
]
