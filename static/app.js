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

// A form is sent once (but one that gives a file leaves the page as it is, and may be sent again): a second click on a button that is already working is let go by. Coming back to the page with
// the browser's Back makes the form usable again.
for (const form of document.querySelectorAll("form[method=post]:not([data-download])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
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
