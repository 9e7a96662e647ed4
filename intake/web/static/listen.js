// Reading a document aloud, block by block: a person's recording where there is one, else the
// device's own voice of that language. Where a block has neither, nothing is offered: half a legal
// text read aloud is no text. Without this script each recording has the browser's own player.
(function () {
  "use strict";
  var speech = window.speechSynthesis;

  // A voice of this very language, on the device itself, and none that spells by rule.
  function voiceOf(language) {
    var voices = speech ? speech.getVoices() : [];
    return voices.filter(function (voice) {
      var spoken = voice.lang.toLowerCase().split(/[-_]/)[0];
      return spoken === language && voice.localService && !/espeak/i.test(voice.voiceURI + voice.name);
    })[0];
  }

  function recordingOf(block) {
    var next = block.nextElementSibling;
    return next && next.tagName === "AUDIO" ? next : null;
  }

  function setUp(legal) {
    var holder = legal.previousElementSibling;
    var button = holder.querySelector("button");
    var blocks = Array.prototype.slice.call(legal.querySelectorAll("[data-spoken]"));
    var language = legal.dataset.language;
    var turn = 0;

    function offer() {
      var all = blocks.length > 0 && (voiceOf(language) || blocks.every(recordingOf));
      holder.hidden = !all;
      legal.classList.toggle("listens", Boolean(all));
    }

    function show(on) {
      button.setAttribute("aria-pressed", String(on));
      button.querySelector(".start").hidden = on;
      button.querySelector(".stop").hidden = !on;
    }

    function stop() {
      turn += 1;
      if (speech) { speech.cancel(); }
      blocks.forEach(function (block) {
        var audio = recordingOf(block);
        block.classList.remove("speaking");
        if (audio) { audio.pause(); }
      });
      show(false);
    }

    function say(place) {
      var mine = turn;
      var block = blocks[place];
      if (!block) { stop(); return; }
      var audio = recordingOf(block);
      block.classList.add("speaking");
      block.scrollIntoView({ block: "center", behavior: "smooth" });
      function next() {
        if (mine !== turn) { return; }
        block.classList.remove("speaking");
        say(place + 1);
      }
      function failed() { if (mine === turn) { stop(); } }
      if (audio) {
        audio.currentTime = 0;
        audio.onended = next;
        audio.onerror = failed;
        var started = audio.play();
        if (started) { started.catch(failed); }
        return;
      }
      var utterance = new SpeechSynthesisUtterance(block.innerText);
      utterance.voice = voiceOf(language);
      utterance.lang = utterance.voice.lang;
      utterance.rate = 0.9;
      utterance.onend = next;
      utterance.onerror = failed;
      speech.speak(utterance);
    }

    button.addEventListener("click", function () {
      if (button.getAttribute("aria-pressed") === "true") { stop(); return; }
      show(true);
      say(0);
    });
    window.addEventListener("pagehide", stop);
    if (speech && speech.addEventListener) { speech.addEventListener("voiceschanged", offer); }
    offer();
  }

  Array.prototype.forEach.call(document.querySelectorAll(".legal[data-language]"), setUp);
}());
