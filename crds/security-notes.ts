import type { Validation } from './schema.ts';
import type { Notes } from './shape-schema.ts';

const profile: readonly Validation[] = [
  {
    rule: `(self.type == 'Localhost') == has(self.localhostProfile)`,
    message: 'must be there with the type Localhost, and only then',
    fieldPath: '.localhostProfile',
  },
];
const capabilities = { maxItems: 64 };
const path = 'securityContext';

export const securityNotes: Notes = {
  [path]: {
    description: "With which rights it runs. What is left open is the pod's own setting, or inherited (spec.inherit).",
    'x-kubernetes-validations': [
      {
        rule: `!has(self.allowPrivilegeEscalation) || self.allowPrivilegeEscalation || !(has(self.privileged) && self.privileged || has(self.capabilities) && has(self.capabilities.add) && 'CAP_SYS_ADMIN' in self.capabilities.add)`,
        message: 'must not be false for a privileged container, or one with CAP_SYS_ADMIN',
        fieldPath: '.allowPrivilegeEscalation',
      },
    ],
  },
  [`${path}.allowPrivilegeEscalation`]: {
    description: 'Whether it may get more rights than its parent. Default: true.',
  },
  [`${path}.appArmorProfile`]: { description: 'Its AppArmor profile.', 'x-kubernetes-validations': profile },
  [`${path}.appArmorProfile.localhostProfile`]: {
    description: 'The profile as the node knows it; with Localhost only.',
  },
  [`${path}.appArmorProfile.type`]: { description: 'Which profile.' },
  [`${path}.capabilities`]: { description: 'Capabilities beside those that the container runtime gives.' },
  [`${path}.capabilities.add`]: { description: 'More of them, such as CHOWN.', ...capabilities },
  [`${path}.capabilities.add[]`]: { description: 'One capability.', maxLength: 64 },
  [`${path}.capabilities.drop`]: { description: 'Less of them, such as ALL.', ...capabilities },
  [`${path}.capabilities.drop[]`]: { description: 'One capability.', maxLength: 64 },
  [`${path}.privileged`]: { description: 'Give it the rights of root on the node. Default: false.' },
  [`${path}.procMount`]: { description: 'How /proc is mounted. Unmasked needs hostUsers: false. Default: Default.' },
  [`${path}.readOnlyRootFilesystem`]: { description: 'Refuse writes to its root filesystem. Default: false.' },
  [`${path}.runAsGroup`]: { description: 'The group it runs as.' },
  [`${path}.runAsNonRoot`]: { description: 'Refuse to start it as root.' },
  [`${path}.runAsUser`]: { description: 'The user it runs as.' },
  [`${path}.seLinuxOptions`]: { description: 'Its SELinux label.' },
  [`${path}.seLinuxOptions.level`]: { description: 'The level of the label.' },
  [`${path}.seLinuxOptions.role`]: { description: 'The role of the label.' },
  [`${path}.seLinuxOptions.type`]: { description: 'The type of the label.' },
  [`${path}.seLinuxOptions.user`]: { description: 'The user of the label.' },
  [`${path}.seccompProfile`]: { description: 'Its seccomp profile.', 'x-kubernetes-validations': profile },
  [`${path}.seccompProfile.localhostProfile`]: {
    description: "The profile's path below the kubelet's folder of them; with Localhost only.",
  },
  [`${path}.seccompProfile.type`]: { description: 'Which profile.' },
};
