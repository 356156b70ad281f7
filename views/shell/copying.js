// Copies the address shown by 复制链接. Where the page has no HTTPS the clipboard is closed to scripts;
// then the old command copies the selection, and where that fails too, the address stands selected.
document.addEventListener("click", async (event) => {
  const summary = event.target.closest?.(".silu-actions summary");
  const shown = summary?.parentElement.querySelector(".silu-link");
  if (!shown || summary.parentElement.open) return;
  const label = summary.textContent;
  setTimeout(async () => {
    const range = document.createRange();
    range.selectNodeContents(shown);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const done = await navigator.clipboard?.writeText(shown.textContent).then(() => true, () => false);
    if (done || document.execCommand("copy")) {
      summary.textContent = "已复制";
      setTimeout(() => { summary.textContent = label; }, 2000);
    }
  });
});
