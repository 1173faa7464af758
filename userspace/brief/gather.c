// SPDX-License-Identifier: GPL-2.0
/* Gathers the facts of 'brief'. */
#include "brief/census.h"
#include "brief/cgroups.h"
#include "brief/cpusets.h"
#include "brief/descriptors.h"
#include "brief/facts.h"
#include "brief/gather.h"
#include "brief/growth.h"
#include "brief/kills.h"
#include "brief/limits.h"
#include "brief/machine.h"
#include "brief/nodes.h"
#include "model/amount.h"
#include "os/limits.h"

void brief_gather(struct brief *brief, struct snapshot *snap, struct brief_ask *ask)
{
	const struct amount total = amount_total(snap, MEM_TOTAL);

	ask->left = ask->all ? UINT64_MAX : ask->quick ? 0 : BRIEF_FILES;
	brief->memory = total.known ? (uint64_t)total.bytes : 0;
	if (ask->live)
		limits_read(snap);
	facts_of_processes(brief, snap);
	facts_of_system(brief, snap);
	facts_of_cgroups(brief, snap, ask->live);
	facts_of_limits(brief, snap, ask);
	facts_of_hugepages(brief, snap);
	if (ask->first)
		facts_of_growth(brief, ask->first, snap);
	if (!ask->live)
		return;
	facts_of_machine(brief, snap, ask);
	if (ask->quick)
		return;
	facts_of_kills(brief, snap);
	facts_of_nodes(brief, snap, ask);
	facts_of_cpusets(brief, snap);
	/* They take what is left. */
	facts_of_descriptors(brief, snap, ask);
	facts_known_unaccounted(brief);
}
