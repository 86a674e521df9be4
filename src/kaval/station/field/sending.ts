// The list of files being sent: a row with its bytes for each, and the sum of all.
import type { Chosen } from "./chosen";

// More rows than this say nothing to a person and slow the page: the rest is counted.
const ROWS_SHOWN = 200;

export class Sending {
  readonly row = document.createElement("li");
  private readonly of = document.createElement("span");
  private readonly bar = document.createElement("progress");
  sent = 0;
  done = false;

  constructor(
    readonly name: string,
    readonly file: File,
  ) {
    const called = document.createElement("span");
    called.textContent = name;
    this.of.className = "of";
    this.bar.max = Math.max(file.size, 1);
    this.bar.setAttribute("aria-label", name);
    this.row.append(called, this.of, this.bar);
    this.progress(0);
  }

  progress(sent: number): void {
    this.sent = Math.min(sent, this.file.size);
    this.bar.value = this.sent;
    this.of.textContent = `${bytes(this.sent)} of ${bytes(this.file.size)}`;
  }

  finish(): void {
    this.progress(this.file.size);
    this.done = true;
    this.of.textContent = `${bytes(this.file.size)}, here`;
    this.row.classList.add("done");
  }

  fail(text: string): void {
    this.row.classList.add("failed");
    this.of.textContent = text;
  }
}

export class SendingList {
  private readonly files = new Map<string, Sending>();

  constructor(
    private readonly frame: HTMLElement,
    private readonly rows: HTMLElement,
    private readonly bar: HTMLProgressElement,
    private readonly total: HTMLElement,
  ) {}

  get all(): Sending[] {
    return [...this.files.values()];
  }

  /** Adds what is not there yet; a second file of the same name gets a number before it. */
  add(chosen: Chosen): Sending | null {
    let name = chosen.name;
    for (let number = 2; this.files.has(name); number += 1) {
      const before = this.files.get(name)?.file;
      if (before?.size === chosen.file.size && before.lastModified === chosen.file.lastModified) return null;
      name = `${number}/${chosen.name}`;
    }
    const sending = new Sending(name, chosen.file);
    this.files.set(name, sending);
    if (this.files.size <= ROWS_SHOWN) this.rows.append(sending.row);
    return sending;
  }

  count(): void {
    this.frame.hidden = this.files.size === 0;
    let [size, sent] = [0, 0];
    for (const one of this.files.values()) [size, sent] = [size + one.file.size, sent + one.sent];
    this.bar.max = Math.max(size, 1);
    this.bar.value = sent;
    const more = this.files.size > ROWS_SHOWN ? `, the first ${ROWS_SHOWN} shown` : "";
    const noun = this.files.size === 1 ? "file" : "files";
    this.total.textContent = `${this.files.size.toLocaleString()} ${noun}${more}, ${bytes(sent)} of ${bytes(size)}`;
  }
}

export function bytes(count: number): string {
  if (count < 1000) return `${Math.round(count)} B`;
  for (const [unit, of] of [["kB", 1e3], ["MB", 1e6]] as const) {
    if (count < of * 1000) return `${(count / of).toFixed(1)} ${unit}`;
  }
  return `${(count / 1e9).toFixed(2)} GB`;
}
