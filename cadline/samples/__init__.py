"""Which declarations can one try cadline with? Three invented days, the same bytes from the same seed.

    people ─┐
    goods ──┼──► drafts ──► days: parcels of declarations, some of them spoilt ──► files: fixtures/demo
    chance ─┘

`python -m cadline.samples --seed 20260316 --out fixtures/demo` writes them. All names, numbers, prices and
exchange rates are invented; business numbers begin with 999.
"""
