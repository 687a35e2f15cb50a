from .contraction import contract_network as contract_network
from .importer import Account as Account
from .importer import Entry as Entry
from .importer import Imported as Imported
from .importer import Joining as Joining
from .importer import import_network as import_network
from .importer import write_account as write_account
