// Where rows and columns lie: most are equally large, a few are not.

export class Axis {
  /** `special`: {index: size}, of those that are not of the usual size. */
  constructor(usual, special) {
    this.usual = usual;
    this.places = Object.keys(special).map(Number).sort((a, b) => a - b);
    this.sizes = this.places.map((place) => special[place]);
    this.extra = [0]; // how much the first n special ones are larger, together
    for (const size of this.sizes) this.extra.push(this.extra.at(-1) + size - usual);
  }

  size(index) {
    const at = this.#before(index);
    return this.places[at] === index ? this.sizes[at] : this.usual;
  }

  /** Where one begins. */
  start(index) {
    return index * this.usual + this.extra[this.#before(index)];
  }

  /** Which one lies at a distance from the start. */
  at(distance) {
    let low = 0;
    let high = Math.ceil(distance / this.usual) + this.places.length + 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.start(middle + 1) > distance) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** How many special ones come before one. */
  #before(index) {
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.places[middle] < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
