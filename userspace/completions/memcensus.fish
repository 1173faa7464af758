# SPDX-License-Identifier: GPL-2.0
# fish completion for memcensus, which says what comes next: see cli/completion.h.
# fish quotes each word, as another user may have chosen it, but no dash or tilde in front.

function __memcensus_complete
	set -l words (commandline -opc) (commandline -ct)
	set -l lines (memcensus --complete $words[2..-1] 2>/dev/null)
	set -l how (string split ' ' -- $lines[1])
	switch $how[1]
		case files
			set -l option (string match -r -- '^--[^=]*=' $words[-1])
			set -l path (string replace -r -- '^--[^=]*=' '' $words[-1])
			set -l special '^[-~]'
			string match -q -- '~*' $path; and set special '^-'
			printf '%s\n' "$option"(complete -C "'' $path" | string replace -r -- $special './$0')
		case program
			set -e words[1..(math $how[2] + 1)]
			complete -C (string join ' ' -- (string escape -- $words[1..-2]) $words[-1])
		case '*'
			printf '%s\n' $lines[2..-1]
	end
end

complete -c memcensus -f -a '(__memcensus_complete)'
