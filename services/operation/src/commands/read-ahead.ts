/** Asks for the next page while the last one is still being worked on; what fails is told when its turn comes. */
export async function* readAhead<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  const reader = pages[Symbol.asyncIterator]()
  let next = reader.next()
  try {
    for (;;) {
      const page = await next
      if (page.done) return
      next = reader.next()
      next.catch(() => undefined) // it may fail before anybody waits for it
      yield page.value
    }
  } finally {
    await reader.return?.()
  }
}
