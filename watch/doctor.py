"""What `goodturn doctor` looks at, in the order in which it says it: a list of small checks, each of which looks at one
thing and says a sentence for each fault, with what to do, or that it is well.

Nothing is changed by it: databases are opened to be read (SQLite puts an empty `-wal` and `-shm` beside one that nobody
has open), a port is taken for a moment where nobody has it. `goodturn checkup` looks at the databases by the same
checks each day.
"""

from collections.abc import Sequence

from watch import doctor_database, doctor_machine, doctor_settings
from watch.examined import Case, Check, Level, Said

SETTINGS: tuple[Check, ...] = (
    doctor_settings.contact,
    doctor_settings.feeds,
    doctor_settings.site,
    doctor_settings.desk,
    doctor_settings.notify,
    doctor_settings.simulated,
    doctor_settings.ports_differ,
)
DATABASES: tuple[Check, ...] = (doctor_database.stories, doctor_database.people)
MACHINE: tuple[Check, ...] = (
    doctor_machine.disk,
    doctor_machine.clock,
    doctor_machine.permissions,
    doctor_machine.ports,
    doctor_machine.programs,
    doctor_machine.backups,
    doctor_machine.model,
    doctor_machine.names,
)
CHECKS = (*SETTINGS, *DATABASES, *MACHINE)


def examine(case: Case, checks: Sequence[Check] = CHECKS) -> list[Said]:
    """What is found; of a thing that is wrong nothing is said to be fine."""
    found = []
    for check in checks:
        said = list(check(case))
        ill = {each.about for each in said if each.level is not Level.FINE}
        found += [each for each in said if each.level is not Level.FINE or each.about not in ill]
    return found


def wrong(found: Sequence[Said]) -> list[str]:
    """The sentences of what must be mended."""
    return [each.said for each in found if each.level is Level.WRONG]
