/**
 * The parts of a v1 Pod that this system reads, as they stand in JSON: times are RFC 3339 text, absent fields are absent.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */
export interface Pod {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status?: PodStatus;
}

export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string | null;
  readonly deletionTimestamp?: string | null;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly annotations?: Readonly<Record<string, string>> | null;
  readonly ownerReferences?: readonly OwnerReference[] | null;
}

export interface OwnerReference {
  readonly controller?: boolean | null;
  readonly kind?: string;
  readonly name?: string;
}

export interface PodSpec {
  readonly restartPolicy?: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[] | null;
  readonly ephemeralContainers?: readonly Container[] | null;
  readonly volumes?: readonly Volume[] | null;
  readonly resourceClaims?: readonly { readonly name: string }[] | null;
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> | null } | null;
  readonly hostNetwork?: boolean;
  readonly hostUsers?: boolean | null;
  readonly os?: { readonly name?: string } | null;
  readonly readinessGates?: readonly { readonly conditionType: string }[] | null;
}

/** Of its sources only those that can be a block device are told apart. */
export interface Volume {
  readonly name: string;
  readonly persistentVolumeClaim?: unknown;
  readonly ephemeral?: unknown;
  readonly [field: string]: unknown;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly mountPropagation?: string | null;
  readonly subPathExpr?: string;
  readonly [field: string]: unknown;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[] | null;
  readonly args?: readonly string[] | null;
  readonly restartPolicy?: string | null;
  readonly restartPolicyRules?: readonly ContainerRestartRule[] | null;
  readonly [field: string]: unknown;
}

/** KEP-5307: a container may be restarted by exit code, whatever the pod's restartPolicy says. */
export interface ContainerRestartRule {
  readonly action: string;
  readonly exitCodes?: { readonly operator: string; readonly values?: readonly number[] | null } | null;
}

export interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly PodCondition[] | null;
  readonly containerStatuses?: readonly ContainerStatus[] | null;
  readonly initContainerStatuses?: readonly ContainerStatus[] | null;
}

export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
}

export interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly ready?: boolean;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly running?: { readonly startedAt?: string | null } | null;
  readonly waiting?: { readonly reason?: string; readonly message?: string } | null;
  readonly terminated?: {
    readonly exitCode: number;
    readonly reason?: string;
    readonly startedAt?: string | null;
    readonly finishedAt?: string | null;
  } | null;
}
