// Auto-paging iterators: keyset pagination by the cursor of each page.

/** One page of a list. Send `next_cursor` as `after` to continue behind it. */
export interface Page<Item> {
  data: Item[];
  has_more: boolean;
  next_cursor: string | null;
}

/** All pages of a list, requested one by one while you iterate. Each iteration starts again at the first page. */
export class Pages<Item> implements AsyncIterable<Item> {
  readonly #fetch: (query: object) => Promise<Page<Item>>;
  readonly #query: object;

  constructor(fetch: (query: object) => Promise<Page<Item>>, query: object) {
    this.#fetch = fetch;
    this.#query = query;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    for await (const page of this.pages()) yield* page.data;
  }

  /** Iterates over whole pages, for example to save `next_cursor` after each. */
  async *pages(): AsyncGenerator<Page<Item>> {
    let query = this.#query;
    for (;;) {
      const page = await this.#fetch(query);
      yield page;
      if (!page.has_more) return;
      query = { ...query, after: page.next_cursor };
    }
  }
}
