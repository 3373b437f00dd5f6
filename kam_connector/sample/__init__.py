"""The sample company: what would a believable firm, with all its awkward customers, have in its ERP?

`build(size, anchor)` answers with the same company twice: as business papers (`documents`) and as rows of an
Odoo 19 (`tables`). It asks no clock and no network: the same arguments give the same company on every machine.

| file | question |
|---|---|
| `company.py` | `build`, `SampleCompany`: everything together, totals to compare a loaded ERP with |
| `papers.py` | which business papers are there: the dataclasses |
| `dice.py`, `months.py`, `amounts.py` | chance, days and money, each repeatable to the last digit |
| `names.py`, `cast.py` | how are things and people called; who are the named characters of the story |
| `firm.py` | companies, currencies, rates, people, teams, products, payment terms |
| `customers.py` | who buys: partners with contacts, subsidiaries and groups, each with a profile |
| `orders.py`, `invoices.py` | what is ordered and invoiced, with season, growth and decline |
| `payments.py` | who pays what and when; what is credited and written off |
| `books.py`, `matching.py` | journal entries and reconciliations as Odoo 19 makes them |
| `complaints.py`, `targets.py` | what customers complain about; what salespeople are to reach |
| `tables.py`, `table_*.py`, `tabular.py` | the same as rows that Odoo 19's `read` answers |
| `load.py`, `load_*.py` | the same as real documents in a real Odoo 14 or 19 over RPC |

How it passes: firm -> customers -> orders -> invoices -> payments -> books -> complaints -> tables. Amounts are
integers of the smallest unit (`*_minor`) until the last step. The loader uses the papers only: Odoo does its own sums,
and a test compares them with the tables'.
"""

from kam_connector.sample.company import SampleCompany, build

__all__ = ["SampleCompany", "build"]
