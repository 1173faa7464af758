/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users.
 */
#ifndef READER_USERS_H
#define READER_USERS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The name of user @uid, or its number in decimal where @numeric or where it
 * has none.  Each is looked up once; the text lives until the program ends.
 */
const char *user_name(uint64_t uid, bool numeric);

#endif /* READER_USERS_H */
