// Everything works without this file. It adds arrow keys (or h j k l) to the grid of reps, which then is one tab stop instead of
// a hundred, and keeps addresses short.
"use strict";

// --- the grid: one cell takes part in the tab order, arrow keys move it ---
for (const table of document.querySelectorAll("table[data-grid]")) {
  const rows = () => [...table.tBodies, table.tFoot].flatMap((part) => (part ? [...part.rows] : [])).map((row) => [...row.querySelectorAll("a")]).filter((row) => row.length);
  const links = rows().flat();
  links.forEach((link, number) => { link.tabIndex = number ? -1 : 0; });
  const go = (link) => {
    if (!link) return;
    links.forEach((other) => { other.tabIndex = -1; });
    link.tabIndex = 0;
    link.focus();
  };
  table.addEventListener("keydown", (event) => {
    const grid = rows();
    const y = grid.findIndex((row) => row.includes(event.target));
    if (y < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const x = grid[y].indexOf(event.target);
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], l: [0, 1], h: [0, -1], j: [1, 0], k: [-1, 0] }[event.key];
    if (step) go(grid[y + step[0]]?.[Math.min(x, (grid[y + step[0]]?.length || 1) - 1) + step[1]]);
    else if (event.key === "Home") go(grid[y][0]);
    else if (event.key === "End") go(grid[y].at(-1));
    else return;
    event.preventDefault();
  });
  table.addEventListener("focusin", (event) => { if (links.includes(event.target)) { links.forEach((other) => { other.tabIndex = -1; }); event.target.tabIndex = 0; } });
}

// --- while work goes on, the page asks whether it is over ---
const doing = document.querySelector("[data-poll]");
if (doing) {
  const timer = setInterval(async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const now = page.querySelector("[data-poll] p");
    if (now) return doing.querySelector("p").replaceWith(now);
    clearInterval(timer);
    location.reload();
  }, 2000);
}

// --- what was done without a reload is told at the page's beginning: the reader is taken there, unless what was used is still there ---
document.addEventListener("htmx:afterSettle", () => { if (document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true }); });

// --- what is left at its default stays out of the address ---
for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  });
}
