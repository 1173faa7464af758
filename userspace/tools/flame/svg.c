// SPDX-License-Identifier: GPL-2.0
/* Draws a tree of frames as one SVG file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/svg.h"
#include "lib/text.h"
#include "tools/flame/svg.h"

#define WIDTH		1200.0
#define MARGIN		10.0
#define ROW		17.0
#define FONT		12
/* Average width of a letter. */
#define LETTER		7.0
/* Narrower frames are not drawn; their callers show their width. */
#define NARROWEST	0.2

/*
 * The script works on what is drawn: each frame is a group with its name, position and
 * bytes.  A click zooms to a frame, a click on the background or Escape shows all.
 * Search takes a regular expression, also from the fragment of the URL: #s=EXPRESSION.
 */
static const char script[] =
"(function () {\n"
"'use strict';\n"
"const svg = document.documentElement;\n"
"const all = Array.from(svg.querySelectorAll('g.f')).map(function (g) {\n"
"\treturn { g: g, rect: g.querySelector('rect'), text: g.querySelector('text'),\n"
"\t\tname: g.dataset.name, x: +g.dataset.x, w: +g.dataset.w,\n"
"\t\tdepth: +g.dataset.d, bytes: +g.dataset.b };\n"
"});\n"
"const total = all.length ? all[0].bytes : 0;\n"
"const left = +svg.dataset.left, width = +svg.dataset.width, letter = +svg.dataset.letter;\n"
"const found = document.getElementById('found'), reset = document.getElementById('reset');\n"
"const detail = document.getElementById('detail');\n"
"let expression = null;\n"
"function size(bytes) {\n"
"\tlet unit = 0;\n"
"\tfor (; bytes >= 1024 && unit < 6; unit++)\n"
"\t\tbytes /= 1024;\n"
"\treturn unit ? bytes.toFixed(1) + ' ' + ' KMGTPE'[unit] + 'iB' : bytes + ' B';\n"
"}\n"
"function percent(bytes) {\n"
"\treturn total ? (100 * bytes / total).toFixed(2) + '%' : '-';\n"
"}\n"
"function label(frame, wide) {\n"
"\tconst fits = Math.floor((wide - 6) / letter);\n"
"\tframe.text.textContent = fits < 3 ? '' : frame.name.length <= fits ? frame.name :\n"
"\t\tframe.name.slice(0, fits - 2) + '..';\n"
"}\n"
"function place(frame, x, w, faded) {\n"
"\tframe.g.classList.toggle('hidden', w <= 0);\n"
"\tframe.g.classList.toggle('faded', faded);\n"
"\tif (w <= 0)\n"
"\t\treturn;\n"
"\tframe.rect.setAttribute('x', x);\n"
"\tframe.rect.setAttribute('width', w);\n"
"\tframe.text.setAttribute('x', x + 3);\n"
"\tlabel(frame, w);\n"
"}\n"
"function zoom(to) {\n"
"\tall.forEach(function (frame) {\n"
"\t\tconst caller = frame.depth < to.depth && frame.x <= to.x &&\n"
"\t\t\tframe.x + frame.w >= to.x + to.w;\n"
"\t\tconst inside = frame.depth >= to.depth && frame.x >= to.x &&\n"
"\t\t\tframe.x + frame.w <= to.x + to.w;\n"
"\t\tif (caller)\n"
"\t\t\tplace(frame, left, width, true);\n"
"\t\telse if (inside)\n"
"\t\t\tplace(frame, left + (frame.x - to.x) / to.w * width,\n"
"\t\t\t\tframe.w / to.w * width, false);\n"
"\t\telse\n"
"\t\t\tplace(frame, 0, 0, false);\n"
"\t});\n"
"\treset.classList.toggle('hidden', to === all[0]);\n"
"}\n"
"/* Bytes of matching frames; those below a match are part of it. */\n"
"function search(text) {\n"
"\tlet sum = 0;\n"
"\tconst covered = [];\n"
"\ttry {\n"
"\t\texpression = text ? new RegExp(text) : null;\n"
"\t} catch (error) {\n"
"\t\texpression = null;\n"
"\t\tfound.textContent = 'no regular expression: ' + text;\n"
"\t\treturn;\n"
"\t}\n"
"\tall.forEach(function (frame) {\n"
"\t\tconst hit = expression && frame.depth > 0 && expression.test(frame.name);\n"
"\t\tframe.g.classList.toggle('hit', Boolean(hit));\n"
"\t\tif (hit && !covered.some(function (c) {\n"
"\t\t\treturn c.x <= frame.x && c.x + c.w >= frame.x + frame.w &&\n"
"\t\t\t\tc.depth < frame.depth;\n"
"\t\t})) {\n"
"\t\t\tcovered.push(frame);\n"
"\t\t\tsum += frame.bytes;\n"
"\t\t}\n"
"\t});\n"
"\tfound.textContent = expression ? 'found: ' + size(sum) + ', ' + percent(sum) : '';\n"
"}\n"
"all.forEach(function (frame) {\n"
"\tframe.g.addEventListener('click', function (event) {\n"
"\t\tevent.stopPropagation();\n"
"\t\tzoom(frame);\n"
"\t});\n"
"\tframe.g.addEventListener('mouseover', function () {\n"
"\t\tdetail.textContent = frame.name + ': ' + size(frame.bytes) + ', ' +\n"
"\t\t\tpercent(frame.bytes);\n"
"\t});\n"
"});\n"
"svg.addEventListener('click', function () {\n"
"\tif (all.length)\n"
"\t\tzoom(all[0]);\n"
"});\n"
"document.getElementById('search').addEventListener('click', function (event) {\n"
"\tevent.stopPropagation();\n"
"\tconst text = window.prompt('Search frames (regular expression):',\n"
"\t\texpression ? expression.source : '');\n"
"\tif (text !== null)\n"
"\t\tsearch(text);\n"
"});\n"
"window.addEventListener('keydown', function (event) {\n"
"\tif (event.key === 'Escape' && all.length)\n"
"\t\tzoom(all[0]);\n"
"\tif (event.key === '/' || (event.ctrlKey && event.key === 'f')) {\n"
"\t\tevent.preventDefault();\n"
"\t\tdocument.getElementById('search').dispatchEvent(new Event('click'));\n"
"\t}\n"
"});\n"
"const asked = new URLSearchParams(window.location.hash.slice(1));\n"
"if (asked.get('z')) {\n"
"\tconst to = all.find(function (frame) { return frame.name === asked.get('z'); });\n"
"\tif (to)\n"
"\t\tzoom(to);\n"
"}\n"
"if (asked.get('s'))\n"
"\tsearch(asked.get('s'));\n"
"svg.dataset.ready = all.length;\n"
"})();\n";

