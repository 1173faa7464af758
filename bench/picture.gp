# SPDX-License-Identifier: GPL-2.0
#
# gnuplot -e 'dir="DIR"; out="FILE"; kind="svg|png"' picture.gp
# DIR has the output of `report data`.

# A panel is there if it was measured: the ratios, four of how cost grows, and huge pages.
measured(name) = system(sprintf("ls %s/%s.dat 2>/dev/null", dir, name)) ne ""
have_ratios = measured("ratios")
have_series = measured("series-pages")
have_growth = measured("growth-forked")
height = 475 * have_ratios + 775 * have_series + 400 * have_growth
if (kind eq "svg") {
	set terminal svg size 1100,height font "sans,13" background "white"
} else {
	set terminal png size 1100,height font "sans,11"
}
set termoption noenhanced
set output out
series = "pages processes mappings sharing"

set multiplot
set style fill solid noborder
set grid ytics lc rgb "#dddddd"
color = "#d0d0d0 #a0a0a0 #808080 #606060 #e09030 #2060c0"

# Where the panels begin, from the bottom
at_series = 400.0 * have_growth / height
at_ratios = (400.0 * have_growth + 775 * have_series) / height

if (have_ratios) {
	set origin 0, at_ratios
	set size 1, 475.0 / height
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
}

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
		set origin ((i - 1) % 2) * 0.5, at_series + (i <= 2 ? 387.0 / height : 0)
		set size 0.5, 387.0 / height
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
if (measured("growth-forked")) {
	set origin 0, 0
	set size 1, 400.0 / height
	set style data linespoints
	unset logscale
	set logscale xy
	set autoscale xy
	set format x "%g"
	set format y "%g"
	set key inside top left vertical Left reverse samplen 2
	set title "GiB of private memory"
	set ylabel "million instructions"
	plot dir."/growth-in-order.dat" using 1:2 skip 1 title "pages of 4 KiB" lc rgb "#2060c0", \
		dir."/growth-huge.dat" using 1:2 skip 1 title "huge pages" lc rgb "#e09030" lw 2.5, \
		dir."/growth-forked.dat" using 1:2 skip 1 title "the same, and three forks" \
			lc rgb "#40a060" lw 2.5, \
		dir."/growth-huge.dat" using 1:3 skip 1 title "smaps_rollup, huge pages" \
			lc rgb "#909090" dt 2
}
unset multiplot
