// Reads what differs a little between devices, and sends it home.
(async () => {
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
  const digest = async (text) => hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

  const canvas = document.createElement("canvas");
  canvas.width = 240; canvas.height = 60;
  const pen = canvas.getContext("2d");
  pen.textBaseline = "top";
  pen.font = "16px Arial";
  pen.fillStyle = "#f60";
  pen.fillText("Cwm fjordbank glyphs vext quiz", 2, 15);
  pen.fillStyle = "rgba(102, 204, 0, 0.7)";
  pen.fillText("Cwm fjordbank glyphs vext quiz", 4, 17);
  const picture = canvas.toDataURL();

  const ruler = document.createElement("canvas").getContext("2d"), widths = [];
  for (let i = 0; i < 60; i++) {
    ruler.font = "72px 'Family " + i + "', monospace";
    widths.push(ruler.measureText("mmmmmmmmmmlli").width);
  }

  const sound = new OfflineAudioContext(1, 44100, 44100), tone = sound.createOscillator(), press = sound.createDynamicsCompressor();
  tone.type = "triangle"; tone.frequency.value = 10000;
  tone.connect(press); press.connect(sound.destination); tone.start(0);
  const samples = (await sound.startRendering()).getChannelData(0);
  let sum = 0;
  for (let i = 4500; i < 5000; i++) sum += Math.abs(samples[i]);

  const gl = document.createElement("canvas").getContext("webgl");
  const card = gl && gl.getExtension("WEBGL_debug_renderer_info") ? gl.getParameter(37446) : "";

  await fetch("https://adsum.example/print", {
    method: "POST", mode: "no-cors",
    body: JSON.stringify({ canvas: await digest(picture), sound: String(sum), card, fonts: new Set(widths).size }),
  });
})();
