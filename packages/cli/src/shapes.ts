/** What the CLI reads of the gateway's answers; the whole of them is in /openapi.json. */
export interface MasterJson {
  readonly id: string
  readonly number: number | null
  readonly subject: string
  readonly external: { readonly source: string; readonly id: string } | null
  readonly status: string | null
  readonly rollup: {
    readonly children: {
      readonly total: number
      readonly open: number
      readonly closed: number
      readonly byStatus: Readonly<Record<string, number>>
    }
    readonly customers: number
    readonly projects: number
    readonly hidden: number
    readonly latestReply: { readonly ticketId: string; readonly occurredAt: string | null } | null
  }
}

export interface ChildJson {
  readonly purpose: string | null
  readonly primary: boolean
  readonly ticket: { readonly number: number; readonly subject: string; readonly status: string | null } | null
}

export interface ProgressJson {
  readonly total: number
  readonly pending: number
  readonly applied: number
  readonly skipped: number
  readonly failed: number
  readonly cancelled: number
  readonly notificationsOwed: number
  readonly sent: number
  readonly notSentSkipped: number
  readonly withheld: number
  readonly suppressed: number
  readonly sendFailed: number
  readonly unknown: number
}

export interface OperationJson {
  readonly id: string
  readonly kind: string
  readonly masterId: string
  readonly state: string
  readonly planHash: string
  readonly text: string
  readonly variants: readonly VariantJson[]
  readonly holdSeconds: number
  readonly applying: number
  readonly hidden: number
  readonly findings: readonly FindingJson[]
  readonly overrideReason: string | null
  readonly needsApproval: boolean
  readonly approvedBy: string | null
  readonly rate: number
  readonly progressVersion: number
  readonly queuePosition: number | null
  readonly pauseReason: string | null
  readonly progress: ProgressJson
  readonly plannedBy: string | null
  readonly startedBy: string | null
  readonly plannedAt: string | null
  readonly expiresAt: string | null
  readonly acceptedAt: string | null
  readonly holdEndsAt: string | null
  readonly finishedAt: string | null
}

export interface VariantJson {
  readonly locale: string
  readonly text: string
}

export interface FindingJson {
  readonly kind: string
  readonly message: string
  readonly blocks: boolean
  readonly ticketNumbers: readonly number[]
}

export interface PreviewJson {
  readonly ticketNumber: number
  readonly locale: string | null
  readonly text: string
}

export interface ItemJson {
  readonly seq: number
  readonly ticketNumber: number
  readonly state: string
  readonly reason: string | null
  readonly before: string
  readonly after: string
  readonly moved: boolean
  readonly notification: string | null
  readonly notificationReason: string | null
}

export interface PlanJson {
  readonly operation: OperationJson
  readonly applying: number
  readonly skipping: number
  readonly hidden: number
  readonly items: readonly ItemJson[]
  readonly previews: readonly PreviewJson[]
  readonly findings: readonly FindingJson[]
}

export interface WebhookJson {
  readonly id: string
  readonly url: string
  readonly types: readonly string[]
  readonly state: string
  readonly description: string
  readonly signature: string
  readonly publicKey: string | null
  readonly createdAt: string | null
}

export interface DeadLetterJson {
  readonly id: string
  readonly service: string
  readonly handler: string
  readonly reason: string
  readonly detail: string
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: string | null
  readonly state: string
  readonly diedAt: string | null
}
