import { type Mailbox, startMailbox } from '@umbel/test-kit'
import { startWorld, type World } from '../support/world.ts'
import { type Endpoint, startEndpoint } from './endpoint.ts'
import type { HistoryEvent } from './history.ts'
import type { ChaosServers } from './servers.ts'
import { startTap, type Tap } from './tap.ts'

/** Pages short of full and a rest between them keep an operation running long enough to be hit. */
const SLOW_PAGES = { OPERATION_PAGE_SIZE: '10', OPERATION_PAGE_REST: '5' }

/** The product with everything a run needs to hurt it and to see what became of it. */
export interface Desk extends AsyncDisposable {
  readonly world: World
  /** Undefined where the servers are somebody else's, and must not be hurt. */
  readonly servers: ChaosServers | undefined
  readonly tap: Tap
  readonly mailbox: () => Mailbox
  /** Ends the mail server; `mailBack` starts it where it was. */
  mailAway(): Promise<void>
  mailBack(): Promise<void>
  readonly endpoint: Endpoint
  /** Who is told of each mail and webhook call; one at a time. */
  listen(to: (event: HistoryEvent) => void): void
}

export async function startDesk(servers: ChaosServers | undefined): Promise<Desk> {
  await using started = new AsyncDisposableStack()
  let told: (event: HistoryEvent) => void = () => {}
  const open = (port?: number) =>
    startMailbox({
      ...(port === undefined ? {} : { port }),
      onMail: ({ messageId, envelope, text, raw }) =>
        told({ type: 'mail', messageId, to: envelope.to[0] ?? '', text, raw: raw.toString('utf8') }),
    })
  let mailbox = await open()
  started.defer(() => mailbox[Symbol.asyncDispose]())
  const { port } = mailbox
  const endpoint = started.use(await startEndpoint((event) => told(event)))
  const env = { ...SLOW_PAGES, UMBEL_TEST_BUILD: '1', NOTIFICATION_WEBHOOK_ALLOW_PRIVATE: 'true' }
  const world = started.use(await startWorld({ smtpUrl: mailbox.url, env }))
  const tap = started.use(await startTap(world))
  const owned = started.move()
  return {
    world,
    servers,
    tap,
    endpoint,
    mailbox: () => mailbox,
    mailAway: async () => mailbox[Symbol.asyncDispose](),
    async mailBack() {
      mailbox = await open(port)
    },
    listen(to) {
      told = to
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
