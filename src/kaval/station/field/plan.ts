// Moves stops on the plan's lanes: by mouse, by a long press of a finger, or by M and the arrows. What is chosen goes
// into the page's own form and is sent like any form: the station checks the rules and draws the page anew, so that
// nothing here can show a plan that is not on record.

interface Target {
  readonly lane: SVGSVGElement;
  readonly order: number;
}

const LONG_PRESS_MS = 350;
const SLACK = 6;
const SVG = "http://www.w3.org/2000/svg";

export function movePlan(gantt: HTMLElement): void {
  const form = document.getElementById("move");
  if (!(form instanceof HTMLFormElement)) return;
  new Lanes(gantt, form);
}

class Lanes {
  private readonly lanes: readonly SVGSVGElement[];
  private readonly said: HTMLElement | null;
  private held: SVGElement | null = null;
  private target: Target | null = null;
  private slot: SVGElement | null = null;
  private ghost: HTMLElement | null = null;

  constructor(private readonly gantt: HTMLElement, private readonly form: HTMLFormElement) {
    this.lanes = [...gantt.querySelectorAll<SVGSVGElement>("svg.lane[data-team]")];
    this.said = gantt.querySelector(".g-said");
    const bars = this.lanes.flatMap((lane) => this.barsOf(lane));
    bars.forEach((bar, number) => {
      bar.setAttribute("role", "button");
      bar.setAttribute("tabindex", number === 0 ? "0" : "-1");
    });
    for (const lane of this.lanes) lane.setAttribute("role", "group");
    gantt.dataset["ready"] = "yes";
    gantt.addEventListener("keydown", (event) => this.key(event));
    gantt.addEventListener("focusin", (event) => this.light(barAt(event.target), true));
    gantt.addEventListener("focusout", (event) => this.light(barAt(event.target), false));
    gantt.addEventListener("pointerover", (event) => this.light(barAt(event.target), true));
    gantt.addEventListener("pointerout", (event) => this.light(barAt(event.target), false));
    gantt.addEventListener("pointerdown", (event) => this.press(event));
    // A finger that holds a bar moves the bar and not the page.
    gantt.addEventListener("touchmove", (event) => { if (this.held !== null) event.preventDefault(); }, { passive: false });
    gantt.addEventListener("contextmenu", (event) => { if (this.held !== null) event.preventDefault(); });
  }

  private barsOf(lane: SVGSVGElement): SVGElement[] {
    return [...lane.querySelectorAll<SVGElement>(".stay")];
  }

  private laneOf(bar: SVGElement): SVGSVGElement {
    return bar.parentNode as SVGSVGElement;
  }

  // The bar's team and place on the map stand out while it is looked at.
  private light(bar: SVGElement | null, on: boolean): void {
    if (bar === null) return;
    const team = this.laneOf(bar).dataset["team"];
    document.querySelector(`[data-route="${team}"]`)?.classList.toggle("on", on);
    document.querySelector(`.map [data-site="${bar.dataset["site"]}"]`)?.classList.toggle("on", on);
  }

  // ---- pointer

  private press(event: PointerEvent): void {
    const bar = barAt(event.target);
    if (bar === null || event.button !== 0 || this.held !== null) return;
    const from = { x: event.clientX, y: event.clientY };
    const listening = new AbortController();
    const on = { signal: listening.signal };
    const take = (at: { clientX: number; clientY: number }): void => {
      this.pick(bar);
      this.ghost = document.createElement("div");
      this.ghost.className = "ghost";
      this.gantt.append(this.ghost);
      this.follow(at);
    };
    const wait = event.pointerType === "mouse" ? 0 : window.setTimeout(() => take(event), LONG_PRESS_MS);
    const end = (): void => { window.clearTimeout(wait); listening.abort(); };
    addEventListener("pointermove", (moved) => {
      if (moved.pointerId !== event.pointerId) return;
      const far = Math.hypot(moved.clientX - from.x, moved.clientY - from.y) > SLACK;
      if (this.held !== null) this.follow(moved);
      else if (far && event.pointerType === "mouse") take(moved);
      else if (far) end(); // a finger that moves at once scrolls the page
    }, on);
    addEventListener("pointerup", (up) => {
      if (up.pointerId !== event.pointerId) return;
      end();
      if (this.held !== null) this.put();
    }, on);
    addEventListener("pointercancel", () => { end(); this.leave(); }, on);
    addEventListener("keydown", (pressed) => { if (pressed.key === "Escape") { end(); this.leave(); } }, on);
  }

  private follow(at: { clientX: number; clientY: number }): void {
    const lane = this.lanes.find((one) => {
      const box = one.getBoundingClientRect();
      return at.clientY >= box.top && at.clientY <= box.bottom;
    });
    if (lane === undefined) this.aim(null);
    else {
      const others = this.barsOf(lane).filter((bar) => bar !== this.held);
      this.aim({ lane, order: 1 + others.filter((bar) => middle(bar) < at.clientX).length });
    }
    if (this.ghost === null) return;
    this.ghost.textContent = this.words();
    this.ghost.style.left = `${Math.min(at.clientX + 12, innerWidth - this.ghost.offsetWidth - 8)}px`;
    this.ghost.style.top = `${at.clientY + 14}px`;
  }

