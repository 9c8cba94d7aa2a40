"""The hostile class: notebooks that want points, answers, other people's work, or to break the run.

Each module here has `ATTACKS: tuple[Attack, ...]`; `ALL` are those of all modules, ordered as the table of threats is.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.corpus.attacks.recipe import ROWS, Attack


def _collected() -> tuple[Attack, ...]:
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    attacks = [attack for module in modules for attack in getattr(module, "ATTACKS", ())]
    order = list(ROWS)
    return tuple(sorted(attacks, key=lambda attack: order.index(attack.row)))


ALL = _collected()
