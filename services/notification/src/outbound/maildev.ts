import { z } from 'zod'

const list = z.array(z.object({ headers: z.object({ 'message-id': z.string() }) }))
const TIMEOUT_MS = 2_000

/**
 * Asks the mail catcher of the local stack for a mail by its Message-ID. Undefined when it does not answer: then nobody
 * can tell.
 */
export const askMaildev =
  (webUrl: string) =>
  async (messageId: string): Promise<boolean | undefined> => {
    try {
      const found = await ask(`${webUrl}/api/email?headers.message-id=${encodeURIComponent(messageId)}`)
      return list.parse(await found.json()).some(({ headers }) => headers['message-id'] === messageId)
    } catch {
      return undefined // away or changed: the mail is sent again and ends unknown
    }
  }

async function ask(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!response.ok) throw new Error(`the mail catcher answered ${response.status}`)
  return response
}
