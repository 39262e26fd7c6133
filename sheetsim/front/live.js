// The wire of `sheetsim study`: a socket to the program that served the page.

import { App } from "./app.js";
import { Wire } from "./wire.js";

class Socket extends Wire {
  constructor(address) {
    super();
    this.address = address;
  }

  #open() {
    if (this.ended) return Promise.reject(new Error("sheetsim study has ended"));
    if (this.opening) return this.opening;
    this.opening = new Promise((done, failed) => {
      const socket = new WebSocket(this.address);
      socket.onopen = () => done(socket);
      socket.onmessage = (event) => this.heard(JSON.parse(event.data));
      socket.onclose = () => {
        this.opening = null;
        const error = new Error("sheetsim study does not answer: has it ended? Start it again, and reload");
        failed(error);
        this.lost(error);
      };
    });
    return this.opening;
  }

  async send(message) {
    (await this.#open()).send(JSON.stringify(message));
  }

  async end() {
    const socket = await this.#open();
    this.ended = true;
    socket.send('{"do":"end"}');
  }
}

const app = new App(document.body, new Socket(new URL("socket", location.href.replace(/^http/, "ws"))));
app.start().then(() => app.focus());
globalThis.sheetsim = app; // for the curious, and for tests
