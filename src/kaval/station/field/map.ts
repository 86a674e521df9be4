// Moves about the drawn map: wheel with Ctrl, two fingers, drag, buttons, and the keys + - 0 and the arrows.
// Without this the map is a picture with links, and the list beside it says the same.

interface View {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Mark {
  readonly element: SVGElement;
  readonly x: number;
  readonly y: number;
}

const NEAREST = 40;
const STEP = 1.4;

export function moveMap(frame: HTMLElement): void {
  const svg = frame.querySelector<SVGSVGElement>("svg.map");
  if (svg === null) return;
  const box = svg.viewBox.baseVal;
  const whole: View = { x: box.x, y: box.y, width: box.width, height: box.height };
  const marks = marksOf(svg);
  const size = marks[0] === undefined ? 0 : Number(marks[0].element.getAttribute("width"));
  const names = [...svg.querySelectorAll<SVGTextElement>("text")];
  const nameSize = Number(names[0]?.getAttribute("font-size") ?? 0);
  const tip = addTip(frame);
  let view = whole;

  const show = (next: View): void => {
    view = within(next, whole);
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    // Marks grow with the square root of the zoom, so that crowded places come apart.
    const scale = Math.sqrt(view.width / whole.width) * Math.min(1, view.width / whole.width + 0.45);
    const side = size * Math.min(1, scale);
    for (const mark of marks) {
      mark.element.setAttribute("width", String(side));
      mark.element.setAttribute("height", String(side));
      mark.element.setAttribute("x", String(mark.x - side / 2));
      mark.element.setAttribute("y", String(mark.y - side / 2));
    }
    for (const name of names) name.setAttribute("font-size", String(nameSize * Math.min(1, scale)));
    svg.classList.toggle("moving", view.width < whole.width * 0.999);
  };
  const zoom = (factor: number, at = middle(view)): void => {
    show({
      x: at.x - (at.x - view.x) / factor,
      y: at.y - (at.y - view.y) / factor,
      width: view.width / factor,
      height: view.height / factor,
    });
  };
  const pan = (right: number, down: number): void =>
    show({ ...view, x: view.x + right * view.width, y: view.y + down * view.height });

  addButtons(frame, { in: () => zoom(STEP), out: () => zoom(1 / STEP), all: () => show(whole) });
  listenToKeys(svg, { zoom, pan, all: () => show(whole) });
  listenToPointers(svg, { zoom, pan, isWhole: () => view.width >= whole.width * 0.999 });
  svg.addEventListener("pointermove", (event) => {
    const target = event.target instanceof SVGElement ? event.target : null;
    tip.textContent = target?.dataset["tip"] ?? "";
  });
  svg.addEventListener("pointerleave", () => { tip.textContent = ""; });
}

function marksOf(svg: SVGSVGElement): readonly Mark[] {
  return [...svg.querySelectorAll<SVGElement>("use.site")].map((element) => ({
    element,
    x: Number(element.dataset["x"]),
    y: Number(element.dataset["y"]),
  }));
}

function middle(view: View): { x: number; y: number } {
  return { x: view.x + view.width / 2, y: view.y + view.height / 2 };
}

function within(view: View, whole: View): View {
  const width = Math.min(whole.width, Math.max(whole.width / NEAREST, view.width));
  const height = (width / whole.width) * whole.height;
  return {
    width,
    height,
    x: Math.min(Math.max(view.x, whole.x), whole.x + whole.width - width),
    y: Math.min(Math.max(view.y, whole.y), whole.y + whole.height - height),
  };
}

function addTip(frame: HTMLElement): HTMLElement {
  const tip = document.createElement("div");
  tip.className = "map-tip";
  tip.setAttribute("role", "status");
  frame.append(tip);
  return tip;
}

function addButtons(frame: HTMLElement, acts: { in: () => void; out: () => void; all: () => void }): void {
  const tools = document.createElement("div");
  tools.className = "map-tools";
  const make = (sign: string, name: string, act: () => void): void => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", name);
    button.addEventListener("click", act);
    tools.append(button);
  };
  make("+", "Nearer", acts.in);
  make("−", "Farther", acts.out);
  make("⤢", "The whole map", acts.all);
  frame.append(tools);
}

interface Moves {
  readonly zoom: (factor: number, at?: { x: number; y: number }) => void;
  readonly pan: (right: number, down: number) => void;
}

function listenToKeys(svg: SVGSVGElement, moves: Moves & { readonly all: () => void }): void {
  const keys: Readonly<Record<string, () => void>> = {
    "+": () => moves.zoom(STEP),
    "=": () => moves.zoom(STEP),
    "-": () => moves.zoom(1 / STEP),
    "0": moves.all,
    ArrowLeft: () => moves.pan(-0.15, 0),
    ArrowRight: () => moves.pan(0.15, 0),
    ArrowUp: () => moves.pan(0, -0.15),
    ArrowDown: () => moves.pan(0, 0.15),
  };
  svg.addEventListener("keydown", (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

function listenToPointers(svg: SVGSVGElement, moves: Moves & { readonly isWhole: () => boolean }): void {
  const held = new Map<number, PointerEvent>();
  let travelled = 0;

  const at = (event: { clientX: number; clientY: number }): { x: number; y: number } => {
    const matrix = svg.getScreenCTM();
    if (matrix === null) return { x: 0, y: 0 };
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return { x: point.x, y: point.y };
  };
  svg.addEventListener("wheel", (event) => {
    // A plain wheel scrolls the page: the map must not trap the reader.
    if (!event.ctrlKey && moves.isWhole()) return;
    event.preventDefault();
    moves.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, at(event));
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => { held.set(event.pointerId, event); travelled = 0; });
  for (const name of ["pointerup", "pointercancel", "pointerleave"] as const) {
    svg.addEventListener(name, (event) => { held.delete(event.pointerId); });
  }
  svg.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (before === undefined) return;
    const other = [...held.values()].find((one) => one.pointerId !== event.pointerId);
    held.set(event.pointerId, event);
    travelled += Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY);
    if (other !== undefined) {
      const apart = (one: PointerEvent): number => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      if (apart(before) > 0) moves.zoom(apart(event) / apart(before), at(other));
    } else if (!moves.isWhole()) {
      const size = svg.getBoundingClientRect();
      moves.pan((before.clientX - event.clientX) / size.width, (before.clientY - event.clientY) / size.height);
    }
  });
  // A drag that ends on a district is no click on it.
  svg.addEventListener("click", (event) => { if (travelled > 6) { event.preventDefault(); event.stopPropagation(); } }, true);
}
