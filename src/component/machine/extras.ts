import type { Component } from '../context.ts';
import type { Content, FileDecl, UnitDecl } from '../contract.ts';

function content(entry: { readonly source?: string | undefined; readonly content?: string | undefined }): Content {
  return entry.source === undefined
    ? { kind: 'text', text: entry.content ?? '' }
    : { kind: 'source', file: entry.source };
}

/** The user's own files and units. A path that knode also writes is an error, found when the plan is merged. */
export const extras: Component = {
  name: 'extras',
  purpose: 'your own files and units',
  contribute({ cluster, node }) {
    const files = cluster.spec.extraFiles.flatMap((entry, index): FileDecl[] => {
      if (!entry.roles.includes(node.role)) return [];
      const { path, secret, mode = secret ? '0600' : '0644' } = entry;
      return [{ path, mode, secret, layer: 'cluster', from: ['extraFiles', index], content: content(entry) }];
    });
    const units = cluster.spec.extraUnits.flatMap((entry, index): UnitDecl[] => {
      if (!entry.roles.includes(node.role)) return [];
      return [
        {
          name: entry.name,
          start: entry.start,
          layer: 'cluster',
          from: ['extraUnits', index],
          content: content(entry),
        },
      ];
    });
    return { files, units };
  },
};
