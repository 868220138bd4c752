// Asks for every address that it is told.
onmessage = (message) => fetch(message.data, { mode: "no-cors" });
