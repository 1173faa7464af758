/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_BUILD_BUG_H
#define _STUB_BUILD_BUG_H

#include <assert.h>

#endif /* _STUB_BUILD_BUG_H */
