/** One child ticket in a world without a ticket service. */
export interface SmallTicket {
  readonly id: string
  readonly number: number
  readonly linkId: string
  status: string
  version: number
  comments: string[]
  linked: boolean
  hidden: boolean
  hasRequester: boolean
  readonly linkSeq: number
  followUp: boolean
  priority: string
  assigneeId: string
  customerId: string
  labels: string[]
  customerWaits: boolean
  locale: string
  values: Record<string, string>
}
