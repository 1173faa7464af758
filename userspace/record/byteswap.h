/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages of a machine of the other byte order.
 */
#ifndef READER_BYTESWAP_H
#define READER_BYTESWAP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Turns the @len bytes of messages at @buf, aligned to four, around in place:
 * headers, attributes and their values, by what columns.h says of each.  Those
 * that this reader does not know keep their values as they are.  False where a
 * length does not fit, and then they are good for nothing.
 */
bool byteswap_messages(void *buf, size_t len);

#endif /* READER_BYTESWAP_H */
