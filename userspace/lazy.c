// SPDX-License-Identifier: GPL-2.0
/*
 * The functions of zlib, jansson and libm that few commands call, loaded at the first call.
 *
 * Each library that the reader maps is one more owner of its pages, so a census with fewer
 * of them changes fewer figures of others, is smaller and starts earlier.  Dynamic programs
 * link this file instead of the libraries; the static one links the libraries.
 */
#include <dlfcn.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

/* The function @name of @library; without it, the program ends. */
static void *load_function(const char *library, const char *name)
{
	void *handle = dlopen(library, RTLD_NOW);
	void *function = handle ? dlsym(handle, name) : NULL;

	if (!function) {
		fprintf(stderr, "memcensus: cannot load %s of %s: %s: install it\n", name, library,
			dlerror());
		exit(EXIT_FAILURE);
	}
	return function;
}

/* The function of that name, loaded at the first call. */
#define LAZY(library, name)						\
({									\
	static __typeof__(name) *function;				\
									\
	if (!function)							\
		function = (__typeof__(function))load_function(library, #name);	\
	function;							\
})

#define LIBZ	"libz.so.1"
#define LIBM	"libm.so.6"
#define LIBJANSSON	"libjansson.so.4"

int compress2(Bytef *to, uLongf *to_len, const Bytef *from, uLong len, int level)
{
	return LAZY(LIBZ, compress2)(to, to_len, from, len, level);
}

int uncompress(Bytef *to, uLongf *to_len, const Bytef *from, uLong len)
{
	return LAZY(LIBZ, uncompress)(to, to_len, from, len);
}

uLong crc32_z(uLong crc, const Bytef *data, z_size_t len)
{
	return LAZY(LIBZ, crc32_z)(crc, data, len);
}

double erfc(double x)
{
	return LAZY(LIBM, erfc)(x);
}

double sqrt(double x)
{
	return LAZY(LIBM, sqrt)(x);
}

/* Without this library there are names of containers no more, but all else. */
json_t *json_loadb(const char *text, size_t len, size_t flags, json_error_t *error)
{
	static bool asked;
	static void *handle;

	if (!asked) {
		asked = true;
		handle = dlopen(LIBJANSSON, RTLD_NOW);
		if (!handle)
			fprintf(stderr,
				"memcensus: containers have no names: cannot load %s: install it\n",
				LIBJANSSON);
	}
	return handle ? LAZY(LIBJANSSON, json_loadb)(text, len, flags, error) : NULL;
}

void json_delete(json_t *json)
{
	LAZY(LIBJANSSON, json_delete)(json);
}

json_t *json_object_get(const json_t *object, const char *key)
{
	return object ? LAZY(LIBJANSSON, json_object_get)(object, key) : NULL;
}

size_t json_array_size(const json_t *array)
{
	return array ? LAZY(LIBJANSSON, json_array_size)(array) : 0;
}

json_t *json_array_get(const json_t *array, size_t index)
{
	return array ? LAZY(LIBJANSSON, json_array_get)(array, index) : NULL;
}

const char *json_string_value(const json_t *string)
{
	return string ? LAZY(LIBJANSSON, json_string_value)(string) : NULL;
}
