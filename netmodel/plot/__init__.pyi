from .figures_of_runs import bands as bands
from .figures_of_runs import curve as curve
from .figures_of_runs import map as map  # noqa: A004
from .figures_of_runs import matrix as matrix
from .figures_of_runs import timeline as timeline
from .restoration_curve import restoration as restoration
from .saved_figures import save_figures as save_figures
from .style import use_style as use_style
