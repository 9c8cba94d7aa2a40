"""The commands; each one reads its arguments, calls the module that does the work, and says how it went."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from autograder import __version__
from autograder.errors import AutograderError

GRADED, SOME_NOT_GRADABLE, USAGE = 0, 1, 2
CLOSED = 141
"""What a shell calls the end by SIGPIPE."""
SOMETHING_TO_MEND = 1
UNSAFE = "--unsafe-no-sandbox"
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 for success, 1 where a submission got no grade, 2 for a usage or course error.

    Ctrl-C makes it 130, and a reader of standard output that has gone 141.
    """
    parsed = _parsed(arguments)
    try:
        return _status(parsed)
    except AutograderError as error:
        print(f"autograder: {error}", file=sys.stderr)  # noqa: T201
        return USAGE
    except OSError as error:
        if isinstance(error, BrokenPipeError) and _is_unread():
            return CLOSED
        print(f"autograder: {error}{_kept(parsed)}", file=sys.stderr)  # noqa: T201
        return USAGE
    except KeyboardInterrupt:
        print(f"autograder: stopped{_kept(parsed)}", file=sys.stderr)  # noqa: T201
        return 130


def _is_unread() -> bool:
    """Tell whether nobody reads standard output any more, as `| head` does not; what is left of it is dropped then."""
    try:
        print(flush=True)  # noqa: T201 - only writing tells
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python flushes once more when it ends
        return True
    return False


