// SPDX-License-Identifier: GPL-2.0
/* Draws a small known tree for flame-test. */
#include <stdio.h>

#include "tools/flame/svg.h"

#define MIB	1048576

int main(void)
{
	static const char hostile[] =
		"</text><script>document.documentElement.dataset.hacked='1'</script>\"'&]]>";
	const struct flame_look look = {
		.title = "A picture", .lines = { "4 MiB", hostile }, .remainder = "[no stack]" };
	struct flame_node *root = flame_new("all"), *big;

	big = flame_below(root, "big");
	flame_below(big, "leaf_one")->self = 2 * MIB;
	flame_below(big, "leaf_two")->self = MIB;
	flame_below(root, "[no stack]")->self = MIB / 2;
	flame_below(root, hostile)->self = MIB / 2;
	flame_sum(root, false);
	flame_svg(root, &look, stdout);
	flame_free(root);
	return 0;
}
