"""The local copy of the ERP: one DuckDB file that may be deleted at any time and is made again by a full pull.

| file | what it answers |
|---|---|
| `columns.py` | what a column can hold, with its Arrow and SQL type |
| `tables.py`, `stock_tables.py`, `case_tables.py`, `addon_tables.py` | which tables and columns there are |
| `side_tables.py` | tables beside a model's own: values by company, custom fields |
| `schema.py` | does the file hold exactly these, and is it ours |
| `store.py` | the open file, its transactions and its errors |
| `views.py` | expressions that are compiled once for a connection |
| `rows.py` | rows in, tombstones, quarantine |
| `comparing.py` | what the mirror has and the ERP has not, and the other way round |
| `merging.py` | who took over the documents of customers that are gone |
| `erasing.py` | rows that are gone for long leave the file's bytes |
| `state.py` | watermarks, the place of an unfinished pull, when what was checked |

`sync` writes pages of rows (Arrow) together with their watermark in one transaction. `facts` reads through
`Mirror.ibis`. All tables exist, empty, also where the ERP lacks the model. Four more stand beside the models': in
`quarantine` what could not be converted, in `control_total` the receivable balance by company, account and day as the
ERP itself sums it, in `partner_group` the root of each partner, in `partner_tag` who carries the tags of focus.toml.
"""

from kam_connector.mirror.columns import ARROW_TYPES, Column, Kind, Table
from kam_connector.mirror.rows import Rejected
from kam_connector.mirror.state import PullState
from kam_connector.mirror.store import Mirror, discard, open

__all__ = ["ARROW_TYPES", "Column", "Kind", "Mirror", "PullState", "Rejected", "Table", "discard", "open"]
