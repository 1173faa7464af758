# SPDX-License-Identifier: GPL-2.0
# bash completion for memcensus, which says what comes next: see cli/completion.h.
#
# Another user may have chosen the name of a cgroup, a file or a program, and ENTER would run what
# is not quoted of it.  readline quotes the names of files, but not '$(' of what several have in
# common, so all words are quoted here.

# _memcensus_quote NAME WORD: sets the variable NAME to WORD, as it is typed
_memcensus_quote()
{
	# Quotes are for what is not plain: a comma of a list has none.
	if [[ $2 == *[!A-Za-z0-9_./:=,+@%-]* ]]; then
		printf -v "$1" %q "$2"
	else
		printf -v "$1" %s "$2"
	fi
}

# _memcensus_files [-c]: the files that begin with $cur; -c: or programs
_memcensus_files()
{
	local path word directory=${cur%"${cur##*/}"}

	# What is quoted for a command line is not quoted for the inside of quotes.
	[[ $cur != *[\'\"]* ]] || return
	while IFS= read -r path; do
		# The directory remains as it was typed: ~, variables.
		_memcensus_quote word "${path##*/}"
		# It is no option.
		[[ $directory || $word != -* ]] || word=./$word
		word=$directory$word
		[[ $path != \~/* ]] || path=$HOME/${path#*/}
		if [ -d "$path" ]; then
			word+=/
			compopt -o nospace 2>/dev/null
		fi
		COMPREPLY+=("$word")
	done < <(compgen "${1:--f}" -- "$cur")
}

# _memcensus_program WORD: a program, which is word WORD, and its arguments
_memcensus_program()
{
	if [ "$COMP_CWORD" -gt "$1" ] && declare -F _command_offset >/dev/null; then
		_command_offset "$1"
	elif [ "$COMP_CWORD" -eq "$1" ]; then
		_memcensus_files -c
	else
		_memcensus_files
	fi
}

_memcensus()
{
	local cur=${COMP_WORDS[COMP_CWORD]} how word quoted
	COMPREPLY=()
	{
		read -r how
		[ "$cur" != = ] || cur=
		while IFS=$'\t' read -r word _; do
			_memcensus_quote quoted "$word"
			# A part of it may be there, with quotes.
			[[ $word == "$cur"* || $quoted == "$cur"* ]] || continue
			COMPREPLY+=("$quoted")
		done
	} < <(memcensus --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
	case $how in
	list) compopt -o nospace 2>/dev/null ;;
	files) _memcensus_files ;;
	program*) _memcensus_program $((${how#* } + 1)) ;;
	esac
}

complete -F _memcensus memcensus
