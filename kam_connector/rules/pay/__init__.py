"""What a plan pays: all credits, all cash and what was paid before in, rows and statements out.

The engine is a pure function of its whole input: order and batches of the rows change nothing. Amounts are integers of
10^-12 of the currency's unit ("fine"), Python's own, so that nothing overflows and nothing is lost; a statement is
rounded once.

| file | what it answers |
|---|---|
| `exact.py` | how fine amounts are multiplied, divided and summed |
| `given.py` | what the engine is given: the columns of credits, cash, targets and what was paid |
| `prepare.py`, `shares.py` | which credits count for the plan, with which base, share, currency and period |
| `spans.py` | periods as numbers; the quota of a span |
| `goals.py` | what credits are measured against: the quota, or the target of their payee or team |
| `curves.py` | what a component's brackets earn for each credit |
| `returns.py` | what a reversal takes back by the rate of the original |
| `events.py`, `contests.py` | bonuses, awards, team bonuses; prizes |
| `salaries.py` | what is paid a month, whatever is sold |
| `cash.py`, `days.py` | which share of a document is paid or lost; what the days until payment add |
| `gates.py` | the facts that hold or reduce pay |
| `totals.py` | what it comes to by payee and period, what of it was settled |
| `statements.py` | cap, floor, holdback, advances, what was settled; the one rounding |
| `engine.py` | `compute_pay`: the whole; `compute_versions`: the versions of one plan together |

Data passes `prepare` to `goals` and `curves` (and `events`, `contests`), whose slices `cash` releases, to `statements`.
"""
