// Ticks rows of a list by keyboard: j and k move, x selects, Enter sends what is selected.

export function tickRows(list: HTMLElement): void {
  const form = document.getElementById("ticked");
  if (!(form instanceof HTMLFormElement)) return;
  const boxes = (): HTMLInputElement[] => [...list.querySelectorAll<HTMLInputElement>("input[name=warning]")];
  const all = form.querySelector<HTMLInputElement>("[data-tick-all]");
  for (const hidden of form.querySelectorAll<HTMLElement>("[hidden]")) hidden.hidden = false;

  const go = (step: number): void => {
    const rows = boxes();
    const here = rows.indexOf(document.activeElement as HTMLInputElement);
    const next = rows[here < 0 ? 0 : Math.min(Math.max(here + step, 0), rows.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  list.addEventListener("focusin", (event) => {
    list.querySelector("tr.here")?.classList.remove("here");
    (event.target as Element).closest("tr")?.classList.add("here");
  });
  all?.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const active = document.activeElement;
    const box = active instanceof HTMLInputElement && active.name === "warning" ? active : null;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x" && box !== null) box.checked = !box.checked;
    else if (event.key === "Enter" && box !== null && boxes().some((one) => one.checked)) form.requestSubmit();
    else return;
    event.preventDefault();
  });
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "checkbox" && target.type !== "radio";
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}
