// The entry of the browser bundle: what a page must do itself, and nothing a server can do.
import { followBoard } from "./board";
import { moveMap } from "./map";
import { lightNet } from "./net";
import { movePlan } from "./plan";
import { workQueue } from "./queue";
import { readByKeys } from "./reading";
import { tickRows } from "./ticks";
import { Upload } from "./upload";

for (const board of document.querySelectorAll<HTMLElement>("[data-board]")) followBoard(board);
for (const frame of document.querySelectorAll<HTMLElement>("[data-map]")) moveMap(frame);
for (const frame of document.querySelectorAll<HTMLElement>("[data-net]")) lightNet(frame);
for (const gantt of document.querySelectorAll<HTMLElement>("[data-gantt]")) movePlan(gantt);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) new Upload(form);
for (const list of document.querySelectorAll<HTMLElement>("[data-ticks]")) tickRows(list);
for (const list of document.querySelectorAll<HTMLElement>("[data-queue]")) workQueue(list);
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-reading]")) readByKeys(form);
// On a phone the sections are one row that scrolls: the one we are in must be seen.
const here = document.querySelector<HTMLElement>(".sections [aria-current]");
if (here?.parentElement) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.clientWidth / 3;

document.documentElement.dataset["kaval"] = "ready";

// htmx notes the page's address, search words included, for a history that is switched off here: nothing is to stay.
addEventListener("load", () => sessionStorage.removeItem("htmx-current-path-for-history"));
