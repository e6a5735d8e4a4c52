# The commands live in package.json, so that the pinned Node runs them; this file installs what they need first.
.DEFAULT_GOAL := help
VERSION := $(shell sed -n 's/^  "version": "\(.*\)",/\1/p' package.json)
# docker, podman or buildah.
DOCKER ?= docker
IMAGE_NAME ?= registry.example.com/rota
IMAGE ?= $(IMAGE_NAME):$(VERSION)
# Where the archives of all releases can be had.
RELEASES ?= https://github.com/example/rota/releases/download
KIND ?= kind
KIND_CLUSTER ?= rota
.PHONY: help build check test test-mutants simulate sweep soak bench bench-quick failover scale demo cluster format generate test-node image sbom release-artifacts kind-up kind-load kind-down

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

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

test-node: build ## Rota in real pods: kubelet and containerd on this machine, as root
	@npm run --silent test:node

test-mutants: node_modules/.package-lock.json ## puts bugs into a copy of the source, one after the other, and shows what the checker finds
	@npm run --silent test:mutants

simulate: node_modules/.package-lock.json ## RUNS runs from SEED on, on a model of the API server in virtual time, with faults and people
	@npm run --silent simulate -- --runs $(or $(RUNS),20000) --seed $(or $(SEED),1)

sweep: node_modules/.package-lock.json ## every fault at every point of short stories, on a real API server; goes on where it was stopped
	@npm run --silent sweep

soak: build ## MINUTES=n under load on a real control plane; whether memory, descriptors and lag stay as they are
	@MINUTES=$(or $(MINUTES),10) npm run --silent soak

bench: build ## how close to what the API server can write, and how far ahead of others: a quarter of an hour on a quiet machine
	@npm run --silent bench

bench-quick: build ## the same, small: 2 minutes
	@npm run --silent bench -- --scale quick

failover: node_modules/.package-lock.json ## how long it takes until another replica goes on: ROUNDS=10 of the leader killed, and stopped
	@npm run --silent failover -- $(or $(ROUNDS),10)

scale: node_modules/.package-lock.json ## what 100,000 and 1,000,000 tasks need, by a model in virtual time: a minute
	@npm run --silent scale

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

image: build ## the image, as IMAGE, by DOCKER (docker, podman or buildah)
	@$(DOCKER) build --file deploy/Dockerfile --tag $(IMAGE) dist

sbom: build ## what the bundle holds, as CycloneDX: dist/release/rota.sbom.cdx.json
	@npm run --silent release -- --only rota.sbom.cdx.json

release-artifacts: build ## bundle, kubectl plugin, chart, install.yaml, krew manifest, SBOM and checksums, into dist/release
	@npm run --silent release -- --image $(IMAGE_NAME) --base $(RELEASES)

kind-up: ## a cluster in Docker, as test/kind.yaml says; then: make test TEST_KUBECONFIG=.cache/kind.kubeconfig
	@mkdir -p .cache
	@$(KIND) get clusters 2>/dev/null | grep -qx $(KIND_CLUSTER) || $(KIND) create cluster --name $(KIND_CLUSTER) --config test/kind.yaml --wait 120s
	@$(KIND) get kubeconfig --name $(KIND_CLUSTER) > .cache/kind.kubeconfig
	@chmod 600 .cache/kind.kubeconfig

kind-load: image ## the image, into that cluster, and Rota installed with it
	@$(KIND) load docker-image $(IMAGE) --name $(KIND_CLUSTER)
	@npm run --silent release -- --image $(IMAGE_NAME) --only install.yaml
	@kubectl --kubeconfig .cache/kind.kubeconfig apply --server-side --force-conflicts -f dist/release/install.yaml
	@kubectl --kubeconfig .cache/kind.kubeconfig rollout status deployment/rota -n rota-system --timeout=120s

kind-down: ## ends that cluster
	@$(KIND) delete cluster --name $(KIND_CLUSTER)
	@rm -f .cache/kind.kubeconfig
