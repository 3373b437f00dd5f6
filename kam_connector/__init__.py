"""kam-connector: key-account tiering, complaints, incentives and collections beside an Odoo.

One path for the data: `erp` and `sync` pull into `mirror`; `facts` reads the mirror as of a day; `rules` decide
with the numbers of `policy`; `ledger` keeps what was decided; `writeback` plans and pushes; `reports` prints.
`runs` puts the steps of a night in order, `cli` is what a user may ask for.
"""

__version__ = "0.1.0"
