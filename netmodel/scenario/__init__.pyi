from .file import json_schema as json_schema
from .loading import read_scenario as read_scenario
from .scenario import Scenario as Scenario
from .settings import Capacities as Capacities
from .settings import Departures as Departures
from .settings import Origin as Origin
from .settings import Sampling as Sampling
from .writing import write_scenario as write_scenario
