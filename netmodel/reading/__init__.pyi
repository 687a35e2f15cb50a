from .table import TableReading as TableReading
from .table import read_table as read_table
from .table_map import TableMap as TableMap
from .table_map import read_table_map as read_table_map
