import { status } from '@grpc/grpc-js'

/**
 * Asks for many; where one message cannot hold them or their answer, for each half apart, down to a single one. The
 * answers come in the items' order. Only for calls that may be repeated: the other side has done its work by then.
 */
export async function inHalves<Item, Answer>(
  items: readonly Item[],
  ask: (items: readonly Item[]) => Promise<Answer>,
): Promise<Answer[]> {
  try {
    return [await ask(items)]
  } catch (error) {
    if (items.length < 2 || !isTooLarge(error)) throw error
    const middle = Math.ceil(items.length / 2)
    const first = await inHalves(items.slice(0, middle), ask)
    return [...first, ...(await inHalves(items.slice(middle), ask))]
  }
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === status.RESOURCE_EXHAUSTED
