# SPDX-License-Identifier: GPL-2.0
# What a person types.  Kbuild is what the kernel's build needs.

KERNEL ?= 6.1
PREFIX ?= /usr/local

MODULE_SOURCES := Kbuild VERSION $(wildcard module/*.[ch] module/*/*.[ch] module/*/*.awk) \
	include/uapi/linux/memcensus.h
# What of the tree a copy of the module's sources has
module-copied := --include=/Kbuild --include=/VERSION --include='/module/***' \
	--include='/include/***' --exclude='*'

.PHONY: all module module-file module-sources reader reader-small run check check-quick fuzz-reader bench style
.PHONY: module-sparse vm install uninstall modules_install doc deb dist release
.PHONY: clean help

# The arguments after check are a subject and kernels, not targets: see scripts/check --help.
# KERNELS="6.1 newest": the same.
ifneq ($(filter check check-quick,$(firstword $(MAKECMDGOALS))),)
words := $(filter-out check check-quick,$(MAKECMDGOALS))
.PHONY: $(words)

check:
	@scripts/check $(words) $(KERNELS)

check-quick:
	@scripts/check quick $(words) $(KERNELS)

$(words):
	@:
else

all: module reader

help:
	@echo "make run      boot a kernel with the module and look at its memory"
	@echo "make check-quick [KERNEL]        after each change"
	@echo "make check [SUBJECT] [KERNEL]    all tests, or those of"
	@scripts/check --subjects | sed 's/^/    /'
	@echo "    or of a folder or a test, such as: frames 6.12, swap debug, golden-test"
	@echo "make fuzz-reader    the parser of records, for FUZZ_SECONDS=600"
	@echo "make vm       a shell in a VM with the module loaded"
	@echo "make bench    what a census costs, compared with other ways"
	@echo "make module   KERNEL=6.1|6.12|newest|debug, or KDIR=DIR [ARCH=um]; V=1: what it found;"
	@echo "              WITHOUT=\"physical share\": without these subjects, or some of them"
	@echo "make reader   the command, in build/memcensus, and the four programs that it runs;"
	@echo "              ARCH=arm64: in build/arm64; riscv64 and s390x are untested"
	@echo "make reader-small  the same without these, static: build/memcensus-small"
	@echo "make style    checkpatch, sparse, shellcheck"
	@echo "make install  the reader, its manual and units; DESTDIR, PREFIX=/usr/local"
	@echo "make modules_install  the module, for the running kernel or for KDIR=DIR"
	@echo "make uninstall      removes what make install installs"
	@echo "make doc      Documentation/ as HTML and manual pages, in build/doc"
	@echo "make deb      packages of Debian: memcensus, memcensus-dkms; ARCH=arm64: memcensus"
	@echo "make dist     the sources as build/dist/memcensus-VERSION.tar.xz; needs git"
	@echo "make release  the same, and the tag: see Documentation/contributing.rst"
	@echo "make clean    what was compiled; build/kernels stays"

# The newest kernel has the name of its series.
ifneq ($(findstring newest,$(KERNEL)),)
override KERNEL := $(or $(shell vm/kernel --name $(KERNEL)),$(error no such kernel))
endif

# KDIR=DIR: any kernel's build directory.  Else one of the kernels that the
# tests boot, with its own compiler settings, into build/module/KERNEL.
ifdef KDIR
module-dir := build/module/$(notdir $(patsubst %/,%,$(KDIR)))
else
module-dir := build/module/$(KERNEL)
endif

# WITHOUT="physical share": into a directory of its own, so that it is never taken for a
# module that has all subjects.  Kbuild knows the subjects.
space := $(subst ,, )
module-dir := $(module-dir)$(if $(WITHOUT),-without-$(subst $(space),-,$(sort $(WITHOUT))))

ifneq ($(filter um%,$(KERNEL)),)
ARCH ?= um
endif

module: $(module-dir)/memcensus.ko

# For scripts: a copy of the module's sources
module-sources:
	@rsync -a --delete $(module-copied) ./ $(DIR)/

# For scripts: where make module with the same arguments puts it
module-file:
	@echo $(CURDIR)/$(module-dir)/memcensus.ko

# The sources are built in a copy, so that each kernel has its own objects.
# W=1 is for the kernels of the tests: since 6.12 it runs kernel-doc, which needs more of Perl
# than the headers of a kernel depend on.
$(module-dir)/memcensus.ko: $(MODULE_SOURCES)
	@mkdir -p $(module-dir)
ifndef KDIR
	@scripts/setup build
	@vm/kernel $(KERNEL)
endif
	@$(MAKE) -s module-sources DIR=$(module-dir)/src
	$(if $(KDIR),,vm/within $(KERNEL)) \
		$(MAKE) -C $(or $(KDIR),build/kernels/$(KERNEL)/headers) \
		M=$(CURDIR)/$(module-dir)/src $(if $(ARCH),ARCH=$(ARCH)) $(if $(KDIR),,W=1) \
		$(if $(V),V=$(V)) $(if $(WITHOUT),WITHOUT="$(WITHOUT)") \
		$(KBUILD_FLAGS) modules
	@cp $(module-dir)/src/memcensus.ko $@

# ARCH=arm64: into build/arm64, with the compiler and the libraries of that architecture.
triplet = $(if $(filter arm64,$(ARCH)),aarch64,$(ARCH))-linux-gnu

reader:
	@scripts/setup build
ifneq ($(filter arm64 riscv64 s390x,$(ARCH)),)
	@vm/kernel trixie-$(ARCH)
	@vm/within trixie-$(ARCH) $(MAKE) -s -j$$(nproc) -C userspace O=$(CURDIR)/build/$(ARCH) \
		CC=$(triplet)-gcc AR=$(triplet)-ar \
		PKG_CONFIG="env PKG_CONFIG_LIBDIR=/usr/lib/$(triplet)/pkgconfig pkgconf"
else
	@$(MAKE) -s -C userspace O=$(CURDIR)/build
endif

# For an initramfs or a test VM: one static file, without top, flame and trace.
reader-small:
	@scripts/setup build
	@scripts/static-libs
	@$(MAKE) -s -C userspace O=$(CURDIR)/build small

# What the debug kernel is built from is heavy; the other kernels are packages.
run:
	@scripts/setup build vm
	@demo/run

check check-quick:
	@scripts/check $(if $(filter %-quick,$@),quick) $(KERNELS)

# The names that subjects had: check-storm is check storm.
check-%:
	@echo "make: it is 'make check $*' now" >&2
	@scripts/check $* $(KERNELS) $(PACKAGES) $(RELEASES)

# What is found new is in build/reader-fuzz.
fuzz-reader:
	@scripts/setup build fuzz
	@$(MAKE) -s -C userspace/tests fuzz O=$(CURDIR)/build

style:
	@scripts/setup build check
	@scripts/style

bench:
	@scripts/setup build bench
	@bench/run

vm:
	@scripts/setup build vm
	@vm/run --kernel $(KERNEL) --interactive

# For style: sparse reads each source of the module as 6.1 compiles it, with the flags that were
# used there, so that nothing is compiled again; it cannot follow a lock that a function takes only
# where it returns something. The lock is that of vm/run.
module-sparse:
	@mkdir -p build
	@flock build/.make-module.lock $(MAKE) module KERNEL=6.1
	$(MAKE) -C build/kernels/6.1/headers M=$(CURDIR)/build/module/6.1/src W=1 \
		C=2 CF='-D__CHECK_ENDIAN__ -Wno-context' modules

install: reader
	@$(MAKE) -C userspace O=$(CURDIR)/build PREFIX=$(PREFIX) install

uninstall:
	@$(MAKE) -C userspace O=$(CURDIR)/build PREFIX=$(PREFIX) uninstall

# KDIR=DIR is the build directory of the kernel; without it, that of the running kernel,
# whose headers must be installed.
modules_install: KDIR ?= /lib/modules/$(shell uname -r)/build
modules_install:
	$(MAKE) module KDIR=$(KDIR)
	$(MAKE) -C $(KDIR) M=$(CURDIR)/$(module-dir)/src \
		INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates modules_install

# HTML and manual pages, in build/doc; a warning is an error.
doc:
	@scripts/setup build check
	@scripts/doc

# The packages of Debian, in build/deb; ARCH=arm64: in build/deb-arm64, by a cross compiler.
deb:
	@scripts/setup build package
	@scripts/deb $(if $(ARCH),-a $(ARCH))

# The sources of a release, which build without git, in build/dist
dist:
	@scripts/setup build
	@scripts/dist

release:
	@scripts/setup build
	@scripts/dist -t

clean:
	rm -rf build/module build/reader build/memcensus build/memcensus-* build/selftests \
		build/check build/check-storm build/style
endif