static const char style[] =
"text { font: 12px monospace; fill: #222; }\n"
".title { font: bold 16px sans-serif; text-anchor: middle; }\n"
".line { font: 12px sans-serif; text-anchor: middle; }\n"
".key { font: 12px sans-serif; }\n"
".found { text-anchor: end; }\n"
".button { font: 12px sans-serif; cursor: pointer; fill: #05a; }\n"
".f { cursor: pointer; }\n"
".f rect { stroke: #fff; stroke-width: 0.5; }\n"
".f:hover rect { stroke: #000; stroke-width: 1; }\n"
".f.faded { opacity: 0.5; }\n"
".f.hit rect { fill: #d0f; }\n"
".hidden { display: none; }\n";

/**
 * struct drawing - a picture under construction
 * @look: words and colours
 * @scale: width of a byte
 * @top: upper end of the root's row; callers are above what they call
 */
struct drawing {
	FILE *out;
	const struct flame_look *look;
	double scale;
	double top;
};

static void put_colour(const struct drawing *drawing, const struct flame_node *node)
{
	const char *remainder = drawing->look->remainder;
	unsigned int hash = 5381;
	const char *c;

	if (remainder && !strncmp(node->name, remainder, strlen(remainder))) {
		fputs("#bbb", drawing->out);
		return;
	}
	/* The same name has the same colour in every picture. */
	for (c = node->name; *c; c++)
		hash = 33 * hash + (unsigned char)*c;
	fprintf(drawing->out, "#%02x%02x%02x", 215 + hash % 40, 120 + hash / 40 % 100,
		50 + hash / 4000 % 50);
}

static void put_svg_title(const struct drawing *drawing, const struct flame_node *node,
			  uint64_t total)
{
	char amount[NUMBER_SIZE];

	text_size(amount, (double)node->value);
	svg_text(drawing->out, node->name);
	fprintf(drawing->out, ": %s (%" PRIu64 " bytes), %.2f%%", amount, node->value,
		total ? 100.0 * (double)node->value / (double)total : 0);
}

/* Ends the label where the frame does; the script does so again after a zoom. */
static void put_svg_label(const struct drawing *drawing, const char *name, double width)
{
	const size_t fits = width > 6 ? (size_t)((width - 6) / LETTER) : 0;
	char *text = text_printable(name);
	size_t used, cells;

	if (text && fits >= 3) {
		used = text_fit(text, fits, &cells);
		if (text[used]) {
			used = text_fit(text, fits - 2, &cells);
			text[used] = '\0';
			svg_text(drawing->out, text);
			fputs("..", drawing->out);
		} else {
			svg_text(drawing->out, text);
		}
	}
	free(text);
}

