# Everything installs into .venv, from locked versions with hashes; nothing needs root.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test test-all lint fuzz app bench compare-layout golden lock clean

demo: $(READY)
	$(BIN)/lianheti packet data/henan-consortium-2022.yaml -p henan/consortium-2022 --edition signing -o output
	@echo "The same in the browser, on a folder of data files:  $(BIN)/lianheti serve data"

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal

# Everything, also what takes long: a thousand records, kills, a cluster, a wheel, properties with many examples.
test-all: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal --thorough

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Inputs that nobody thought of; what the program does not stand lies in output/fuzz.
SECONDS ?= 120
fuzz: $(READY)
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

# One folder that starts by a double-click, without Python, for the system that this runs on (output/app/dist/lianheti),
# and tried as a clerk would start it.
APP := output/app
app: $(READY)
	rm -rf $(APP)
	mkdir -p $(APP)/empty
	touch $(APP)/empty/.keep
	$(BIN)/python packaging/icon.py $(APP)/icon.ico
	$(BIN)/python packaging/notices.py $(APP)/NOTICES.txt
	$(BIN)/pyinstaller --noconfirm --log-level WARN --distpath $(APP)/dist --workpath $(APP)/work packaging/lianheti.spec
	cp LICENSE $(APP)/NOTICES.txt $(APP)/dist/lianheti/
	$(BIN)/python packaging/smoke.py $(APP)/dist/lianheti/lianheti

bench: $(READY)
	$(BIN)/python -m benchmarks

# Pages and line breaks beside LibreOffice's, over every document of every example; the pictures lie in output/.
compare-layout: $(READY)
	$(BIN)/python -m benchmarks.layout

# Writes the text dumps of the Word templates and docs/conditions.md anew; read the diff before committing it.
golden: $(READY)
	$(BIN)/python -m tests.golden.dump
	$(BIN)/python -m tests.programmes.matrix

# Writes the lock file anew from pyproject.toml (needs uv). What is locked and still fits stays: for newer releases
# make lock UPGRADE=--upgrade, or UPGRADE='--upgrade-package NAME'.
lock:
	uv pip compile $(UPGRADE) -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --all-extras --group dev pyproject.toml -o requirements.lock

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf .venv output/*