def _status(parsed: argparse.Namespace) -> int:
    status = int(parsed.run(parsed))
    if sys.stdout is not None:
        sys.stdout.flush()
    return status


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the arguments; notebooks that need not be named may stand after an option, too, unlike argparse has it."""
    parser = _parser()
    parsed, rest = parser.parse_known_args(arguments)
    end = rest.index("--") if "--" in rest else len(rest)  # what follows is a notebook, whatever it begins with
    if rest and (parsed.run is not _regrade or any(word.startswith("-") for word in rest[:end])):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        parsed.notebooks = [*parsed.notebooks, *map(Path, rest[:end] + rest[end + 1 :])]
    return parsed


def _kept(parsed: argparse.Namespace) -> str:
    return "; finished grades are kept" if parsed.run is _grade else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description="Grade neural-network notebooks.")
    parser.add_argument("--version", action="version", version=f"autograder {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for add in (_add_check, _add_grade, _add_regrade, _add_solve, _add_init, _add_mutate, _add_doctor, _add_demo):
        add(commands)
    return parser


def _add_check(commands: _Commands) -> None:
    check = commands.add_parser("check", help="run the visible checks of saved notebooks; needs no secrets")
    check.add_argument(
        "words", metavar="NOTEBOOK or QUESTION", nargs="*", help="default: all questions of all notebooks found here"
    )
    check.add_argument("--watch", action="store_true", help="check again whenever a notebook is saved")
    check.set_defaults(run=_check)


def _add_grade(commands: _Commands) -> None:
    grade = commands.add_parser("grade", help="grade submissions to an assignment and write their records")
    grade.add_argument("assignment", metavar="ASSIGNMENT")
    grade.add_argument("notebooks", metavar="NOTEBOOK", nargs="+", help="or a folder of STUDENT/ASSIGNMENT/*.ipynb")
    _add_pool(grade)
    grade.add_argument("--json", action="store_true", help="print one record a line on standard output, as JSON")
    grade.add_argument("--again", action="store_true", help="grade anew what was graded before, and replace it")
    grade.set_defaults(run=_grade)


def _add_regrade(commands: _Commands) -> None:
    regrade = commands.add_parser("regrade", help="grade anew, and show who moves and why before records are replaced")
    regrade.add_argument("assignment", metavar="ASSIGNMENT")
    regrade.add_argument(
        "notebooks", metavar="NOTEBOOK", nargs="*", default=[], type=Path, help="default submitted/*/ASSIGNMENT/*.ipynb"
    )
    _add_pool(regrade)
    regrade.add_argument("--again", action="store_true", help="judge anew what is remembered and has not changed, too")
    regrade.add_argument("--yes", action="store_true", help="do not ask where students lose points")
    regrade.add_argument("--dry-run", action="store_true", help="write nothing; exit status 1 where somebody moves")
    regrade.add_argument("--undo", action="store_true", help="put the records back that the last regrade replaced")
    regrade.add_argument("--json", action="store_true", help="print one student a line on standard output, as JSON")
    regrade.set_defaults(run=_regrade)


def _add_pool(command: argparse.ArgumentParser) -> None:
    """Add what every command takes that grades a class into a folder of records."""
    where = command.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=_count, default=1, metavar="N", help="grader processes at once (default 1)")
    where.add_argument("--dask", metavar="ADDRESS", help="grade on the workers of this Dask scheduler (or of its file)")
    command.add_argument("--out", type=Path, metavar="DIR", help="folder for the records (default grades/ASSIGNMENT)")
    command.add_argument(UNSAFE, dest="unsafe", action="store_true", help="grade although protections are missing here")


def _add_solve(commands: _Commands) -> None:
    solve = commands.add_parser("solve", help="write a notebook with the reference's solutions put in")
    solve.add_argument("assignment", metavar="ASSIGNMENT")
    solve.add_argument("-o", "--output", type=Path, metavar="FILE", help="default ASSIGNMENT-solved.ipynb")
    solve.set_defaults(run=_solve)


def _add_init(commands: _Commands) -> None:
    init = commands.add_parser("init", help="write working copies of the assignments, to do the course alone")
    init.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, default=Path("my-course"), help="default my-course"
    )
    init.set_defaults(run=_init)


def _add_mutate(commands: _Commands) -> None:
    mutate = commands.add_parser("mutate", help="try known slips, mutants and right variants on the hidden suites")
    mutate.add_argument("assignment", metavar="ASSIGNMENT", nargs="?", help="all assignments where none is given")
    mutate.add_argument("--question", metavar="NAME", help="this question only")
    mutate.add_argument("--seeds", type=_count, default=3, metavar="N", help="inputs are drawn N times (default 3)")
    mutate.add_argument("--jobs", type=_count, metavar="N", help="processes at once (default: one a core)")
    mutate.add_argument("--markdown", action="store_true", help="print the section for the documentation")
    mutate.set_defaults(run=_mutate)


def _add_doctor(commands: _Commands) -> None:
    doctor = commands.add_parser("doctor", help="say which protections are active, what is missing, and what to do")
    doctor.set_defaults(run=_doctor)


def _add_demo(commands: _Commands) -> None:
    demo = commands.add_parser("demo", help="grade a sample class through nbgrader in a scratch copy of the course")
    demo.add_argument("--folder", type=Path, default=Path("build/demo"), metavar="DIR", help="default build/demo")
    demo.set_defaults(run=_demo)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        msg = f"{number} is not a number of processes or seeds; give 1 or more"
        raise argparse.ArgumentTypeError(msg)
    return number


def _check(parsed: argparse.Namespace) -> int:
    from autograder.learner.overview import check_notebooks
    from autograder.learner.watch import watch

    return watch(parsed.words) if parsed.watch else check_notebooks(parsed.words)


def _init(parsed: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.instructor.working_copy import make

    make(Course.find(), parsed.folder)
    return 0


def _grade(parsed: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.instructor.gradeclass import grade_class

    course = Course.find()
    out = parsed.out or course.root / "grades" / parsed.assignment
    graded_all = grade_class(
        course,
        parsed.assignment,
        map(Path, parsed.notebooks),
        jobs=parsed.jobs,
        out=out,
        as_json=parsed.json,
        unsafe=parsed.unsafe,
        again=parsed.again,
        dask=parsed.dask,
    )
    return GRADED if graded_all else SOME_NOT_GRADABLE


def _regrade(parsed: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.instructor.regrade import Options, regrade
    from autograder.instructor.undo import undo

    course = Course.find()
    assignment = course.assignment(parsed.assignment).name
    options = Options(
        out=parsed.out or course.root / "grades" / assignment,
        jobs=parsed.jobs,
        dask=parsed.dask,
        yes=parsed.yes,
        dry_run=parsed.dry_run,
        as_json=parsed.json,
        unsafe=parsed.unsafe,
        again=parsed.again,
    )
    if parsed.undo and parsed.notebooks:
        msg = "--undo takes the whole of the last regrade back; name no notebooks"
        raise AutograderError(msg)
    fine = undo(assignment, options) if parsed.undo else regrade(course, assignment, parsed.notebooks, options)
    return GRADED if fine else SOME_NOT_GRADABLE


def _solve(parsed: argparse.Namespace) -> int:
    from autograder import notebook
    from autograder.course import Course

    assignment = Course.find().assignment(parsed.assignment)
    output = parsed.output or Path(f"{assignment.name}-solved.ipynb")
    sources = notebook.function_sources(assignment.reference_path.read_text(encoding="utf-8"))
    text = notebook.write(notebook.solve(assignment.notebook, sources))
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        msg = f"{output} is there already; remove it or name another file with -o"
        raise AutograderError(msg) from None
    print(f"wrote {output}")  # noqa: T201
    return GRADED


def _mutate(parsed: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.instructor.mutation_table import show

    course = Course.find()
    named = [course.assignment(parsed.assignment)] if parsed.assignment else course.assignments
    fine = show(named, question=parsed.question, seeds=parsed.seeds, jobs=parsed.jobs, as_markdown=parsed.markdown)
    return GRADED if fine else SOMETHING_TO_MEND


def _doctor(_: argparse.Namespace) -> int:
    from autograder.instructor.doctor import report

    return report()


def _demo(parsed: argparse.Namespace) -> int:
    from autograder.course import Course
    from autograder.instructor.demo import run

    return run(Course.find(), parsed.folder)


if __name__ == "__main__":
    sys.exit(main())
