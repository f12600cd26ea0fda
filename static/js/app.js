// What every page does beyond plain HTML. Each part is an enhancement: without it the page still works.
(() => {
  "use strict";

  // --- The menu on narrow screens ---
  const header = document.querySelector(".app-header");
  const menuButton = document.querySelector("[data-menu-button]");
  menuButton?.addEventListener("click", () => {
    menuButton.setAttribute("aria-expanded", String(header.classList.toggle("is-open")));
  });

  // --- The account menu closes on Escape and on a click elsewhere ---
  const account = document.querySelector(".app-account");
  document.addEventListener("click", (event) => {
    if (account?.open && !account.contains(event.target)) account.open = false;
  });
  account?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !account.open) return;
    account.open = false;
    account.querySelector("summary").focus();
  });

  // --- A double click does one thing: the second submit of a form is dropped ---
  const freed = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
      if (button.dataset.words) button.textContent = button.dataset.words;
    });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.hasAttribute("hx-post") || form.hasAttribute("data-repeatable")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button || button.tagName !== "BUTTON") return;
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) {
      button.dataset.words = button.textContent;
      button.textContent = button.dataset.busy;
    }
  });
  // A page that comes back from the browser's history must be usable again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(freed);
  });

  // --- A move is confirmed in a dialog; without a script it unfolds in the page ---
  const asDialog = (details) => {
    const body = details.querySelector(".move__body");
    const summary = details.querySelector("summary");
    if (!body || typeof HTMLDialogElement === "undefined" || details.hasAttribute("open")) return;
    const dialog = document.createElement("dialog");
    dialog.className = "move-dialog";
    const heading = body.querySelector("h2");
    if (heading?.id) dialog.setAttribute("aria-labelledby", heading.id);
    details.append(dialog);
    dialog.append(body);
    const button = document.createElement("button");
    button.type = "button";
    button.className = summary.className;
    button.textContent = summary.textContent.trim();
    button.setAttribute("aria-haspopup", "dialog");
    const host = document.createElement("div");
    host.className = "move";
    host.append(button, dialog);
    details.replaceWith(host);
    button.addEventListener("click", () => dialog.showModal());
    dialog.querySelectorAll("[data-close]").forEach((close) => {
      close.hidden = false;
      close.addEventListener("click", () => dialog.close());
    });
    dialog.addEventListener("close", () => button.focus());
  };
  // htmx tells of the page itself and of everything that is swapped into it later.
  document.addEventListener("htmx:load", (event) => {
    const root = event.detail.elt;
    if (root.matches("details.move")) asDialog(root);
    root.querySelectorAll("details.move").forEach(asDialog);
  });

  // --- After a refused form the reader starts at the list of what is wrong ---
  document.querySelector(".error-summary")?.focus();

  // --- HTMX ---
  const token = () => document.querySelector('meta[name="csrf-token"]')?.content;
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (!form) return;
    form.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    event.detail.elt.closest("form")?.removeAttribute("aria-busy");
  });
  // Focus follows what was asked for: the element marked [data-focus] in what was swapped in.
  document.addEventListener("htmx:afterSettle", (event) => {
    const wanted = event.detail.elt.querySelector?.("[data-focus], .error-summary");
    if (!wanted) return;
    if (!wanted.hasAttribute("tabindex")) wanted.setAttribute("tabindex", "-1");
    wanted.focus();
  });
  let loggedOut = false;
  const say = (words) => {
    const place = document.getElementById("live-status");
    if (place) place.textContent = words;
  };
  document.addEventListener("htmx:sendError", () => {
    say("The connection was lost. What you typed is still here; it is sent again when you try again.");
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say(status === 403
      ? "You may not do this, or you were logged out in the meantime. Reload the page and try again."
      : "The server could not do this. Nothing was changed. Try again in a minute.");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr.getResponseHeader("X-Login-Page")) return;
    event.detail.shouldSwap = false;
    loggedOut = true;
  });
  document.addEventListener("htmx:afterOnLoad", () => {
    say(loggedOut
      ? "You were logged out. Log in again in another window, then go on here: what you typed is still here."
      : "");
    loggedOut = false;
  });
})();
