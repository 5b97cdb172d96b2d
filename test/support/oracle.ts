import type { Canaries } from '@umbel/test-kit'

/** Where something left the house, or was written down. `mail` is the raw message, whatever its parts say. */
export type Channel = 'header' | 'text' | 'html' | 'attachment' | 'mail' | 'event' | 'api' | 'log' | 'payload'

/** Something that a run produced, and whose words it may hold. */
export interface Artefact {
  readonly channel: Channel
  /** Which one: `mail <…> to …`, `GET /v1/…`. */
  readonly what: string
  /** The owners of the tokens that belong there. */
  readonly scope: readonly string[]
  readonly bytes: string | Uint8Array
}

/** Something that stands where it must not. */
export interface Finding {
  readonly channel: Channel
  readonly what: string
  /** `owner: token`, or the rule that is broken. */
  readonly leak: string
}

export const LARGEST_PAYLOAD = 16 * 1024

type Rule = (bytes: string | Uint8Array) => string[]

const nothingLike =
  (form: RegExp, name: string): Rule =>
  (bytes) =>
    [...new Set(textOf(bytes).match(form) ?? [])].map((found) => `${name}: ${found}`)
const noId = nothingLike(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, 'id')

/** What must hold in a channel besides the tokens: no id of ours in a mail, whether a master's or an operation's. */
const rules: Partial<Record<Channel, Rule>> = {
  header: noId,
  text: noId,
  html: noId,
  attachment: noId,
  mail: noId,
  log: nothingLike(/[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}/gi, 'address'),
  payload: (bytes) => (bytes.length < LARGEST_PAYLOAD ? [] : [`size: ${bytes.length} bytes`]),
}

/** Everything foreign in the artefacts, each leak once for each artefact, under the first channel that shows it. */
export function findings(artefacts: readonly Artefact[], canaries: Canaries): Finding[] {
  const found = new Map<string, Finding>()
  for (const { channel, what, scope, bytes } of artefacts)
    for (const leak of [...canaries.foreign(bytes, ...scope), ...(rules[channel]?.(bytes) ?? [])]) {
      const key = `${what}\n${leak}`
      if (!found.has(key)) found.set(key, { channel, what, leak })
    }
  return [...found.values()]
}

const textOf = (bytes: string | Uint8Array) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'))