  // ---- keyboard

  private key(event: KeyboardEvent): void {
    const bar = barAt(event.target);
    if (bar === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (step !== undefined) {
      if (this.held === null) this.walk(bar, step[0] ?? 0, step[1] ?? 0);
      else this.nudge(step[0] ?? 0, step[1] ?? 0);
    } else if (this.held === null && (event.key === "m" || event.key === "M")) {
      this.pick(bar);
      this.aim({ lane: this.laneOf(bar), order: Number(bar.dataset["order"]) });
      this.say(`${bar.dataset["number"]} ${this.gantt.dataset["picked"]}`);
    } else if (this.held !== null && event.key === "Enter") this.put();
    else if (this.held !== null && event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
  }

  private walk(bar: SVGElement, down: number, right: number): void {
    const rows = this.lanes.map((lane) => this.barsOf(lane)).filter((row) => row.length > 0);
    const at = rows.findIndex((row) => row.includes(bar));
    const row = rows[Math.min(Math.max(at + down, 0), rows.length - 1)] ?? [];
    const next = row[Math.min(Math.max((rows[at] ?? []).indexOf(bar) + right, 0), row.length - 1)];
    if (next === undefined) return;
    bar.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  }

  private nudge(down: number, right: number): void {
    if (this.target === null) return;
    const at = this.lanes.indexOf(this.target.lane);
    const lane = this.lanes[Math.min(Math.max(at + down, 0), this.lanes.length - 1)] ?? this.target.lane;
    const most = this.barsOf(lane).filter((bar) => bar !== this.held).length + 1;
    this.aim({ lane, order: Math.min(Math.max(this.target.order + right, 1), most) });
    this.say(this.words());
  }

  // ---- what both do

  private pick(bar: SVGElement): void {
    this.held = bar;
    bar.classList.add("picked");
    this.gantt.classList.add("moving");
  }

  private aim(target: Target | null): void {
    this.target?.lane.classList.remove("target");
    this.slot?.remove();
    this.slot = null;
    this.target = target;
    if (target === null) return;
    target.lane.classList.add("target");
    const others = this.barsOf(target.lane).filter((bar) => bar !== this.held);
    const box = target.lane.getBoundingClientRect();
    const before = others[target.order - 2]?.getBoundingClientRect();
    const after = others[target.order - 1]?.getBoundingClientRect();
    const x = before === undefined ? (after?.left ?? box.left + 4) - 3 : before.right + 3;
    this.slot = document.createElementNS(SVG, "line");
    this.slot.setAttribute("class", "slot");
    for (const end of ["x1", "x2"]) this.slot.setAttribute(end, String(Math.max(x - box.left, 3)));
    this.slot.setAttribute("y1", "3");
    this.slot.setAttribute("y2", "41");
    target.lane.append(this.slot);
  }

  private words(): string {
    const number = this.held?.dataset["number"] ?? "";
    if (this.target === null) return number;
    return `${number} → ${this.target.lane.dataset["label"]}, ${this.gantt.dataset["position"]} ${this.target.order}`;
  }

  private put(): void {
    const { held, target } = this;
    if (held === null || target === null || this.stays(held, target)) return this.leave();
    this.fill("site", held.dataset["site"] ?? "");
    this.fill("team", target.lane.dataset["team"] ?? "");
    this.fill("order", String(target.order));
    const words = this.words();
    this.drop();
    const reason = this.form.elements.namedItem("reason");
    if (reason instanceof HTMLInputElement && reason.value.trim() === "") {
      const around = this.form.closest("details");
      if (around !== null) around.open = true;
      this.say(`${words}. ${this.gantt.dataset["why"]}`);
      reason.focus();
      return;
    }
    this.gantt.classList.add("waiting");
    this.say(`${words}. ${this.gantt.dataset["checking"]}`);
    this.form.requestSubmit();
  }

  private stays(bar: SVGElement, target: Target): boolean {
    return this.laneOf(bar) === target.lane && Number(bar.dataset["order"]) === target.order;
  }

  private leave(): void {
    if (this.held === null) return;
    this.drop();
    this.say(this.gantt.dataset["left"] ?? "");
  }

  private drop(): void {
    this.aim(null);
    this.ghost?.remove();
    this.ghost = null;
    this.held?.classList.remove("picked");
    this.held = null;
    this.gantt.classList.remove("moving");
  }

  private fill(name: string, value: string): void {
    const field = this.form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
  }

  private say(text: string): void {
    if (this.said !== null) this.said.textContent = text;
  }
}

function barAt(target: EventTarget | null): SVGElement | null {
  return target instanceof Element ? target.closest<SVGElement>(".stay[data-site]") : null;
}

function middle(bar: SVGElement): number {
  const box = bar.getBoundingClientRect();
  return box.left + box.width / 2;
}
