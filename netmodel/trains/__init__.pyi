from .gtfs_export import Publisher as Publisher
from .gtfs_export import export_gtfs as export_gtfs
from .services_file import built_in_timetable as built_in_timetable
from .services_file import read_trains as read_trains
from .services_file import write_trains as write_trains
from .train import StopTime as StopTime
from .train import Timetable as Timetable
from .train import Train as Train
