from .jobs import RepairJob as RepairJob
from .jobs import RepairSpeed as RepairSpeed
from .jobs import repair_speed_table as repair_speed_table
from .jobs import sweep_repair_speed as sweep_repair_speed
from .order import OrderLoss as OrderLoss
from .order import RepairPlan as RepairPlan
from .order import plan_repairs as plan_repairs
from .order import plan_run_repairs as plan_run_repairs
