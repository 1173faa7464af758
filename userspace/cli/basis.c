// SPDX-License-Identifier: GPL-2.0
/* Chooses the basis to request. */
#include "cli/command.h"
#include "cli/session.h"

static const char *word(uint64_t basis)
{
	return column_word(&scan_record.fields.columns[MEMCENSUS_SCAN_BASIS], basis);
}

/* The basis that the command uses by default. */
static uint8_t usual(const struct options *options)
{
	if (options->group_by)
		return MEMCENSUS_BASIS_FRAMES;
	if (options->command->basis)
		return options->command->basis;
	return options->n_pids ? MEMCENSUS_BASIS_MAPCOUNT : MEMCENSUS_BASIS_FRAMES;
}

/* If @column needs a basis: sets @bound if it is NULL, fails if both need different ones. */
static int bind(const struct column **bound, const struct column *column,
		struct failure *why)
{
	if (!column->basis)
		return 0;
	if (!*bound)
		*bound = column;
	if (column->basis == (*bound)->basis)
		return 0;
	return fail(why, FAIL_USAGE,
		    "only the %2$s basis has '%1$s', only the %4$s basis has '%3$s': choose one with --basis",
		    (*bound)->name, word((*bound)->basis),
		    column->name, word(column->basis));
}

/* Finds the first column of -c or -s that only one basis knows: @bound, or NULL. */
static int find_bound(const struct column **bound, const struct options *options,
		      struct failure *why)
{
	const struct columns *columns = &options->chosen;
	size_t i;

	*bound = NULL;
	for (i = columns->listed; i < columns->n; i++)
		if (bind(bound, columns->v[i], why))
			return -1;
	return options->sort ? bind(bound, options->order, why) : 0;
}

int basis_choose(struct basis *basis, const struct options *options,
		 struct failure *why)
{
	const struct column *bound;

	basis->because = NULL;
	basis->number = options->basis;
	if (basis->number)
		return 0;
	if (find_bound(&bound, options, why))
		return -1;

	/* For named PIDs, the module counts frames only on request. */
	basis->number = options->group_by ? MEMCENSUS_BASIS_FRAMES :
					    options->command->basis;
	if (!bound || bound->basis == usual(options))
		return 0;
	if (options->group_by)
		return fail(why, FAIL_USAGE,
			    "'%s' is known on the %s basis only, groups on the %s basis only",
			    bound->name, word(bound->basis), word(basis->number));
	basis->number = bound->basis;
	basis->because = bound;
	return 0;
}

void basis_note(FILE *out, const struct basis *basis)
{
	if (basis->because)
		fprintf(out, "memcensus: %s is known on the %s basis only: using it\n",
			basis->because->name, word(basis->number));
}
