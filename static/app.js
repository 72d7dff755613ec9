// What the pages gain where scripts run. Every page works without this file; whatever needs it stays hidden until then.
// Nothing here writes HTML (the policy asks for trusted types), and nothing listens to single keys without a switch.

// After a refused form, reading begins at the summary of what was wrong.
document.querySelector(".summary, .summary-focus")?.focus();

// <button data-copy="19FD-D80S-A9TU" data-done="Copied" hidden>
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const note = document.createElement("span");
  note.setAttribute("role", "status");
  note.className = "copied sub";
  button.after(note);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      note.textContent = ` ${button.dataset.done}`;
      setTimeout(() => { note.textContent = ""; }, 4000);
    } catch {
      button.hidden = true;
    }
  });
}

// <button data-print hidden>
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A form is sent once: a second click on a button that is already working is let go by. Coming back to the page with the
// browser's Back makes the form usable again. A form or a button that gives a file leaves the page as it is, and may be
// used again.
for (const form of document.querySelectorAll("form[method=post]:not([data-download])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    if (!event.submitter?.hasAttribute("data-download")) form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// "/" goes to the search box, where the page has the switch that turns it off (WCAG 2.2, 2.1.4):
// <button type="button" class="btn quiet small" data-shortcuts data-on="Key / is on" data-off="Key / is off" hidden>
const shortcuts = document.querySelector("button[data-shortcuts]");
const search = document.querySelector("input[data-find]") ?? document.querySelector("input[type=search]");
if (shortcuts && search) {
  const read = () => { try { return localStorage.getItem("shortcuts") !== "off"; } catch { return true; } };
  let on = read();
  const show = () => {
    shortcuts.textContent = on ? shortcuts.dataset.on : shortcuts.dataset.off;
    shortcuts.setAttribute("aria-pressed", String(on));
  };
  shortcuts.hidden = false;
  show();
  shortcuts.addEventListener("click", () => {
    on = !on;
    try { localStorage.setItem("shortcuts", on ? "on" : "off"); } catch { /* a private window: it holds for this page */ }
    show();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (on && event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });
}

// The grid of a rubric: arrow keys go from cell to cell. In a text they do so only at its edge, where they would do nothing.
const grid = document.querySelector("[data-grid]");
if (grid) {
  document.querySelector("[data-keys]").hidden = false;
  const form = grid.closest("form");
  const at = (row, column, part) => {
    const fields = [...grid.querySelectorAll(`[data-row="${row}"][data-column="${column}"]`)];
    return fields.find((one) => one.dataset.part === part) ?? fields[0];
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const isAtEdge = (field, key) => {
    const { selectionStart: start, selectionEnd: end, value } = field;
    if (start !== end && !(start === 0 && end === value.length)) return false;
    if (key === "ArrowLeft") return start === 0;
    if (key === "ArrowRight") return end === value.length;
    if (field.tagName !== "TEXTAREA") return true;
    return key === "ArrowUp" ? !value.slice(0, start).includes("\n") && start === 0 : end === value.length;
  };
  grid.addEventListener("keydown", (event) => {
    const { row, column, part } = event.target.dataset;
    const step = steps[event.key];
    if (row === undefined || !step || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.altKey) {
      const button = event.target.closest("tr").querySelector(event.key === "ArrowUp" ? "[data-up]" : "[data-down]");
      if (step[1] !== 0 || !button || button.disabled) return;
      event.preventDefault();
      form.requestSubmit(button);
      return;
    }
    if (!isAtEdge(event.target, event.key)) return;
    // Points and text of a cell stand one above the other.
    const within = { points: ["ArrowDown", "text"], text: ["ArrowUp", "points"] }[part];
    const next = within?.[0] === event.key
      ? at(row, column, within[1])
      : at(Number(row) + step[0], Number(column) + step[1], step[0] > 0 ? "points" : step[0] < 0 ? "text" : part);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.altKey) form.requestSubmit(document.querySelector("[data-add]"));
    else if (event.ctrlKey || event.metaKey) form.requestSubmit();
    else return;
    event.preventDefault();
  });
}

// The sum of the levels that are picked in a rubric.
for (const rubric of document.querySelectorAll("[data-scores]")) {
  const place = rubric.querySelector("[data-sum]");
  if (!place) continue;
  place.hidden = false;
  const add = () => {
    const picked = [...rubric.querySelectorAll("input[data-points]:checked")];
    const sum = picked.reduce((all, one) => all + Math.round(Number(one.dataset.points.replace(",", ".") || 0) * 1000), 0);
    place.querySelector("output").textContent = String(sum / 1000);
  };
  rubric.addEventListener("change", add);
  add();
}

// Pickers suggest while one types (ARIA combobox with a list): <input data-suggest="/admin/suggestions/learners"> with
// the hidden field NAME_id beside it. Without this, the form itself comes back with the candidates.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const field = input.closest(".picker");
  let chosen = field.querySelector(`input[type=hidden][name="${input.name}_id"]`);
  const details = field.querySelector("[data-details]");
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  const told = document.createElement("p");
  told.className = "vh";
  told.setAttribute("role", "status");
  input.after(list, told);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) input.setAttribute(name, value);
  let found = [], active = -1, asked = 0, waiting;
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    active = place;
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(at === active));
    const option = list.children[active];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  };
  const choose = (one) => {
    input.value = one.label;
    // The candidates of a refused form give way to what was chosen here.
    field.querySelector("fieldset")?.remove();
    if (!chosen) {
      chosen = document.createElement("input");
      chosen.type = "hidden";
      chosen.name = `${input.name}_id`;
      input.after(chosen);
    }
    chosen.value = one.id;
    if (details) details.textContent = one.details;
    told.textContent = `${one.label}, ${one.details}`;
    close();
  };
  const show = () => {
    list.replaceChildren(...found.map((one, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const small = document.createElement("small");
      small.textContent = one.details;
      option.append(one.label, small);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(one); });
      return option;
    }));
    list.hidden = found.length === 0;
    active = -1;
    input.setAttribute("aria-expanded", String(found.length > 0));
    input.removeAttribute("aria-activedescendant");
    told.textContent = found.length ? `${found.length} found` : "";
  };
  const ask = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(input.value)}`);
      const rows = answer.ok ? await answer.json() : [];
      if (mine !== asked || document.activeElement !== input) return;
      found = rows;
      show();
    } catch { /* no network: the form asks when it is sent */ }
  };
  input.addEventListener("input", () => {
    if (chosen) chosen.value = "";
    if (details) details.textContent = "";
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((active + step + found.length) % found.length);
    } else if (event.key === "ArrowDown" && input.value.trim().length > 1) {
      event.preventDefault();
      ask();
    } else if (event.key === "Enter" && !list.hidden && found[active]) {
      event.preventDefault();
      choose(found[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", close);
}

// A file that is let fall anywhere on the page is taken as chosen.
const drop = document.querySelector("input[type=file][data-drop]");
if (drop) {
  const form = drop.form;
  const over = (is) => (event) => {
    event.preventDefault();
    form.classList.toggle("dropping", is);
  };
  document.addEventListener("dragover", over(true));
  document.addEventListener("dragleave", over(false));
  document.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) {
      drop.files = event.dataTransfer.files;
      drop.focus();
    }
  });
}

// <main data-reload="30">: a screen for a whole room is loaded again when what it shows has run out; while the connection
// is gone it stays as it is.
const wall = document.querySelector("[data-reload]");
if (wall) {
  const again = () => fetch(location.href, { method: "HEAD" }).then(() => location.reload(), () => setTimeout(again, 5000));
  setTimeout(again, Number(wall.dataset.reload) * 1000);
}
