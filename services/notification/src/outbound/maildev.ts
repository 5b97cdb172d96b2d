import { z } from 'zod'

const list = z.array(z.object({ id: z.string() }))
const TIMEOUT_MS = 2_000

/**
 * Asks the mail catcher of the local stack for a mail by its Message-ID. Undefined when it does not answer: then nobody
 * can tell. It has no index by Message-ID, so it is asked for each mail's source, the latest first.
 */
export const askMaildev =
  (webUrl: string) =>
  async (messageId: string): Promise<boolean | undefined> => {
    try {
      const mails = list.parse(await (await ask(`${webUrl}/api/email`)).json())
      for (const { id } of mails.toReversed()) {
        const source = await (await ask(`${webUrl}/api/email/${encodeURIComponent(id)}/source`)).text()
        if (source.includes(messageId)) return true
      }
      return false
    } catch {
      return undefined // away or changed: the mail is sent again and ends unknown
    }
  }

async function ask(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!response.ok) throw new Error(`the mail catcher answered ${response.status}`)
  return response
}
