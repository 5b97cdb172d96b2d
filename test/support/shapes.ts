/** The answers of the API that the stories look at; only the fields they use. */
export interface Rollup {
  readonly children: { readonly total: number; readonly open: number; readonly closed: number }
  readonly customers: number
  readonly projects: number
  readonly latestReply: { readonly ticketId: string; readonly occurredAt: string } | null
  readonly hidden: number
  readonly sla: { readonly atRisk: number | null; readonly breached: number | null }
}

export interface Master {
  readonly id: string
  readonly number: number
  readonly external: { readonly source: string; readonly id: string } | null
  readonly rollup: Rollup
}

export interface Ticket {
  readonly id: string
  readonly number: number
  readonly version: number
  readonly status: string
  readonly subject: string
  readonly requesterId: string
  readonly externalIds: readonly { readonly source: string; readonly id: string }[]
}

export interface Operation {
  readonly id: string
  readonly state: string
  readonly planHash: string
  readonly acceptedAt: string
  readonly closedAt: string | null
  readonly finishedAt: string | null
  readonly progress: {
    readonly total: number
    readonly pending: number
    readonly applied: number
    readonly skipped: number
    readonly failed: number
    readonly cancelled: number
    readonly notificationsOwed: number
    readonly sent: number
    readonly withheld: number
    readonly unknown: number
  }
}

export interface Plan {
  readonly operation: Operation
  readonly applying: number
  readonly skipping: number
  readonly hidden: number
}

export interface Item {
  readonly ticketId: string
  readonly state: string
  readonly reason: string | null
  readonly version: number
  readonly notification: string | null
}

export interface Comment {
  readonly id: string
  readonly public: boolean
  readonly text: string
}
