// SPDX-License-Identifier: GPL-2.0
/* Draws a small known tree for flame-test. */
#include <stdio.h>

#include "lib/flame-svg.h"
#include "lib/flame-tree.h"

#define MIB	1048576

int main(void)
{
	static const char hostile[] =
		"</text><script>document.documentElement.dataset.hacked='1'</script>\"'&]]>";
	const struct flame_look look = {
		.title = "A picture", .lines = { "4 MiB", hostile }, .remainder = "[no stack]" };
	struct flame_node *big, *leaf, *small, *name;
	struct flame_tree tree;

	if (!flame_new(&tree, "all"))
		return 1;
	big = flame_below(&tree, tree.root, "big");
	leaf = big ? flame_below(&tree, big, "leaf_one") : NULL;
	small = big ? flame_below(&tree, big, "leaf_two") : NULL;
	name = flame_below(&tree, tree.root, "[no stack]");
	if (!leaf || !small || !name)
		return 1;
	leaf->self = 2 * MIB;
	small->self = MIB;
	name->self = MIB / 2;
	name = flame_below(&tree, tree.root, hostile);
	if (!name)
		return 1;
	name->self = MIB / 2;
	flame_sum(&tree, false);
	flame_svg(&tree, &look, stdout);
	flame_free(&tree);
	return 0;
}
