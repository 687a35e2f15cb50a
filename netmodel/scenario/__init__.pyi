from .loading import read_scenario as read_scenario
from .options import Capacities as Capacities
from .options import Departures as Departures
from .options import Origin as Origin
from .options import Sampling as Sampling
from .scenario import Scenario as Scenario
from .schema import json_schema as json_schema
from .writing import write_scenario as write_scenario
