/** Bare execs that the floor process is to make: each pod's commands one after the other, of some pods at a time. */
export interface FloorRequest {
  readonly namespace: string;
  readonly pods: readonly { readonly name: string; readonly commands: readonly (readonly string[])[] }[];
  readonly parallel: number;
}

export type FloorAnswer =
  | { readonly is: 'done'; readonly seconds: number; readonly cpuSeconds: number }
  | { readonly is: 'error'; readonly message: string };
