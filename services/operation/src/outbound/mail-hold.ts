import type { NotificationService } from '@umbel/contracts'
import type { RpcClient } from '@umbel/rpc'
import type { MailHold, Move } from '../commands/ports.ts'

const toWire = ({ workspaceId, operationId, epoch }: Move) => ({ workspaceId, operationId, epoch: BigInt(epoch) })

/** The hold on an operation's mails; each answers once the sends in flight have ended. */
export const mailHold = (notification: RpcClient<typeof NotificationService>): MailHold => ({
  hold: async (move) => void (await notification.holdCause(toWire(move))),
  release: async (move) => void (await notification.releaseCause(toWire(move))),
  retry: async (move) => void (await notification.retryCause(toWire(move))),
  withhold: async (move) => void (await notification.withholdCause(toWire(move))),
})
