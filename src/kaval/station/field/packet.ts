// Opens a sealed packet where it lies: in the offline file on a phone, or in the console's page of the team. What is
// inside stays in this page's memory: nothing is stored, nothing is asked of anybody, and it is forgotten when the page
// is left, at its expiry, and (in the console) at a recall. The steps are those of `gateways/packet_seal.py`.

type Point = { x: string; y: string };
type Sealed = { header: string; nonce: string; sealed: string };
type Header = { number: string; expires_at: string; once: Point; team: Point };
type Said = { lang: string; text: string }[];
type Mark = { x: number; y: number; text: string; kind: string };
type Sketch = { label: Said; ratio: number; outlines: number[][][]; way: number[][]; marks: Mark[]; scale: { width: number; text: string } };
type Part = { kind: string; [key: string]: unknown };
type Pages = { title: Said; unit: Said; number: string; watermark: string; training: boolean; training_mark: string;
  notices: Said[]; gaps: Said[]; sections: { title: Said; parts: Part[] }[]; words: Record<string, Said> };

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function decoded(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (char) => char.charCodeAt(0));
}

function ungrouped(typed: string, size: number): string {
  const letters = typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  if (letters.length !== size || [...letters].some((one) => !LETTERS.includes(one))) throw new Error("letters");
  return letters;
}

async function derived(master: Uint8Array<ArrayBuffer>, salt: string, info: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", master, "HKDF", false, ["deriveBits"]);
  const wanted = { name: "HKDF", hash: "SHA-256", salt: bytes(salt), info: bytes(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(wanted, key, size * 8));
}

async function teamKey(code: string, open: Point): Promise<CryptoKey> {
  const wide = await derived(bytes(ungrouped(code, 20)), "", "kaval packet team 1", 48);
  const hex = Array.from(wide, (one) => one.toString(16).padStart(2, "0")).join("");
  const secret = ((BigInt(`0x${hex}`) % (ORDER - 1n)) + 1n).toString(16).padStart(64, "0");
  const raw = (secret.match(/../g) ?? []).map((pair) => String.fromCharCode(parseInt(pair, 16))).join("");
  const d = btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const key: JsonWebKey = { kty: "EC", crv: "P-256", x: open.x, y: open.y, d, ext: true };
  return crypto.subtle.importKey("jwk", key, { name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
}

async function opened(packet: Sealed, release: string, code: string): Promise<Pages> {
  const header = JSON.parse(packet.header) as Header;
  const half = bytes(ungrouped(release, 24));
  const once: JsonWebKey = { kty: "EC", crv: "P-256", x: header.once.x, y: header.once.y, ext: true };
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await crypto.subtle.importKey("jwk", once, curve, false, []);
  const mine = await teamKey(code, header.team);
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine, 256));
  const master = new Uint8Array(half.length + shared.length);
  master.set(half);
  master.set(shared, half.length);
  const raw = await derived(master, header.number, "kaval packet key 1", 32);
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const how = { name: "AES-GCM", iv: decoded(packet.nonce), additionalData: bytes(packet.header) };
  const inside = await crypto.subtle.decrypt(how, key, decoded(packet.sealed));
  const told = new DataView(inside).getUint32(0);
  return JSON.parse(new TextDecoder().decode(inside.slice(8, 8 + told))) as Pages;
}

function made(tag: string, className: string, ...inside: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...inside);
  return element;
}

// A text in one or two languages; of two, the page shows the chosen one.
function said(texts: Said | null, words: Pages["words"]): HTMLElement {
  const span = made("span", "");
  for (const one of texts ?? words["missing"] ?? []) {
    const part = made("span", (texts ?? []).length > 1 || texts === null ? "two" : "", one.text);
    part.lang = one.lang;
    span.append(part);
  }
  return span;
}

function drawn(name: string, given: Record<string, string | number>, ...inside: Node[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(given)) element.setAttribute(key, String(value));
  element.append(...inside);
  return element;
}

function sketched(part: Sketch, words: Pages["words"]): HTMLElement {
  const wide = 360;
  const high = wide * part.ratio;
  const line = (points: number[][]): string => points.map(([x, y]) => `${(x ?? 0) * wide},${(y ?? 0) * wide}`).join(" ");
  const text = (x: number, y: number, words_: string, anchor: string): SVGElement =>
    drawn("text", { x, y, "text-anchor": anchor }, document.createTextNode(words_));
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", class: "sketch" });
  for (const ring of part.outlines) svg.append(drawn("polygon", { points: line(ring), class: "limits" }));
  if (part.way.length > 1) svg.append(drawn("polyline", { points: line(part.way), class: "way" }));
  for (const mark of part.marks) {
    const [x, y] = [mark.x * wide, mark.y * wide];
    svg.append(
      mark.kind === "base"
        ? drawn("rect", { x: x - 5, y: y - 5, width: 10, height: 10, class: "base" })
        : drawn("circle", { cx: x, cy: y, r: 6, class: mark.kind }),
      mark.x < 0.7 ? text(x + 9, y + 4, mark.text, "start") : text(x - 9, y + 4, mark.text, "end"),
    );
  }
  const bar = { x1: 8, x2: 8 + part.scale.width * wide, y1: high - 8, y2: high - 8, class: "scale" };
  svg.append(drawn("line", bar), text(8, high - 13, part.scale.text, "start"), text(wide - 12, 16, "N ▲", "end"));
  return made("figure", "", svg, made("figcaption", "", said(part.label, words)));
}

type Row = { cells: (Said | null)[] };
type Column = { title: Said; kind: string };

