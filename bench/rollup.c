// SPDX-License-Identifier: GPL-2.0
/* The loop over smaps_rollup as a separate program, for ./end-to-end. */
#include "methods.h"

int main(void)
{
	struct sample s;

	measure_smaps_rollup(&s);
	return 0;
}
