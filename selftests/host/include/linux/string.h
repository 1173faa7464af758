/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_STRING_H
#define _STUB_STRING_H

#include <string.h>

#endif /* _STUB_STRING_H */
