// SPDX-License-Identifier: GPL-2.0
/* Reads scenes that are written as text, and makes streams of them. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi-names.h"
#include "scene-text.h"
#include "scene-words.h"
#include "stream.h"

/* One that was read; all are kept, as a test may fill a scene very often. */
struct scene {
	char name[64];
	struct stream *answers;
	size_t n_answers;
	size_t next;
	struct scene *before;
};

static struct scene *scenes;

static const struct abi_name *name_of(const struct abi_name *names, const char *name)
{
	for (; names && names->name; names++)
		if (!strcmp(names->name, name))
			return names;
	return NULL;
}

static bool has_number(const struct abi_name *names, uint32_t number)
{
	for (; names && names->name; names++)
		if (names->number == number)
			return true;
	return false;
}

/* The attribute of word @at; one that the ABI does not have is a number. */
static struct abi_name attr_of(const struct text *text, size_t at, const struct abi_name *names)
{
	const struct word *word = &text->words[at];
	const struct abi_name *known = name_of(names, word->name);
	struct abi_name attr = { 0 };
	char *end;

	if (known)
		attr = *known;
	else
		attr.number = strtoul(word->name, &end, 10);
	if (!known && (*end || end == word->name || !word->value))
		text_wrong(text, at, "no attribute is named %s here", word->name);
	if (!known && has_number(names, attr.number))
		text_wrong(text, at, "%s has a name", word->name);
	if (word->bytes)
		attr.type = NAME_BYTES;
	else if (!known && !strncmp(word->value, "u32:", 4))
		attr.type = NAME_U32;
	else if (!known && !strncmp(word->value, "u64:", 4))
		attr.type = NAME_U64;
	else if (!known)
		text_wrong(text, at, "%s needs a type: u32:, u64: or bytes:", word->name);
	if (word->value ? attr.type == NAME_NEST : attr.type != NAME_NEST)
		text_wrong(text, at, "%s is %s", word->name,
			   word->value ? "a nest, without a value" : "an attribute with a value");
	return attr;
}

/* @value is a number with a unit, or one of @words. */
static uint64_t number_of(const struct text *text, size_t at, const char *value,
			  const struct abi_name *words)
{
	static const char units[] = "KMG";
	const struct abi_name *word = name_of(words, value);
	const char *unit;
	uint64_t number;
	char *end;

	if (word)
		return word->number;
	if (!strcmp(value, "MEMCENSUS_ABI"))
		return MEMCENSUS_ABI;
	errno = 0;
	number = strtoull(value, &end, 0);
	unit = *end ? strchr(units, *end) : NULL;
	if (end == value || errno || (*end && (!unit || end[1])))
		text_wrong(text, at, "%s is no number of %s", value, text->words[at].name);
	return unit ? number << 10 * (1 + unit - units) : number;
}

static void put_array(struct stream *s, const struct text *text, size_t at,
		      const struct abi_name *attr)
{
	const size_t size = attr->type == NAME_U32S ? 4 : 8;
	char *value = strdup(text->words[at].value), *rest = value, *one;
	char *array = NULL;
	uint64_t number;
	uint32_t small;
	size_t n = 0;

	while ((one = strsep(&rest, ","))) {
		number = number_of(text, at, one, NULL);
		small = number;
		array = text_grown(array, (n + 1) * size);
		memcpy(array + n++ * size, size == 4 ? (void *)&small : (void *)&number, size);
	}
	stream_put(s, attr->number, array, n * size);
	free(array);
	free(value);
}

static void put_integer(struct stream *s, const struct text *text, size_t at,
			const struct abi_name *attr)
{
	char *value = strdup(text->words[at].value), *rest = value, *one;
	uint64_t number = 0;

	/* The type of an attribute that the ABI does not have */
	if (strchr(value, ':'))
		rest = strchr(value, ':') + 1;
	while ((one = strsep(&rest, "|")))
		number |= number_of(text, at, one, attr->of);
	free(value);
	if (attr->type == NAME_U64)
		stream_u64(s, attr->number, number);
	else if (number <= UINT32_MAX || (attr->type == NAME_S32 && -number <= 1U << 31))
		stream_u32(s, attr->number, number);
	else
		text_wrong(text, at, "%s is of 32 bits", text->words[at].name);
}

static void put_value(struct stream *s, const struct text *text, size_t at,
		      const struct abi_name *attr)
{
	const struct word *word = &text->words[at];

	switch (attr->type) {
	case NAME_STRING:
		stream_put(s, attr->number, word->value, word->len + 1);
		break;
	case NAME_BYTES:
		stream_put(s, attr->number, word->value, word->len);
		break;
	case NAME_U32S:
	case NAME_U64S:
		put_array(s, text, at, attr);
		break;
	default:
		put_integer(s, text, at, attr);
	}
}

