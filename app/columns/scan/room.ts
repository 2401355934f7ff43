/** Memory that is used again and again, as long as the longest slice that was seen. What it holds is undefined. */
export class NumberRoom {
  #array = new Float64Array(0);

  atLeast(count: number): Float64Array {
    if (this.#array.length < count) this.#array = new Float64Array(count);
    return this.#array;
  }
}

export class IdRoom {
  #array = new Uint32Array(0);

  atLeast(count: number): Uint32Array {
    if (this.#array.length < count) this.#array = new Uint32Array(count);
    return this.#array;
  }
}
