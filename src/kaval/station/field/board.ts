// Keeps the live board live: pieces of page arrive by server-sent events and take the place of the pieces they name.

interface Change {
  /** The instant the pieces hold for (ISO 8601). On a training station it is the state's own time, not the wall clock's. */
  readonly as_of: string;
  /** New markup by the id of the element it replaces. It comes from our own templates, which escape every value. */
  readonly pieces: Readonly<Record<string, string>>;
}

const AGES_EVERY_MS = 20_000;

export function followBoard(board: HTMLElement): void {
  const address = board.dataset["board"];
  const light = document.getElementById("live");
  const clock = document.getElementById("as-of");
  if (address === undefined || light === null || clock === null) return;
  let heldAt = performance.now();
  let asOf = Date.parse(clock.getAttribute("datetime") ?? "");

  const show = (live: boolean): void => {
    light.dataset["live"] = live ? "yes" : "no";
    light.textContent = light.dataset[live ? "yes" : "no"] ?? "";
  };
  const stream = new EventSource(address);
  stream.addEventListener("open", () => show(true));
  stream.addEventListener("error", () => show(false));
  stream.addEventListener("board", (event) => {
    const change = JSON.parse((event as MessageEvent<string>).data) as Change;
    if (Object.keys(change.pieces).some((id) => id.startsWith("s-") && document.getElementById(id) === null)) {
      // A site that was not here before: the page is made anew rather than guessed at.
      stream.close();
      location.reload();
      return;
    }
    for (const [id, markup] of Object.entries(change.pieces)) replace(id, markup);
    asOf = Date.parse(change.as_of);
    heldAt = performance.now();
    clock.textContent = localText(asOf);
    clock.setAttribute("datetime", change.as_of);
    age(board, asOf);
  });
  addEventListener("pagehide", () => stream.close());
  setInterval(() => age(board, asOf + performance.now() - heldAt), AGES_EVERY_MS);
}

function replace(id: string, markup: string): void {
  const old = document.getElementById(id);
  const frame = document.createElement("template");
  frame.innerHTML = markup.trim();
  const fresh = frame.content.firstElementChild;
  if (old === null || fresh === null) return;
  old.replaceWith(fresh);
  if (id.startsWith("s-")) fresh.classList.add("fresh");
}

/** The same words as `board_parts.age_text`. */
export function ageText(minutes: number): string {
  const whole = Math.max(0, Math.floor(minutes));
  if (whole < 60) return `${whole} min`;
  if (whole < 48 * 60) return `${Math.floor(whole / 60)} h ${whole % 60} min`;
  return `${Math.floor(whole / 1440)} d`;
}

function age(board: HTMLElement, now: number): void {
  if (Number.isNaN(now)) return;
  for (const mark of board.querySelectorAll<HTMLTimeElement>("time.age")) {
    const text = ageText((now - Date.parse(mark.dateTime)) / 60_000);
    if (mark.textContent !== text) mark.textContent = text;
  }
}

/** India has no summer time: IST is UTC+05:30 all year. */
function localText(instant: number): string {
  return new Date(instant + 330 * 60_000).toISOString().slice(0, 19).replace("T", " ");
}
