import pg from 'pg'

const RECONNECT_MS = 1_000

export interface ListenOptions {
  readonly url: string
  readonly channel: string
  readonly heard: () => void
}

/**
 * Calls back on every NOTIFY of the channel. A lost connection is made again, and then it calls back once, for what may
 * have been missed. A wake-up only: whoever listens polls as well.
 */
export function listen({ url, channel, heard }: ListenOptions): AsyncDisposable {
  let closed = false
  let client: pg.Client | undefined
  let again: NodeJS.Timeout | undefined
  const reconnect = () => {
    if (!closed) again = setTimeout(connect, RECONNECT_MS)
  }
  const connect = () => {
    const fresh = new pg.Client({ connectionString: url, application_name: `listen ${channel}` })
    client = fresh
    let lost = false
    const lose = () => {
      if (lost) return
      lost = true
      fresh.end().then(reconnect, reconnect)
    }
    fresh.on('notification', heard)
    fresh.on('error', lose) // the poll carries on meanwhile
    fresh.on('end', lose)
    fresh
      .connect()
      .then(() => fresh.query(`listen ${pg.escapeIdentifier(channel)}`))
      .then(heard, lose)
  }
  connect()
  return {
    async [Symbol.asyncDispose]() {
      closed = true
      clearTimeout(again)
      await client?.end()
    },
  }
}
