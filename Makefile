# koho: `make site` builds everything, `make test` checks everything; both set themselves up.
# Needs only Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
KOHO := $(BIN)/koho

# Each koho command loads hundreds of modules: compiled once they load in half the time, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev site test lint types unit serve bench demo faults browser validators checks-node lock clean

help: ## この一覧
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 以上が要ります（PYTHON=python3.12 make … で選べます）"; exit 3; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  $(PYTHON) -m pip install -q --target .tools 'uv>=0.9,<1' && .tools/bin/uv venv -q --seed --python $(PYTHON) $(VENV); }
	@$(BIN)/python -m pip install -q --disable-pip-version-check 'uv>=0.9,<1' 2>/dev/null || $(BIN)/python -m pip install -q 'uv>=0.9,<1'
	@touch $@

$(VENV)/.ok: $(VENV)/.uv requirements.lock pyproject.toml
	@$(UV) pip install -q --require-hashes --python $(BIN)/python -r requirements.lock
	@$(UV) pip install -q --no-deps --no-build-isolation --python $(BIN)/python -e .
	@touch $@

$(VENV)/.ok-dev: $(VENV)/.ok requirements-dev.lock
	@$(UV) pip install -q --require-hashes --python $(BIN)/python -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.ok
setup-dev: $(VENV)/.ok-dev

settings.toml:
	@cp settings.example.toml $@

site: setup settings.toml ## 見本の企業を入れ、サイトを作り、できたものを言う
	@$(KOHO) db upgrade
	@$(KOHO) companies load-sample
	@$(KOHO) build
	@$(KOHO) newsletters compose magazine
	@echo '見るには make serve を実行し、http://127.0.0.1:8000/ を開いてください'

serve: setup settings.toml ## 手元で見る。原稿を変えると作り直す
	@$(KOHO) db upgrade
	@$(KOHO) serve

lint: setup-dev ## 書き方の検査
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup-dev ## 型の検査
	@$(BIN)/mypy

browser: # finds a Chromium and an nginx for the tests, or says loudly that there is none
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  wanted=; \
	  command -v "$${CHROMIUM:-chromium}" >/dev/null 2>&1 || wanted="chromium fonts-noto-cjk"; \
	  command -v nginx >/dev/null 2>&1 || [ -d /run/systemd/system ] || wanted="$$wanted nginx openssl"; \
	  [ -z "$$wanted" ] || (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$wanted) >/dev/null 2>&1 || true; \
	fi
	@command -v "$${CHROMIUM:-chromium}" >/dev/null 2>&1 || echo "*** Chromium がありません。ブラウザーの試験は飛ばします（CHROMIUM=/path/to/chromium make test）***"
	@command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || echo "*** nginx がありません。前に立つサーバーの試験は飛ばします（apt-get install nginx）***"

checks-node: # fetches the pinned type checker of the browser's modules, or says loudly that it cannot
	@if command -v npm >/dev/null 2>&1; then \
	  cd tests/generator/search/node && { cmp -s package-lock.json node_modules/.lock || \
	    { npm ci --silent --no-audit --no-fund --ignore-scripts && cp package-lock.json node_modules/.lock; } || \
	    echo "*** typescript を入れられません。ブラウザー側の型の検査は飛ばします ***"; }; \
	else echo "*** node と npm がありません。ブラウザー側の型と単体の試験は飛ばします ***"; fi

validators: # fetches the locked v.Nu through npm where npm and Java are there, or says loudly that they are not
	@{ command -v java && command -v npm; } >/dev/null 2>&1 || echo "*** Java か npm がありません。v.Nu の試験は飛ばします（apt-get install default-jre-headless npm）***"
	@if command -v java >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && ! cmp -s tests/validators/package-lock.json tests/validators/node_modules/.lock; then \
	  npm ci --prefix tests/validators --ignore-scripts --no-audit --no-fund --silent && cp tests/validators/package-lock.json tests/validators/node_modules/.lock \
	  || echo "*** v.Nu を取り寄せられませんでした。その試験は飛ばします ***"; fi

unit: setup-dev browser validators checks-node
	@$(BIN)/pytest -q -n 2 --dist loadfile

test: lint types unit ## すべての検査

demo: setup-dev ## 5,000人への配信を途中で殺し、再開し、報告するところを見る
	@$(BIN)/python -m tests.faults.demo

faults: setup-dev ## 障害試験を全部の規模で行い、tests/faults/README.md の表を書く（止めても続きから）
	@$(BIN)/python -m tests.faults.long

bench: setup-dev ## 速さと大きさを測る（表は tests/benchmarks/README.md）
	@$(BIN)/python tests/benchmarks/build_sample.py 3
	@$(BIN)/python tests/benchmarks/magazine.py
	@$(BIN)/python -m tests.benchmarks.registry 1
	@$(BIN)/python -m tests.benchmarks.directory --sizes 2000 10000 --runs 3
	@$(BIN)/python tests/benchmarks/search.py 2000
	@$(BIN)/python -m tests.benchmarks.search_browser 2000 --engines ours,material --every 8
	@$(BIN)/python -m tests.benchmarks.delivery 100000
	@$(BIN)/python -m tests.benchmarks.doors 10

lock: $(VENV)/.uv ## 依存の版を固定し直す
	@$(UV) pip compile -q --upgrade --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --all-extras --group build pyproject.toml -o requirements.lock
	@$(UV) pip compile -q --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --all-extras --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@! grep -n '://' requirements.lock requirements-dev.lock

clean: ## 作ったものを消す（.venv と var のデータは残す）
	@rm -rf build
