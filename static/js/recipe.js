// The pages Risk and Remedies: fields that another answer makes pointless are hidden, and a long list of columns
// can be narrowed down. Both pages work without it.
(() => {
  "use strict";

  // --- A field that is asked for only with some answers of another one ---
  const settle = (form) => {
    form.querySelectorAll("[data-only]").forEach((part) => {
      const answer = form.querySelector(`[name="${part.dataset.only}"]:checked, select[name="${part.dataset.only}"]`);
      part.hidden = Boolean(answer) && !part.dataset.onlyValues.split(" ").includes(answer.value);
    });
  };
  document.querySelectorAll("[data-step-form]").forEach((form) => {
    settle(form);
    form.addEventListener("change", () => settle(form));
    // What the step would do is measured as the form is filled in.
    form.querySelector("[data-try]")?.setAttribute("hidden", "");
  });

  // --- A long list of columns, narrowed down by name ---
  document.querySelectorAll("[data-narrow]").forEach((list) => {
    const box = list.querySelector("[data-narrow-box]");
    const rows = [...list.querySelectorAll("[data-name]")];
    if (!box || rows.length < 13) return;
    box.hidden = false;
    box.querySelector("input").addEventListener("input", (event) => {
      const wanted = event.target.value.trim().toLowerCase();
      rows.forEach((row) => {
        const isTicked = row.querySelector("input:checked");
        row.hidden = Boolean(wanted) && !row.dataset.name.includes(wanted) && !isTicked;
      });
    });
  });
})();
