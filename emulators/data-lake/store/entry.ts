import type { BigIntStats } from 'node:fs';

/** What a client has said of a file, directory or filesystem beyond its data. Absent: the service's default. */
export interface Properties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly contentDisposition?: string;
  readonly cacheControl?: string;
  /** Base64. Tells of the content, as do the blocks: dropped when something else wrote the file (see `stamp`). */
  readonly contentMd5?: string;
  /** The committed block list, for Get Block List and for commits that refer to it. */
  readonly blocks?: readonly Block[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly owner?: string;
  readonly group?: string;
  /** POSIX access control list in its short form, such as `user::rwx,group::r-x,other::---`. */
  readonly acl?: string;
  /** Size and time of the content that contentMd5 and blocks describe. */
  readonly stamp?: string;
  /** Milliseconds since 1970 of the last change to a directory's properties; a file's own time tells of both. */
  readonly changed?: number;
}

export interface Block {
  readonly id: string;
  /** Bytes. */
  readonly size: number;
}

export interface Entry {
  readonly kind: 'file' | 'directory';
  /** Of this content of this file, across renames: inode and birth. */
  readonly identity: string;
  readonly size: number;
  readonly modified: Date;
  readonly created: Date;
  /** With its quotes. */
  readonly etag: string;
  readonly properties: Properties;
}

/** An inode's number is used again, its time of birth is not. */
export const identityOf = (stats: BigIntStats): string => `${stats.ino}-${stats.birthtimeNs}`;

export const stampOf = (stats: BigIntStats): string => `${stats.size}:${stats.mtimeNs}`;

/**
 * What the folder and the kept properties say together. The ETag follows inode, size and time, so that it changes no matter
 * who changed the file.
 */
export function toEntry(stats: BigIntStats, kept: Properties | undefined): Entry {
  const directory = stats.isDirectory();
  const properties = kept ?? {};
  const stale = !directory && properties.stamp !== undefined && properties.stamp !== stampOf(stats);
  const { contentMd5: _, blocks: __, ...others } = properties;
  // A directory's own time moves with every name in it; its properties do not.
  const modifiedNs = directory
    ? BigInt(Math.round((properties.changed ?? 0) * 1000)) * 1000n || stats.birthtimeNs
    : stats.mtimeNs;
  return {
    kind: directory ? 'directory' : 'file',
    identity: identityOf(stats),
    size: directory ? 0 : Number(stats.size),
    modified: new Date(Number(modifiedNs / 1_000_000n)),
    created: new Date(Number(stats.birthtimeNs / 1_000_000n)),
    etag: etagOf(stats, modifiedNs),
    properties: stale ? others : properties,
  };
}

function etagOf(stats: BigIntStats, modifiedNs: bigint): string {
  const size = stats.isDirectory() ? 0n : stats.size;
  const mixed = BigInt.asUintN(64, modifiedNs ^ (stats.ino * 0x9e3779b97f4a7c15n) ^ (size * 0xc2b2ae3d27d4eb4fn));
  return `"0x${mixed.toString(16).toUpperCase().padStart(16, '0')}"`;
}
