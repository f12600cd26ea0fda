// The Privacy tab draws itself anew when a scan or a copy has ended. Not under the hands of somebody who is
// typing a reason: then it says so and waits.
(() => {
  "use strict";

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
})();
