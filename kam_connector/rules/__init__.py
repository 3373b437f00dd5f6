"""What follows from facts and policy: pure functions, tables in, decisions and findings out (DESIGN section 3).

A rule knows neither ERP nor files nor the clock: the day (`as_of`) or the moment (`at`) is an argument. It takes
pandas frames with the columns of docs/facts.md and one policy model, and returns `Decisions(frame, findings,
detail)`; every row of `frame` says why in `reason_code` and `reason_args` (`reasons.py` lists both, the sentences
are in `kam_connector.messages`). Bad data becomes a finding and the rest goes on.

| file | what it answers |
|---|---|
| `decisions.py` | what a rule hands back; the currencies of a run |
| `reasons.py` | which reasons there are, with which figures |
| `ageing.py` | how old is each open item, by customer, and does it tie to the ledger |
| `translation.py` | the ageing in documents' currencies, and in that of the group |
| `odd_matches.py` | what is odd about a match: a draft, a later day, another customer or company |
| `snapshots.py`, `snapshot_reasons.py` | why the ageing of a frozen day is another one today |
| `doubtful.py` | since which day is a debt doubtful |
| `disputes.py` | which part of which open item is in dispute |
| `learning.py` | what the complaints of a month teach: causes, recurrence, costs, who was won back |
| `service.py` | how well the customers of each salesperson were served: the service score |
| `compensation.py`, `compensation_limits.py` | what a complaint is made good with, up to which amount, who approves |
| `evidence.py` | what speaks for and against the good faith of a complaint |
| `measures.py` | the figures that a score is made of, put together from the facts |
| `ratings.py` | what people have said of a customer, and for how long it counts |
| `trade.py`, `orders.py` | margin, assortment, rhythm, complaints among them; what orders are worth |
| `traits.py` | how a customer buys: how concentrated, how long until an order, at which discount |
| `newcomers.py` | who is new, who has come back, who has been known for long |
| `segments.py` | how to deal with a customer |
| `focus.py`, `focus_lists.py` | products and markets in the focus, what a customer is to us; whom to look after |
| `groups.py` | what the customers of a group are together, as if they were one |
| `pareto.py` | who makes most of the revenue and of the margin; recency, frequency and amount in fifths |
| `scores.py` | how many points a customer has in each dimension, and in all |
| `score_parts.py` | which item makes how much of a score, and what moved it between two days |
| `tiers.py`, `stability.py` | which tier follows from the score, with which patience |
| `takeover.py` | from which tier a customer goes on after another was merged into it |
| `tier_reasons.py` | with which figures a tier decision is explained |
| `capacity.py` | who gets a seat where a tier has few |
| `watching.py`, `warnings.py` | the figures that early warnings watch; which are raised, open, cleared |
| `warning_reasons.py`, `playbooks.py` | with which figures a warning is explained; who does what about it |
| `netting.py` | what open credits leave of each debt |
| `payers.py`, `expected.py` | which kind of payer a customer is; when his debts will be paid |
| `exposure.py` | how much he owes and will owe, against his limit |
| `provision.py` | what is probably lost, by age |
| `statement.py` | what a customer is told that he owes |
| `turnover.py`, `alerts.py` | DSO and its kin, what receivables cost; who exceeds the policy's limits |
| `promises.py`, `promise_cash.py` | was a promise to pay kept; which cash counts for which promise |
| `dunning.py`, `levels.py`, `promise_effects.py` | who is asked to pay what, at which step; what promises do to it |
| `debtors.py` | who the debtors are: class of payer, clock, whose team leads the salesperson |
| `early.py` | who is asked before a debt is overdue, and on the very day |
| `manner.py` | over which channel, in which tone, with which offer, at what hour |
| `priority.py`, `task_reasons.py` | why a task stands where it stands, and why it is there |
| `cash_signals.py` | which customer who was asked in vain has money after all |
| `cases.py` | which customers are a bad-debt case, and what is advised |
| `causes.py` | why customers pay late: the causes of closed tasks, counted |
| `terms.py` | who buys on credit, or is overdue, without clear payment terms |
| `restating.py`, `pay_states.py` | what became known of a closed period of pay since; the states of a period |
| `pay/` | what an incentive plan pays: all credits and all cash in, rows and statements out |
| `payouts.py` | the payouts of a period as the ERP takes them |
| `period_targets.py` | the one target that counts for an owner and a period |
| `quotas.py` | a target of a company or team divided down the tree |
| `appraisal.py`, `ranking.py` | how far people came, against target and past; how they stand among each other |
| `claims.py` | claims above what was sold, or about another company |
| `intake.py`, `goods.py` | which tickets and claims become complaints, of which type and severity; about what goods |
| `status_log.py`, `complaint_events.py` | what happened to a complaint, and what it was doing when |
| `targets.py`, `clocks.py`, `proofs.py` | its two clocks: how long they may run, where they stand, which hours count |
| `work_calendars.py` | the calendar by which clocks run: the company's, or that of the owner's team |
| `deadlines.py` | until when a complaint of the ERP is to be answered and settled, and why |

How a night passes through: `ageing` first; its totals are one of the measures that `tiers` rates, its items are what
`payers` and `turnover` look at; `promises` are judged by the cash, and `payers` and `dunning` read them; `cases` reads
`payers`; `dunning`, `deadlines` and `warnings` read the tiers; `pay` stands alone.
"""
