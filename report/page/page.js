"use strict";
// Filters the findings by severity, and copies text. The page is whole without it.
for (const bar of document.querySelectorAll(".filters")) {
  bar.hidden = false;
  const told = bar.querySelector(".told");
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    for (const b of bar.querySelectorAll("button")) b.setAttribute("aria-pressed", String(b === button));
    let hidden = 0;
    for (const f of document.querySelectorAll(".finding")) {
      f.hidden = button.value !== "all" && f.dataset.severity !== button.value;
      if (f.hidden) hidden++;
    }
    told.textContent = hidden === 0 ? "" : hidden + " not shown, because of this filter";
  });
}
for (const button of document.querySelectorAll("button.copier")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(button.parentElement.querySelector("code"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = "Selected: copy it with your keyboard";
    }
  });
}
addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details")) d.open = true; });
