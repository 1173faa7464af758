// SPDX-License-Identifier: GPL-2.0
/* memcensus-serve: for users without privileges. */
#include "serve/serve.h"

int main(int argc, char **argv)
{
	return serve_run(argc, argv);
}
