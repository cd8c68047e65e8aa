"""Does every input that was ever troublesome end in a verdict, and do a fixed few hundred changed ones?"""

import pytest
from fuzzing import KEPT, corpus, failure, mutant

INPUTS = [file for file in KEPT.iterdir() if file.suffix in {".edi", ".xml", ".bin"}]
MUTANTS = 300


@pytest.mark.parametrize("name", sorted(file.name for file in INPUTS))
def test_what_is_kept_ends_in_a_verdict(name: str) -> None:
    assert failure((KEPT / name).read_bytes()) == ""


def test_inputs_changed_at_random_end_in_a_verdict() -> None:
    inputs = corpus()
    troubles = {seed: failure(mutant(seed, inputs)) for seed in map(str, range(MUTANTS))}
    assert {seed: trouble for seed, trouble in troubles.items() if trouble} == {}
