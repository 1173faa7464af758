/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages of a machine of the other byte order.
 */
#ifndef READER_BYTESWAP_H
#define READER_BYTESWAP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Swaps the bytes of the messages in the @len bytes at @buf, aligned to 4, in
 * place: headers, attributes and, by their types in columns.h, values.  Unknown
 * attributes keep their values.  False if a length does not fit; then the
 * content of @buf is invalid.
 */
bool byteswap_messages(void *buf, size_t len);

#endif /* READER_BYTESWAP_H */
