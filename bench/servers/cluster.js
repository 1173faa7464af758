// SPDX-License-Identifier: GPL-2.0
// A server of two worker processes and their parent, each with 50,000 objects. Prints
// "ready" when both workers listen.
const cluster = require("cluster");
const http = require("http");
const objects = Array.from({ length: 50000 }, (_, i) => ({ name: "object " + i }));

if (cluster.isPrimary) {
	let listening = 0;

	cluster.on("listening", () => {
		if (++listening === 2)
			console.log("ready");
	});
	cluster.fork();
	cluster.fork();
} else {
	http.createServer((_, answer) => answer.end(objects[0].name)).listen(8080);
}
