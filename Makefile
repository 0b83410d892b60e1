# `make demo` and `make test` are all a newcomer needs; each installs what is missing into .venv first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
DEMO := --workspace demo.ragft

.PHONY: demo test test-fast test-ollama fuzz models docs lint format install clean bench-startup bench-retrieval bench-ingest bench-search \
	bench-export bench-train bench-ask bench-busy bench-check bench-benchmark bench-verdicts bench-serve

install: .venv/installed

# torch first and pinned: pip then takes a CPU build where one lies at hand instead of gigabytes of CUDA packages.
.venv/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all,dev]'
	touch $@

models: install
	$(BIN)/ragft models pull smollm2
	$(BIN)/ragft models pull minilm

demo: models
	$(BIN)/ragft build-model corpus/papers --preset demo --engine embedded $(DEMO)
	$(BIN)/ragft ask "How much GPU memory does QLoRA need for a 65B model?" --engine embedded $(DEMO)

# Two workers of one thread each: llama.cpp and BLAS spin when their threads compete for cores. The tests start hundreds
# of processes, so Python keeps what it compiles, whatever the environment says.
PYTEST := RAGFT_ENGINE__THREADS=1 OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q \
	--numprocesses 2 --dist loadfile --no-loadscope-reorder

test: models lint
	$(PYTEST)

# The inner loop: what is not marked slow, and fewer examples of each property. No language model is loaded, so there are
# as many workers as cores, and nothing in C writes to the terminal: capturing Python's own streams is enough, and cheaper.
test-fast: models
	$(PYTEST) -m "not slow" --hypothesis-profile fast --capture=sys --numprocesses auto --maxprocesses 8

# Ten minutes of mutated files for everything that reads what others wrote; findings lie in fuzz-found/.
fuzz: install
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.fuzz --seconds 600

# Asks the live server at OLLAMA_HOST; what it makes there it removes.
test-ollama: models
	RAGFT_TEST_OLLAMA=1 $(BIN)/python -m pytest -q -rs -s tests/live

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/lint-imports --config importlinter-running.toml

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench-startup: install
	$(BIN)/python benchmarks/bench_startup.py

bench-retrieval: install
	$(BIN)/python benchmarks/bench_retrieval.py ../shared/data/scifact

bench-ingest: install
	$(BIN)/python benchmarks/bench_ingest.py ../shared/data/papers/good --backends onnx-int8 onnx torch

bench-search: install
	$(BIN)/python benchmarks/bench_search.py --chunks 100000

bench-serve: install
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/bench_serve.py --soak 10

bench-export: install
	$(BIN)/python benchmarks/bench_export.py

bench-train: models
	$(BIN)/python benchmarks/bench_train.py

bench-ask: models
	$(BIN)/python benchmarks/bench_ask.py

bench-busy: models
	$(BIN)/python benchmarks/bench_busy.py

bench-check: models
	$(BIN)/python benchmarks/bench_check.py

bench-benchmark: models
	$(BIN)/python benchmarks/bench_benchmark.py

bench-verdicts: install
	$(BIN)/python benchmarks/bench_verdicts.py

clean:
	rm -rf .venv demo.ragft build src/*.egg-info

docs: install
	$(BIN)/python -m typer ragft.cli.main utils docs --name ragft --output docs/cli.md
	$(BIN)/python docs/api_reference.py > docs/api.md
