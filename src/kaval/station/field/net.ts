// Shows what one thing in a drawing of connections hangs on: by pointer or by focus, the rest steps back.
// Without this the drawing is lines, links and titles, and the table below it says the same.

export function lightNet(frame: HTMLElement): void {
  const svg = frame.querySelector<SVGSVGElement>("svg.net");
  if (svg === null) return;
  const things = new Map<string, SVGElement>();
  for (const one of svg.querySelectorAll<SVGElement>(".thing")) things.set(one.dataset["key"] ?? "", one);
  const ties = [...svg.querySelectorAll<SVGElement>(".tie[data-a]")];

  const rest = (): void => {
    svg.classList.remove("asking");
    for (const lit of svg.querySelectorAll(".lit")) lit.classList.remove("lit");
  };
  const light = (thing: SVGElement | null): void => {
    rest();
    const key = thing?.dataset["key"];
    if (thing === null || key === undefined) return;
    svg.classList.add("asking");
    thing.classList.add("lit");
    for (const near of thing.dataset["near"]?.split(" ") ?? []) things.get(near)?.classList.add("lit");
    for (const tie of ties) {
      if (tie.dataset["a"] === key || tie.dataset["b"] === key) tie.classList.add("lit");
    }
  };
  const thingAt = (event: Event): SVGElement | null => (event.target as Element).closest<SVGElement>(".thing");
  const focused = (): SVGElement | null => svg.querySelector<SVGElement>(".thing:focus-visible");

  svg.addEventListener("pointerover", (event) => light(thingAt(event) ?? focused()));
  svg.addEventListener("pointerleave", () => light(focused()));
  // On the frame: Chromium makes an SVG element that listens for focus a stop of its own.
  frame.addEventListener("focusin", (event) => {
    const thing = thingAt(event);
    light(thing);
    thing?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  frame.addEventListener("focusout", rest);
  // Reports stand in the middle of a wide drawing: a narrow window begins with them.
  const middle = frame.dataset["net"] === "reports" ? svg.querySelector<SVGGraphicsElement>(".k-report") : null;
  if (middle !== null && frame.scrollWidth > frame.clientWidth) {
    const box = middle.getBBox();
    frame.scrollLeft = box.x + box.width / 2 - frame.clientWidth / 2;
  }
}