/* Puts the attributes of @all, which are named by @names, with the values of @changed. */
static void put_attrs(struct stream *s, const struct text *text, struct range all,
		      struct range changed, const struct abi_name *names)
{
	struct abi_name attr;
	struct range inner;
	bool has_braces;
	size_t i, own, nest;

	for (i = changed.from; i < changed.to; i = text_after(text, i, changed))
		if (text_find(text, i, all) == all.to)
			text_wrong(text, i, "there is no %s to change", text->words[i].name);
	for (i = all.from; i < all.to; i = text_after(text, i, all)) {
		own = text_find(text, i, changed);
		attr = attr_of(text, own < changed.to ? own : i, names);
		has_braces = text_after(text, i, all) > i + 1;
		if (attr.type == NAME_NEST ? !has_braces : has_braces)
			text_wrong(text, i, "only a nest has braces");
		if (attr.type != NAME_NEST) {
			put_value(s, text, own < changed.to ? own : i, &attr);
			continue;
		}
		inner = own < changed.to ? text_braces(text, own, changed) : (struct range){ 0, 0 };
		nest = stream_nest(s, attr.number);
		put_attrs(s, text, text_braces(text, i, all), inner, attr.of);
		stream_nest_end(s, nest);
	}
}

/* Of a message: the word that is its record, whose content has no braces; @all.to: none. */
static size_t record_of(const struct text *text, struct range all)
{
	const struct abi_name *known;
	size_t i;

	for (i = all.from; i < all.to; i++) {
		known = name_of(abi_records, text->words[i].name);
		if (known && known->type == NAME_NEST)
			return i;
	}
	return all.to;
}

static void put_message(struct stream *s, const struct text *text, struct range all,
			struct range changed)
{
	const size_t record = record_of(text, all);
	const struct range none = { 0, 0 };
	struct abi_name attr;
	size_t nest;

	stream_begin(s, 0);
	put_attrs(s, text, (struct range){ all.from, record }, none, abi_records);
	if (record < all.to) {
		attr = attr_of(text, record, abi_records);
		nest = stream_nest(s, attr.number);
		put_attrs(s, text, (struct range){ record + 1, all.to }, changed, attr.of);
		stream_nest_end(s, nest);
	}
	stream_end(s);
}

static void put_done(struct stream *s, const struct text *text, struct range all)
{
	const char *said = NULL;
	int error = 0, offset = 0;
	const struct word *word;
	bool interrupted = false;
	size_t i;

	for (i = all.from + 1; i < all.to; i++) {
		word = &text->words[i];
		if (!strcmp(word->name, "interrupted") && !word->value)
			interrupted = true;
		else if (!strcmp(word->name, "error") && word->value)
			error = number_of(text, i, word->value, NULL);
		else if (!strcmp(word->name, "offset") && word->value)
			offset = number_of(text, i, word->value, NULL);
		else if (!strcmp(word->name, "text") && word->value)
			said = word->value;
		else
			text_wrong(text, i, "done has no %s", word->name);
	}
	stream_done(s, error, said, offset);
	if (interrupted)
		((struct nlmsghdr *)(void *)(s->buf + s->message))->nlmsg_flags |=
			NLM_F_DUMP_INTR;
}

static void stream_append(struct stream *s, const void *data, size_t len)
{
	s->buf = text_grown(s->buf, s->len + len);
	memcpy(s->buf + s->len, data, len);
	s->len += len;
	s->room = s->len;
}

static struct scene *scene_find(const char *name);

static char *copy(const char *text)
{
	return text ? strcpy(text_grown(NULL, strlen(text) + 1), text) : NULL;
}

/* The messages of the first answer of scene @name, without their end, and its texts of /proc */
static void put_from(struct stream *s, const struct text *text, size_t at, const char *name)
{
	const struct scene *other = scene_find(name);

	if (!other)
		text_wrong(text, at, "there is no scene %s", name);
	stream_append(s, other->answers->buf, other->answers->message);
	s->meminfo = copy(other->answers->meminfo);
	s->vmstat = copy(other->answers->vmstat);
}

static struct stream *answer_begin(struct scene *scene, const struct text *text,
				   struct range all)
{
	const char *name = all.to - all.from == 2 ? text->words[all.from + 1].name : "";
	const struct abi_name *command = name_of(abi_commands, name);
	struct stream *s;

	if (!command)
		text_wrong(text, all.from, "answer needs one command");
	scene->answers = text_grown(scene->answers, (scene->n_answers + 1) * sizeof(*s));
	s = &scene->answers[scene->n_answers++];
	stream_init(s, 0);
	s->command = command->number;
	return s;
}

/* Puts the lines @all of a text of /proc, with the values of @changed. */
static void put_lines(struct stream *s, const struct text *text, struct range all,
		      struct range changed, bool meminfo)
{
	uint64_t value;
	size_t i, at;

