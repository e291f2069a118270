// Small comforts. Every page works without this file.
import { initAll } from "../built/govuk-frontend.min.js";

const narrow = window.matchMedia("(max-width: 40em)");

// The filter stands open without scripts; on a narrow screen it would push the list out of sight.
function closeFilters(root) {
  if (!narrow.matches) return;
  for (const filter of root.querySelectorAll("details.app-filter[open]")) {
    if (!filter.querySelector(".govuk-error-message")) filter.open = false;
  }
}

// "Copy link" is a link to the same list; with scripts it puts the address on the clipboard and says so.
function copyLinks(root) {
  for (const link of root.querySelectorAll("a[data-app-copy]")) {
    link.addEventListener("click", async (event) => {
      if (!navigator.clipboard) return;
      event.preventDefault();
      await navigator.clipboard.writeText(link.href);
      const words = link.textContent;
      link.textContent = link.dataset.appCopy;
      say(link.dataset.appCopy);
      setTimeout(() => { link.textContent = words; }, 4000);
    });
  }
}

// A question that another answer makes needless goes out of sight; the server leaves it alone in any case.
function showWhatIsAsked(root) {
  for (const group of root.querySelectorAll("[data-app-shown-with]")) {
    const form = group.closest("form");
    const values = group.dataset.appShownFor.split(" ");
    const show = () => {
      const answers = new FormData(form).getAll(group.dataset.appShownWith);
      group.hidden = !answers.some((answer) => values.includes(answer)) && !group.querySelector(".govuk-error-message");
    };
    form.addEventListener("change", show);
    show();
  }
}

// Says a sentence to those who listen to the page.
function say(sentence) {
  const place = document.getElementById("app-said");
  if (place) place.textContent = sentence;
}

function start(root) {
  closeFilters(root);
  copyLinks(root);
  showWhatIsAsked(root);
}

initAll();
start(document);
document.addEventListener("htmx:afterSettle", (event) => {
  initAll({ scope: event.target });
  start(event.target);
});
