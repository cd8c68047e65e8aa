"""How are the balances read, an account of a party a row, from the JSON in which the chain holds them?

The database itself takes the JSON apart. The balances of one party cost one look-up, however long its history
is. The migration creates the view, and so does `metadata.create_all`.
"""

from collections.abc import Mapping

BALANCE: Mapping[str, str] = {
    "sqlite": """
CREATE VIEW balance AS
SELECT chain.party AS party, held.key AS account, held.value AS cents
FROM chain, json_each(chain.balances) AS held
""",
    "postgresql": """
CREATE VIEW balance AS
SELECT chain.party, CAST(held.account AS varchar(60)) AS account, CAST(held.cents AS bigint) AS cents
FROM chain, json_each_text(chain.balances) AS held (account, cents)
""",
}
DROP_BALANCE = "DROP VIEW balance"
