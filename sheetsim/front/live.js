// The wire of `sheetsim study`: a socket to the program that served the page.

import { App } from "./app.js";

class Socket {
  constructor(address) {
    this.address = address;
    this.waiting = new Map();
    this.number = 0;
    this.still = false;
  }

  #open() {
    if (this.ended) return Promise.reject(new Error("sheetsim study has ended"));
    if (this.opening) return this.opening;
    this.opening = new Promise((done, failed) => {
      const socket = new WebSocket(this.address);
      socket.onopen = () => done(socket);
      socket.onmessage = (event) => this.#heard(JSON.parse(event.data));
      socket.onclose = () => {
        this.opening = null;
        const error = new Error("sheetsim study does not answer: has it ended? Start it again, and reload");
        failed(error);
        for (const { failed: each } of this.waiting.values()) each(error);
        this.waiting.clear();
      };
    });
    return this.opening;
  }

  #heard(answer) {
    const asked = this.waiting.get(answer.id);
    if (!asked) return;
    if (answer.progress) return void asked.onprogress?.(answer.progress);
    this.waiting.delete(answer.id);
    asked.done(answer);
  }

  async ask({ onprogress, ...message }) {
    const socket = await this.#open();
    const id = ++this.number;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed, onprogress });
      socket.send(JSON.stringify({ id, ...message }));
    });
  }

  async stop() {
    (await this.#open()).send('{"do":"stop"}');
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
