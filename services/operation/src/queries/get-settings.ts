import type { Scope } from '@umbel/messaging'
import { type Acting, permitted } from '../commands/acting.ts'
import type { SettingsDeps } from '../commands/put-settings.ts'
import type { OperationSettings } from '../domain/settings.ts'

/** How the workspace runs its operations. */
export const getSettings =
  (deps: SettingsDeps) =>
  async (scope: Scope, acting: Acting): Promise<OperationSettings> => {
    await permitted(deps, scope.workspaceId, acting, 'read-operation')
    return deps.transact(scope, ({ settings }) => settings.get())
  }
