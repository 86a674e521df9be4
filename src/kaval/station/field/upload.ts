// Sends chosen files piece by piece and shows how far each is. Everything needed to go on after a broken connection
// lies at the station: the page asks what is there and sends the rest.
import { chosenFrom, droppedFrom, type Chosen } from "./chosen";
import { Line, pause, Refused } from "./line";
import { bytes, SendingList, type Sending } from "./sending";

const GROUP_FILES = 40;
const GROUP_BYTES = 4 * 1024 * 1024;
const FIELDS = ["source", "other", "channel"];

export class Upload {
  private readonly list: SendingList;
  private readonly line: Line;
  private readonly limit: number;
  private readonly sliceBytes: number;
  private busy = false;
  private leaving = false;

  constructor(private readonly form: HTMLFormElement) {
    this.limit = Number(form.dataset["limit"]);
    this.sliceBytes = Number(form.dataset["sliceBytes"]);
    this.list = new SendingList(this.part("list"), this.part("rows"), this.part("all"), this.part("total"));
    const token = form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    this.line = new Line(token, (text) => this.say(text, "warn"));
    this.listen();
  }

  private listen(): void {
    const form = this.form;
    form.dataset["ready"] = "yes";
    for (const name of ["folder", "dropping"]) this.part(name).hidden = false;
    const source = form.elements.namedItem("source") as HTMLSelectElement;
    const showOther = (): void => void (this.part("other").hidden = source.value !== "other");
    source.addEventListener("change", showOther);
    showOther();
    for (const picker of form.querySelectorAll<HTMLInputElement>("[data-pick]")) {
      picker.addEventListener("change", () => {
        this.add(chosenFrom(picker.files));
        picker.value = "";
      });
    }
    this.listenForDrops(this.part("drop"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.run();
    });
    this.part("retry").addEventListener("click", () => {
      if (form.reportValidity()) void this.run();
    });
    addEventListener("beforeunload", (event) => {
      if (this.busy && !this.leaving) event.preventDefault();
    });
  }

  private listenForDrops(drop: HTMLElement): void {
    drop.addEventListener("dragover", (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      if (event.dataTransfer !== null) void droppedFrom(event.dataTransfer).then((chosen) => this.add(chosen));
    });
  }

  private add(chosen: readonly Chosen[]): void {
    for (const one of chosen) {
      const sending = this.list.add(one);
      if (one.file.size > this.limit) sending?.fail(`too large: this page takes up to ${bytes(this.limit)}`);
    }
    this.list.count();
    if (!this.busy) this.say("");
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.atWork(true);
    try {
      await this.send();
      // The station goes on with what is here whether this page is open or not.
      this.leaving = true;
      this.say("All files are here. They are being taken in; this may take a while.");
      location.assign(await this.takeIn());
    } catch (problem) {
      this.say(problem instanceof Error ? problem.message : String(problem), "bad");
      this.leaving = false;
      this.atWork(false);
    }
  }

  private atWork(busy: boolean): void {
    this.busy = busy;
    this.part<HTMLButtonElement>("go").disabled = busy;
    this.part("retry").hidden = busy;
  }

  private async send(): Promise<void> {
    const tooLarge = this.list.all.filter((one) => one.file.size > this.limit).length;
    if (tooLarge > 0) throw new Refused(`${tooLarge} of the files are too large. Load the page again and leave them out.`);
    const state = await this.line.get(this.address("state"));
    const held = (state.body["files"] ?? {}) as Readonly<Record<string, number>>;
    if (this.list.all.length === 0 && Object.keys(held).length === 0) throw new Refused("Choose at least one file.");
    for (const one of this.list.all) if (held[one.name] === one.file.size) one.finish();
    this.list.count();
    this.say("Sending. Keep this page open until it says that all files are here.");
    const waiting = this.list.all.filter((one) => !one.done);
    const small = waiting.filter((one) => one.file.size <= this.sliceBytes);
    for (const group of groups(small)) await this.sendGroup(group);
    for (const one of waiting) if (!one.done) await this.sendSlices(one, held[one.name] ?? 0);
  }

  private async sendGroup(group: readonly Sending[]): Promise<void> {
    const size = group.reduce((sum, one) => sum + one.file.size, 0);
    const body = (): FormData => {
      const fields = new FormData();
      for (const one of group) {
        fields.append("name", one.name);
        fields.append("files", one.file, "file");
      }
      return fields;
    };
    // The bytes of a group go one after the other: those that went are shared out in that order.
    const sent = (went: number, of: number): void => {
      let left = of > 0 ? (went / of) * size : 0;
      for (const one of group) {
        one.progress(left);
        left = Math.max(0, left - one.file.size);
      }
      this.list.count();
    };
    await this.line.post(this.address("files"), { body, sent });
    for (const one of group) one.finish();
    this.list.count();
  }

  private async sendSlices(one: Sending, held: number): Promise<void> {
    let at = held <= one.file.size ? held : 0;
    while (at < one.file.size) {
      const start = at;
      const headers = {
        "Content-Type": "application/octet-stream",
        "X-Name": encodeURIComponent(one.name),
        "X-Offset": String(start),
        "X-Size": String(one.file.size),
      };
      const sent = (went: number): void => {
        one.progress(start + went);
        this.list.count();
      };
      const body = (): Blob => one.file.slice(start, start + this.sliceBytes);
      const answer = await this.line.post(this.address("slice"), { body, headers, sent });
      // Where the station is, which after a lost answer is further than we know.
      at = Number(answer.body["held"]);
      sent(at - start);
    }
    one.finish();
    this.list.count();
  }

  private async takeIn(): Promise<string> {
    const body = (): FormData => {
      const all = new FormData(this.form);
      const fields = new FormData();
      for (const name of FIELDS) fields.append(name, all.get(name) ?? "");
      return fields;
    };
    for (;;) {
      const answer = await this.line.post(this.address("takeIn"), { body });
      if (answer.status === 200) return String(answer.body["url"]);
      // Another request of ours is still at it: its answer was lost with the connection.
      const state = await this.line.get(this.address("state"));
      const delivery = state.body["delivery"] as Readonly<Record<string, unknown>> | null;
      if (delivery) this.say(`Being taken in: ${Number(delivery["files"]).toLocaleString()} files so far.`);
      await pause();
    }
  }

  private say(text: string, tone = ""): void {
    const line = this.part("say");
    line.textContent = text;
    line.className = text ? `note ${tone}` : "";
  }

  private address(name: string): string {
    return this.form.dataset[name] ?? "";
  }

  private part<T extends HTMLElement>(name: string): T {
    const found = this.form.querySelector<T>(`[data-${name}]`);
    if (found === null) throw new Error(`the page has no ${name}`);
    return found;
  }
}

function groups(files: readonly Sending[]): Sending[][] {
  const found: Sending[][] = [];
  let size = 0;
  for (const one of files) {
    const last = found.at(-1);
    if (last === undefined || last.length >= GROUP_FILES || size + one.file.size > GROUP_BYTES) {
      found.push([one]);
      size = one.file.size;
    } else {
      last.push(one);
      size += one.file.size;
    }
  }
  return found;
}
