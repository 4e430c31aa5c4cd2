/* Opens the pages of a report in Chromium and prints what was seen as JSON:
 *     node browse.js NODE_MODULES CHROMIUM BASE_URL ADDRESS */
"use strict";
const path = require("path");
const [modules, executablePath, base, address] = process.argv.slice(2);
const { chromium } = require(path.join(modules, "playwright-core"));
const axe = require("fs").readFileSync(path.join(modules, "axe-core", "axe.min.js"), "utf8");

const pages = ["index.html", "p/shared-0.html", `a/${address}.html`, "lists.html", "domains.html",
	"removals.html", "journal.html"];
const looks = [
	{ name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
	{ name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
	{ name: "phone", colorScheme: "light", viewport: { width: 360, height: 740 } },
];

const look = async (browser, how, file, seen) => {
	const context = await browser.newContext(how);
	const page = await context.newPage();
	const where = `${how.name} ${file}`;

	page.on("console", (message) => seen.noise.push(`${where}: ${message.text()}`));
	page.on("pageerror", (error) => seen.noise.push(`${where}: ${error.message}`));
	page.on("requestfailed", (request) => seen.noise.push(`${where}: failed ${request.url()}`));
	page.on("request", (request) => {
		if (!request.url().startsWith(base))
			seen.noise.push(`${where}: asks for ${request.url()}`);
	});
	await page.goto(base + file);
	await page.evaluate(() => {
		for (const image of document.images)
			image.loading = "eager";
	});
	await page.waitForFunction(() => [...document.images].every((image) => image.complete));
	seen.pages[where] = await page.evaluate(() => ({
		title: document.title,
		lang: document.documentElement.lang,
		scripts: document.querySelectorAll("script").length,
		strangers: document.querySelectorAll("img[onerror], img[src='x']").length,
		broken: [...document.images].filter((image) => !image.naturalWidth).length,
		images: [...document.images].map((image) => image.currentSrc.split("/").pop()),
		overflow: document.documentElement.scrollWidth - innerWidth,
		buttons: document.querySelectorAll("th button").length,
		background: getComputedStyle(document.body).backgroundColor,
	}));
	return { context, page };
};

/* Injected past the page's own policy, as a debugger would. */
const judge = async (page) => {
	const client = await page.context().newCDPSession(page);

	await client.send("Page.enable");
	await client.send("Runtime.evaluate", { expression: axe });
	const run = await client.send("Runtime.evaluate", {
		expression: "axe.run({preload: false, resultTypes: ['violations']}).then((r) => r.violations" +
			".filter((v) => ['serious', 'critical'].includes(v.impact))" +
			".map((v) => v.id + ': ' + v.nodes[0].html))",
		awaitPromise: true, returnByValue: true,
	});
	return run.result.value ?? [JSON.stringify(run)];
};

const play = (page) => page.evaluate(() => {
	const table = document.querySelector("table.sortable");
	const head = [...table.tHead.rows[0].cells].find((cell) => cell.className === "number");
	const values = () => [...table.tBodies[0].rows].filter((row) => !row.hidden)
		.map((row) => Number(row.cells[head.cellIndex].dataset.value));
	const found = {};

	head.querySelector("button").click();
	found.up = [head.getAttribute("aria-sort"), values()];
	head.querySelector("button").click();
	found.down = [head.getAttribute("aria-sort"), values()];
	const tools = table.closest(".scroll").previousElementSibling;
	const input = tools.querySelector("input");
	input.value = "198.18.0.21";
	input.dispatchEvent(new Event("input"));
	found.searched = values().length;
	input.value = "";
	input.dispatchEvent(new Event("input"));
	const select = tools.querySelector("select");
	select.value = "POOR";
	select.dispatchEvent(new Event("change"));
	found.filtered = values().length;
	return found;
});

(async () => {
	const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
	const seen = { noise: [], pages: {}, axe: {} };

	/* Colours and widths do not depend on how a page came. */
	for (const how of base.startsWith("file:") ? looks : looks.slice(0, 1))
		for (const file of how.name === "light" ? pages : pages.slice(0, 3)) {
			const { context, page } = await look(browser, how, file, seen);

			if (how.name !== "phone")
				seen.axe[`${how.name} ${file}`] = await judge(page);
			if (how.name === "light" && file === "p/shared-0.html")
				seen.play = await play(page);
			await context.close();
		}
	await browser.close();
	console.log(JSON.stringify(seen));
})().catch((error) => {
	console.error(error);
	process.exit(1);
});
