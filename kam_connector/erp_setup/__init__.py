"""What an administrator makes once in the ERP, so that the nightly login need not be one; and how it goes again.

    plan = plan_setup(session, Wanted(login="kam-connector", companies=(1, 2)))
    done = make(session, plan)                       # a second time: nothing to make
    key = make_key(access, session, done.user, ...)  # the service user's API key, where the ERP allows it

| file | what it answers |
|---|---|
| `rights.py` | what the service user may do, model by model, and which rows it sees: data |
| `pieces.py` | the records that carry these rights, as data: group, access rows, rules, fields, page, user |
| `figures.py` | the custom fields of the customer, and the page of the form that shows them |
| `tier_tags.py` | the partner tags of tiers, where they are asked for |
| `marks.py` | which records of the ERP were made here: XML ids `kam_external.*` |
| `preparing.py` | what is there, what is missing, and making it |
| `keys.py` | an API key of the service user: made, listed, revoked |
| `unpreparing.py` | taking away what was made |

With the addon, group, access rows and rules come with it (`addon_manifest/security`, a test holds both against
`rights.py`): only the user is made. Without it all of it is made. People's data is never touched, and neither is any
group, rule or user that was not made here.
"""

from kam_connector.erp_setup.keys import Key, KeyTerms, list_keys, make_key, revoke_keys
from kam_connector.erp_setup.marks import made_user
from kam_connector.erp_setup.pieces import Wanted
from kam_connector.erp_setup.preparing import Setup, Step, make, plan_setup
from kam_connector.erp_setup.tier_tags import NamedTier, tier_tags
from kam_connector.erp_setup.unpreparing import Removal, plan_removal, remove

__all__ = [
    "Key",
    "KeyTerms",
    "NamedTier",
    "Removal",
    "Setup",
    "Step",
    "Wanted",
    "list_keys",
    "made_user",
    "make",
    "make_key",
    "plan_removal",
    "plan_setup",
    "remove",
    "revoke_keys",
    "tier_tags",
]
