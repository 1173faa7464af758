# SPDX-License-Identifier: GPL-2.0
#
# A kernel's log without the data races that are not memcensus's: KCSAN's reports, from
# line of = to line of =, in which no stack has a function of the module. The kernel has
# many races of its own, and not all of them are mistakes. All else passes unchanged.

function let_go() {
	if (held != "" && (held !~ /BUG: KCSAN/ || held ~ /\[memcensus\]/))
		printf "%s", held
	held = ""
}

/==========================================/ {
	if (held == "") {
		held = $0 "\n"
		lines = 1
	} else {
		held = held $0 "\n"
		let_go()
	}
	next
}
held != "" {
	held = held $0 "\n"
	# What begins otherwise, and what does not end, is no report.
	if (++lines == 2 && !/BUG: KCSAN/ || lines > 200)
		let_go()
	next
}
{ print }
END { let_go() }
