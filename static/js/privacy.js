// The Privacy tab: it draws itself anew when work in the background has ended, and its findings can be decided
// by keyboard. Everything here is a shortcut: each control works without it.
(() => {
  "use strict";

  // --- Work in the background: not under the hands of somebody who is typing a reason ---
  const isTyping = () =>
    [...document.querySelectorAll("main textarea")].some((field) => field.value !== field.defaultValue);

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Refresh") !== "true" || !isTyping()) return;
    event.preventDefault();
    const moving = document.getElementById("privacy-moving");
    const done = document.createElement("p");
    done.setAttribute("role", "status");
    done.textContent = "The work in the background has ended. Record your decision, or reload the page, to see its result.";
    moving?.replaceWith(done);
  });

  // --- Deciding by keyboard ---
  const findings = document.querySelector("[data-findings]");
  if (!findings) return;
  const bulk = document.getElementById("bulk-form");
  const items = [...findings.querySelectorAll("[data-finding]")];
  const tickOf = (item) => item?.querySelector("[data-tick]");
  const SWITCH = "findings-keys-off";
  const CAME_BY_KEYS = "findings-by-keys";

  const say = (words) => {
    const place = findings.querySelector("[data-said]");
    if (place) place.textContent = words;
  };
  const ticked = () => items.filter((item) => tickOf(item)?.checked);

  // The keys act only while the focus is on the tick of a column, and can be switched off (WCAG 2.1.4).
  const keysSwitch = document.getElementById("keys-on");
  const isOn = () => localStorage.getItem(SWITCH) !== "off";
  if (keysSwitch) {
    findings.querySelector("[data-keys-switch]").hidden = false;
    keysSwitch.checked = isOn();
    keysSwitch.addEventListener("change", () => {
      localStorage.setItem(SWITCH, keysSwitch.checked ? "on" : "off");
    });
  }

  // How many are ticked stands on the button that records for them.
  const counted = findings.querySelector("[data-ticked]");
  const words = counted?.textContent;
  const count = () => {
    if (!counted) return;
    const number = ticked().length;
    counted.textContent = number ? `Record for the ${number} ticked` : words;
  };
  findings.addEventListener("change", count);
  count();

  const go = (item) => {
    const tick = tickOf(item);
    if (!tick) return;
    tick.focus();
    item.scrollIntoView({ block: "nearest" });
  };
  const step = (from, by) => go(items[Math.min(items.length - 1, Math.max(0, items.indexOf(from) + by))]);

  // The choices are those of the column's own form on a card, else those for several columns.
  const formOf = (item) => (ticked().length > 1 ? bulk : item.querySelector("[data-decide] form") || bulk);
  const choose = (item, number) => {
    const form = formOf(item);
    const radio = form?.querySelectorAll('input[name="choice"]')[number - 1];
    if (!radio) return say(`There is no choice ${number}.`);
    const details = form.closest("details");
    if (details) details.open = true;
    radio.checked = true;
    say(`Chosen: ${form.querySelector(`label[for="${radio.id}"]`).firstChild.textContent.trim()}.`);
  };
  const record = (item) => {
    const form = formOf(item);
    if (!form) return;
    if (form === bulk && !ticked().length) {
      tickOf(item).checked = true;
      count();
    }
    if (!form.querySelector('input[name="choice"]:checked')) return say("Choose first what becomes of it: 1 to 9.");
    const reason = form.querySelector('[name="reason"]');
    if (reason.value.trim().length < 10) {
      reason.dataset.from = item.id;
      reason.focus();
      return say("Say why, then press Control and Enter.");
    }
    sessionStorage.setItem(CAME_BY_KEYS, "yes");
    form.requestSubmit(form.querySelector("button[type=submit]"));
  };
  const ACTIONS = {
    j: (item) => step(item, 1),
    ArrowDown: (item) => step(item, 1),
    k: (item) => step(item, -1),
    ArrowUp: (item) => step(item, -1),
    x: (item) => tickOf(item).click(),
    w: (item) => {
      const why = item.querySelector("[data-why]");
      if (why) why.open = !why.open;
    },
    s: (item) => {
      const button = item.querySelector("[data-suggest]");
      if (!button) return say("Nothing is suggested for this column.");
      sessionStorage.setItem(CAME_BY_KEYS, "yes");
      button.click();
    },
    u: () => findings.querySelector("[data-undo]")?.focus(),
    "/": () => document.getElementById("filter-q")?.focus(),
    "?": () => {
      const help = document.getElementById("finding-keys");
      help.open = true;
      help.querySelector("summary").focus();
    },
    Enter: record,
  };

  findings.addEventListener("keydown", (event) => {
    const item = event.target.closest("[data-finding]");
    if (event.target.matches("textarea")) return fromReason(event);
    if (!item || !event.target.matches("[data-tick]") || !isOn()) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const number = Number(event.key);
    const act = ACTIONS[event.key] || (number >= 1 && ((one) => choose(one, number)));
    if (!act) return;
    event.preventDefault();
    act(item);
  });

  // In a reason, Control and Enter records, and Escape leads back to the column.
  const fromReason = (event) => {
    const field = event.target;
    const from = document.getElementById(field.dataset.from || "") || field.closest("[data-finding]");
    if (event.key === "Escape" && from) return go(from);
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    sessionStorage.setItem(CAME_BY_KEYS, "yes");
    field.form.requestSubmit(field.form.querySelector("button[type=submit]"));
  };

  // An earlier reason is taken over by its button.
  findings.addEventListener("click", (event) => {
    const earlier = event.target.closest("[data-reason]");
    if (!earlier) return;
    const field = earlier.closest("form").querySelector('[name="reason"]');
    field.value = earlier.dataset.reason;
    field.focus();
  });

  // Who decides by keyboard goes on where they were: at the column that the address names, else the first.
  // Only when the page has come to rest: the browser drops the focus while it scrolls to what the address names.
  if (sessionStorage.getItem(CAME_BY_KEYS) === "yes") {
    sessionStorage.removeItem(CAME_BY_KEYS);
    const goOn = () => go(items.find((item) => `#${item.id}` === window.location.hash) || items[0]);
    window.addEventListener("load", () => setTimeout(goOn));
  }
})();
