"""`python -m tests.bench [name …]` runs benchmarks of this folder, all of them if none is named.

A benchmark is a module here with a `main()`, plain or async, that prints what it measured.
"""

import asyncio
import importlib
import inspect
import pkgutil
import sys

import tests.bench


def main(wanted: list[str]) -> int:
    """Run the named benchmarks in order of their names; return 2 for a name that is unknown."""
    known = sorted(
        found.name for found in pkgutil.iter_modules(tests.bench.__path__) if found.name[0] != "_"
    )
    if unknown := sorted(set(wanted) - set(known)):
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    for name in wanted or known:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        run(name)
    return 0


def run(name: str) -> None:
    """Run one benchmark to its end."""
    module = importlib.import_module(f"tests.bench.{name}")
    if inspect.iscoroutinefunction(module.main):
        asyncio.run(module.main())
    else:
        module.main()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
