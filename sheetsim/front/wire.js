// The wire: what a page asks goes out with a number, and what comes back with that number is its answer.
//
// How a message travels is the business of those who build on it, with a `send(message)` that gives a promise: a socket
// in `live.js`, the channel of a notebook in `widget.js`. (A page that was given away, `still.js`, holds its answers
// itself.) `onchange({state})` is called when somebody else has changed the workbook.

export class Wire {
  still = false;
  onchange = () => {};

  /** `mark` goes before the numbers, where several pages hear the same answers. */
  constructor(mark = "") {
    this.mark = mark;
    this.number = 0;
    this.waiting = new Map();
  }

  /** The promise of an answer; `onprogress` hears of it meanwhile. */
  ask({ onprogress, ...message }) {
    const id = this.mark + ++this.number;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed, onprogress });
      this.send({ id, ...message }).catch((error) => {
        this.waiting.delete(id);
        failed(error);
      });
    });
  }

  /** A message that came. */
  heard(answer) {
    if (answer.changed) return void (this.#asked(answer.by) || this.onchange(answer.changed));
    const asked = this.waiting.get(answer.id);
    if (!asked) return;
    if (answer.progress) return void asked.onprogress?.(answer.progress);
    this.waiting.delete(answer.id);
    asked.done(answer);
  }

  /** Whether a question was one of ours. */
  #asked(id) {
    return typeof id === "string" && this.mark !== "" && id.startsWith(this.mark);
  }

  /** Nothing will come any more. */
  lost(error) {
    for (const { failed } of this.waiting.values()) failed(error);
    this.waiting.clear();
  }

  /** Ends a search that runs. */
  stop() {
    return this.send({ do: "stop" });
  }
}
