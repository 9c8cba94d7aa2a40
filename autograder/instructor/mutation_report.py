"""What the trials of a suite showed, question by question, and whether that is as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.equivalents import Equivalent
from autograder.instructor.trials import MutantTrial, SlipTrial, VariantTrial


@dataclass(frozen=True)
class Verdict:
    """What the trials of one question showed."""

    question: str
    slips: tuple[SlipTrial, ...]
    variants: tuple[VariantTrial, ...]
    mutants: tuple[MutantTrial, ...]
    listed: Mapping[str, Equivalent]

    @property
    def equivalent(self) -> int:
        """How many mutants are listed as equivalent."""
        return sum(mutant.id in self.listed for mutant in self.mutants)

    @property
    def survivors(self) -> tuple[MutantTrial, ...]:
        """The mutants that are not listed and passed all tests with some seed."""
        return tuple(m for m in self.mutants if m.id not in self.listed and m.killed < m.seeds)

    @property
    def unlike(self) -> tuple[MutantTrial, ...]:
        """The mutants that are listed as equivalent and are not: a test fails."""
        return tuple(m for m in self.mutants if m.id in self.listed and m.killed)

    @property
    def escaped(self) -> tuple[MutantTrial, ...]:
        """The mutants that another question's tests were said to catch, and which pass them."""
        return tuple(mutant for mutant in self.mutants if mutant.escaped)

    @property
    def killed(self) -> int:
        """How many mutants died that are not listed as equivalent."""
        return len(self.mutants) - self.equivalent - len(self.survivors)

    @property
    def fine(self) -> bool:
        """Whether every slip is caught and named, every mutant dies or is listed, and every variant is right."""
        named = all(slip.caught and slip.recognised and not slip.passed_as_whole for slip in self.slips)
        right = not any(variant.messages for variant in self.variants)
        return named and right and not (self.survivors or self.unlike or self.escaped)


@dataclass(frozen=True)
class Report:
    """What the trials of an assignment showed, question by question."""

    assignment: str
    verdicts: tuple[Verdict, ...]
    gone: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of the mutants killed, of those that are not listed as equivalent."""
        killed = sum(verdict.killed for verdict in self.verdicts)
        return killed / (killed + sum(len(verdict.survivors) for verdict in self.verdicts) or 1)

    @property
    def fine(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.gone and all(verdict.fine for verdict in self.verdicts)
