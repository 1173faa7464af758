# SPDX-License-Identifier: GPL-2.0
#
# What DKMS runs, in its copy of the sources: make -f dkms.mk KDIR=DIR. A module that does not
# compile would leave apt half configured, with each upgrade of the kernel. So here, and nowhere
# else, a stub takes its place, which says when it is loaded what the compiler said first.
# stub/memcensus.ko tells the two apart; make modules stays what fails.

# The first error of the compiler, of modpost or of headers.awk, else of make; as a string of C
first = (grep -m 1 -iE '(: |^)(fatal )?error: ' make.out || grep -m 1 -E '\*\*\*|rror' make.out || \
	tail -n 1 make.out) | sed 's,$(CURDIR)/,,g' | tr -d '\\"' | tr -c '[:print:]\n' '?' | \
	cut -c 1-300

all:
	@rm -rf stub make.out
	@if LANG=C LC_CTYPE=C $(MAKE) -C $(KDIR) M=$(CURDIR) modules >make.out 2>&1; then cat make.out; \
	else cat make.out; $(MAKE) -f $(firstword $(MAKEFILE_LIST)) stub; fi

stub:
	@mkdir stub
	@cp dkms-stub/Kbuild dkms-stub/memcensus.c stub/
	@printf '#define CENSUS_WHY "%s"\n#define CENSUS_VERSION "%s"\n' \
		"$$( $(first) )" "$$(cat VERSION)" >stub/why.h
	@$(MAKE) -C $(KDIR) M=$(CURDIR)/stub modules
	@cp stub/memcensus.ko memcensus.ko

.PHONY: all stub
