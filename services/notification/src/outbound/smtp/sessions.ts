import { greet, type Server, type Session } from './greet.ts'

/** A session to send one mail over. */
export interface Lent {
  readonly session: Session
  /** Whether it has sent before: the server may have let go of it meanwhile. */
  readonly kept: boolean
}

/** Sessions with one server, kept between mails. */
export interface Sessions extends Disposable {
  /** One that is kept, or a new one; where the server takes no more of us, the next that comes back. Undefined: none. */
  take(): Promise<Lent | undefined>
  giveBack(lent: Lent): void
}

/** How long a server that would not take one more is not asked for more than it has taken. */
const FULL_MS = 60_000

/** At most `most` are kept. */
export function createSessions(server: Server, most: number, now: () => number = () => performance.now()): Sessions {
  const idle: Session[] = []
  const waiting: ((lent: Lent | undefined) => void)[] = []
  /** Lent, or being greeted. */
  let busy = 0
  let fullUntil = 0

  const lend = (session: Session, kept: boolean): Lent => {
    busy += 1
    return { session, kept }
  }
  const done = (): void => {
    busy -= 1
    if (busy === 0) for (const tell of waiting.splice(0)) tell(undefined) // nothing is left that could come back
  }
  const nextBack = (): Promise<Lent | undefined> => {
    const { promise, resolve } = Promise.withResolvers<Lent | undefined>()
    waiting.push(resolve)
    return promise
  }
  const takeNew = async (): Promise<Lent | undefined> => {
    busy += 1
    try {
      const session = await greet(server)
      busy -= 1
      return lend(session, false)
    } catch {
      done()
      if (busy === 0) return undefined // whatever the reason, it has none for us
      fullUntil = now() + FULL_MS
      return nextBack()
    }
  }
  return {
    async take() {
      for (let session = idle.pop(); session !== undefined; session = idle.pop())
        if (session.wire.open) return lend(session, true)
      return busy > 0 && now() < fullUntil ? nextBack() : takeNew()
    },
    giveBack({ session }) {
      const next = session.wire.open ? waiting.shift() : undefined
      if (next !== undefined) {
        next({ session, kept: true }) // lent on
        return
      }
      if (session.wire.open && idle.length < most) idle.push(session)
      else session.wire.destroy()
      done()
    },
    [Symbol.dispose]() {
      for (const { wire } of idle.splice(0)) wire.destroy()
    },
  }
}
