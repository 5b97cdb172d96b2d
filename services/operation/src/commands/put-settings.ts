import type { KeyedWrite } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import { checkSettings, type OperationSettings } from '../domain/settings.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { type Acting, permitted, type Rights } from './acting.ts'

export interface SettingsDeps extends Rights {
  readonly transact: Transact
}

export interface PutSettings {
  readonly write: KeyedWrite
  readonly acting: Acting
  readonly settings: OperationSettings
}

/** Sets how the workspace runs its operations; plans that stand keep the rules they were made by. */
export const putSettings =
  (deps: SettingsDeps) =>
  async (scope: Scope, { write, acting, settings }: PutSettings): Promise<OperationSettings> => {
    await permitted(deps, scope.workspaceId, acting, 'change-settings')
    const checked = checkSettings(settings)
    return deps.transact(scope, (session) =>
      session.once(write, async () => {
        await session.settings.put(checked, acting.actorId || acting.callerId)
        return checked
      }),
    )
  }
