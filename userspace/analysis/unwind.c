// SPDX-License-Identifier: GPL-2.0
/* Unwinds copies of stacks by DWARF. */
#include "analysis/unwind.h"

int unwind_begin(struct unwinder *unwinder, struct failure *why)
{
	unwinder->unwind = NULL;
	return fail(why, FAIL_SYSTEM, "to come");
}

void unwind_end(struct unwinder *unwinder)
{
	unwinder->context = NULL;
}
