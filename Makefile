# Each target sets up all that it needs in .venv.
.PHONY: demo test bench doctor clean

demo: .venv/ready
	.venv/bin/autograder demo

test: .venv/ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	OPENBLAS_NUM_THREADS=1 .venv/bin/python -m pytest -n 2 --dist loadfile

bench: .venv/ready
	.venv/bin/python -m tests.bench

doctor: .venv/ready
	.venv/bin/autograder doctor

.venv/ready: pyproject.toml scripts/setup
	scripts/setup

clean:
	rm -rf .venv build dist grades
