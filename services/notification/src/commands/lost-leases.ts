import type { Prepared } from './prepare-page.ts'

/** Gives leases of ours back, of mails that were not begun: they are due again, and nothing is in doubt. */
export type Unlease = (workspaceId: string, ids: readonly string[]) => Promise<void>

/** What turns have asked for that got no answer: it may be leased, and nobody sends it. */
export interface LostLeases {
  add(workspaceId: string, window: readonly Prepared[]): void
  /** Before anything else is leased, so that none of them is in flight. What fails is kept for the next time. */
  giveBack(workspaceId: string): Promise<void>
  /** Workspaces that may have some. */
  workspaces(): string[]
}

export function createLostLeases(unlease: Unlease): LostLeases {
  const lost = new Map<string, readonly string[]>()
  return {
    add(workspaceId, window) {
      const ids = window.map(({ due }) => due.id)
      if (ids.length > 0) lost.set(workspaceId, ids)
    },
    async giveBack(workspaceId) {
      const ids = lost.get(workspaceId)
      if (ids === undefined) return
      await unlease(workspaceId, ids)
      lost.delete(workspaceId)
    },
    workspaces: () => [...lost.keys()],
  }
}
