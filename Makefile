.PHONY: run dev test check format lock bench

run:  ## the app, as a class sees it
	streamlit run app.py

dev:  ## the app, reloaded when a file is saved, with whole error messages
	streamlit run app.py --server.fileWatcherType=auto --server.runOnSave=true --client.showErrorDetails=full

test:
	pytest

check:  ## everything that a commit must pass
	ruff check
	ruff format --check
	mypy
	lint-imports

format:
	ruff check --fix
	ruff format

LOCK = uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock:  ## exact versions for Linux, macOS and Windows, Python 3.11 to 3.13 (needs uv; add UPGRADE=--upgrade for newer ones)
	$(LOCK) $(UPGRADE) requirements.in --output-file requirements.txt
	$(LOCK) $(UPGRADE) requirements-dev.in --output-file requirements-dev.txt

bench:  ## what the app feels like in a browser, then for a class of 100
	python -m bench.interaction
	python -m bench.classroom --start --sessions 100 --every 2 --seconds 60