	for (i = changed.from; i < changed.to; i++)
		if (text_find(text, i, all) == all.to)
			text_wrong(text, i, "there is no %s to change", text->words[i].name);
	if (meminfo && !s->meminfo)
		s->meminfo = copy("");
	for (i = all.from; i < all.to; i++) {
		at = text_find(text, i, changed);
		at = at < changed.to ? at : i;
		if (!text->words[at].value)
			text_wrong(text, at, "%s has no value", text->words[at].name);
		value = number_of(text, at, text->words[at].value, NULL);
		if (meminfo)
			stream_meminfo(s, text->words[at].name, value);
		else
			stream_vmstat(s, text->words[at].name, value);
	}
}

/* If @all is a text of /proc, puts it as put_full_or_same() puts a message. @full: the last one */
static bool put_text(struct stream *s, const struct text *text, struct range all,
		     struct range *full)
{
	static const char *const names[] = { "meminfo", "vmstat" };
	const bool same = !strcmp(text->words[all.from].name, "same") && all.to - all.from > 1;
	const struct range lines = { all.from + 1 + same, all.to };
	struct range changed = { 0, 0 };
	size_t i;

	for (i = 0; i < 2 && strcmp(text->words[all.from + same].name, names[i]); i++)
		;
	if (i == 2)
		return false;
	if (same)
		changed = lines;
	else
		full[i] = lines;
	put_lines(s, text, full[i], changed, !i);
	return true;
}

/*
 * Puts the message @all, which begins with same or is in full. @full: by record, the last one
 * that was in full.
 */
static void put_full_or_same(struct stream *s, const struct text *text, struct range all,
			     struct range *full)
{
	const struct abi_name *record;
	struct range base = { 0, 0 };
	size_t at = all.from + 1;

	if (!strcmp(text->words[all.from].name, "same")) {
		record = at < all.to ? name_of(abi_records, text->words[at].name) : NULL;
		if (record)
			base = full[record->number];
		if (!base.to)
			text_wrong(text, all.from, "there is no such record before");
		put_message(s, text, base, (struct range){ at + 1, all.to });
		return;
	}
	put_message(s, text, all, base);
	at = record_of(text, all);
	if (at < all.to)
		full[name_of(abi_records, text->words[at].name)->number] = all;
}

/* Makes all answers of a text. */
static void make_answers(struct scene *scene, const struct text *text)
{
	struct range full[MEMCENSUS_A_MAX + 1] = { 0 }, texts[2] = { 0 }, all;
	struct stream *s = NULL;
	const char *name;
	size_t at;

	for (at = 0; at < text->n; at = all.to) {
		all = text_message(text, at);
		name = text->words[at].name;
		if (!s && strcmp(name, "answer"))
			text_wrong(text, at, "a scene begins with answer");
		if (!strcmp(name, "answer"))
			s = answer_begin(scene, text, all);
		else if (!strcmp(name, "done"))
			put_done(s, text, all);
		else if (!strcmp(name, "from"))
			put_from(s, text, at, all.to - at == 2 ? text->words[at + 1].name : "");
		else if (!put_text(s, text, all, texts))
			put_full_or_same(s, text, all, full);
	}
}

/* The text of a file; NULL: there is none. */
static char *read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	char *buf = NULL;
	size_t room = 0;

	if (!file)
		return NULL;
	if (getdelim(&buf, &room, 0, file) < 0) {
		free(buf);
		buf = NULL;
	}
	fclose(file);
	return buf;
}

/* NULL: it has no text. */
static struct scene *scene_read(const char *name)
{
	struct text text = { .name = name };
	struct scene *scene;
	char path[256], *buf;

	snprintf(path, sizeof(path), "%s/golden/%s", TESTS_DATA, name);
	buf = read_all(path);
	if (!buf)
		return NULL;
	text_read(&text, buf);
	if (!text.n) {
		free(buf);
		return NULL;
	}
	scene = memset(text_grown(NULL, sizeof(*scene)), 0, sizeof(*scene));
	snprintf(scene->name, sizeof(scene->name), "%s", name);
	make_answers(scene, &text);
	free(text.words);
	free(buf);
	scene->before = scenes;
	scenes = scene;
	return scene;
}

static struct scene *scene_find(const char *name)
{
	struct scene *scene = scenes;

	while (scene && strcmp(scene->name, name))
		scene = scene->before;
	return scene ? scene : scene_read(name);
}

int scene_text_fill(struct stream *s, const char *name)
{
	struct scene *scene = scene_find(name);
	const struct stream *answer;
	struct nlmsghdr *nlh;
	size_t at;

	if (!scene)
		return -1;
	answer = &scene->answers[scene->next];
	if (scene->next + 1 < scene->n_answers)
		scene->next++;
	stream_append(s, answer->buf, answer->len);
	s->message = answer->message;
	s->command = answer->command;
	s->meminfo = copy(answer->meminfo);
	s->vmstat = copy(answer->vmstat);
	for (at = 0; at < s->len; at += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (void *)(s->buf + at);
		nlh->nlmsg_seq = s->netlink_seq;
	}
	return 0;
}
