// Renews the part of a page that tells how far something is; without it the page reloads by itself.
"use strict";
const part = document.querySelector("[data-renew]");

async function renew() {
  const answer = await fetch(part.dataset.renew, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-renew]");
  if (!answer.ok || fresh === null || fresh.dataset.state !== part.dataset.state) {
    location.reload(); // it has ended, or nobody is signed in any more
    return;
  }
  part.replaceChildren(...fresh.childNodes);
  setTimeout(again, 5000);
}

function again() {
  renew().catch(() => setTimeout(again, 5000)); // the network is away for a moment
}

if (part !== null) setTimeout(again, 5000);
