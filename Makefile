# The targets are for people and for machines alike: they do their own set-up, need no root, and stay quiet in a pipe.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

DOTNET ?= dotnet
SEED ?= 1
FRAMES ?= 10000000
IMAGE ?= out/image

# Where the tests find the image: what make image leaves, or what was left elsewhere.
export APPLIANCE_IMAGE ?= $(abspath $(IMAGE))

# How hard the tests try: person (a few minutes), ci, soak (hours). The tests read it.
export APPLIANCE_TEST_SIZE ?= $(if $(filter true,$(CI)),ci,person)

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
# A machine with the SDK and nothing else has no ICU; the program and its tests are invariant anyway.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT := 1

BUILD := $(DOTNET) build -c Release -nodeReuse:false -v:quiet
RELEASE = artifacts/bin/$(1)/release/$(1)
HAS_IMAGE = [ -f $(IMAGE)/appliance.qcow2 ] || { echo 'make $@: there is no $(IMAGE)/appliance.qcow2; make image makes it, as root' >&2; exit 1; }

.PHONY: help run test test-sharppcap build image vm-test drill vm-drill bench bench-live lint fuzz soak

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

run: build ## replay the captures of configs/demo through a home gateway's NAT and rules and check what came out
	@out/appliance replay --config configs/demo/demo.yaml --in lan=configs/demo/lan.pcap --in wan=configs/demo/wan.pcap \
	  --follow-nat --out out/demo --report out/demo/report.html --expect configs/demo/test.yaml
	@out/appliance drill --runs 20
	@if [ -t 1 ]; then echo 'next          your own capture, as README.md says, or out/appliance --help'; fi

test: ## build with warnings as errors, run every test, say what was skipped and why
	@tests/tools/install-needs.sh test
	@$(BUILD) Appliance.sln
	@if [ "$(APPLIANCE_TEST_SIZE)" = person ] || [ -n '$(ONLY)' ]; then \
	  $(DOTNET) publish src/Appliance -c Release -p:PublishProfile=tests -o artifacts/publish/tests --no-restore -nodeReuse:false -v:quiet; \
	  APPLIANCE_PROGRAM=$(abspath artifacts/publish/tests/appliance) exec tests/tools/run-tests.sh $(ONLY); \
	fi; \
	tests/tools/image-for-tests.sh; [ ! -x out/appliance ] || export APPLIANCE_PROGRAM=$(abspath out/appliance); \
	exec tests/tools/run-tests.sh

test-sharppcap: ## the SharpPcap port and PacketDotNet beside our decoder; FEED=FOLDER where their packages are not served
	@$(BUILD) tests/Appliance.Ports.SharpPcap.Tests -p:WithSharpPcap=true $(if $(FEED),-p:RestoreAdditionalProjectSources=$(abspath $(FEED)))
	@$(call RELEASE,Appliance.Ports.SharpPcap.Tests)
	@$(BUILD) tests/Appliance.Interop -p:WithSharpPcap=true $(if $(FEED),-p:RestoreAdditionalProjectSources=$(abspath $(FEED)))
	@$(call RELEASE,Appliance.Interop) -noLogo -noColor -class '*SharpPcapTests'

build: ## out/appliance: one self-contained file for linux-x64
	@if [ -t 2 ]; then echo 'building out/appliance: a minute the first time' >&2; fi
	@$(DOTNET) publish src/Appliance -c Release -p:PublishProfile=standalone -o artifacts/publish/Appliance \
	  -nodeReuse:false -v:quiet
	@install -D -m 755 artifacts/publish/Appliance/appliance out/appliance
	@tests/tools/start-time.sh out/appliance

drill: build ## as root: two processes fail over to each other in namespaces, live flows across them; TIMES, CONNECTIONS, RATE say how many
	@tests/tools/install-needs.sh test
	@$(BUILD) tests/Appliance.Interop
	@APPLIANCE_PROGRAM=$(abspath out/appliance) $(call RELEASE,Appliance.Interop) -reporter silent -noColor -failSkips -explicit only -class '*LiveDrill'

image: build ## as root: out/image, a disk that starts into the appliance, by BIOS and by UEFI, as raw, qcow2, VHD, VHDX and VMDK
	@tests/tools/install-needs.sh image
	@appliance-image/build.sh

vm-test: ## as root: starts the image of `make image` in QEMU, each format, by BIOS and by UEFI
	@$(HAS_IMAGE)
	@tests/tools/install-needs.sh vm
	@$(BUILD) tests/Appliance.Interop
	@APPLIANCE_TEST_SIZE=soak $(call RELEASE,Appliance.Interop) -noLogo -noColor -failSkips -namespace Appliance.Interop.Vm -showliveoutput -diagnostics

vm-drill: ## as root: two machines from the image fail over to each other, with live TCP across them
	@$(HAS_IMAGE)
	@tests/tools/install-needs.sh vm
	@$(BUILD) tests/Appliance.Interop
	@$(call RELEASE,Appliance.Interop) -noLogo -noColor -failSkips -explicit only -class '*VmDrill' -showliveoutput -diagnostics

bench: ## the benchmarks, DPDK's functions beside them where dpdk-dev is installed
	@tests/tools/install-needs.sh bench
	@$(BUILD) tests/Appliance.Benchmarks
	@$(call RELEASE,Appliance.Benchmarks)

bench-live: ## as root: the kernel, nftables and the appliance forward in turns on virtual cables, ROUNDS (default 3) times
	@tests/tools/install-needs.sh test
	@$(BUILD) tests/Appliance.Interop
	@rm -f out/bench-live.txt
	@$(call RELEASE,Appliance.Interop) -noLogo -noColor -explicit only -class '*LiveBenchmark' -showliveoutput -diagnostics
	@[ ! -f out/bench-live.txt ] || cat out/bench-live.txt

lint: ## formatting and analyzers, changing nothing
	@$(DOTNET) restore Appliance.sln -v:quiet
	@$(DOTNET) format Appliance.sln --verify-no-changes --no-restore
	@$(BUILD) Appliance.sln

fuzz: ## FRAMES mutated frames (default 10000000) from SEED (default 1) through the whole data path
	@$(BUILD) tests/Appliance.Fuzz
	@$(call RELEASE,Appliance.Fuzz) --frames $(FRAMES) --seed $(SEED)

soak: build ## the tests of `make test` at their largest size, and 100,000 drills; those go on where they were interrupted
	@$(MAKE) --no-print-directory test APPLIANCE_TEST_SIZE=soak
	@out/appliance drill --runs 100000 --seconds 60 --resume out/drill-soak.txt
