# SPDX-License-Identifier: GPL-2.0
#
# Removes data races that are not memcensus's from a kernel's log: reports of KCSAN,
# from line of = to line of =, in which no stack has a function of the module. The kernel
# has many races of its own, and not all are bugs. All other lines pass unchanged.

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
	# Lines that begin otherwise, or that have no end, are not a report.
	if (++lines == 2 && !/BUG: KCSAN/ || lines > 200)
		let_go()
	next
}
{ print }
END { let_go() }
