# SPDX-License-Identifier: GPL-2.0
#
# gnuplot -e 'dir="DIR"; out="FILE"; kind="svg|png"' picture.gp
# DIR has the output of `report data`.

if (kind eq "svg") {
	set terminal svg size 1100,1250 font "sans,13" background "white"
} else {
	set terminal png size 1100,1250 font "sans,11"
}
set termoption noenhanced
set output out
series = "pages processes mappings sharing"
have_series = system(sprintf("ls %s/series-pages.dat 2>/dev/null", dir)) ne ""

set multiplot
set style fill solid noborder
set grid ytics lc rgb "#dddddd"
color = "#d0d0d0 #a0a0a0 #808080 #606060 #e09030 #2060c0"

set origin 0, have_series ? 0.62 : 0
set size 1, have_series ? 0.38 : 1
set key outside top center horizontal
set title "How many times it fits into the smaps_rollup loop without its system calls"
set style data histograms
set style histogram clustered gap 1.5
set logscale y
set yrange [0.5:*]
set ylabel "ratio of the medians"
plot for [col=3:8] dir."/ratios.dat" using col:xtic(1) title columnheader(col) \
		lc rgb word(color, col - 2), \
	dir."/ratios.dat" using ($0):2 skip 1 with points pt 10 ps 2 lw 2 \
		lc rgb "#c00000" title "goal for frames"

if (have_series) {
	set style data linespoints
	set logscale x
	set autoscale y
	set format x "%g"
	set format y "%g"
	set key inside top left vertical Left reverse samplen 2
	set ylabel "ms"
	color = "#000000 #909090 #a0a0a0 #606060 #e09030 #2060c0"
	do for [i=1:4] {
		set origin ((i - 1) % 2) * 0.5, i <= 2 ? 0.31 : 0
		set size 0.5, 0.31
		set title (i == 1 ? "MiB in each of 3 processes" : \
			   i == 2 ? "processes of 64 KiB" : \
			   i == 3 ? "mappings in each of 4 processes" : \
				    "processes that share 8 MiB")
		plot for [col=2:7] sprintf("%s/series-%s.dat", dir, word(series, i)) \
			using 1:col title columnheader(col) \
			lc rgb word(color, col - 1) dt int(word("1 2 1 2 1 1", col - 1)) \
			lw (col == 7 ? 2.5 : 1) pt (col + 2)
	}
}
unset multiplot
