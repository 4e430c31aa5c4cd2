/* Sorting, searching and filtering of tables. Every page is complete without it. */
"use strict";
(() => {
	const SEARCH_FROM = 8; /* shorter tables are read at a glance */
	const FILTER_UP_TO = 12; /* words a filter offers */
	const words = document.body.dataset; /* in the page's language */

	const valueOf = (row, column) => {
		const cell = row.cells[column];

		return cell.dataset.value ?? cell.textContent.trim();
	};
	const compare = (a, b) =>
		a !== "" && b !== "" && !isNaN(a) && !isNaN(b)
			? a - b
			: a.localeCompare(b, undefined, { numeric: true });

	const sort = (table, head) => {
		const isUp = head.getAttribute("aria-sort") !== "ascending";
		const column = head.cellIndex;
		const body = table.tBodies[0];
		const rows = [...body.rows].map((row) => [valueOf(row, column), row]);

		rows.sort((a, b) => (isUp ? compare(a[0], b[0]) : compare(b[0], a[0])));
		for (const other of table.tHead.rows[0].cells)
			other.removeAttribute("aria-sort");
		head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
		body.append(...rows.map((pair) => pair[1]));
	};

	const addButtons = (table) => {
		for (const head of table.tHead.rows[0].cells) {
			const button = document.createElement("button");

			button.type = "button";
			button.textContent = head.textContent;
			button.addEventListener("click", () => sort(table, head));
			head.replaceChildren(button);
		}
	};

	/* The first column of badges is what a table is filtered by. */
	const badgesOf = (table) => {
		const row = table.tBodies[0].rows[0];
		const column = [...row.cells].findIndex((cell) => cell.querySelector(".badge"));

		if (column < 0)
			return null;
		const words = new Set();
		for (const each of table.tBodies[0].rows)
			words.add(each.cells[column].textContent.trim());
		return words.size > 1 && words.size <= FILTER_UP_TO ? { column, words } : null;
	};

	const addFilter = (tools, badges, apply) => {
		const select = document.createElement("select");

		select.setAttribute("aria-label", words.only);
		select.append(new Option(words.all, ""));
		for (const each of badges.words)
			select.append(new Option(each, each));
		select.addEventListener("change", apply);
		tools.append(select);
		return select;
	};

	const addTools = (table) => {
		const rows = [...table.tBodies[0].rows];
		const badges = rows.length ? badgesOf(table) : null;
		const tools = document.createElement("div");
		const input = document.createElement("input");
		const output = document.createElement("output");
		let select = null;

		if (rows.length < SEARCH_FROM)
			return;
		const texts = rows.map((row) => row.textContent.toLowerCase());
		const apply = () => {
			const wanted = input.value.trim().toLowerCase();
			let shown = 0;

			rows.forEach((row, i) => {
				const isShown = texts[i].includes(wanted) &&
					(!select || !select.value ||
					 row.cells[badges.column].textContent.trim() === select.value);

				row.hidden = !isShown;
				shown += isShown;
			});
			output.textContent = shown === rows.length ? "" : `${shown} / ${rows.length}`;
		};
		tools.className = "tools";
		input.type = "search";
		input.placeholder = words.search;
		input.setAttribute("aria-label", input.placeholder);
		input.addEventListener("input", apply);
		tools.append(input);
		if (badges)
			select = addFilter(tools, badges, apply);
		tools.append(output);
		table.closest(".scroll").before(tools);
	};

	for (const table of document.querySelectorAll("table.sortable")) {
		addButtons(table);
		addTools(table);
	}
})();
