# SPDX-License-Identifier: GPL-2.0
#
# Removes races that are not memcensus's from a kernel's log; all other lines pass
# unchanged.
#
# Reports of KCSAN, from line of = to line of =, in which no stack has a function of the
# module: the kernel has many races of its own, and not all are bugs.
#
# The warning of debugfs, from "cut here" to "end trace", that the owner of a file did not
# clean up: rmmod drops the last reference to a module, and only then marks it as going.
# An open() in between cannot get a reference, and debugfs takes the module for one that
# forgot the file. Test unload checks that no file is left.

function is_theirs() {
	return held ~ /BUG: KCSAN/ && held !~ /\[memcensus\]/ ||
	       held ~ /debugfs file owner did not clean up at exit/ && held ~ /full_proxy_open/
}

function let_go() {
	if (!is_theirs())
		printf "%s", held
	held = ""
}

function hold(how_it_ends) {
	let_go()
	held = $0 "\n"
	lines = 1
	ends = how_it_ends
}

held == "" && /==========================================/ { hold("===================="); next }
/------------\[ cut here \]------------/ { hold("---\\[ end trace"); next }
held != "" {
	held = held $0 "\n"
	# A line of = that another line than KCSAN's follows, or no end, is not a report.
	if ($0 ~ ends || ++lines == 2 && ends ~ /=/ && !/BUG: KCSAN/ || lines > 200)
		let_go()
	next
}
{ print }
END { let_go() }
