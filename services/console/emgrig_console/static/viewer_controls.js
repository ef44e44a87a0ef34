// The buttons and lists of the viewer, and the keys that inspect it.

// Calls set(name, value) when a control is used.
export function wireControls(root, set) {
  for (const control of root.querySelectorAll("[data-set]")) {
    const name = control.dataset.set;
    if (control.tagName === "SELECT") control.onchange = () => set(name, control.value);
    else control.onclick = () => set(name, toggle(control));
  }
}

// One button a channel; calls choose(list of the chosen, or null for all).
export function fillChannels(box, names, n, choose) {
  if (box.dataset.n === String(n)) return false;
  box.dataset.n = String(n);
  box.replaceChildren(...Array.from({ length: n }, (_, k) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: String(k + 1), className: "em-chip" });
    button.setAttribute("aria-label", `Channel ${names?.[k] || k + 1}`);
    button.setAttribute("aria-pressed", "true");
    button.onclick = () => { toggle(button); choose(chosen(box)); };
    return button;
  }));
  return true;
}

// Arrow keys move a cursor: one column (ten with Shift) or one channel.
export function wireCursor(element, move) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  element.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    move(step[0] * (event.shiftKey ? 10 : 1), step[1]);
  });
}

function toggle(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  return on;
}

function chosen(box) {
  const isOn = (button) => button.getAttribute("aria-pressed") === "true";
  const on = [...box.children].flatMap((button, k) => (isOn(button) ? [k] : []));
  return on.length === box.children.length ? null : on;
}
