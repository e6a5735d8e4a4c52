# The commands live in package.json, so that the pinned Node runs them; this file installs what they need first.
.DEFAULT_GOAL := help
.PHONY: help build check test test-mutants simulate sweep soak failover demo cluster format generate

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

node_modules/.package-lock.json: package-lock.json package.json
	@npm ci --loglevel=error
	@touch $@

build: node_modules/.package-lock.json ## bundle the operator into dist/rota.js
	@npm run --silent build

check: node_modules/.package-lock.json ## format, lint, types, generated files, import direction, sizes, unused code
	@npm run --silent check

test: build ## all tests, against a real control plane
	@npm run --silent browser
	@npm run --silent test

test-mutants: node_modules/.package-lock.json ## puts bugs into a copy of the source, one after the other, and shows what the checker finds
	@npm run --silent test:mutants

simulate: node_modules/.package-lock.json ## RUNS runs from SEED on, on a model of the API server in virtual time, with faults and people
	@npm run --silent simulate -- --runs $(or $(RUNS),20000) --seed $(or $(SEED),1)

sweep: node_modules/.package-lock.json ## every fault at every point of short stories, on a real API server; goes on where it was stopped
	@npm run --silent sweep

soak: build ## MINUTES=n under load on a real control plane; whether memory, descriptors and lag stay as they are
	@MINUTES=$(or $(MINUTES),10) npm run --silent soak

failover: node_modules/.package-lock.json ## how long it takes until another replica goes on: ROUNDS=10 of the leader killed, and stopped
	@npm run --silent failover -- $(or $(ROUNDS),10)

demo: build ## a real control plane, Rota and samples, live on the terminal
	@npm run --silent demo

cluster: node_modules/.package-lock.json ## only the control plane, for looking around by hand
	@npm run --silent cluster

format: node_modules/.package-lock.json ## format and fix
	@npm run --silent format

generate: node_modules/.package-lock.json ## TypeScript types from the CRD, ClusterRoles from the operations, values for Argo CD, files of the Helm chart
	@npm run --silent types
	@npm run --silent roles
	@npm run --silent argocd
	@npm run --silent chart
