/** What a request's credentials allow. */
export interface Grant {
  /** @throws StorageError unless one of the permissions is given for that place. */
  permit(place: Place, permissions: string): void;
}

export interface Place {
  readonly level: 'service' | 'filesystem' | 'path';
  readonly filesystem: string;
  readonly path: string;
}

/** The account key, and a token that Entra ID vouches for: who has them may do everything. */
export const fullGrant: Grant = { permit: () => {} };
