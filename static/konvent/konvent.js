// Comfort only: every page works without this file.
(() => {
  "use strict";

  // Menus: Escape and a click elsewhere close them.
  const menus = () => document.querySelectorAll("details.kv-dropdown[open], details.kv-menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  });

  // Dialogs: a link with data-dialog opens the dialog instead of the page that does the same.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog && typeof dialog.showModal === "function") {
      event.preventDefault();
      dialog.showModal();
    }
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
  });

  // Three-part dates: a full date pasted into one part fills them all; a full part moves on.
  document.addEventListener("paste", (event) => {
    const part = event.target.closest("input[data-part]");
    const found = part && event.clipboardData.getData("text").trim().match(/^(\d{1,4})[.\/-](\d{1,2})[.\/-](\d{1,4})$/);
    if (!found) return;
    const inputs = part.closest("fieldset").querySelectorAll("input[data-part]");
    const values = found[1].length === 4 ? [found[3], found[2], found[1]] : [found[1], found[2], found[3]];
    event.preventDefault();
    inputs.forEach((input, index) => { input.value = values[index] || input.value; });
    inputs[inputs.length - 1].focus();
  });

  // A form is sent once: a second press while the answer is on its way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-repeatable")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
  });

  // Selects and checkboxes marked so send their form at once (the button stays for everybody else).
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form) form.requestSubmit();
  });

  // "Print" and "select all" buttons.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("change", (event) => {
    const all = event.target.closest("input[data-check-all]");
    if (!all) return;
    document.querySelectorAll(`input[name="${CSS.escape(all.dataset.checkAll)}"]`).forEach((box) => { box.checked = all.checked; });
  });

  // Focus goes to where the news is, where a browser does not honour autofocus on such elements.
  const news = document.querySelector(".kv-errors[autofocus], .kern-alert[autofocus]");
  if (news && document.activeElement === document.body) news.focus();
  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.target.querySelector && event.target.querySelector("[autofocus]");
    if (target) target.focus();
  });

  // A session that ends while somebody writes: what was sent waits in this tab until they have signed in again.
  const DRAFT = "konvent:draft";
  const keeps = (field) => field.name && !["password", "file", "hidden", "submit"].includes(field.type);
  const stored = () => { try { return JSON.parse(sessionStorage.getItem(DRAFT)); } catch { return null; } };
  const isSignIn = Boolean(document.querySelector("form[action*='/konto/anmelden/']"));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || isSignIn || form.closest("header")) return;
    const values = [...form.elements].filter(keeps).map((field) => [field.name, field.value, field.checked]);
    try { sessionStorage.setItem(DRAFT, JSON.stringify({ path: location.pathname, values })); } catch { /* no storage, no comfort */ }
  });
  const draft = stored();
  if (draft && isSignIn) {
    sessionStorage.setItem(DRAFT, JSON.stringify({ ...draft, isInterrupted: true }));
  } else if (draft) {
    sessionStorage.removeItem(DRAFT);
    const fields = draft.isInterrupted && draft.path === location.pathname ? [...document.querySelectorAll("main form [name]")] : [];
    draft.values.forEach(([name, value, isChecked]) => {
      const ticked = fields.find((field) => field.name === name && ["radio", "checkbox"].includes(field.type) && field.value === value);
      const written = fields.find((field) => field.name === name && keeps(field) && !["radio", "checkbox"].includes(field.type));
      if (ticked) ticked.checked = isChecked;
      else if (written && !written.value) written.value = value;
    });
  }
})();
