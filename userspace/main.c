// SPDX-License-Identifier: GPL-2.0
/* memcensus: shows who holds the memory. */
#include "cli/reader.h"

int main(int argc, char **argv)
{
	return reader_run(argc, argv, source_open_netlink);
}
