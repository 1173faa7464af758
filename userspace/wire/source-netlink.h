/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel module as a source.
 */
#ifndef READER_SOURCE_NETLINK_H
#define READER_SOURCE_NETLINK_H

#include "wire/source.h"

source_open_fn source_open_netlink;

#endif /* READER_SOURCE_NETLINK_H */
