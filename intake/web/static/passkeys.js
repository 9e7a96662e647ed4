// Asks the browser for a passkey when the form is sent, and sends its answer along.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const described = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

const publicKey = (options) => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
  ...(options.excludeCredentials && { excludeCredentials: described(options.excludeCredentials) }),
  ...(options.allowCredentials && { allowCredentials: described(options.allowCredentials) }),
});

const answered = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    clientExtensionResults: {},
  });
};

for (const form of document.querySelectorAll("form.passkey")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.nextElementSibling.hidden = true;
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    try {
      const options = { publicKey: publicKey(JSON.parse(form.dataset.options)) };
      const credential = await navigator.credentials[form.dataset.kind](options);
      form.elements.answer.value = answered(credential);
    } catch {
      form.elements.answer.value = "-"; // cancelled, or refused: the page says what else works
    }
    form.submit();
  });
}
