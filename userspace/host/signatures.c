// SPDX-License-Identifier: GPL-2.0
/* Whether this kernel loads modules without a trusted signature. */
#include <stdio.h>
#include <string.h>

#include "host/signatures.h"

/* Whether the first line of @path contains @text. */
static bool says(const char *path, const char *text)
{
	char line[128] = "";
	FILE *file = fopen(path, "re");
	bool found;

	if (!file)
		return false;
	found = fgets(line, sizeof(line), file) && strstr(line, text);
	fclose(file);
	return found;
}

bool signatures_required(void)
{
	/* The level in force is in brackets. */
	return says("/sys/module/module/parameters/sig_enforce", "Y") ||
	       says("/sys/kernel/security/lockdown", "[integrity]") ||
	       says("/sys/kernel/security/lockdown", "[confidentiality]");
}
