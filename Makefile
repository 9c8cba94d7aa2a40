# Each target sets up all that it needs in .venv.
.PHONY: demo test learn bench memory fuzz doctor attack-table clean

demo: .venv/ready
	.venv/bin/autograder demo

test: .venv/ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	OPENBLAS_NUM_THREADS=1 .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

learn: .venv/ready
	.venv/bin/autograder init my-course
	cd my-course && ../.venv/bin/jupyter lab $$([ "$$(id -u)" != 0 ] || echo --allow-root)

bench: .venv/ready
	OPENBLAS_NUM_THREADS=1 .venv/bin/python -m tests.bench

memory: .venv/ready
	OPENBLAS_NUM_THREADS=1 .venv/bin/python -m tests.bench.memory

attack-table: .venv/ready
	OPENBLAS_NUM_THREADS=1 .venv/bin/python -m tests.attack_table

fuzz: .venv/ready
	.venv/bin/python -m tests.fuzz

doctor: .venv/ready
	.venv/bin/autograder doctor

.venv/ready: pyproject.toml scripts/setup
	scripts/setup

clean:
	rm -rf .venv build dist grades
