"""The vocabulary: what cadline speaks of, as frozen values, and the data that the law and the trade supply.

This room knows no other. Everything here is pure: no clock, no database, no network.
"""
