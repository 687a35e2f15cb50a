from .calibration import fit_speeds as fit_speeds
from .comparison import Validation as Validation
from .comparison import load_observations as load_observations
from .comparison import summarise_detours as summarise_detours
from .comparison import validate as validate
from .comparison import validate_files as validate_files
from .observations import Observations as Observations
from .observations import list_observed_running as list_observed_running
