// The queue of triage by keyboard: j, k and the arrows move, x selects, Enter opens, t takes, p goes to the reason for
// parking, ? shows the keys. Without a script the page has the same buttons.

export function workQueue(list: HTMLElement): void {
  const form = document.getElementById("queue");
  if (!(form instanceof HTMLFormElement)) return;
  const help = document.querySelector<HTMLDialogElement>("dialog.keys-help");
  const all = form.querySelector<HTMLInputElement>("[data-tick-all]");
  const boxes = (): HTMLInputElement[] => [...list.querySelectorAll<HTMLInputElement>("input[name=subject]")];
  const row = (): HTMLElement | null => list.querySelector<HTMLElement>("tr.here");
  for (const hidden of form.querySelectorAll<HTMLElement>("label[hidden]")) hidden.hidden = false;

  const go = (step: number): void => {
    const rows = boxes();
    const box = row()?.querySelector<HTMLInputElement>("input[name=subject]");
    const at = box ? rows.indexOf(box) : -1;
    const next = rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
    next?.focus();
    next?.closest("tr")?.scrollIntoView({ block: "nearest" });
  };
  const keys: Record<string, () => void> = {
    j: () => go(1),
    ArrowDown: () => go(1),
    k: () => go(-1),
    ArrowUp: () => go(-1),
    x: () => row()?.querySelector<HTMLInputElement>("input[name=subject]")?.click(),
    Enter: () => row()?.querySelector<HTMLAnchorElement>("a[href]")?.click(),
    t: () => {
      if (boxes().some((box) => box.checked)) form.querySelector<HTMLButtonElement>("[data-take]")?.click();
    },
    p: () => form.querySelector<HTMLInputElement>("input[name=text]")?.focus(),
    "?": () => (help?.open ? help.close() : help?.showModal()),
  };

  list.addEventListener("focusin", (event) => {
    row()?.classList.remove("here");
    (event.target as Element).closest("tbody tr")?.classList.add("here");
  });
  all?.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
  });
  // Enter in the reason parks: the first button of a form would take instead.
  form.querySelector<HTMLInputElement>("input[name=text]")?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector<HTMLButtonElement>("button[value=park]")?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (help?.open && event.key !== "?") return;
    // A button or link that has the focus keeps its own Enter.
    if (event.key === "Enter" && event.target instanceof Element && event.target.closest("a, button, summary")) return;
    const act = keys[event.key];
    if (act === undefined) return;
    act();
    event.preventDefault();
  });
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "checkbox" && target.type !== "radio";
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}