function listed(part: Part, words: Pages["words"]): HTMLElement {
  const columns = part["columns"] as Column[];
  const rows = part["rows"] as Row[];
  if (rows.length === 0) return made("p", "", said((part["empty"] as { text: Said }).text, words));
  if (columns.length === 2 && columns[1]?.kind === "sign") {
    // A checklist: ticks live as long as the page does.
    const steps = rows.map((row) => {
      const box = document.createElement("input");
      box.type = "checkbox";
      return made("li", "", made("label", "", box, said(row.cells[0] ?? null, words)));
    });
    return made("div", "steps", made("h3", "", said(columns[0]?.title ?? null, words)), made("ul", "", ...steps));
  }
  const shown = columns.filter((column) => column.kind !== "sign");
  if (shown.length > 3) {
    // A wide table is a list of small ones on a phone.
    const blocks = rows.map((row) =>
      made("dl", "row", ...shown.flatMap((column, at) => [made("dt", "", said(column.title, words)), made("dd", "", said(row.cells[at] ?? null, words))])),
    );
    return made("div", "", ...blocks);
  }
  const head = made("tr", "", ...shown.map((column) => made("th", "", said(column.title, words))));
  const body = rows.map((row) => made("tr", "", ...shown.map((_, at) => made("td", "", said(row.cells[at] ?? null, words)))));
  return made("div", "wide", made("table", "", made("thead", "", head), made("tbody", "", ...body)));
}

function shownPart(part: Part, words: Pages["words"]): HTMLElement {
  if (part.kind === "sketch") return sketched(part as unknown as Sketch, words);
  if (part.kind === "table") return listed(part, words);
  if (part.kind === "fields") {
    const fields = part["fields"] as { label: Said; value: Said | null }[];
    const pairs = fields.flatMap((one) => [made("dt", "", said(one.label, words)), made("dd", "", said(one.value, words))]);
    return made("dl", "", ...pairs);
  }
  return made("p", "", said((part["text"] as Said | undefined) ?? null, words));
}

function dossier(pages: Pages): Node[] {
  const words = pages.words;
  const mark = made("p", "number", pages.training ? `${pages.training_mark} · ` : "", pages.watermark);
  const head = [mark, made("h1", "", said(pages.title, words))];
  const gaps = pages.gaps.map((gap) => made("li", "", said(gap, words)));
  const missing = gaps.length ? [made("section", "gaps", made("h2", "", said(words["gaps"] ?? null, words)), made("ul", "", ...gaps))] : [];
  const sections = pages.sections.map((section, at) => {
    const fold = made("details", "", made("summary", "", said(section.title, words)), ...section.parts.map((part) => shownPart(part, words)));
    if (at === 0) fold.setAttribute("open", "");
    return fold;
  });
  return [...head, ...missing, ...sections];
}

export class PacketPage {
  private timer = 0;

  constructor(private readonly root: HTMLElement) {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.open();
    });
    root.querySelector("[data-forget]")?.addEventListener("click", () => this.forget(""));
    for (const button of root.querySelectorAll<HTMLElement>("[data-speak]")) {
      button.addEventListener("click", () => (root.dataset["speaks"] = button.dataset["speak"] ?? "en"));
    }
    // Neither the history nor a page put aside keeps what was opened.
    addEventListener("pagehide", () => this.forget(""));
  }

  private get form(): HTMLFormElement {
    return this.root.querySelector("form") as HTMLFormElement;
  }

  private typed(name: string): string {
    return (this.form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "";
  }

  private say(key: string): void {
    for (const words of this.root.querySelectorAll<HTMLElement>("[data-say]")) words.hidden = words.dataset["say"] !== key;
  }

  private async open(): Promise<void> {
    this.say("working");
    try {
      const [packet, release] = await this.keys();
      const until = Date.parse((JSON.parse(packet.header) as Header).expires_at);
      if (!(until > Date.now())) return this.say("expired");
      const pages = await opened(packet, release, this.typed("code"));
      this.form.reset();
      this.form.hidden = true;
      const place = this.root.querySelector("[data-inside]") as HTMLElement;
      place.replaceChildren(...dossier(pages));
      this.root.classList.add("opened");
      this.say("");
      this.watch(until);
    } catch (trouble) {
      this.say(trouble instanceof Refused ? "refused" : "wrong");
    }
  }

  // In the file the packet lies beside us; in the console the station gives packet and release key together.
  private async keys(): Promise<[Sealed, string]> {
    const url = this.form.dataset["keys"];
    if (!url) {
      const lying = document.getElementById("sealed")?.textContent ?? "";
      return [JSON.parse(lying) as Sealed, this.typed("release")];
    }
    const given = new FormData(this.form);
    given.delete("code"); // the team's code never leaves this page
    const answer = await fetch(url, { method: "POST", body: given, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Refused();
    const held = (await answer.json()) as { packet: Sealed; release: string };
    return [held.packet, held.release];
  }

  private watch(until: number): void {
    const url = this.form.dataset["state"];
    this.timer = window.setInterval(() => {
      if (until <= Date.now()) this.forget("expired");
      else if (url) void this.ask(url);
    }, 20_000);
  }

  private async ask(url: string): Promise<void> {
    // Without a network nobody can tell us: the packet then closes at its expiry.
    const answer = await fetch(url).catch(() => null);
    if (answer === null) return;
    const held = answer.ok ? ((await answer.json()) as { open: boolean }) : { open: false };
    if (!held.open) this.forget("recalled");
  }

  forget(why: string): void {
    clearInterval(this.timer);
    this.root.querySelector("[data-inside]")?.replaceChildren();
    this.root.classList.remove("opened");
    this.form.reset();
    this.form.hidden = false;
    this.say(why);
  }
}

class Refused extends Error {}

for (const root of document.querySelectorAll<HTMLElement>("[data-packet]")) {
  new PacketPage(root);
  root.dataset["ready"] = "yes";
}
