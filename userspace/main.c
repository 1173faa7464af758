// SPDX-License-Identifier: GPL-2.0
/* memcensus: shows which processes use the memory. */
#include "reader.h"
#include "wire/source-netlink.h"

int main(int argc, char **argv)
{
	return reader_run(argc, argv, source_open_netlink);
}
