import { z } from 'zod';
import { logLevel } from '../shared/service/environment-fields.ts';
import { planningFields } from '../shared/service/planning-fields.ts';

/** The configuration of `give-back`: of the executor's variables those that say where to look. See docs/configuration.md. */
export const giveBackEnvironment = z
  .object({
    RESTORE_HOOKS_KUBECONFIG: planningFields.RESTORE_HOOKS_KUBECONFIG,
    RESTORE_HOOKS_SYSTEM_NAMESPACE: planningFields.RESTORE_HOOKS_SYSTEM_NAMESPACE,
    RESTORE_HOOKS_RESTORE_NAMESPACES: planningFields.RESTORE_HOOKS_RESTORE_NAMESPACES,
    RESTORE_HOOKS_LOG_LEVEL: logLevel(),
  })
  .transform((env) => ({
    kubeconfig: env.RESTORE_HOOKS_KUBECONFIG ?? null,
    systemNamespace: env.RESTORE_HOOKS_SYSTEM_NAMESPACE,
    restoreNamespaces: env.RESTORE_HOOKS_RESTORE_NAMESPACES,
    logLevel: env.RESTORE_HOOKS_LOG_LEVEL,
  }));
