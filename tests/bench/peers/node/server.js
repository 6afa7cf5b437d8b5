// A receiver of SES feedback as it is written for Node: sns-validator, better-sqlite3, and http or express.
//
// Usage: server.js http|cluster|express DATABASE CERTIFICATE-URL CERTIFICATE-FILE TOPIC
// Listens on a free port of 127.0.0.1, prints it when it can be asked, and ends on SIGTERM.
"use strict";

const cluster = require("cluster");
const http = require("http");

const [variant, database, certificateUrl, certificateFile, topic] = process.argv.slice(2);
const PROCESSES = 2;
const BODY_LIMIT = 256 * 1024;
// Longer than any pause of the bench: Node's own 5 s would close connections that are about to be used.
const KEEP_ALIVE_MS = 120000;

// Gives take(envelope, answer); answer(status) is called after the commit.
function makeReceiver(store) {
	require("./certificate").serve(certificateUrl, certificateFile);
	const Validator = require("sns-validator");
	const validator = new Validator();

	const record = (envelope) => {
		if (envelope.Type !== "Notification")
			return 400;
		try {
			store.record(envelope.MessageId, JSON.parse(envelope.Message));
		} catch (error) {
			console.error(error.message);
			return 500;
		}
		return 200;
	};
	return (envelope, answer) => {
		if (envelope === null || typeof envelope !== "object")
			return answer(400);
		if (envelope.TopicArn !== topic)
			return answer(403);
		return validator.validate(envelope, (error) => answer(error ? 403 : record(envelope)));
	};
}

function parse(chunks) {
	try {
		return JSON.parse(Buffer.concat(chunks).toString());
	} catch (error) {
		return null;
	}
}

function plainServer(take) {
	return http.createServer((request, response) => {
		const chunks = [];
		let length = 0;
		const answer = (status) => {
			response.writeHead(status, { "Content-Length": 0 });
			response.end();
		};

		request.on("data", (chunk) => {
			length += chunk.length;
			if (length <= BODY_LIMIT)
				chunks.push(chunk);
		});
		request.on("end", () => {
			if (request.method !== "POST" || request.url !== "/sns")
				return answer(404);
			return take(length <= BODY_LIMIT ? parse(chunks) : null, answer);
		});
	});
}

function expressServer(take) {
	const express = require("express");
	const application = express();

	application.disable("x-powered-by");
	application.disable("etag");
	// SNS says text/plain.
	const json = express.json({ type: ["text/plain", "application/json"], limit: BODY_LIMIT });
	application.post("/sns", json, (request, response) => {
		take(request.body, (status) => response.status(status).end());
	});
	return http.createServer(application);
}

function serve() {
	const store = require("./store").open(database);
	const take = makeReceiver(store);
	const server = variant === "express" ? expressServer(take) : plainServer(take);

	server.keepAliveTimeout = KEEP_ALIVE_MS;
	server.listen(0, "127.0.0.1", 1024, () => {
		if (cluster.isPrimary)
			console.log(server.address().port);
	});
	process.on("SIGTERM", () => {
		store.close();
		process.exit(0);
	});
}

function lead() {
	let listening = 0, isEnding = false;

	for (let i = 0; i < PROCESSES; i++)
		cluster.fork();
	cluster.on("listening", (worker, address) => {
		if (++listening === PROCESSES)
			console.log(address.port);
	});
	cluster.on("exit", () => {
		if (!isEnding)
			process.exit(1);
		if (Object.keys(cluster.workers).length === 0)
			process.exit(0);
	});
	process.on("SIGTERM", () => {
		isEnding = true;
		for (const worker of Object.values(cluster.workers))
			worker.process.kill("SIGTERM");
	});
}

if (variant === "cluster" && cluster.isPrimary) {
	require("./store").open(database).close();
	lead();
} else {
	serve();
}
