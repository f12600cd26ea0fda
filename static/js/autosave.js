// Autosave of a checklist: every answer is sent by itself; what could not be sent stays on this computer.
// Without this script the Save button of the form does the same for the whole page.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  const url = form.dataset.autosave;
  const state = document.querySelector("[data-save-state]");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const TYPING_PAUSE = 1200;
  const RETRY_AFTER = 5000;
  const waiting = new Map(); // item -> timer of a pause in typing
  const dirty = new Set(); // items whose present answer has not been sent
  const failed = new Set(); // items that could not be sent, with a lost connection
  const refused = new Set(); // items whose present answer cannot be taken
  let sending = Promise.resolve();

  form.querySelectorAll("[data-script-only]").forEach((part) => { part.hidden = false; });

  // --- What the reader is told ---
  const say = (words, bad = false) => {
    state.textContent = words;
    state.classList.toggle("save-state--bad", bad);
  };
  const remark = (item, tone, words) => {
    const place = block(item)?.querySelector("[data-remark]");
    if (!place) return;
    place.className = "item__remark" + (tone ? ` item__remark--${tone}` : "");
    if (place.textContent !== words) place.textContent = words;
  };
  const block = (item) => form.querySelector(`[data-item="${CSS.escape(item)}"]`);
  const itemOf = (element) => element.closest("[data-item]")?.dataset.item;

  // --- Drafts on this computer, for as long as they are not saved ---
  const key = (item) => `draft:${form.dataset.person}:${url}:${item}`;
  const draft = {
    keep(item) {
      const fields = controls(item);
      if (fields.some((field) => field.type === "file")) return;
      try {
        localStorage.setItem(key(item), JSON.stringify(values(item)));
      } catch { /* a full or forbidden store: the text is still in the field */ }
    },
    drop(item) {
      try { localStorage.removeItem(key(item)); } catch { /* nothing was kept */ }
    },
    restore() {
      form.querySelectorAll("[data-item]").forEach((part) => {
        const item = part.dataset.item;
        let kept = null;
        try { kept = JSON.parse(localStorage.getItem(key(item))); } catch { return; }
        if (!Array.isArray(kept) || !controls(item).length) return;
        if (JSON.stringify(kept) === JSON.stringify(values(item))) return draft.drop(item);
        fill(item, kept);
        queue(item, 0);
      });
    },
  };
  const controls = (item) => [...form.querySelectorAll(`[name="${CSS.escape(item)}"]`)];
  const values = (item) => controls(item)
    .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
    .map((field) => field.value);
  const fill = (item, kept) => controls(item).forEach((field) => {
    if (["radio", "checkbox"].includes(field.type)) field.checked = kept.includes(field.value);
    else field.value = kept[0] ?? "";
  });

  // --- Sending: one after the other, and only the latest answer to a question ---
  const queue = (item, pause) => {
    clearTimeout(waiting.get(item));
    dirty.add(item);
    draft.keep(item);
    waiting.set(item, setTimeout(() => send(item), pause));
  };
  const send = (item) => {
    clearTimeout(waiting.get(item));
    waiting.delete(item);
    sending = sending.then(() => (dirty.has(item) ? post(item) : null));
    return sending;
  };
  const post = async (item) => {
    dirty.delete(item);
    const data = new FormData();
    data.append("item", item);
    controls(item).forEach((field) => {
      if (field.type === "file") [...field.files].forEach((file) => data.append(item, file));
    });
    if (![...data.keys()].includes(item)) values(item).forEach((value) => data.append(item, value));
    say("Saving…");
    let response;
    try {
      response = await fetch(url, {
        method: "POST", body: data, headers: { "X-CSRFToken": token }, credentials: "same-origin",
      });
    } catch {
      return lost(item, "The connection is lost. What you typed is kept on this computer and is sent when it is back.");
    }
    const answer = await response.json().catch(() => null);
    if (!answer) {
      const out = response.redirected || response.status === 401 || response.status === 403;
      return out
        ? lost(item, "Not saved: you may have been logged out. What you typed is kept on this computer; log in again in another tab, then reload this page.", false)
        : lost(item, "The server could not save this. What you typed is kept on this computer and is sent again.");
    }
    failed.delete(item);
    if (answer.refused) {
      refused.add(item);
      remark(item, "bad", `Not saved: ${answer.refused}`);
      return say(`Not saved: ${answer.refused}`, true);
    }
    refused.delete(item);
    if (!dirty.has(item)) draft.drop(item);
    show(item, answer);
  };
  const lost = (item, words, again = true) => {
    dirty.add(item);
    failed.add(item);
    say(words, true);
    if (again) setTimeout(() => failed.has(item) && send(item), RETRY_AFTER);
  };
  const show = (item, answer) => {
    document.querySelector("[data-answered]").textContent = answer.answered;
    document.querySelector("[data-total]").textContent = answer.total;
    document.querySelector("[data-result]").textContent = answer.result.slice(0, 8);
    document.querySelectorAll("[data-section]").forEach((part) => {
      part.textContent = answer.sections[part.dataset.section] ?? "";
    });
    form.querySelectorAll("[data-item]").forEach((part) => {
      part.hidden = !answer.visible.includes(part.dataset.item);
      if (!controls(part.dataset.item).length || refused.has(part.dataset.item)) return;
      const said = answer.remarks[part.dataset.item];
      const lead = said?.tone === "bad" ? "In the way: " : "Note: ";
      remark(part.dataset.item, said?.tone, said ? lead + said.sentence : "");
    });
    const files = controls(item).filter((field) => field.type === "file" && field.files.length);
    if (files.length) added(item, files[0]);
    say(dirty.size ? "Saving…" : `Saved ${answer.saved}`);
    // What stands in the way, above the form, is asked for anew.
    document.body.dispatchEvent(new CustomEvent("dossier-changed"));
  };
  const added = (item, field) => {
    let line = block(item).querySelector("[data-evidence]");
    if (!line) {
      line = document.createElement("p");
      line.className = "small";
      line.dataset.evidence = "";
      field.closest(".usa-form-group").after(line);
    }
    line.textContent = `Added: ${field.files[0].name}.`;
    field.value = "";
  };

  // --- What sets it off ---
  form.addEventListener("input", (event) => {
    const item = itemOf(event.target);
    if (item && event.target.type !== "file") queue(item, TYPING_PAUSE);
  });
  form.addEventListener("change", (event) => {
    const item = itemOf(event.target);
    if (item) queue(item, 0);
  });
  window.addEventListener("online", () => [...failed].forEach(send));
  window.addEventListener("beforeunload", (event) => {
    if (dirty.size) event.preventDefault();
  });
  // The Save button sends what is left; nothing else is needed, the page shows how it stands. Answers that
  // were refused one by one may fit together, so then the whole page is sent, as without this script.
  form.addEventListener("submit", async (event) => {
    if (refused.size) {
      dirty.clear();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    await Promise.all([...dirty].map(send));
    if (!dirty.size && !refused.size && !failed.size) {
      say(`Saved ${new Date().toTimeString().slice(0, 5)}`);
    }
  });

  draft.restore();
})();
