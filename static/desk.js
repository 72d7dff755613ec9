// The check-in desk where scripts run. What is scanned waits in this browser's storage, each entry under a key of its own,
// until the portal has answered for it: a dropped connection, a reload or the end of a session lose nothing, and an entry
// that is sent again counts once, because the portal knows its key. Without this file the desk is a plain form.
// Nothing here writes HTML (the policy asks for trusted types).

const form = document.querySelector("form[data-desk]");
if (form) desk(form);

function desk(form) {
  const field = form.elements.typed;
  const part = (name) => document.querySelector(`[data-${name}]`);
  const store = storage();
  const waiting = `desk:${form.dataset.desk}:`;
  const refused = `desk-refused:${form.dataset.desk}:`;
  const BATCH = 50;
  const MOST_PAUSE = 60_000;
  let sending = false;
  let stopped = false;
  let pause = 1000;
  let timer;
  let newest;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    delete form.dataset.sent;
    const typed = field.value.trim();
    field.focus();
    if (!typed) return;
    const key = fresh();
    try {
      store.setItem(waiting + key, JSON.stringify({ typed, at: Date.now() }));
    } catch {
      show({ tone: "bad", icon: "cross", word: "Not kept", who: typed, says: "This device’s storage is full. Write it down." });
      return;
    }
    field.value = "";
    newest = key;
    show({ tone: "info", icon: "hourglass", word: "Kept", who: typed, says: "It is sent as soon as the portal can be reached." });
    tellWaiting();
    send();
  });

  // A scanner types wherever the focus is; what is typed nowhere goes into the field.
  document.addEventListener("keydown", (event) => {
    if (event.target === document.body && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      field.focus();
    }
  });
  addEventListener("online", () => { pause = 1000; send(); });
  part("refused").querySelector("button").addEventListener("click", () => {
    for (const key of keys(refused)) store.removeItem(refused + key);
    tellRefused();
    field.focus();
  });
  tellWaiting();
  tellRefused();
  send();

  /** Sends what waits, oldest first, until nothing does; after a failure it tries again after a growing pause. */
  async function send() {
    clearTimeout(timer);
    if (sending || stopped) return;
    sending = true;
    let entries = oldest();
    while (entries.length > 0) {
      const answer = await posted(entries);
      if (!answer) break;
      pause = 1000;
      const open = new Set(entries.map((one) => one.key));
      for (const one of answer.outcomes) {
        if (!open.has(one.key)) continue;
        if (one.word === "Not recorded") keepRefused(one);
        store.removeItem(waiting + one.key);
        if (one.key === newest) show(one);
        log(one);
      }
      part("attended").textContent = answer.attended;
      tellWaiting();
      entries = oldest();
    }
    sending = false;
    tellWaiting();
    if (entries.length === 0 || stopped) return;
    timer = setTimeout(send, pause);
    pause = Math.min(pause * 2, MOST_PAUSE);
  }

  /** The answer of the portal; nothing when it could not be reached, or when somebody has to sign in again. */
  async function posted(entries) {
    try {
      const response = await fetch(form.dataset.entries, {
        method: "POST",
        redirect: "manual",
        headers: { "Content-Type": "application/json", "X-Form-Token": form.elements.csrf.value },
        body: JSON.stringify({ sent_at: Date.now(), entries }),
        signal: AbortSignal.timeout?.(15_000),
      });
      if (response.type === "opaqueredirect" || response.status === 403) {
        stopped = true;
        part("stopped").hidden = false;
        return undefined;
      }
      return response.ok ? await response.json() : undefined;
    } catch {
      return undefined;
    }
  }

  function oldest() {
    const all = keys(waiting).map((key) => ({ key, ...JSON.parse(store.getItem(waiting + key) ?? "{}") }));
    return all.filter((one) => one.typed).sort((a, b) => a.at - b.at).slice(0, BATCH);
  }

  function keys(prefix) {
    return Object.keys(store).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  }

  function tellWaiting() {
    const number = keys(waiting).length;
    const words = number === 1 ? "1 entry is kept here and waits to be sent" : `${number} entries are kept here and wait to be sent`;
    part("waiting").textContent = number === 0 ? "" : words;
  }

  function keepRefused(one) {
    try { store.setItem(refused + one.key, JSON.stringify({ who: one.who, says: one.says })); } catch { /* it stands in the answer */ }
    tellRefused();
  }

  function tellRefused() {
    const all = keys(refused).map((key) => JSON.parse(store.getItem(refused + key) ?? "{}"));
    part("refused").hidden = all.length === 0;
    part("refused").querySelector("ul").replaceChildren(...all.map((one) => row(one.who, one.says)));
  }

  function log(one) {
    const list = part("last").querySelector("ul");
    part("last").hidden = false;
    list.prepend(row(one.who, one.word));
    while (list.children.length > 8) list.lastChild.remove();
  }

  function row(who, says) {
    const item = document.createElement("li");
    const name = document.createElement("bdi");
    name.textContent = who;
    const words = document.createElement("span");
    words.textContent = says;
    item.append(name, words);
    return item;
  }

  /** The big answer: word, icon and colour. */
  function show({ tone, icon, word, who, says }) {
    const box = document.createElement("div");
    box.className = `verdict ${tone}`;
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("class", "i");
    drawing.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${form.dataset.icons}#i-${icon}`);
    drawing.append(use);
    const text = document.createElement("div");
    const heading = document.createElement("h2");
    heading.textContent = word;
    const name = document.createElement("p");
    name.className = "display";
    name.textContent = who;
    const more = document.createElement("p");
    more.textContent = says;
    text.append(heading, name, more);
    box.append(drawing, text);
    part("answer").replaceChildren(box);
  }
}

/** 128 random bits. `randomUUID` is only there under https. */
function fresh() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The browser's storage; where there is none, as in some private windows, what is scanned lasts as long as the page. */
function storage() {
  try {
    localStorage.setItem("desk-try", "1");
    localStorage.removeItem("desk-try");
    return localStorage;
  } catch {
    const kept = {};
    const hidden = { enumerable: false };
    return Object.defineProperties(kept, {
      getItem: { value: (key) => kept[key] ?? null, ...hidden },
      setItem: { value: (key, value) => { kept[key] = value; }, ...hidden },
      removeItem: { value: (key) => { delete kept[key]; }, ...hidden },
    });
  }
}
