// Puts a button beside each field whose text is there to be copied; without it the text is selected by hand.
for (const field of document.querySelectorAll("[data-copy]")) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: field.dataset.copy });
  const told = document.createElement("output");
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return;
    }
    told.textContent = field.dataset.copied;
  });
  field.closest("label").after(button, told);
}
