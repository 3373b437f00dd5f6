"""What is true in the mirror as of a day: Ibis expressions only, nothing that only DuckDB understands.

Each public function takes the mirror's Ibis connection (`Mirror.ibis`) and a day, and returns a lazy Ibis table with
the columns that its docstring and `docs/facts.md` name. Amounts are whole smallest units (`*_minor`) of the currency
that stands beside them, per company, never summed over two currencies.

| file | what it answers |
|---|---|
| `companies.py` | companies, their currency and zone |
| `people.py` | salespeople and teams |
| `customers.py` | partner to customer to group |
| `items.py` | receivable items as of a day, their kind, the matches that count |
| `receivables.py` | open items, ledger balance, mirror balance, the same in documents' currencies |
| `rates.py` | the ERP's exchange rates of a day |
| `odd_matches.py` | matches of open items that a person should look at |
| `snapshots.py` | what a frozen ageing keeps and is compared with: matches as pairs, items dated later, items today |
| `cash.py` | what closed the items, how late customers pay |
| `products.py` | revenue by product |
| `contacts.py`, `profiles.py` | the people at a customer; what is on file of the customer itself |
| `archive.py` | where a text stands in the customers' records |
| `turnover.py` | credit sales by month, cash received |
| `quality.py` | customer records with what may be wrong in them, signs of life, units of groups |
| `addressees.py` | how a customer is written to |
| `exposure.py` | credit limits, draft invoices, confirmed orders not invoiced yet |
| `invoices.py`, `credits.py`, `revenue.py` | posted invoices, credits of salespeople, revenue of customers |
| `rhythm.py` | how regularly a customer orders, and this season's revenue beside last year's |
| `assortment.py` | categories and products that customers buy, found, lost and bought again |
| `traits.py` | how long customers decide, at which discount they buy, through which channel |
| `focus.py`, `markets.py` | sales of products in the focus; in which market customers stand, their tags |
| `origins.py` | which orders invoices come from |
| `orders.py`, `margins.py` | orders and quotations as of a day, what orders leave above their cost |
| `ratings.py`, `suggestions.py` | what people have said of customers, what customers have suggested |
| `stakeholders.py`, `members.py`, `known.py` | who decides at a customer, who serves it, what is known of it |
| `plans.py`, `tiered.py` | what is meant to be done for a customer, and what came of it; who has a tier in the addon |
| `newcomers.py` | since when a group buys, and whether it has come back |
| `watched.py` | open debts, lost offers, recent complaints, contacts who are gone: what early warnings look at |
| `targets.py`, `attainment.py`, `marks.py` | what people are to reach; what they reached; what they were marked with |
| `promises.py` | promises to pay, and the cash that came in since |
| `cash_signals.py` | what tells that a customer has money |
| `causes.py` | closed collection tasks, the causes given, and what the figures say to them |
| `terms.py` | which customers, orders and invoices have payment terms |
| `work_hours.py` | when the companies work, and their days off |
| `complaints.py`, `complaint_events.py` | complaints as of a day, what happened to them |
| `claimed_lines.py` | what complaints claim for which order line |
| `learning.py` | what there is to learn from complaints: causes, costs, products, who bought again |
| `service.py` | what was delivered by whose sale, and whose the justified complaints were |
| `losses.py` | what customers can prove to have lost, on which paper, and what people agreed |
| `losses.py`, `named_papers.py` | what customers can prove to have lost, on which paper, and what people agreed |
| `evidence.py` | what speaks for and against the good faith of complaints |
| `disputes.py` | disputed amounts |
| `foreign_cases.py`, `answers.py` | complaints kept as tickets and claims; what customers answer when they are asked |
| `goods.py` | which products stand on orders and invoices, and in which categories they are |
| `days.py`, `live.py` | twelve months, business days and their end; rows that are not deleted |
"""
