// Says where the server is: from a deep link Streamlit would first look below the page's own address.
// Then checks whether the server will serve this page, and explains in Chinese why where it will not.
(() => {
  const base = new URL(".", window.location.href);
  window.__streamlit = { BACKEND_BASE_URL: base.href };
  const probe = new WebSocket(new URL("_silu/socket", base).href.replace("http", "ws"));
  probe.onerror = async () => {
    const why = await fetch(new URL("_silu/socket?of=" + encodeURIComponent(window.location.origin), base));
    const box = document.createElement("p");
    box.setAttribute("role", "alert");
    box.style = "position:fixed;inset:0 0 auto;z-index:9999999;margin:0;padding:1rem;background:#fff4e5;" +
      "color:#1f2328;font:1rem sans-serif;border-bottom:2px solid #b45309";
    box.textContent = await why.text();
    document.body.prepend(box);
  };
})();
