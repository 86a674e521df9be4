// The second reader's desk by keyboard: the number beside a choice chooses it, Enter confirms. Without a script the page
// is an ordinary form.

export function readByKeys(form: HTMLFormElement): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target instanceof HTMLInputElement && event.target.type === "text") return;
    if (event.key === "Enter") {
      // A link or button that has the focus keeps its own Enter.
      if (event.target instanceof Element && event.target.closest("a, button, summary, select")) return;
      event.preventDefault();
      const button = form.querySelector<HTMLButtonElement>("button");
      if (button !== null && !button.disabled) form.requestSubmit(button);
      return;
    }
    const choice = form.querySelector<HTMLInputElement>(`input[data-key="${CSS.escape(event.key)}"]`);
    if (choice === null) return;
    choice.checked = true;
    choice.focus();
    event.preventDefault();
  });
}
