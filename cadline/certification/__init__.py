"""Can a partner's software do the trade with us? Suites of scenarios, run on a house of their own.

    suites (TOML) ──► reading ──► Suite ──► run: a house of its own per scenario ──► evidence
                                                                                       │
                                  report, JUnit, CSV, JSON ◄── Result ◄── judging ◄────┘

The code and the tables are production's own, by construction: a scenario goes through the same doors, stages
and closes. Ledger, clock, registry and control numbers are the scenario's own.
"""
