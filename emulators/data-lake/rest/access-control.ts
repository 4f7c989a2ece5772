import { StorageError } from '../errors.ts';
import type { Entry, Properties } from '../store/entry.ts';
import { type Call, header } from './call.ts';

/**
 * POSIX access control lists in their short form: `[default:]user|group|mask|other:<id>:rwx`, comma-separated.
 * They are kept and told, not enforced: who may sign in here may do everything.
 */

const entryForm = /^(default:)?(user|group|mask|other):([^:,]*):([r-][w-][xXtT-]|[r-][w-]-)$/;

const defaults = { file: 'user::rw-,group::r--,other::---', directory: 'user::rwx,group::r-x,other::---' } as const;

export const superuser = '$superuser';

export function accessOf(entry: Entry): { owner: string; group: string; permissions: string; acl: string } {
  const acl = entry.properties.acl ?? defaults[entry.kind];
  return {
    owner: entry.properties.owner ?? superuser,
    group: entry.properties.group ?? superuser,
    permissions: permissionsOf(acl),
    acl,
  };
}

/** Nine letters, and a `+` where the list says more than they can. */
export function permissionsOf(acl: string): string {
  const entries = new Map(
    acl.split(',').map((text) => [text.slice(0, text.lastIndexOf(':')), text.slice(text.lastIndexOf(':') + 1)]),
  );
  const group = entries.get('mask:') ?? entries.get('group:') ?? '---';
  const plain = `${entries.get('user:') ?? '---'}${group}${entries.get('other:') ?? '---'}`;
  return entries.size > 3 ? `${plain}+` : plain;
}

/** What `x-ms-permissions`, `x-ms-acl`, `x-ms-owner` and `x-ms-group` make of an entry's properties. */
export function changedAccess(call: Call, entry: Entry): Properties {
  const permissions = header(call, 'x-ms-permissions');
  const acl = header(call, 'x-ms-acl');
  if (permissions !== undefined && acl !== undefined)
    throw new StorageError('InvalidInput', { message: 'Specify x-ms-permissions or x-ms-acl, not both.' });
  return {
    ...entry.properties,
    owner: header(call, 'x-ms-owner') ?? entry.properties.owner,
    group: header(call, 'x-ms-group') ?? entry.properties.group,
    acl:
      acl !== undefined
        ? checkAcl(acl)
        : permissions !== undefined
          ? withPermissions(accessOf(entry).acl, parsePermissions(permissions))
          : entry.properties.acl,
  };
}

/** What a creation says of access: `x-ms-permissions` less `x-ms-umask`, or a list. */
export function initialAccess(call: Call): Properties {
  const permissions = header(call, 'x-ms-permissions');
  const acl = header(call, 'x-ms-acl');
  const umask = parsePermissions(header(call, 'x-ms-umask') ?? '0000');
  return {
    owner: header(call, 'x-ms-owner'),
    group: header(call, 'x-ms-group'),
    acl:
      acl !== undefined
        ? checkAcl(acl)
        : permissions !== undefined
          ? withPermissions('user::---,group::---,other::---', parsePermissions(permissions) & ~umask)
          : undefined,
  };
}

export type AclChange = 'set' | 'modify' | 'remove';

export function changeAcl(mode: AclChange, before: string, change: string): string {
  if (mode === 'set') return checkAcl(change);
  const entries = new Map(before.split(',').map((text) => [scopeOf(text), text]));
  for (const text of change.split(',')) {
    if (mode === 'remove') entries.delete(removedScope(text));
    else entries.set(scopeOf(text), text);
  }
  return checkAcl([...entries.values()].join(','));
}

/** A removal names an entry without its permissions: `user:<id>`, `default:mask`. */
function removedScope(text: string): string {
  const prefix = text.startsWith('default:') ? 'default:' : '';
  const [kind = '', id = ''] = text.slice(prefix.length).split(':');
  return `${prefix}${kind}:${id}`;
}

const scopeOf = (entry: string): string => entry.slice(0, entry.lastIndexOf(':'));

function checkAcl(acl: string): string {
  const entries = acl.split(',');
  const scopes = entries.map(scopeOf);
  const complete = ['user:', 'group:', 'other:'].every((scope) => scopes.includes(scope));
  if (!entries.every((entry) => entryForm.test(entry)) || new Set(scopes).size !== scopes.length || !complete)
    throw new StorageError('InvalidInput', {
      message: `The access control list '${acl}' is invalid: expected entries such as user::rwx, separated by commas, with user::, group:: and other:: among them.`,
    });
  return acl;
}

/** Symbolic (`rwxr-x---`) or octal (`0750`). */
function parsePermissions(text: string): number {
  if (/^[0-7]{4}$/.test(text)) return Number.parseInt(text, 8) & 0o777;
  if (/^([r-][w-][xt-]){3}\+?$/.test(text))
    return Number.parseInt([...text.slice(0, 9)].map((letter) => (letter === '-' ? '0' : '1')).join(''), 2);
  throw new StorageError('InvalidInput', {
    message: `The permissions '${text}' are invalid: expected a form such as rwxr-x--- or 0750.`,
  });
}

function withPermissions(acl: string, mode: number): string {
  const letters = (shift: number): string => {
    const bits = mode >> shift;
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
  };
  const hasMask = acl.split(',').some((entry) => entry.startsWith('mask::'));
  return acl
    .split(',')
    .map((entry) => {
      const scope = scopeOf(entry);
      if (scope === 'user:') return `user::${letters(6)}`;
      if (scope === (hasMask ? 'mask:' : 'group:')) return `${scope}:${letters(3)}`;
      return scope === 'other:' ? `other::${letters(0)}` : entry;
    })
    .join(',');
}