static void draw_svg_node(const struct drawing *drawing, const struct flame_node *node,
			  unsigned int depth, double x, uint64_t total)
{
	const double width = (double)node->value * drawing->scale;
	const double y = drawing->top + depth * ROW;
	const struct flame_node *below;
	FILE *out = drawing->out;

	if (width < NARROWEST)
		return;
	fprintf(out, "<g class=\"f\" data-x=\"%.4f\" data-w=\"%.4f\" data-d=\"%u\"", x, width,
		depth);
	fprintf(out, " data-b=\"%" PRIu64 "\" data-name=\"", node->value);
	svg_text(out, node->name);
	fputs("\"><title>", out);
	put_svg_title(drawing, node, total);
	fprintf(out, "</title><rect x=\"%.4f\" y=\"%.1f\" width=\"%.4f\" height=\"%.1f\" fill=\"",
		MARGIN + x, y, width, ROW - 1);
	put_colour(drawing, node);
	fprintf(out, "\"/><text x=\"%.4f\" y=\"%.1f\">", MARGIN + x + 3, y + ROW - 5);
	put_svg_label(drawing, node->name, width);
	fputs("</text></g>\n", out);
	for (below = node->first; below; below = below->next) {
		draw_svg_node(drawing, below, depth + 1, x, total);
		x += (double)below->value * drawing->scale;
	}
}

static unsigned int depth_of(const struct flame_node *node, double scale)
{
	const struct flame_node *below;
	unsigned int depth = 0, deeper;

	if ((double)node->value * scale < NARROWEST)
		return 0;
	for (below = node->first; below; below = below->next) {
		deeper = depth_of(below, scale);
		depth = deeper > depth ? deeper : depth;
	}
	return depth + 1;
}

static void put_head(const struct drawing *drawing, double height)
{
	const struct flame_look *look = drawing->look;
	FILE *out = drawing->out;
	double y = 24;
	size_t i;

	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\"",
		WIDTH, height);
	fprintf(out, " viewBox=\"0 0 %.0f %.0f\" data-left=\"%.0f\" data-width=\"%.0f\"",
		WIDTH, height, MARGIN, WIDTH - 2 * MARGIN);
	fprintf(out, " data-letter=\"%.1f\">\n<style>\n%s</style>\n", LETTER, style);
	fputs("<rect id=\"background\" width=\"100%\" height=\"100%\" fill=\"#fdfdfb\"/>\n", out);
	fprintf(out, "<text class=\"title\" id=\"title\" x=\"%.0f\" y=\"%.0f\">", WIDTH / 2, y);
	svg_text(out, look->title);
	fputs("</text>\n", out);
	for (i = 0; i < sizeof(look->lines) / sizeof(look->lines[0]) && look->lines[i]; i++) {
		y += ROW;
		fprintf(out, "<text class=\"line\" x=\"%.0f\" y=\"%.0f\">", WIDTH / 2, y);
		svg_text(out, look->lines[i]);
		fputs("</text>\n", out);
	}
	fprintf(out, "<text class=\"button\" id=\"search\" x=\"%.0f\" y=\"24\">Search (/)</text>\n",
		WIDTH - MARGIN - 60);
	fprintf(out, "<text class=\"button hidden\" id=\"reset\" x=\"%.0f\" y=\"24\">", MARGIN);
	fputs("Show all (Esc)</text>\n", out);
	fprintf(out, "<text class=\"found\" id=\"found\" x=\"%.0f\" y=\"%.0f\"></text>\n",
		WIDTH - MARGIN, drawing->top - 6);
	fprintf(out, "<text id=\"detail\" x=\"%.0f\" y=\"%.0f\"></text>\n", MARGIN,
		drawing->top - 6);
}

void flame_svg(const struct flame_node *root, const struct flame_look *look, FILE *out)
{
	struct drawing drawing = { .out = out, .look = look };
	double height = 24 + 2 * ROW;
	size_t i;

	if (root->value)
		drawing.scale = (WIDTH - 2 * MARGIN) / (double)root->value;
	for (i = 0; i < sizeof(look->lines) / sizeof(look->lines[0]) && look->lines[i]; i++)
		height += ROW;
	drawing.top = height;
	height += depth_of(root, drawing.scale) * ROW + MARGIN;
	put_head(&drawing, height);
	draw_svg_node(&drawing, root, 0, 0, root->value);
	fprintf(out, "<script><![CDATA[\n%s]]></script>\n</svg>\n", script);
}
